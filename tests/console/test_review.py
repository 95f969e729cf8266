"""The page of one plan: what it reaches, moves and leaves open, and the decision."""

import re
from dataclasses import replace

import pytest

from events.policy import Policy, Preferences, Priorities
from projections import plans, realm
from projections.listing import Ask, listed
from projections.plans import TierLine
from services.console import review
from services.console.review import TierShown
from tests.console.test_trend import plan
from tests.console.whole_office import forms, opened

EMPTY = review.Review(
    plan=plan("p"),
    newest=True,
    tiers=(),
    moves=(),
    redated=(),
    reasons=(),
    states={},
    trend=None,
)


def household(persons):
    return {
        "kind": "housing",
        "persons": persons,
        "horizon": "acute",
        "near": "40227",
        "waiting_since": "2022-03-02",
    }


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    """An office whose third plan moves one household and leaves another without."""
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        _raise(found, "urgent", 2)
        found.do("withdraw-offer", offer="hotel", reason="provider_withdrew")
        found.engine.match()
        found.do("withdraw-offer", offer="flat", reason="provider_withdrew")
        _raise(found, "large", 6)
        found.engine.match()
        found.shown()
        yield found


def _raise(office, name, persons):
    details = household(persons)
    office.do(
        "raise-need", need=name, household=f"h-{name}", priority=3, details=details
    )


@pytest.fixture
def desk(office):
    return office.client()


def made(office):
    """Return the names of the plans, oldest first."""
    with office.desk.reading() as db:
        rows = listed(db, plans.LISTING, Ask(sort="position")).rows
    return [row.plan for row in rows]


def reviewed(office, plan) -> review.Review:
    with office.desk.reading() as db:
        found = review.review(db, plan)
    assert found is not None
    return found


def waits_in_the_last(office):
    with office.desk.reading() as db:
        return [match.match for match in review.waiting(db, made(office)[-1])]


def states(office, plan):
    return dict(reviewed(office, plan).states)


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_says_how_the_proof_is_checked(office, language):
    plan = made(office)[-1]

    text = office.client(language=language).get(f"/plans/{plan}").text

    assert f"beistand plans verify {plan}" in text
    assert re.search(r"<dd>[0-9a-f]{64}</dd>", text)
    assert {"de": "genau bewiesen", "en": "proven exactly"}[language] in text


def test_it_says_who_is_left_open_and_leads_there(office, desk):
    newest, oldest = made(office)[-1], made(office)[0]

    assert 'href="/needs/many#why-not"' in desk.get(f"/plans/{newest}").text
    assert "/needs/many" not in desk.get(f"/plans/{oldest}").text


def test_it_says_what_it_moved_and_that_nobody_had_heard_of_it(office, desk):
    shown = [reviewed(office, plan) for plan in made(office)]

    moves = [[(m.need, m.offer, m.to, m.asked) for m in one.moves] for one in shown]
    assert moves == [
        [],
        [],
        [("couple", "room", None, False), ("urgent", "house", "room", False)],
    ]
    text = desk.get(f"/plans/{made(office)[-1]}").text
    assert "jetzt ohne Vorschlag" in text
    assert "hatte noch niemand erfahren" in text


def test_what_somebody_had_heard_of_is_told_apart():
    moves = tuple(
        review.Move("n", "B", "o", "A", to, None, asked=asked, persons=1)
        for to, asked in ((None, True), (None, False))
    )
    kept = replace(moves[0], to="o")

    assert replace(EMPTY, moves=moves, redated=(kept,)).told == (moves[0], kept)


def test_worth_and_bound_are_drawn_from_plan_to_plan_and_stand_in_a_table(office, desk):
    text = desk.get(f"/plans/{made(office)[0]}").text

    assert text.count('class="dot-here" cx="70"') == 3
    assert all(f'href="/plans/{plan}"' in text for plan in made(office)[1:])


def test_nothing_is_decided_that_nobody_chose(office, desk):
    page, before = f"/plans/{made(office)[-1]}", office.desk.position()

    none = desk.seen(desk.fill(page, page, verdict="accept"))
    reasonless = desk.fill(page, page, verdict="turn_down", which="all", reason="other")

    assert "Kreuzen Sie zuerst Vorschläge an" in none.text
    assert "Wählen Sie den Grund" in desk.seen(reasonless).text
    assert office.desk.position() == before


def test_nobody_decides_without_a_name(office):
    page = f"/plans/{made(office)[-1]}"

    answer = office.client(name="").fill(page, page, verdict="accept", which="all")

    assert answer.headers["location"] == f"/who?next={page}"


def test_what_is_ticked_is_accepted_once_and_the_rest_waits(office, desk):
    plan = made(office)[-1]
    page = f"/plans/{plan}"
    form = next(f for f in forms(desk.get(page).text) if f.action == page)
    (ticked,) = proposed(office, plan, "large")
    sent = form.fields | {"match": ticked, "which": "ticked", "verdict": "accept"}

    first, again = desk.post(page, data=sent), desk.post(page, data=sent)

    assert first.headers["location"] == again.headers["location"] == f"{page}#decide"
    assert states(office, plan) == {"proposed": 1, "communicated": 1}


def test_all_are_accepted_but_where_nobody_has_seen_the_home(office, desk):
    plan = made(office)[0]
    page = f"/plans/{plan}"

    shown = desk.seen(desk.fill(page, page, which="all", verdict="accept"))

    assert "zu 1 Vorschlägen sind beide Seiten gefragt" in shown.text
    assert "1 warten auf die Besichtigung" in shown.text
    assert states(office, plan)["proposed"] == 1


def test_a_run_that_changes_nothing_hides_no_proposal_that_waits(office, desk):
    waits = set(waits_in_the_last(office))
    office.engine.match()
    office.shown()
    newest = made(office)[-1]

    text = desk.get(f"/plans/{newest}").text

    assert waits
    assert waits == set(waits_in_the_last(office))
    assert all(f'value="{match}"' in text for match in waits)
    shown = reviewed(office, newest)
    assert (shown.states, shown.kept) == ({}, len(waits))


def test_all_are_turned_down_with_one_reason_and_not_proposed_again(office, desk):
    plan = made(office)[-1]
    page = f"/plans/{plan}"

    shown = desk.seen(
        desk.fill(
            page, page, which="all", verdict="turn_down", reason="health_and_safety"
        )
    )

    assert re.search(r"Verworfen: [12] Vorschläge\.", shown.text)
    assert states(office, plan).get("proposed", 0) == 0
    office.engine.match()
    office.shown()
    assert proposed(office, made(office)[-1], "urgent") == []


def proposed(office, plan, need):
    with office.desk.reading() as db:
        return [row.match for row in review.waiting(db, plan) if row.need == need]


POLICY = Policy(name="p", preferences=Preferences(kilometre=-20))
HERE = realm.Realm(
    realm="05111000",
    name="",
    synthetic=True,
    today=None,
    policy=POLICY,
    policy_position=4,
)


@pytest.mark.parametrize(
    ("part", "name", "policy", "shown"),
    [
        ("housing", "acute", 4, ("weighted", 1000, None)),
        ("housing", "persons", 4, ("persons", 1000, None)),
        ("housing", "points", 4, ("points", 1000, 50_000)),
        ("housing", "points", 3, ("points", 1000, None)),
        ("goods", "pieces", 4, ("pieces", 1000, None)),
        ("goods", "metres", 4, ("metres", 1000, None)),
    ],
)
def test_a_gap_is_told_in_what_people_count(part, name, policy, shown):
    line = TierLine(part=part, name=name, worth=7, bound=1007, prices=0, placed=0)

    told = review.tier(line, HERE, policy)

    assert (told.unit, told.left, told.metres) == shown
    assert not told.exact


def test_people_of_the_first_tier_count_by_the_lowest_weight_that_counts():
    weights = Priorities(acute_weights=(0, 3, 4, 8))
    here = replace(HERE, policy=Policy(name="p", priorities=weights))
    line = TierLine(part="housing", name="acute", worth=0, bound=10, prices=0, placed=0)

    assert review.tier(line, here, 4) == TierShown(line, "weighted", 3, None)
