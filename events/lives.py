"""One life, from all facts that were read: filter by its tag, then fold."""

from collections.abc import Iterable

from events.base import Recorded
from events.match import MatchState, evolve_match
from events.need import NeedState, evolve_need
from events.offer import OfferState, evolve_offer


def fold_offer(offer: str, facts: Iterable[Recorded]) -> OfferState | None:
    """Return what the facts about `offer` add up to; None when there is no such."""
    state: OfferState | None = None
    for recorded in _about(f"offer:{offer}", facts):
        state = evolve_offer(state, recorded)
    return state


def fold_need(need: str, facts: Iterable[Recorded]) -> NeedState | None:
    """Return what the facts about `need` add up to; None when there is no such."""
    state: NeedState | None = None
    for recorded in _about(f"need:{need}", facts):
        state = evolve_need(state, recorded)
    return state


def fold_match(match: str, facts: Iterable[Recorded]) -> MatchState | None:
    """Return what the facts about `match` add up to; None when there is no such."""
    state: MatchState | None = None
    for recorded in _about(f"match:{match}", facts):
        state = evolve_match(state, recorded)
    return state


def _about(tag: str, facts: Iterable[Recorded]) -> Iterable[Recorded]:
    return (recorded for recorded in facts if tag in recorded.fact.tags())
