"""Proposals that stand or fall together: of households that are placed together."""

import hashlib
from collections.abc import Iterable, Mapping

from events.kinds.housing import HousingNeed
from events.match import MatchState
from events.need import NeedState
from matcher.plan import Stay


def bundles(stays: Iterable[Stay], needs: Mapping[str, NeedState]) -> dict[str, str]:
    """Return the bundle of each need that a plan places together with another.

    The name follows from the needs alone, so that the next plan finds it again.
    """
    place = {s.need: (s.offer, s.unit, s.start, s.end) for s in stays}
    group = {need: {need} for need in place}
    for need, here in place.items():
        for other in _together(needs[need]):
            if place.get(other) == here:
                both = group[need] | group[other]
                group |= dict.fromkeys(both, both)
    return {need: _name(some) for need, some in group.items() if len(some) > 1}


def mates(matches: Iterable[MatchState], match: MatchState) -> tuple[MatchState, ...]:
    """Return the living matches that stand or fall with this one."""
    return tuple(
        other
        for other in matches
        if match.bundle is not None
        and other.bundle == match.bundle
        and other.id != match.id
        and other.living
    )


def _together(need: NeedState) -> tuple[str, ...]:
    details = need.details
    told = details.linked_households if isinstance(details, HousingNeed) else None
    return tuple(link.ref for link in told or () if link.how == "together")


def _name(needs: set[str]) -> str:
    text = "\n".join(sorted(needs))
    return "b-" + hashlib.sha256(text.encode()).hexdigest()[:20]
