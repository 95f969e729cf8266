"""What no read model ever shows: sealed parts, and where a protected home is."""

import pytest

from events.desk import NoteWritten, SubmissionSetAside
from events.kinds.housing import HousingNeed, HousingOffer, Location, Wish
from events.offer import OfferAmended
from events.values import OpenQuestion, Origin
from projections.catalogue import RELATIONS, SHOWN
from projections.schema import qualified
from services.database import Role
from tests.projections.facts import (
    FAMILY,
    HIDDEN,
    SAID,
    at,
    began,
    checked,
    ledger,
    listed,
    opened,
    placed,
    private,
    proposed,
    raised,
    refused,
    sealed,
)

PLANTED = "UGxhbnRlZFNlY3JldA=="


def everything(db, relations):
    """Return all rows of these relations as one text."""
    found = []
    for relation in relations:
        name = qualified(relation).as_string(db)
        rows = db.execute(f"SELECT t::text FROM {name} t").fetchall()
        found += [f"{relation.name} {row[0]}" for row in rows]
    return found


def told(person):
    return {
        "private": private(person, PLANTED),
        "open_questions": (
            OpenQuestion(field="x", reason="y", raw=sealed(person, "raw", PLANTED)),
        ),
        "origin": Origin(
            channel="sheet",
            source="s.csv",
            id="1",
            row_key="k",
            digest="d",
            received_at=at(0),
            raw=sealed(person, "raw", PLANTED),
        ),
    }


def test_a_planted_secret_is_in_no_table_at_all(singly, db):
    note = sealed("p-n1", "note", PLANTED)

    singly.apply(
        ledger(
            opened(),
            began(),
            listed(**told("p-o1")),
            raised(**told("p-n1")),
            checked("visit", note=note),
            proposed(),
            refused(reason="other", note=note),
            NoteWritten(said=SAID, case="need:n1", note=note),
            SubmissionSetAside(
                said=SAID,
                submission="s1",
                channel="sheet",
                source="s.csv",
                reason="no_contact",
                raw=sealed("s1", "raw", PLANTED),
            ),
        )
    )

    rows = everything(db, RELATIONS)
    assert len(rows) > 30
    assert [row for row in rows if PLANTED in row] == []


AT_40217 = HousingOffer(dwelling="flat", location=Location(postcode="40217"))
PROTECTED = HousingOffer(
    dwelling="flat",
    beds=4,
    location=Location(postcode="40217", disclosure="protected"),
)


@pytest.mark.parametrize(
    "facts",
    [
        [listed(details=PROTECTED), raised(), proposed(), *placed()],
        [
            listed(
                details=HousingOffer(
                    dwelling="flat", location=Location(postcode="40217")
                )
            ),
            OfferAmended(said=SAID, offer="o1", changes=PROTECTED),
        ],
        [raised(details=HIDDEN)],
        [
            raised(
                details=HIDDEN.model_copy(
                    update={"wishes": (Wish(kind="district", value="40217"),)}
                )
            )
        ],
        [
            listed(
                details=HousingOffer(
                    dwelling="flat", location=Location(postcode="40217")
                )
            ),
            raised(details=HIDDEN),
            proposed(),
            *placed(),
        ],
    ],
    ids=["home", "told later", "household", "wish", "placed in an ordinary home"],
)
def test_no_row_locates_a_protected_home(singly, db, facts):
    singly.apply(ledger(opened(), began(), *facts))

    assert [row for row in everything(db, SHOWN) if "40217" in row] == []


def test_an_ordinary_home_is_on_the_map(singly, db):
    singly.apply(ledger(opened(), began(), listed(), raised(details=FAMILY)))

    shown = [row.split()[0] for row in everything(db, SHOWN) if "40210" in row]
    assert sorted(set(shown)) == [
        "available_offers",
        "capacity_by_day",
        "case_details",
        "situation",
        "visits_due",
    ]


def test_a_confidential_household_hides_all_its_other_needs(singly, db):
    singly.apply(ledger(raised("n2", HousingNeed(persons=1, near="40219"))))
    second = raised("n1", HIDDEN).model_copy(update={"household": "p-n2"})

    singly.apply(ledger(second, after=1))

    assert [row for row in everything(db, SHOWN) if "40219" in row] == []


FORBIDDEN_TO_TOOLS = {
    "case_details",
    "case_file",
    "duplicates",
    "open_questions",
    "personal_log",
    "set_aside",
    "tasks",
}


def readable_by(server, role):
    with server.connect(role) as db:
        rows = db.execute(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN ('readmodel', 'projection')"
            " AND c.relkind IN ('r', 'v') AND has_table_privilege(c.oid, 'SELECT')"
        ).fetchall()
    return {row[0] for row in rows}


def test_other_tools_see_what_is_meant_for_them(readable):
    shown = {f"readmodel.{relation.name}" for relation in SHOWN}

    assert readable_by(readable, Role.TOOLS) == shown - {
        f"readmodel.{name}" for name in FORBIDDEN_TO_TOOLS
    }
    assert readable_by(readable, Role.DESK) == shown


@pytest.mark.parametrize("role", [Role.TOOLS, Role.DESK, Role.READER])
def test_nobody_but_the_singly_writes(readable, role):
    with readable.connect(role) as db:
        rows = db.execute(
            "SELECT c.relname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN ('readmodel', 'projection')"
            " AND c.relkind IN ('r', 'v')"
            " AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
        ).fetchall()

    assert rows == []
