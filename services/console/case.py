"""One case as its page shows it: what is known, what goes on, what happened."""

from dataclasses import dataclass

from pydantic import JsonValue

from projections import (
    available_offers,
    case_file,
    cases,
    open_needs,
    open_questions,
    personal_log,
    plans,
    proposals,
)
from projections.available_offers import AvailableOffer
from projections.case_file import CaseEntry
from projections.cases import Case, CaseDetails
from projections.listing import Ask, Db, listed, one, some
from projections.open_needs import OpenNeed
from projections.open_questions import OpenQuestionRow
from projections.personal_log import Opening
from projections.plans import UnmetNeed
from services.console.details import Line, shown
from services.console.fields import Kind, Side
from services.console.lists import these
from services.console.pairs import Pair, pairs
from services.console.place_now import PlaceNow, place_now
from services.console.rows import rows_of
from services.console.words import Words

_MOST_MATCHES = 200
_MOST_OPENINGS = 5
_CHANGES = ("amended", "capacity_changed", "merged", "withdrawn")


@dataclass(frozen=True)
class Part:
    """One part of a kit, and why the last plan left it open, if it did."""

    need: OpenNeed
    unmet: UnmetNeed | None


@dataclass(frozen=True)
class CasePage:
    """All of a case's page, of one snapshot."""

    case: Case
    about: CaseDetails
    need: OpenNeed | None
    offer: AvailableOffer | None
    known: tuple[Line, ...]
    unknown: tuple[str, ...]
    living: tuple[Pair, ...]
    over: tuple[Pair, ...]
    questions: tuple[OpenQuestionRow, ...]
    alike: tuple[Case, ...]
    pinned: tuple[Case, ...]
    forbidden: tuple[Case, ...]
    linked: tuple[tuple[Case, str], ...]
    kit: tuple[Part, ...]
    history: tuple[CaseEntry, ...]
    openings: tuple[Opening, ...]
    unmet: UnmetNeed | None
    standing: PlaceNow | None

    @property
    def state(self) -> str:
        """How far it is, as its list says it."""
        row = self.need or self.offer
        return self.case.status if row is None else row.state

    @property
    def stands(self) -> bool:
        """Whether one still works on it."""
        return self.case.status in {"open", "parked"}

    @property
    def agreed(self) -> bool:
        """Whether contact data may be opened."""
        states = {pair.match.state for pair in self.living}
        return bool(states & {"agreed", "confirmed", "begun"})

    @property
    def units(self) -> tuple[str, ...]:
        """The room types of a contingent, for choosing among them."""
        return tuple(str(row["ref"]) for row in self.rows("units"))

    def rows(self, table: str) -> list[dict[str, JsonValue]]:
        """Return one of the small tables of the details."""
        return rows_of(self.about.details, table)


def case_page(db: Db, ref: str, words: Words) -> CasePage | None:
    """Read the page of a case; None when there is no such case."""
    case = one(db, cases.TABLE, ref)
    about = one(db, cases.DETAILS, ref)
    if case is None or about is None:
        return None
    side, kind = sort_of(case)
    known, unknown = shown(about.details, side, kind, words)
    asked = Ask({side: case.id, "living": "yes"}, "", _MOST_MATCHES)
    living = pairs(db, listed(db, proposals.LISTING, asked).rows)
    history = case_file.history(db, ref)[::-1]
    ended = Ask({side: case.id, "living": "no"}, "", _MOST_MATCHES)
    other = "need" if side == "offer" else "offer"
    return CasePage(
        case=case,
        about=about,
        need=one(db, open_needs.TABLE, case.id) if side == "need" else None,
        offer=one(db, available_offers.TABLE, case.id) if side == "offer" else None,
        known=known,
        unknown=unknown,
        living=living,
        over=pairs(db, listed(db, proposals.LISTING, ended).rows),
        questions=some(db, open_questions.TABLE, {"case_ref": ref}),
        alike=_cases(db, side, about.similar_to),
        pinned=_cases(db, other, about.pinned),
        forbidden=_cases(db, other, about.forbidden),
        linked=_linked(db, about),
        kit=_kit(db, case, about),
        history=history,
        openings=_openings(db, ref),
        unmet=one(db, plans.UNMET, case.id) if side == "need" else None,
        standing=_standing(db, case, about, living, history[0].position),
    )


def sort_of(case: Case) -> tuple[Side, Kind]:
    """Return side and kind as the forms know them."""
    return case.side, "goods" if case.kind == "goods" else "housing"


def saw(db: Db, ref: str) -> int:
    """Return the place of the last fact that changed what a case says."""
    entries = case_file.history(db, ref)
    changes = (e.position for e in entries if e.type.split(".")[1] in _CHANGES)
    return max(changes, default=0)


def _standing(
    db: Db, case: Case, about: CaseDetails, living: tuple[Pair, ...], changed: int
) -> PlaceNow | None:
    """Return where the need could go now, where that is news.

    A need that is promised is not in the plan; of one that depends on others, or on a
    pin, only a run says that there is no place.
    """
    if case.side != "need" or case.kind != "housing" or case.status != "open":
        return None
    if any(pair.match.state != "proposed" or pair.match.by_hand for pair in living):
        return None
    found = place_now(db, case.id, changed=changed)
    if found is None or found.place is None:
        depends = about.pinned or rows_of(about.details, "linked_households")
        return None if depends or living else found
    there = {pair.match.offer for pair in living}
    return None if found.place.held.offer in there else found


def _cases(db: Db, side: str, ids: tuple[str, ...]) -> tuple[Case, ...]:
    found = these(db, cases.TABLE, "case_ref", (f"{side}:{name}" for name in ids))
    return tuple(sorted(found.values(), key=lambda case: case.number))


def _linked(db: Db, about: CaseDetails) -> tuple[tuple[Case, str], ...]:
    """Return the households that belong to this one, and in which way."""
    links = {str(row["ref"]): str(row["how"])
             for row in rows_of(about.details, "linked_households")}  # fmt: skip
    return tuple((case, links[case.id]) for case in _cases(db, "need", tuple(links)))


def _kit(db: Db, case: Case, about: CaseDetails) -> tuple[Part, ...]:
    """Return all parts of the kit of a request, its own line among them."""
    word = about.details.get("kit")
    if word is None:
        return ()
    theirs = {"person": case.person, "side": "need", "kind": "goods"}
    asked = {one.case_ref: one for one in some(db, cases.TABLE, theirs)}
    told = these(db, cases.DETAILS, "case_ref", asked)
    refs = [ref for ref, row in told.items() if row.details.get("kit") == word]
    rows = these(db, open_needs.TABLE, "need", (asked[ref].id for ref in refs))
    lacks = these(db, plans.UNMET, "need", rows)
    found = [Part(row, lacks.get(need)) for need, row in rows.items()]
    return tuple(sorted(found, key=lambda part: part.need.number))


def _openings(db: Db, ref: str) -> tuple[Opening, ...]:
    asked = Ask({"case_ref": ref}, "-position", _MOST_OPENINGS)
    return listed(db, personal_log.LISTING, asked).rows
