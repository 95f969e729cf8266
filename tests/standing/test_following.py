"""The plan that stands follows the ledger: each event has its answer at once."""

from datetime import date

import pytest

from matcher import HeldPlace
from matcher.standing import scales
from services.database import Role
from services.matching import Pulse
from services.standing.following import Certificate, Placed, Told
from services.standing.shown import certificate, place, tell
from tests.standing.offices import Office

SAID = Certificate("plan-1", 9, 0.0, 0.0, (0, 0, 0))
APRIL = HeldPlace("h-1", None, date(2022, 4, 1), date(2022, 5, 1), 1)
THERE = Placed(APRIL, moved=0, position=9)


@pytest.fixture
def office():
    return Office()


def test_nothing_stands_before_the_first_plan(office):
    standing = office.standing
    office.lists("h-1", 2)

    assert standing.look() is None


def test_a_new_need_hears_at_once_where_it_could_go(office):
    office.lists("h-1", 2)
    office.lists("h-2", 2)
    office.raises("n-1", 2)
    run = office.match()
    standing = office.standing
    begun = standing.look()
    office.raises("n-2", 2)

    told = standing.look()

    free = {"h-1", "h-2"} - {begun.places["n-1"].held.offer}
    assert (begun.whole, told.whole, [*told.places]) == (True, False, ["n-2"])
    assert (told.places["n-2"].held.offer, told.places["n-2"].moved) == (*free, 0)
    assert told.certificate == Certificate(
        run.plan_id, office.ledger.head, 0.0, 0.0, (0, 0, 0)
    )
    assert office.verified() == [0, 0, 0]
    assert standing.look() is None


def test_whoever_could_live_elsewhere_makes_way_and_it_says_for_whom(office):
    office.lists("large", 6)
    office.raises("n-1", 2)
    office.match()
    standing = office.standing
    standing.look()
    office.lists("small", 2)
    standing.look()
    office.raises("n-2", 6)

    told = standing.look()

    placed = {name: (one.held.offer, one.moved) for name, one in told.places.items()}
    assert placed == {"n-1": ("small", 0), "n-2": ("large", 1)}
    assert list(told.certificate.left) == office.verified()


def test_every_event_of_a_case_has_its_answer(office):
    office.lists("h-1", 2)
    office.raises("n-1", 2)
    office.match()
    standing = office.standing
    standing.look()

    def answer(name, **fields):
        office.do(name, **fields)
        told = standing.look()
        assert list(told.certificate.left) == office.verified()
        return {need: one and one.held.offer for need, one in told.places.items()}

    dog = {"kind": "housing", "pets": ({"kind": "dog", "count": 1},)}
    takes = {"kind": "housing", "accepts": {"pets": ("dog",)}}
    assert answer("amend-need", need="n-1", changes=dog) == {"n-1": None}
    assert answer("amend-offer", offer="h-1", changes=takes) == {"n-1": "h-1"}
    gone = answer("withdraw-offer", offer="h-1", reason="provider_withdrew")
    assert gone == {"n-1": None}
    assert answer("withdraw-need", need="n-1", reason="other") == {"n-1": None}


def test_what_was_communicated_is_no_longer_in_the_plan_that_stands(office):
    office.lists("h-1", 2)
    office.raises("n-1", 2)
    office.do(
        "check-offer", offer="h-1", check="visit", state="passed", on="2022-03-10"
    )
    office.match()
    standing = office.standing
    standing.look()
    match = next(iter(office.matching.catch_up().needs["n-1"].living))

    office.do("communicate-match", match=match.id, offer="h-1", need="n-1")
    told = standing.look()
    office.raises("n-2", 2)

    assert told.places == {"n-1": None}
    assert standing.look().places == {"n-2": None}
    assert office.verified() == [0, 0, 0]


def test_another_day_lays_it_out_anew_and_keeps_the_places(office):
    office.lists("h-1", 2)
    office.raises("n-1", 2)
    office.match()
    standing = office.standing
    before = standing.look()
    office.do("begin-day", day="2022-03-19")

    told = standing.look()

    assert told.whole
    assert told.places["n-1"].held.offer == before.places["n-1"].held.offer
    assert office.verified() == [0, 0, 0]


def test_beside_rooms_that_are_held_back_a_new_need_is_answered_too(office):
    office.lists("h-1", 2)
    office.raises("n-1", 1)
    unit = {"ref": "u1", "type": "double", "sleeps": 2}
    span = {"from": "2022-03-01", "to": "2023-06-01"}
    hotel = {
        "kind": "housing",
        "dwelling": "hotel_unit",
        "units": (unit,),
        "capacity": ({"unit": "u1", "count": 2, "span": span},),
    }
    office.do("list-offer", offer="hotel", provider="p", details=hotel)
    office.do(
        "expect-arrivals", arrivals="wheels", households=1, persons=2, on="2022-04-01",
        features=("step_free",), source="reception",
    )  # fmt: skip
    office.do(
        "hold-back-capacity", hold="one", arrivals="wheels", offer="hotel", unit="u1",
        count=1, start="2022-04-01", end="2022-05-01",
    )  # fmt: skip
    office.match()
    standing = office.standing
    standing.look()
    office.raises("n-2", 2)
    office.raises("n-3", 2)

    told = standing.look()

    assert told.whole
    offers = sorted(one.held.offer for one in told.places.values())
    assert offers == ["h-1", "hotel"]
    assert list(told.certificate.left) == office.verified()


def test_it_goes_on_from_the_next_plan(office):
    office.lists("h-1", 2)
    office.match()
    standing = office.standing
    standing.look()
    office.raises("n-1", 2)
    first = standing.look()

    run = office.match()
    told = standing.look()

    assert first.certificate.plan != run.plan_id
    assert (told.certificate.plan, told.whole) == (run.plan_id, True)
    assert told.certificate.drift == 0


def test_it_says_when_it_has_drifted_further_than_the_policy_allows(
    office, monkeypatch
):
    office.lists("h-1", 2)
    office.raises("n-1", 2)
    office.match()
    standing = office.standing
    standing.look()
    monkeypatch.setattr("matcher.standing.event.better", lambda *_: {})
    office.lists("h-2", 2)
    office.raises("n-2", 2)
    standing.look()
    lax = standing.due

    policy = office.matching.catch_up().policy
    told = policy.model_copy(update={"drift": 1_000_000}).model_dump()
    office.do("adopt-policy", policy=told)
    monkeypatch.undo()

    standing.look()

    assert (lax, standing.due) == (True, False)


def test_where_the_plan_has_drifted_nobody_waits_for_quiet():
    pulse = Pulse()
    pulse.ran(0)
    pulse.drifted = True

    assert [pulse.due(now) for now in (10, 299, 300)] == [False, False, True]


def test_a_policy_whose_numbers_cannot_be_added_up_stands_for_nothing(
    office, monkeypatch
):
    office.lists("h-1", 2)
    office.raises("n-1", 2)
    office.match()
    monkeypatch.setattr(scales, "LARGEST", 1)

    assert office.standing.look() is None


def test_other_processes_hear_the_answer_and_its_certificate(office, database):
    office.lists("h-1", 2)
    office.raises("n-1", 2)
    office.match()
    standing = office.standing
    begun = standing.look()
    office.do("withdraw-need", need="n-1", reason="other")
    office.raises("n-2", 2)
    told = standing.look()

    with database.connect(Role.WRITER) as db:
        none_yet = certificate(db)
        tell(db, begun)
        first = certificate(db), place(db, "n-1"), place(db, "n-2")
        tell(db, told)
    with database.connect(Role.DESK) as db:
        then = certificate(db), place(db, "n-1"), place(db, "n-2")

    assert none_yet is None
    assert first == (begun.certificate, begun.places["n-1"], None)
    assert then == (told.certificate, None, told.places["n-2"])


def test_what_is_told_whole_leaves_no_other_place_and_a_part_leaves_the_rest(database):
    with database.connect(Role.WRITER) as db:
        tell(db, Told(SAID, {"n-1": THERE, "n-2": THERE}, whole=True))
        tell(db, Told(SAID, {"n-2": None, "n-3": THERE}, whole=False))
        part = [place(db, need) for need in ("n-1", "n-2", "n-3")]
        tell(db, Told(SAID, {"n-4": THERE}, whole=True))
        whole = [place(db, need) for need in ("n-1", "n-2", "n-3", "n-4")]

    assert part == [THERE, None, THERE]
    assert whole == [None, None, None, THERE]


def test_a_process_that_is_slow_to_tell_much_is_not_cut_off(database):
    places = {f"n-{number}": THERE for number in range(5_000)}

    with database.connect(Role.WRITER) as db:
        db.execute("SET idle_in_transaction_session_timeout = 1")
        tell(db, Told(SAID, places, whole=True))
        last = place(db, "n-4999")

    assert last == THERE
