"""What requests still lack, and why: said of every one, and true."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from matcher.plan import Plan, Unmet
from matcher.referee.goods import Store, quantity, sums, wished
from matcher.referee.racks import FUNNEL

Fell: TypeAlias = tuple[tuple[str, int], ...]
"""How many lots fell at which rule."""


def unmet_faults(
    store: Store, plan: Plan, compatible: Mapping[str, int]
) -> Iterator[str]:
    """Yield requests of whose lack something wrong is said.

    `compatible` is how many lots suit each request.
    """
    got = sums(plan.handovers, "need")
    unmet = {row.need: row for row in plan.unmet if row.part == "goods"}
    for need, request in store.requests.items():
        missing = quantity(request) - got[need]
        row = unmet.pop(need, None)
        if (row is None) != (missing <= 0 and bool(quantity(request))):
            yield f"the plan says nothing, or too much, of what {need} still lacks"
        elif row is not None:
            fell = _fallen(store, need) if store.wanted(need) else ()
            yield from _row_faults(row, fell, compatible.get(need, 0))
            reason = _reason(store, need, fell, compatible)
            if (row.missing, row.reason) != (missing, reason):
                lacks = f"{row.missing} because of {row.reason}"
                yield f"request {need} does not lack {lacks}"
    for need in unmet:
        yield f"the plan says why {need} stays unmet, which is not in the market"
    yield from _pins_short(store, plan)


def _row_faults(row: Unmet, fell: Fell, compatible: int) -> Iterator[str]:
    if row.compatible != compatible:
        yield f"{compatible} lots suit request {row.need}, not {row.compatible}"
    if row.blocked != fell:
        yield f"lots fall for request {row.need} at {fell}, not at {row.blocked}"


def _fallen(store: Store, need: str) -> Fell:
    rack = store.racks.get(wished(store.requests[need]))
    counts = [0] * len(FUNNEL)
    others = len(store.free)
    if rack is not None:
        counts = store.fit(need, rack).fell(rack.free)
        others -= int(rack.free.sum())
    counts[0] += others
    return tuple((rule, n) for rule, n in zip(FUNNEL, counts, strict=True) if n)


def _reason(store: Store, need: str, fell: Fell, compatible: Mapping[str, int]) -> str:
    if need in store.waiting:
        return "duplicate_pending"
    if not store.wanted(need):
        return "incomplete"
    if need in store.pinned:
        return "pinned_impossible"
    if compatible.get(need):
        kit = store.set_of.get(need)
        parts = () if kit is None else store.kits[kit]
        gone = any(not compatible.get(part) for part in parts)
        return "kit_incomplete" if gone else "outbid"
    return fell[-1][0] if fell else FUNNEL[0]


def _pins_short(store: Store, plan: Plan) -> Iterator[str]:
    """Yield pinned requests that lack what the lot of their pin still has."""
    settled = [row for row in plan.handovers if row.need in store.pinned]
    got, given = sums(settled, "need"), sums(settled, "offer")
    for need, offers in store.pinned.items():
        for offer in sorted(offers & store.lots.keys() - store.idle):
            spare = store.left[offer] - given[offer]
            lacks = store.wanted(need) - got[need]
            if lacks > 0 and spare > 0 and store.piece(need, offer) is not None:
                yield f"request {need} lacks pieces that lot {offer} of its pin has"
