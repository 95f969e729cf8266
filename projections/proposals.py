"""Read model: every match, from its proposal to its end, with what is still due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from events.match import Allocation, MatchState, Side, State, Why
from projections.due import UNCONFIRMED, due_by, due_for_match, stay
from projections.life import OfferLife
from projections.listing import Listing, at_least, is_so, one_of, search, until
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table
from projections.veil import area

Answer = Literal["agreed", "open", "refused", "lapsed", "not_asked"]


@dataclass(frozen=True)
class Proposal:
    """One row a match, living or not; `state` tells how far it came."""

    match: Annotated[str, "The match's id, opaque"]
    offer: Annotated[str, "The offer's id"]
    need: Annotated[str, "The need's id"]
    offer_case: Annotated[str, "The offer's number to say on the phone"]
    need_case: Annotated[str, "The need's number to say on the phone"]
    kind: Annotated[str, "housing or goods"]
    plan: Annotated[str | None, "The plan that chose it; empty: a person did"]
    by_hand: Annotated[bool, "Whether a person brought the two together"]
    reason_by_hand: Annotated[str | None, "Why the person did"]
    state: Annotated[
        State,
        "proposed, communicated, agreed, confirmed, begun, ended, refused, lapsed "
        "or cancelled",
    ]
    living: Annotated[bool, "Whether it still goes on"]
    provisional: Annotated[
        bool, "Living, not confirmed, and checks are due: nobody is told before a visit"
    ]
    due: Annotated[tuple[str, ...], "Checks that still stand in the way of confirming"]
    due_by: Annotated[date | None, "The first day by which one of them must be done"]
    stay_from: Annotated[date | None, "First day of the stay"]
    stay_to: Annotated[date | None, "Day of leaving; empty: open, or goods"]
    open_ended: Annotated[
        bool, "Whether nobody knows how long: stay_to is as far as the plan looked"
    ]
    unit: Annotated[str | None, "The rooms' type; empty: the home as a whole, or goods"]
    count: Annotated[int, "How many rooms of it (a home as a whole is one)"]
    quantity: Annotated[int, "Goods: how many pieces"]
    allocation: Annotated[tuple[Allocation, ...], "What it holds, line by line"]
    persons: Annotated[int, "For how many people"]
    why: Annotated[tuple[Why, ...], "The plan's reasons for the pair, nothing locating"]
    distance_m: Annotated[
        int | None, "Metres between the wished place and the home; empty when protected"
    ]
    postcode_area: Annotated[
        str | None, "The postcode of the offer; empty: unknown or protected"
    ]
    household_answer: Annotated[Answer, "What the household said"]
    provider_answer: Annotated[Answer, "What the provider said"]
    answer_by: Annotated[date | None, "The day by which both are to answer"]
    reason: Annotated[str | None, "The coded reason of a refusal or an end"]
    superseded: Annotated[
        int | None, "Where a plan took it back in the ledger; empty: none did"
    ]
    reserved: Annotated[int, "Goods: pieces put aside"]
    dispatched: Annotated[int, "Goods: pieces sent"]
    received: Annotated[int, "Goods: pieces that arrived"]
    proposed_at: Annotated[datetime, "When it was recorded"]
    position: Annotated[int, "Where its first fact stands in the ledger"]


TABLE = Table(
    "proposals",
    Proposal,
    key=("match",),
    found_by=(("offer",),),
    indexes=(
        ("need",),
        ("plan",),
        ("state", "position"),
        ("superseded",),
    ),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("offer_case", "need_case", "match"),
        "state": one_of("state"),
        "kind": one_of("kind"),
        "offer": one_of("offer"),
        "need": one_of("need"),
        "plan": one_of("plan"),
        "living": is_so("living"),
        "provisional": is_so("provisional"),
        "by_hand": is_so("by_hand"),
        "household_answer": one_of("household_answer"),
        "provider_answer": one_of("provider_answer"),
        "persons_min": at_least("persons"),
        "answer_by_max": until("answer_by"),
    },
    sorts=(
        "position",
        "state",
        "persons",
        "stay_from",
        "answer_by",
        "distance_m",
        "offer_case",
        "need_case",
        "quantity",
    ),
    order=("-position",),
)


DISTANCE = "metres"
"""The code of the reason that is a distance."""


def rows(life: OfferLife, known: Known) -> Iterator[Proposal]:
    """Yield a row for each match of the offer."""
    protected = known.hides(life)
    for match in life.state.matches.values():
        hidden = protected or match.household in known.hidden
        yield _row(life, match, known, hidden=hidden)


def _row(life: OfferLife, match: MatchState, known: Known, *, hidden: bool) -> Proposal:
    due = due_for_match(life.state, match)
    first, last = stay(match)
    return Proposal(
        match=match.id,
        offer=match.offer,
        need=match.need,
        offer_case=life.case_no,
        need_case=known.cases.get(f"need:{match.need}", ""),
        kind=life.state.details.kind,
        plan=match.origin.plan,
        by_hand=match.origin.how == "by_hand",
        reason_by_hand=match.origin.reason,
        state=match.state,
        living=match.living,
        provisional=bool(due) and match.state in UNCONFIRMED,
        due=due,
        due_by=due_by(match, due),
        stay_from=first,
        stay_to=last,
        open_ended=match.open_ended,
        unit=rooms_of(match),
        count=sum(line.count for line in match.allocation),
        quantity=sum(line.quantity for line in match.allocation),
        allocation=match.allocation,
        persons=match.persons,
        why=() if hidden else match.why,
        distance_m=None if hidden else _distance(match),
        postcode_area=area(life.state.details.location, hidden=hidden),
        household_answer=_answer(match, "household"),
        provider_answer=_answer(match, "provider"),
        answer_by=match.answer_by,
        reason=match.reason,
        superseded=life.moments[match.id].superseded,
        reserved=match.reserved,
        dispatched=match.dispatched,
        received=match.received,
        proposed_at=life.moments[match.id].proposed_at,
        position=match.position,
    )


def rooms_of(match: MatchState) -> str | None:
    """Return the types of the rooms that the match holds, if it names any."""
    units = dict.fromkeys(line.unit for line in match.allocation if line.unit)
    return ", ".join(units) or None


def _distance(match: MatchState) -> int | None:
    return next((why.value for why in match.why if why.code == DISTANCE), None)


def _answer(match: MatchState, side: Side) -> Answer:
    if match.refused_by == side:
        return "refused"
    if side not in match.required_sides:
        return "not_asked"
    if side in match.agreed:
        return "agreed"
    return "lapsed" if match.state == "lapsed" else "open"


_SHOWN = parts("details", "matches", "checks")
MODEL = ReadModel((TABLE,), lives=PerLife(TABLE, "offer", offers=Rows(rows, _SHOWN)))
