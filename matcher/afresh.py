"""Why not, as of a market that no plan has looked at yet: rules only, no prices.

A plan's reasons stand as of what it saw. Beside them one wants to know whether the same
still holds: which rules keep how many of today's offers away, and what would help.
"""

from dataclasses import dataclass, replace

from matcher.board import board, homes
from matcher.changes import Change, changes
from matcher.housing import early_reasons, main_reasons
from matcher.market import Doc, read_market
from matcher.pins import settle
from matcher.rules import FUNNEL
from matcher.together import parts


@dataclass(frozen=True, slots=True)
class Today:
    """What stands in a household's way now; `offers` fell at a rule or would fit.

    `reason` is a rule's code, or `next_run`: offers fit, and the next run decides
    whether others weigh more.
    """

    need: str
    reason: str
    offers: int
    blocked: tuple[tuple[str, int], ...]
    compatible: int
    changes: tuple[Change, ...]


NEXT_RUN = "next_run"


class Afresh:
    """One market to ask about many households; it is read and laid out once."""

    def __init__(self, document: Doc) -> None:
        market = read_market(document)
        pinned = settle(market)
        whole = market.households
        self._households = {part.id: one for one in whole for part in parts(one)}
        self._early = early_reasons(market, pinned)
        self._settled = {table.needs.rows[0].id for table, _ in pinned.placed}
        self._rest = pinned.rest
        self._homes = homes(pinned.rest)

    def of(self, need: str) -> Today:
        """Return what stands in a household's way; `LookupError`: it is not open."""
        household = self._households.get(need)
        if household is None:
            raise LookupError(f"no household's open need is called {need}")
        if (early := self._early.get(household.id)) is not None:
            return Today(need, early, 0, (), 0, ())
        if household.id in self._settled:
            return Today(need, NEXT_RUN, 1, (), 1, ())
        table = board(replace(self._rest, households=(household,)), self._homes)
        counts = table.pairs.blocked[0].tolist()
        compatible = counts[-1]
        reason = NEXT_RUN if compatible else main_reasons(table, [household.id])[0]
        blocked = tuple((code, n) for code, n in zip(FUNNEL, counts, strict=False) if n)
        return Today(need, reason, sum(counts), blocked, compatible, changes(table))
