from datetime import UTC, date, datetime

from events.case import RepresentedBy
from events.desk import ContactAttempted, NoteWritten, PersonalOpened
from events.kinds.housing import HousingNeed, Location, Wish
from events.need import NeedMerged, NeedUnmerged, NeedWithdrawn
from events.offer import CheckState, OfferMerged
from events.pair import PairForbidden, PairPinned
from events.values import OpenQuestion, Origin
from projections import case_file, cases, duplicates, open_questions
from projections.case_file import CaseEntry
from projections.cases import Case, CaseDetails
from projections.duplicates import Group, Likeness, groups
from projections.listing import some
from projections.open_questions import OpenQuestionRow
from tests.projections.facts import (
    DAY,
    FAMILY,
    HIDDEN,
    HOME,
    SAID,
    at,
    began,
    checked,
    ledger,
    listed,
    opened,
    private,
    proposed,
    raised,
    sealed,
    the,
)

TOLD = date(2022, 3, 17)
ORIGIN = Origin(
    channel="sheet",
    profile="offers@1",
    source="offers.csv",
    id="7",
    row_key="k7",
    digest="d7",
    received_at=datetime(2022, 3, 17, 7, tzinfo=UTC),
    raw=sealed("p-o1", "raw"),
)


def case(ref, number, case_no, **more):
    side, _, name = ref.partition(":")
    rest = {
        "kind": "housing",
        "status": "open",
        "merged_into": None,
        "person": f"p-{name}",
    }
    return Case(
        case_ref=ref, side=side, id=name, case_no=case_no, number=number, **rest | more
    )


def test_cases_are_numbered_in_the_ledgers_order_for_each_side(singly, db):
    singly.apply(
        ledger(
            opened(),
            listed("z9"),
            began(date(2023, 1, 2)),
            raised("n7"),
            listed("a1"),
            NeedWithdrawn(said=SAID, need="n7", reason="disengaged"),
        )
    )

    assert some(db, cases.TABLE, {}) == (
        case(
            "need:n7",
            1,
            "B-2023-0001",
            status="withdrawn",
            opened_at=at(4),
            position=4,
        ),
        case("offer:a1", 2, "A-2023-0002", opened_at=at(5), position=5),
        case("offer:z9", 1, "A-2022-0001", opened_at=at(2), position=2),
    )


def test_a_case_is_found_by_its_details_without_sealed_parts(singly, db):
    offer = listed(
        private=private("p-o1"),
        origin=ORIGIN,
        represented_by=RepresentedBy(org="AWO"),
        similar_to=("o0",),
    )

    singly.apply(
        ledger(
            began(),
            listed("o0"),
            offer,
            raised(),
            raised("n2"),
            checked("visit", valid_until=date(2022, 9, 1)),
            PairPinned(said=SAID, offer="o1", need="n1", reason="sister"),
            PairForbidden(said=SAID, offer="o1", need="n2", reason="stairs"),
        )
    )

    assert the(db, cases.DETAILS, "offer:o1") == CaseDetails(
        case_ref="offer:o1",
        case_no="A-2022-0002",
        person="p-o1",
        details=HOME.model_dump(mode="json", exclude_none=True, by_alias=True),
        sealed_parts=("contact", "address"),
        checks=(
            CheckState(
                kind="visit", state="passed", on=DAY, valid_until=date(2022, 9, 1)
            ),
        ),
        pinned=("n1",),
        forbidden=("n2",),
        similar_to=("o0",),
        apart_from=(),
        represented_by="AWO",
        channel="sheet",
        profile="offers@1",
        received_at=ORIGIN.received_at,
        told_on=TOLD,
    )


def test_the_details_of_a_confidential_household_say_nothing_of_places(singly, db):
    wishes = (
        Wish(kind="district", value="40213"),
        Wish(kind="dwelling", value="flat"),
    )
    hidden = HIDDEN.model_copy(update={"wishes": wishes})

    singly.apply(
        ledger(raised(details=hidden, represented_by=RepresentedBy(org="Shelter")))
    )

    row = the(db, cases.DETAILS, "need:n1")
    assert row.represented_by is None
    assert row.details == {
        "kind": "housing",
        "persons": 2,
        "wishes": [{"kind": "dwelling", "value": "flat"}],
        "protection": {
            "women_only": False,
            "confidential_address": True,
            "no_contact": [],
        },
    }


def test_a_case_asks_its_open_questions_until_they_are_settled(singly, db):
    asked = (
        OpenQuestion(field="beds", reason="number_unclear", raw=sealed("p-o1", "raw")),
        OpenQuestion(field="floor", reason="word_unknown"),
    )

    singly.apply(ledger(listed(open_questions=asked), raised()))

    row = OpenQuestionRow(
        case_ref="offer:o1",
        case_no="A-2022-0001",
        number=1,
        kind="housing",
        field="beds",
        reason="number_unclear",
        sealed=True,
        told_on=TOLD,
    )
    other = OpenQuestionRow(
        case_ref="offer:o1",
        case_no="A-2022-0001",
        number=2,
        kind="housing",
        field="floor",
        reason="word_unknown",
        sealed=False,
        told_on=TOLD,
    )
    assert some(db, open_questions.TABLE, {}) == (row, other)


def test_cases_that_share_something_wait_together_for_a_person(singly, db):
    singly.apply(
        ledger(
            raised("n1"),
            raised("n2", similar_to=("n1",)),
            raised("n3", similar_to=("n2",)),
            raised("n4"),
            listed("o1"),
            listed("o2", similar_to=("o1",)),
        )
    )

    found = groups(db)

    assert some(db, duplicates.TABLE, {"case_ref": "need:n2"}) == (
        Likeness(
            case_ref="need:n2",
            other_ref="need:n1",
            side="need",
            told_on=TOLD,
            position=2,
        ),
    )
    assert [[member.id for member in group.cases] for group in found] == [
        ["n1", "n2", "n3"],
        ["o1", "o2"],
    ]
    assert isinstance(found[0], Group)


def test_a_decided_likeness_is_pending_no_more(singly, db):
    singly.apply(
        ledger(
            raised("n1"),
            raised("n2", similar_to=("n1",)),
            raised("n3", similar_to=("n1",)),
            NeedUnmerged(said=SAID, need="n2", other="n1"),
            NeedMerged(said=SAID, need="n3", into="n1"),
            listed("o1"),
            listed("o2", similar_to=("o1",)),
            OfferMerged(said=SAID, offer="o1", into="o2"),
        )
    )

    assert groups(db) == ()


def entry(ref, position, fact, **more):
    told = {
        "valid_from": None,
        "on_behalf_of": None,
        "caused_by": None,
        "match": None,
        "actor": "Ada",
        "role": "coordinator",
        "via": "desk",
    }
    return CaseEntry(
        case_ref=ref,
        position=position,
        fact=f"c{position}.0",
        type=fact,
        recorded_at=at(position),
        **told | more,
    )


def test_a_case_file_tells_what_happened_but_nothing_sealed(singly, db):
    wishes = (
        Wish(kind="district", value="40213"),
        Wish(kind="dwelling", value="flat"),
    )
    need = raised(
        details=HousingNeed(persons=3, near="40215", wishes=wishes),
        private=private("p-n1"),
        origin=ORIGIN,
        represented_by=RepresentedBy(org="AWO"),
    )
    note = NoteWritten(said=SAID, case="need:n1", note=sealed("p-n1", "note"))
    call = ContactAttempted(
        said=SAID, case="need:n1", way="phone", outcome="not_reached"
    )
    read = PersonalOpened(
        said=SAID, person="p-n1", case="need:n1", purpose="contact", reason="call"
    )

    singly.apply(ledger(need, note, call, read))

    boxes = {"contact": {"sealed": "contact"}, "address": {"sealed": "address"}}
    assert case_file.history(db, "need:n1") == (
        entry(
            "need:n1",
            1,
            "need.raised.v2",
            parts={
                "need": "n1",
                "household": "p-n1",
                "priority": 0,
                "private": boxes,
                "open_questions": [],
                "similar_to": [],
                "origin": {"channel": "sheet", "profile": "offers@1"},
                "details": {
                    "kind": "housing",
                    "persons": 3,
                    "wishes": [{"kind": "dwelling", "value": "flat"}],
                },
            },
        ),
        entry(
            "need:n1",
            2,
            "note.written.v1",
            parts={"note": {"sealed": "note"}},
        ),
        entry(
            "need:n1",
            3,
            "contact.attempted.v1",
            parts={"way": "phone", "outcome": "not_reached"},
        ),
        entry(
            "need:n1",
            4,
            "personal.opened.v1",
            parts={"person": "p-n1", "purpose": "contact", "reason": "call"},
        ),
    )


def test_a_match_stands_in_the_files_of_both(singly, db):
    home = HOME.model_copy(
        update={"location": Location(postcode="40210", disclosure="area")}
    )

    singly.apply(
        ledger(listed(details=home), raised(details=FAMILY), proposed(due=("visit",)))
    )

    parts = {
        "match": "m1",
        "offer": "o1",
        "need": "n1",
        "household": "p-n1",
        "no_contact": [],
        "persons": 3,
        "allocation": [
            {"start": "2022-04-01", "end": "2022-07-01", "count": 1, "quantity": 0}
        ],
        "open_ended": False,
        "conditions": [{"check": "visit"}],
        "required_sides": ["household", "provider"],
        "origin": {"how": "plan", "plan": "plan-1", "overrides": []},
        "why": [],
    }
    for ref in ("offer:o1", "need:n1"):
        assert case_file.history(db, ref)[-1] == entry(
            ref, 3, "match.proposed.v1", match="m1", parts=parts
        )
