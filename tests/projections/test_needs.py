from dataclasses import replace
from datetime import date

import pytest

from events.case import known
from events.kinds.goods import GoodsNeed, Item
from events.kinds.housing import (
    HouseholdPet,
    HousingNeed,
    Location,
    Member,
    MemberNeeds,
    Protection,
)
from events.match import (
    Allocation,
    GoodsDispatched,
    GoodsReceived,
    GoodsReserved,
)
from events.need import (
    NeedAmended,
    NeedMerged,
    NeedParked,
    NeedRaised,
    NeedReopened,
    NeedWithdrawn,
)
from events.values import OpenQuestion, Origin, Span
from projections.open_needs import TABLE, OpenNeed
from tests.projections.facts import (
    DAY,
    HIDDEN,
    SAID,
    about,
    at,
    began,
    ended,
    ledger,
    listed,
    lot,
    placed,
    proposed,
    raised,
    refused,
    request,
    the,
)

WAITING = OpenNeed(
    need="n1",
    case_no="B-2022-0001",
    number=1,
    kind="housing",
    state="new",
    priority=0,
    waiting_since=DAY,
    horizon="acute",
    persons=3,
    postcode_area="40215",
    covered=0,
    questions=0,
    living_match=None,
    channel=None,
    parked_until=None,
    told_on=date(2022, 3, 17),
    position=2,
)
FULL = HousingNeed(
    persons=4,
    members=(
        Member(ref="a", age_band="27-64", sex="f", needs=MemberNeeds(step_free=True)),
        Member(ref="b", age_band="10-13", needs=MemberNeeds(lift=True)),
        Member(ref="c", age_band="0-1"),
        Member(ref="d"),
    ),
    pets=(HouseholdPet(kind="dog", count=1),),
    languages=("uk", "ru"),
    horizon="long_term",
    waiting_since=date(2022, 3, 1),
    period=Span(start=date(2022, 4, 1), end=date(2022, 9, 1)),
    may_split=True,
    near="40215",
    protection=Protection(women_only=True, no_contact=("p-9",)),
)


def shown(singly, db, *facts):
    singly.apply(ledger(*facts))
    return the(db, TABLE, "n1")


def test_a_need_waits_from_the_day_it_was_told(singly, db):
    row = shown(singly, db, began(), raised())

    assert row == replace(WAITING, waiting_since=date(2022, 3, 17))


def test_every_coded_part_of_a_household_has_its_column(singly, db):
    origin = Origin(
        channel="sheet",
        source="needs.csv",
        id="7",
        row_key="k7",
        digest="d7",
        received_at=at(0),
    )

    row = shown(singly, db, began(), raised(details=FULL, priority=2, origin=origin))

    assert row == OpenNeed(
        need="n1",
        case_no="B-2022-0001",
        number=1,
        kind="housing",
        state="new",
        priority=2,
        waiting_since=date(2022, 3, 1),
        horizon="long_term",
        persons=4,
        minors=2,
        stay_from=date(2022, 4, 1),
        stay_to=date(2022, 9, 1),
        postcode_area="40215",
        step_free=True,
        pets=True,
        flags=("women_only", "no_contact", "lift", "may_split"),
        languages=("uk", "ru"),
        covered=0,
        questions=0,
        living_match=None,
        channel="sheet",
        parked_until=None,
        told_on=date(2022, 3, 17),
        position=2,
    )


def test_goods_are_covered_by_what_was_promised_and_brought(singly, db):
    pair, some = ("g1", "r1"), (Allocation(quantity=4),)

    singly.apply(
        ledger(began(), request(), lot(), proposed("m1", pair, allocation=some))
    )

    assert the(db, TABLE, "r1") == OpenNeed(
        need="r1",
        case_no="B-2022-0001",
        number=1,
        kind="goods",
        state="proposed",
        priority=0,
        waiting_since=date(2022, 3, 17),
        item="bed-90",
        category="FURNITURE",
        quantity=6,
        covered=4,
        questions=0,
        living_match="m1",
        channel=None,
        parked_until=None,
        told_on=date(2022, 3, 17),
        position=2,
    )


ASKED = OpenQuestion(field="persons", reason="number_unclear")


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ([raised()], "new"),
        ([raised(open_questions=(ASKED,))], "clarify"),
        ([raised(), listed(), proposed()], "proposed"),
        ([raised(), listed(), proposed(), *placed()[:3]], "proposed"),
        ([raised(), listed(), proposed(), *placed()[:4]], "placed"),
        ([raised(), listed(), proposed(), *placed()], "placed"),
        (
            [
                raised(),
                listed(),
                proposed(),
                *placed(),
                ended(),
            ],
            "new",
        ),
        (
            [raised(), NeedParked(said=SAID, need="n1", until=DAY, reason="away")],
            "parked",
        ),
        (
            [
                raised(),
                NeedParked(said=SAID, need="n1", until=DAY, reason="away"),
                NeedReopened(said=SAID, need="n1", reason="back"),
            ],
            "new",
        ),
        (
            [raised(), NeedWithdrawn(said=SAID, need="n1", reason="disengaged")],
            "withdrawn",
        ),
        (
            [raised("n0"), raised(), NeedMerged(said=SAID, need="n1", into="n0")],
            "merged",
        ),
    ],
)
def test_a_need_says_in_a_word_how_far_it_came(singly, db, facts, state):
    assert shown(singly, db, *facts).state == state


def test_a_request_is_served_once_all_its_pieces_arrived(singly, db):
    pair = ("g1", "r1")
    it = about("m1", pair)
    facts = ledger(
        request(),
        lot(),
        proposed("m1", pair, allocation=(Allocation(quantity=6),)),
        *placed("m1", pair),
        GoodsReserved(**it, quantity=6),
        GoodsDispatched(**it, quantity=6),
        GoodsReceived(**it, quantity=5),
        GoodsReceived(**it, quantity=1),
    )

    singly.apply(facts[:-1])
    before = the(db, TABLE, "r1").state
    singly.apply(facts[-1:])

    assert (before, the(db, TABLE, "r1").state) == ("placed", "served")


def test_a_refused_match_frees_the_need_again(singly, db):
    row = shown(singly, db, raised(), listed(), proposed(), refused())

    assert (row.state, row.living_match) == ("new", None)


def test_an_answered_question_is_asked_no_more(singly, db):
    changes = HousingNeed(persons=5)

    row = shown(
        singly,
        db,
        raised(open_questions=(ASKED,)),
        NeedAmended(said=SAID, need="n1", changes=changes),
    )

    assert known(changes) == ("persons",)
    assert (row.state, row.questions, row.persons) == ("new", 0, 5)


def test_a_confidential_household_has_no_place(singly, db):
    row = shown(singly, db, raised(details=HIDDEN))

    assert (row.postcode_area, row.flags) == (None, ("confidential_address",))


def test_goods_for_a_confidential_household_have_no_place_either(singly, db):
    place = Location(postcode="40210")
    beds = Item(category="FURNITURE", code="bed-90")
    goods = GoodsNeed(item=beds, quantity=1, location=place)
    asked = NeedRaised(said=SAID, need="n2", household="p-n1", details=goods)

    singly.apply(ledger(asked))
    open_before = the(db, TABLE, "n2").postcode_area
    singly.apply(ledger(raised(details=HIDDEN), after=1))

    assert (open_before, the(db, TABLE, "n2").postcode_area) == ("40210", None)


def test_a_household_that_is_no_longer_confidential_has_its_place_again(singly, db):
    told = NeedAmended(
        said=SAID, need="n1", changes=HousingNeed(protection=Protection())
    )

    assert shown(singly, db, raised(details=HIDDEN), told).postcode_area == "40217"
