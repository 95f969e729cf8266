"""What is scarce: the mean price of places with and without a feature."""

from matcher import Kind, More, Reasons, Scarcity, Why, changed, explain, solve
from tests.matcher.small import DOUBLE, home, hotel, line, market, member, need, solved

WHEELS = [member("a", step_free=True)]


def scarce(*cases, **parts) -> Scarcity:
    return Reasons(market(*cases, **parts), solved(*cases, **parts)).scarcity()


def feature(found, code):
    return next(one for one in found.features if one.code == code)


def test_a_step_free_place_is_worth_whom_it_alone_could_take():
    found = scarce(
        home("flat", step_free="all", beds=1),
        home("stairs", step_free="none", beds=1),
        need("n1", members=WHEELS),
        need("n2", members=WHEELS),
    )

    told = feature(found, "step_free")
    assert (told.places, told.others) == (1, 1)
    assert told.price[0] >= 1_000
    assert told.other_price == (0, 0, 0)


def test_where_there_is_enough_nothing_is_scarce():
    found = scarce(home("a"), home("b"), need("n1"))

    assert {one.price for one in found.features if one.places} == {(0, 0, 0)}
    assert [(kind.places, kind.price) for kind in found.kinds] == [(2, (0, 0, 0))]


def test_what_nobody_offers_has_no_price():
    told = feature(scarce(home("a"), need("n1")), "step_free")

    assert (told.places, told.price) == (0, ())


def test_rooms_of_a_contingent_count_one_by_one():
    rooms = hotel(units=[DOUBLE], lines=[line("double", 3)])

    (kind,) = scarce(rooms, need("n1")).kinds

    assert kind == Kind("hotel_unit", 2, False, 3, (0, 0, 0), (0, 0, 0), "h1")


def test_the_dearest_kind_comes_first_and_names_its_dearest_offer():
    large = {"persons": 6, "members": [member(f"m{n}") for n in range(6)]}
    found = scarce(
        home("small"),
        home("large", beds=6),
        need("n1", **large),
        need("n2", **large),
    )

    assert [(kind.beds, kind.like) for kind in found.kinds] == [
        (6, "large"),
        (2, "small"),
    ]


def test_a_protected_home_is_left_out():
    secret = {"postcode": "40210", "disclosure": "protected"}

    found = scarce(home("shelter", location=secret), need("n1"))

    assert found.kinds == ()
    assert {one.places + one.others for one in found.features} == {0}


def test_one_more_place_brings_at_most_its_price_above_the_bound():
    cases = (
        home("flat", step_free="all", beds=2),
        home("stairs", beds=1),
        *(need(f"n{n}", members=WHEELS, raised=n) for n in range(2, 5)),
        need("n5", persons=2, members=[member("a"), member("b")], raised=5),
    )
    plan, document = solved(*cases), market(*cases)
    kinds = Reasons(document, plan).scarcity().kinds

    for kind in kinds:
        more = solve(changed(document, [More(kind.like, 1)]))
        tier = plan.part("housing").tiers[0]
        limit = tier.bound * 1_000 + max(kind.most[0] + 1, 0)
        assert more.part("housing").tiers[0].worth * 1_000 <= limit


def test_why_says_in_persons_what_others_would_give_for_the_place():
    family = {"persons": 5, "members": [member(f"m{n}") for n in range(5)]}
    cases = (
        home("flat", beds=5),
        *(need(name, horizon="acute", **family) for name in ("n1", "n2")),
    )
    plan = solved(*cases)
    (stay,) = plan.stays

    found = explain(market(*cases), plan, stay.need)

    assert isinstance(found, Why)
    assert found.price[:2] == (5, 5)


def test_a_later_tier_is_told_without_what_it_pays_for_the_tiers_before():
    family = {"persons": 5, "members": [member(f"m{n}") for n in range(5)]}

    found = scarce(
        home("flat", beds=5),
        home("small", beds=1),
        *(need(name, horizon="acute", **family) for name in ("n1", "n2")),
        *(need(name, horizon="acute") for name in ("n3", "n4")),
    )

    assert [(kind.like, kind.most) for kind in found.kinds] == [
        ("flat", (5_000, 5_000, 200_000)),
        ("small", (1_000, 1_000, 200_000)),
    ]
