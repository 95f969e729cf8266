"""What a case takes over from the one that is merged into it: no decision is lost.

Where both were decided about otherwise a person must say first which of it stands.
"""

from collections.abc import Iterable, Iterator

from events.base import Fact, Said
from events.case import CaseState
from events.kinds.housing import HousingNeed, Linked
from events.need import NeedAmended, NeedPrioritised, NeedState, at_odds
from events.offer import OfferState
from events.pair import PairForbidden, PairPinned, PairReleased
from services.ledger.rules.base import Past, Refused, need_tag
from services.ledger.rules.links import linked, links_of


def decisions(case: CaseState, into: CaseState, said: Said) -> list[Fact]:
    """Return that the one may not take what the other may not, and is pinned as it.

    A need that was pinned to the offer that goes is pinned to the one that stays.
    """
    bans = [twin for twin in case.forbidden if twin not in into.forbidden]
    pins = [twin for twin in case.pinned if twin not in into.pinned]
    if any(match.offer in bans or match.need in bans for match in into.living):
        raise Refused(
            "The other has a proposal that this one may not take; cancel that first."
        )
    if not {*case.forbidden, *into.forbidden}.isdisjoint({*case.pinned, *into.pinned}):
        raise Refused(
            "One is pinned to what is forbidden to the other; release one of both."
        )
    if isinstance(into, NeedState) and pins and into.pinned:
        raise Refused("Both are pinned, to two offers; release one of both.")
    same, instead = f"to {case.id}, which is the same", f"pinned to {into.id} instead"
    moved = case.pinned if isinstance(case, OfferState) else ()
    return [
        *_about(PairForbidden, into, bans, said, f"forbidden {same}"),
        *_about(PairPinned, into, pins, said, f"pinned {same}"),
        *_about(PairReleased, case, moved, said, instead),
    ]


def urgency(need: NeedState, into: NeedState, said: Said) -> list[Fact]:
    """Return that the one is as urgent as the other."""
    if need.priority <= into.priority:
        return []
    reason = f"as urgent as {need.id}, which is the same"
    raised = NeedPrioritised(
        said=said, need=into.id, priority=need.priority, reason=reason
    )
    return [raised]


def linked_tags(past: Past, need: str) -> tuple[str, ...]:
    """Return the cases with which a household is linked."""
    known = past.known(need_tag(need))
    links = links_of(known) if isinstance(known, NeedState) else ()
    return tuple(need_tag(link.ref) for link in links)


def links(need: NeedState, into: NeedState, past: Past, said: Said) -> Iterator[Fact]:
    """Yield that the one belongs to whom the other belonged to, told from both sides.

    Who was to be together with the one and near the other is together with both.
    """
    mine = {link.ref: link for link in links_of(into)}
    new: list[Linked] = []
    for link in links_of(need):
        before, other = mine.get(link.ref), past.known(need_tag(link.ref))
        if link.ref == into.id or before == link or not isinstance(other, NeedState):
            continue
        if before is not None and before.how == "together":
            continue
        if link.how == "together" and at_odds(into, other):
            raise Refused("These people must not meet; they cannot be placed together.")
        new.append(link)
        yield from linked(other, into, said, link.how)
    if new:
        every = {**mine, **{link.ref: link for link in new}}
        changes = HousingNeed(linked_households=tuple(every.values()))
        yield NeedAmended(said=said, need=into.id, changes=changes)


def _about(
    decision: type[PairForbidden | PairPinned | PairReleased],
    case: CaseState,
    twins: Iterable[str],
    said: Said,
    reason: str,
) -> Iterator[Fact]:
    for twin in twins:
        ends = (case.id, twin) if isinstance(case, OfferState) else (twin, case.id)
        yield decision(said=said, offer=ends[0], need=ends[1], reason=reason)
