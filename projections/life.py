"""A life as read models see it: the fold of the facts, and what the fold leaves out.

Sealed parts lose their content before they come here: of a contact one keeps that
there is one, and a read model cannot show what it was never given.
"""

from datetime import UTC, date, datetime

from events.arrivals import CapacityFact
from events.base import BERLIN, Fact, Recorded
from events.case import CaseTold
from events.match import MatchCancelled, MatchConfirmed, MatchFact, MatchProposed
from events.need import NeedFact, NeedState, evolve_need
from events.offer import OfferFact, OfferState, evolve_offer
from events.pair import PairFact
from events.policy import Policy
from events.realm import DayBegan, PolicyAdopted, RealmOpened
from events.values import Day, Instant, OpenQuestion, Ref, Sealed, Strict

REALM = "realm"
SIDES = ("offer:", "need:")
"""How the names of cases begin."""


EMPTY = Sealed(subject="x", purpose="x", key_id="x", mark="0", box="")
"""What lives keep of a sealed part: that there is one."""


class Moments(Strict):
    """When a match was recorded to have come so far: its state keeps no times."""

    proposed_at: Instant
    confirmed_at: Instant | None = None
    superseded: int | None = None
    """Where the ledger says that a plan took it back."""


class CaseLife(Strict):
    """What the lives of offers and needs have in common."""

    number: int = 0
    case_no: str = ""
    opened_at: Instant


class OfferLife(CaseLife):
    """An offer with its number and the moments of its matches."""

    state: OfferState
    moments: dict[Ref, Moments]


class NeedLife(CaseLife):
    """A need with its number."""

    state: NeedState


class RealmLife(Strict):
    """The realm, business today, the policy in force."""

    realm: str = ""
    name: str = ""
    synthetic: bool = False
    today: Day | None = None
    policy: Policy | None = None
    policy_position: int = 0


Life = OfferLife | NeedLife | RealmLife
MODELS: dict[str, type[OfferLife | NeedLife | RealmLife]] = {
    "offer": OfferLife,
    "need": NeedLife,
    "realm": RealmLife,
}
"""The model of a life, by the first part of its tag."""


def about(fact: Fact, sides: tuple[str, ...] = SIDES) -> tuple[str, ...]:
    """Return the lives that a fact may change: the realm, and those of these sides."""
    if isinstance(fact, _OF_CASES):
        return tuple([tag for tag in fact.tags() if tag.startswith(sides)])
    return (REALM,) if isinstance(fact, _OF_REALM) else ()


_OF_CASES = (OfferFact, NeedFact, MatchFact, PairFact, CapacityFact)
_OF_REALM = (RealmOpened, DayBegan, PolicyAdopted)


def evolve_life(ref: str, life: Life | None, recorded: Recorded) -> Life | None:
    """Return the life after the fact; None when none has begun."""
    match ref.partition(":")[0], life:
        case "offer", None | OfferLife():
            return _offer(life, recorded)
        case "need", None | NeedLife():
            return _need(life, recorded)
        case "realm", None | RealmLife():
            return _realm(life or RealmLife(), recorded)
        case _:
            raise TypeError(f"{ref} is not the life that it was")


def moment(recorded: Recorded) -> datetime:
    """Return when the fact was recorded."""
    return datetime.fromtimestamp(recorded.recorded_us / 1e6, UTC)


def business_day(realm: RealmLife, recorded: Recorded) -> date:
    """Return the day a fact counts for; before the first, the day of recording."""
    return realm.today or moment(recorded).astimezone(BERLIN).date()


def bare(recorded: Recorded) -> Recorded:
    """Return the fact with every sealed box that lives would keep emptied."""
    fact = recorded.fact
    if not isinstance(fact, CaseTold):
        return recorded
    boxes = {n: EMPTY for n, box in vars(fact.private).items() if box is not None}
    told = fact.model_copy(
        update={
            "private": fact.private.model_copy(update=boxes),
            "open_questions": tuple(map(_bare_question, fact.open_questions)),
            "origin": fact.origin and fact.origin.model_copy(update={"raw": None}),
        }
    )
    return Recorded(
        position=recorded.position,
        id=recorded.id,
        command_id=recorded.command_id,
        recorded_us=recorded.recorded_us,
        fact=told,
    )


def _offer(life: OfferLife | None, recorded: Recorded) -> OfferLife | None:
    state = evolve_offer(None if life is None else life.state, recorded)
    if state is None:
        return None
    if life is not None and state is life.state:
        return life
    if life is None:
        return OfferLife(opened_at=moment(recorded), state=state, moments={})
    moments = _moments(life.moments, recorded)
    return life.model_copy(update={"state": state, "moments": moments})


def _need(life: NeedLife | None, recorded: Recorded) -> NeedLife | None:
    state = evolve_need(None if life is None else life.state, recorded)
    if state is None:
        return None
    if life is not None and state is life.state:
        return life
    if life is None:
        return NeedLife(opened_at=moment(recorded), state=state)
    return life.model_copy(update={"state": state})


def _realm(life: RealmLife, recorded: Recorded) -> RealmLife:
    update: dict[str, object] = {}
    match recorded.fact:
        case RealmOpened(realm=realm, name=name, synthetic=synthetic):
            update = {"realm": realm, "name": name, "synthetic": synthetic}
        case DayBegan(day=day):
            update = {"today": day}
        case PolicyAdopted(policy=policy):
            update = {"policy": policy, "policy_position": recorded.position}
        case _:
            pass
    return life.model_copy(update=update)


def _moments(before: dict[str, Moments], recorded: Recorded) -> dict[str, Moments]:
    match recorded.fact:
        case MatchProposed(match=ref):
            return before | {ref: Moments(proposed_at=moment(recorded))}
        case MatchConfirmed(match=ref) if ref in before:
            update = {"confirmed_at": moment(recorded)}
            return before | {ref: before[ref].model_copy(update=update)}
        case MatchCancelled(match=ref) as fact if ref in before and _by_a_plan(fact):
            taken = {"superseded": recorded.position}
            return before | {ref: before[ref].model_copy(update=taken)}
        case _:
            return before


def _by_a_plan(fact: MatchCancelled) -> bool:
    """Whether a plan took it back; a person may do so for rooms to be held back."""
    return fact.reason == "superseded" and fact.said.actor.role == "system"


def _bare_question(question: OpenQuestion) -> OpenQuestion:
    return question.model_copy(update={"raw": question.raw and EMPTY})
