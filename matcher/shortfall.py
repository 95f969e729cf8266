"""What requests still lack once pieces are dealt out, and at which rule lots fell."""

from collections.abc import Sequence

import numpy as np

from matcher.columns import Ints
from matcher.kits import NONE, settled_pins
from matcher.plan import Unmet
from matcher.problem import Market
from matcher.stock import Stock, waiting_requests
from matcher.suiting import FUNNEL, Survey


def unmet(market: Market, found: Stock, seen: Survey, got: Ints) -> tuple[Unmet, ...]:
    """Return the requests that `got` fewer pieces than they lack, and why."""
    funnel = seen.blocked[found.asked.of].tolist()
    place = {request.id: n for n, request in enumerate(found.requests)}
    waiting = waiting_requests(market)
    pinned = {need for need, _ in settled_pins(market)}
    short = _short(found, seen)
    rows = []
    for request in market.requests:
        row = place.get(request.id)
        if request.id in waiting:
            rows.append(_lacking(request.id, "duplicate_pending", request.quantity))
        elif row is None:
            rows.append(_lacking(request.id, "incomplete", request.quantity))
        elif got[row] < request.quantity:
            counts = funnel[row]
            reason = "pinned_impossible" if request.id in pinned else _reason(counts)
            if counts[-1] and row in short:
                reason = "kit_incomplete"
            missing = request.quantity - int(got[row])
            rows.append(_lacking(request.id, reason, missing, counts))
    return tuple(rows)


def _short(found: Stock, seen: Survey) -> set[int]:
    """Return the requests of kits of which a part is not to be had at all."""
    kit = found.kit[found.asked.of]
    none = seen.blocked[found.asked.of, -1] == 0
    short = np.isin(kit, kit[found.halted | none]) & (kit != NONE)
    return set(np.nonzero(short)[0].tolist())


def _lacking(need: str, reason: str, missing: int, counts: Sequence[int] = ()) -> Unmet:
    blocked = tuple((code, n) for code, n in zip(FUNNEL, counts, strict=False) if n)
    return Unmet(need, "goods", reason, missing, blocked, counts[-1] if counts else 0)


def _reason(counts: Sequence[int]) -> str:
    """Return the rule at which the last lots fell; without lots there is no item."""
    if counts[-1]:
        return "outbid"
    fell = [code for code, n in zip(FUNNEL, counts, strict=False) if n]
    return fell[-1] if fell else FUNNEL[0]
