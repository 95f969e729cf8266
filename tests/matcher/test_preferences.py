"""What a plan prefers: the three tiers, in their order."""

from tests.matcher.small import TODAY, family, home, member, need, pairs, solved


def test_who_has_waited_long_comes_first():
    new, old = need("n1"), need("n2", waiting_since="2022-01-01")

    assert set(pairs(solved(home(), new, old))) == {"n2"}


def test_an_acute_need_comes_before_more_people():
    one = need("n1")
    couple = family(member("a"), member("b", sex="m"), a_b="couple")
    two = need("n2", horizon="long_term", **couple)

    assert set(pairs(solved(home(), one, two))) == {"n1"}


def test_a_proposal_of_our_own_stays_unless_someone_gains():
    moved = need(current={"offer": "o2", "unit": None, "from": TODAY, "to": None})
    near = home("o1", languages=["uk"])

    assert pairs(solved(near, home("o2"), moved)) == {"n1": ("o2", None)}


def test_the_third_tier_adds_up_by_preference():
    wishes = [
        {"kind": "district", "value": "40599"},
        {"kind": "district", "value": "402"},
        {"kind": "dwelling", "value": "flat"},
    ]
    place = home(beds=3, languages=["de", "uk"], location={"postcode": "40211"})
    asking = need(near="40210", wishes=wishes, languages=["uk-UA"])

    stay = solved(place, asking).stays[0]

    assert stay.metres == 5_000
    assert dict(stay.points) == {
        "wished_district": 400,
        "wished_dwelling": 200,
        "language": 300,
        "whole_dwelling": 200,
        "wasted_bed": -100,
        "kilometre": -100,
    }
    assert stay.worth == (1, 1, 900)
