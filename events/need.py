"""The life of a need: raised, told better, prioritised, parked, placed, withdrawn."""

from typing import Annotated

from pydantic import Field

from events.base import Fact, Recorded, day_of
from events.case import (
    CaseAmended,
    CaseState,
    CaseTold,
    joined,
    kept_apart,
    known,
    merged,
    paired,
    patched,
    told_anew,
    without,
)
from events.kinds.goods import GoodsNeed
from events.kinds.housing import HousingNeed
from events.match import (
    MatchAnswerCorrected,
    MatchFact,
    MatchRefused,
    ReasonCode,
    evolve_match,
)
from events.pair import PairFact
from events.values import COARSE, OPEN, Day, Ref, Word

NeedDetails = Annotated[HousingNeed | GoodsNeed, Field(discriminator="kind")]
Priority = Annotated[int, Field(ge=0, le=3)]


class NeedFact(Fact):
    need: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"need:{self.need}",)


class NeedRaised(CaseTold, NeedFact):
    """Someone needs something."""

    type = "need.raised.v2"
    household: Annotated[Ref, OPEN]
    details: Annotated[NeedDetails, COARSE]
    priority: Annotated[Priority, COARSE] = 0


class NeedAmended(CaseAmended, NeedFact):
    """Some fields are told anew; those in `unset` are unknown again."""

    type = "need.amended.v2"
    changes: Annotated[NeedDetails, COARSE]
    priority: Annotated[Priority | None, COARSE] = None


class NeedPrioritised(NeedFact):
    type = "need.prioritised.v1"
    priority: Annotated[Priority, COARSE]
    reason: Annotated[Word, OPEN]


class NeedParked(NeedFact):
    """It waits until a day; no plan takes it up before."""

    type = "need.parked.v1"
    until: Annotated[Day, OPEN]
    reason: Annotated[Word, OPEN]
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class NeedReopened(NeedFact):
    """It is looked at again, after it was parked or withdrawn."""

    type = "need.reopened.v1"
    reason: Annotated[Word, OPEN]


class NeedWithdrawn(NeedFact):
    """Nothing is needed any more; `breaks` names the matches that this ends."""

    type = "need.withdrawn.v1"
    reason: Annotated[ReasonCode, OPEN]
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class NeedMerged(NeedFact):
    """It is the same as another need, which stands for both from now on."""

    type = "need.merged.v1"
    into: Annotated[Ref, OPEN]
    waiting_since: Annotated[Day | None, OPEN] = None
    """Since when this one waits: the other has waited as long."""

    def tags(self) -> tuple[str, ...]:
        return (f"need:{self.need}", f"need:{self.into}")


class NeedUnmerged(NeedFact):
    """It is another need than `other`, whatever they have in common."""

    type = "need.unmerged.v1"
    other: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"need:{self.need}", f"need:{self.other}")


class NeedState(CaseState):
    """What a need's facts add up to."""

    details: Annotated[NeedDetails, COARSE]
    priority: Annotated[Priority, COARSE] = 0
    waiting_since: Annotated[Day, OPEN]
    """Kept through every breakdown: nobody starts again at the end of the queue."""

    @property
    def avoids(self) -> tuple[Ref, ...]:
        """Whom the household must never meet, by the names that it gave."""
        details = self.details
        protection = details.protection if isinstance(details, HousingNeed) else None
        return () if protection is None else protection.no_contact


def at_odds(one: NeedState, other: NeedState) -> bool:
    """Say whether one of two households must never meet the other."""
    return other.person in one.avoids or one.person in other.avoids


def evolve_need(state: NeedState | None, recorded: Recorded) -> NeedState | None:
    """Return the need after `recorded`; facts of other lives change nothing."""
    fact = recorded.fact
    if isinstance(fact, NeedRaised):
        return _raised(fact, recorded)
    if state is None:
        return None
    if isinstance(fact, MatchFact):
        return _matched(state, fact, recorded)
    if isinstance(fact, PairFact):
        return state.model_copy(update=paired(state, fact, fact.offer))
    if isinstance(fact, NeedFact):
        return state.model_copy(update=_change(state, fact))
    return state


def _raised(fact: NeedRaised, recorded: Recorded) -> NeedState:
    day = day_of(recorded)
    return NeedState(
        id=fact.need,
        person=fact.household,
        position=recorded.position,
        told_on=day,
        waiting_since=fact.details.waiting_since or day,
        private=fact.private,
        questions=fact.open_questions,
        origin=fact.origin,
        represented_by=fact.represented_by,
        similar_to=fact.similar_to,
        details=fact.details,
        priority=fact.priority,
    )


def _matched(state: NeedState, fact: MatchFact, recorded: Recorded) -> NeedState:
    match = evolve_match(state.matches.get(fact.match), recorded)
    rest = {} if match is None else {fact.match: match}
    update: dict[str, object] = {"matches": state.matches | rest}
    if isinstance(fact, MatchRefused):
        update["forbidden"] = joined(state.forbidden, fact.offer)
    if isinstance(fact, MatchAnswerCorrected):
        update["forbidden"] = without(state.forbidden, fact.offer)
    return state.model_copy(update=update)


def _change(state: NeedState, fact: NeedFact) -> dict[str, object]:
    match fact:
        case NeedAmended(changes=changes, unset=unset, priority=priority):
            return told_anew(state, fact, known(changes)) | {
                "details": patched(state.details, changes, unset),
                "priority": state.priority if priority is None else priority,
                "waiting_since": changes.waiting_since or state.waiting_since,
            }
        case NeedPrioritised(priority=priority):
            return {"priority": priority}
        case NeedParked(until=day):
            return {"status": "parked", "parked_until": day}
        case NeedReopened():
            return {"status": "open", "parked_until": None}
        case NeedWithdrawn():
            return {"status": "withdrawn"}
        case NeedMerged(need=need, into=into, waiting_since=since):
            longest = min(state.waiting_since, since or state.waiting_since)
            return {"waiting_since": longest} | merged(state, need, into)
        case NeedUnmerged(need=need, other=other):
            return kept_apart(state, need, other)
        case _:
            raise AssertionError(f"{type(fact).__name__} has no place in a need")
