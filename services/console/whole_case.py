"""One case as the API gives it: everything that read models say about it."""

from dataclasses import dataclass
from typing import Annotated

from projections import (
    available_offers,
    case_file,
    cases,
    checkpoint,
    open_needs,
    open_questions,
    plans,
    proposals,
)
from projections.available_offers import AvailableOffer
from projections.case_file import CaseEntry
from projections.cases import Case, CaseDetails
from projections.listing import MOST, Ask, Db, listed, one, some
from projections.open_needs import OpenNeed
from projections.open_questions import OpenQuestionRow
from projections.plans import UnmetNeed
from projections.proposals import Proposal


@dataclass(frozen=True)
class WholeCase:
    """One offer or need with its matches and its history, as of one position."""

    position: Annotated[int, "The ledger position that this is as of"]
    case: Annotated[Case, "Its row among the cases"]
    about: Annotated[CaseDetails, "What its facts add up to"]
    need: Annotated[OpenNeed | None, "Its row among the needs"]
    offer: Annotated[AvailableOffer | None, "Its row among the offers"]
    matches: Annotated[tuple[Proposal, ...], "Its matches, those that ended too"]
    questions: Annotated[tuple[OpenQuestionRow, ...], "What is still to be asked"]
    unmet: Annotated[UnmetNeed | None, "Why the newest plan left it open"]
    history: Annotated[tuple[CaseEntry, ...], "Its facts, in the ledger's order"]


def whole_case(db: Db, name: str) -> WholeCase | None:
    """Return the case of `offer:…`, `need:…` or a number such as B-2022-0001."""
    case = _named(db, name)
    about = None if case is None else one(db, cases.DETAILS, case.case_ref)
    if case is None or about is None:
        return None
    need = case.side == "need"
    matches = listed(db, proposals.LISTING, Ask({case.side: case.id}, limit=MOST))
    return WholeCase(
        position=checkpoint.position(db),
        case=case,
        about=about,
        need=one(db, open_needs.TABLE, case.id) if need else None,
        offer=None if need else one(db, available_offers.TABLE, case.id),
        matches=matches.rows,
        questions=some(db, open_questions.TABLE, {"case_ref": case.case_ref}),
        unmet=one(db, plans.UNMET, case.id) if need else None,
        history=case_file.history(db, case.case_ref),
    )


def _named(db: Db, name: str) -> Case | None:
    if "\0" in name:
        return None
    if ":" in name:
        return one(db, cases.TABLE, name)
    found = some(db, cases.TABLE, {"case_no": name.strip().upper()})
    return found[0] if found else None
