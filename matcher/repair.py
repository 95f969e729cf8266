"""From prices to a choice in a large market, and on to a better one.

First whom the relaxation places, the surest first, as long as it fits. Those of whom it
is sure stay; the others choose anew in searches, each small enough to end: around those
that lose most at the prices. How far it goes is counted, never timed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from matcher.columns import Bools, Ints
from matcher.instance import Instance
from matcher.master import corner, search
from matcher.pricing import best_edges
from matcher.rounding import served
from matcher.rounds import Fine, weighed
from matcher.steps import strict_steps

WAYS = 10
"""Edges a need that a search sees: those that lose least at the prices."""
USED = 5
"""Thousandths of an edge that the rough relaxation really uses."""
FIRM = (64, 4)
"""So many times what the prices say, the earlier tiers weigh in a search."""
NODES = 100
PASSES = ((3_000, 1, 0.9), (600, 20, 0.9), (600, 20, 0.9), (300, 40, 0.02))
"""(needs in a search, searches, what it may leave: a part of a person's weight)."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Makes one choice for all tiers, guided by the prices of the last.

    Nothing is given up in a tier for a gain in a later one.
    """

    instance: Instance
    fine: Fine
    effort: int = 1

    def best(self) -> Ints:
        """Return the best choice found."""
        fine = self.fine
        used, value = _vertex(self.instance, fine)
        known = np.union1d(best_edges(self.instance, fine.certificate.profit, WAYS), used)
        near = _Near(self.instance.only(known), known, fine)
        chosen = near.rounded(used, value)
        for turn, (size, count, slack) in enumerate(PASSES):
            for needs in islice(near.groups(chosen, size, turn), count):
                chosen = near.anew(chosen, needs, slack)
        found: Ints = known[chosen]
        return found


def _vertex(instance: Instance, fine: Fine) -> tuple[Ints, Ints]:
    """Return edges and their thousandths where the relaxation has few doubts.

    What a first-order method ends with lies in the middle of what is equally good; a
    corner of it takes nearly all edges whole or not at all.
    """
    edges = fine.edges[fine.value >= USED]
    part = instance.only(edges)
    relaxed = corner(part, weighed(part, fine.aim))
    return edges, np.rint(relaxed * 1000).astype(np.int64)


class _Near:
    """The edges near the relaxation: what the repair looks at, by their places."""

    def __init__(self, part: Instance, known: Ints, fine: Fine) -> None:
        self.part, self._known = part, known
        self._pool = np.empty(part.edges, np.int64)
        self._pool[part.use_edge[::-1]] = part.use_pool[::-1]
        certificate, scale = fine.certificate, fine.prices.scale
        self._best = certificate.best
        self._loss = certificate.best[part.need] - certificate.profit[known]
        self._weight = part.worth[-1] + sum(
            firm * multiplier // scale * part.worth[before]
            for before, (firm, multiplier) in enumerate(
                zip(FIRM, fine.prices.multipliers, strict=True)
            )
        )
        self._person = FIRM[-1] * fine.prices.multipliers[-1] // scale
        steps = strict_steps(part.worth, part.need, np.ones(part.needs, np.int64))
        self._steps = steps

    def rounded(self, used: Ints, value: Ints) -> Ints:
        """Return what fits of the relaxation, the surest first."""
        share = np.zeros(self.part.edges, np.int64)
        share[np.searchsorted(self._known, used)] = value
        return served(self.part, np.lexsort((self._loss, -share)))

    def groups(self, chosen: Ints, size: int, turn: int) -> Iterator[Bools]:
        """Yield needs that choose anew together."""
        losers = self._losers(chosen).tolist()
        if turn == 0:
            small = self.part.needs <= size
            yield self._around(losers, chosen, self.part.needs if small else size)
            return
        covered = np.zeros(self.part.needs, np.bool_)
        for loser in losers:
            if not covered[loser]:
                group = self._around([loser], chosen, size)
                covered |= group
                yield group

    def _losers(self, chosen: Ints) -> Ints:
        """Return the needs that lose anything at the prices, the worst first."""
        lost = self._best.copy()
        lost[self.part.need[chosen]] = self._loss[chosen]
        order = np.argsort(-lost, kind="stable")
        return order[lost[order] > 0]

    def _around(self, needs: Sequence[int], chosen: Ints, size: int) -> Bools:
        """Return needs and so many more that hold what they could take."""
        holders = self._holders(chosen)
        inside = np.zeros(self.part.needs, np.bool_)
        inside[needs[:size]] = True
        queue = list(needs[:size])
        for here in queue:
            first, last = np.searchsorted(self.part.need, (here, here + 1))
            for edge in range(first, last):
                for other in holders.get(int(self._pool[edge]), ()):
                    if not inside[other]:
                        inside[other] = True
                        queue.append(other)
            if len(queue) >= size:
                break
        return inside

    def _holders(self, chosen: Ints) -> dict[int, list[int]]:
        """Return who holds something of each pool."""
        found: dict[int, list[int]] = defaultdict(list)
        for edge in chosen.tolist():
            found[int(self._pool[edge])].append(int(self.part.need[edge]))
        return found

    def worth(self, edges: Ints) -> int:
        return sum(
            int(total) * step
            for total, step in zip(
                self.part.worth[:, edges].sum(axis=1), self._steps, strict=True
            )
        )

    def anew(self, chosen: Ints, needs: Bools, slack: float) -> Ints:
        """Let some needs choose anew, all others stay where they are."""
        part = self.part
        moving = needs[part.need[chosen]]
        mine, staying = chosen[moving], chosen[~moving]
        seen = np.nonzero(needs[part.need])[0]
        rest = part.beside(staying).only(seen)
        before = tuple(part.worth[:-2, mine].sum(axis=1).tolist())
        narrow = replace(
            rest, worth=np.vstack([rest.worth[:-1], self._weight[seen]])
        )
        found = search(narrow, part.tiers - 1, before, np.isin(seen, mine), NODES, slack * self._person)
        if found is None:
            return chosen
        now = seen[found.chosen]
        if self.worth(now) <= self.worth(mine):
            return chosen
        return np.sort(np.concatenate([staying, now]))
