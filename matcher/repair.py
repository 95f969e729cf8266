"""From prices to a choice in a large market, and on to a better one.

First what the relaxation takes, the surest first, as long as it fits. Then searches,
each small enough to end, in which some needs choose anew and all others stay: around
those that lose most at the prices. How far it goes is counted, never timed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from matcher.around import Around
from matcher.ascending import once, within
from matcher.certificate import Tariff
from matcher.columns import Bools, Ints
from matcher.first import First, taken_over
from matcher.instance import Instance
from matcher.master import ALMOST_ONE, corner, search
from matcher.pricing import best_edges
from matcher.rounding import served
from matcher.rounds import Fine, weighed
from matcher.steps import strict_steps

WAYS = 10
"""Edges a need that a search sees: those that lose least at the prices."""
USED = 5
"""Thousandths of an edge that the rough relaxation really uses."""
FIRM = 4
"""So many times what the prices say, the tier before weighs in a search; the one
before that as many times more again, for it is never given up."""
NODES = 100
STAGES = (
    ((2_000, 1, 0.9),),
    ((1_200, 3, 0.9), (600, 24, 0.9), (300, 24, 0.1)),
)
"""Needs in a search, searches, and what it may leave: a part of a person's weight. The
first tier is settled before the second stage, for it is never given up."""
WORTHWHILE = 3
"""A search of more than this part of all needs was made in the first stage."""
STALE = 3
"""So many searches in a row that find nothing end a pass."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Makes one choice for all tiers, guided by the prices of the last (`fine`).

    `instance` holds the edges that are worth looking at.
    `first` is what the first tier alone could have. Nothing is given up in a tier for
    a gain in a later one. `tell` hears of each choice and says whether to go on;
    `effort` multiplies the searches.
    """

    instance: Instance
    fine: Fine
    first: First
    tell: Callable[[Ints], bool]
    effort: int = 1

    def best(self) -> Ints:
        """Return the best choice found."""
        used, share = _vertex(self.instance, self.fine)
        near = _Near(self.instance, self.fine, used)
        chosen = near.rounded(used, share)
        for stage, passes in enumerate(STAGES):
            if stage:
                chosen = taken_over(self.instance, chosen, self.first)
                near = _Near(self.instance, self.fine, chosen)
            for size, count, slack in passes:
                if not self.tell(chosen):
                    return self._at_least(chosen, stage)
                if stage and size * WORTHWHILE > self.instance.needs:
                    continue
                groups = (
                    near.groups(chosen, size) if stage else near.first(chosen, size)
                )
                some = islice(groups, count * self.effort)
                chosen = self._searched(near, chosen, some, slack)
        return chosen

    def _at_least(self, chosen: Ints, stage: int) -> Ints:
        """Return a choice that was stopped; the first tier has its own in any case."""
        return chosen if stage else taken_over(self.instance, chosen, self.first)

    def _searched(
        self, near: "_Near", chosen: Ints, groups: Iterable[Bools], slack: float
    ) -> Ints:
        idle = 0
        for needs in groups:
            before, chosen = chosen, near.anew(chosen, needs, slack)
            idle = idle + 1 if chosen is before else 0
            if not self.tell(chosen) or idle == STALE * self.effort:
                break
        return chosen


def _vertex(instance: Instance, fine: Fine) -> tuple[Ints, Ints]:
    """Return edges and their thousandths where the relaxation has few doubts.

    What a first-order method ends with lies in the middle of what is equally good; a
    corner of it takes nearly all edges whole or not at all.
    """
    edges = fine.edges[fine.value >= USED]
    part = instance.only(edges)
    taken = corner(part, weighed(part, fine.aim))
    return edges, np.rint(taken * 1000).astype(np.int64)


class _Near:
    """The edges that lose least at the prices of a tier, and some more.

    Choices come and go in the edges of the instance; in here they are places among
    the known ones.
    """

    def __init__(self, instance: Instance, fine: Fine, more: Ints) -> None:
        profit = Tariff(fine.prices).profit(instance, fine.aim.tier)
        best = fine.proof.best
        self._known = once(best_edges(instance, profit, WAYS), more)
        part = self._part = instance.only(self._known)
        self._near = Around(part)
        self._best = best
        self._loss = best[part.need] - profit[self._known]
        firm = [m // fine.prices.scale for m in fine.prices.multipliers]
        firm = [m * FIRM ** (len(firm) - n) for n, m in enumerate(firm)]
        self._person = firm[-1] if firm else 0
        self._weight = weighed(part, replace(fine.aim, multipliers=tuple(firm)))
        one_each = np.ones(part.needs, np.int64)
        self._steps = strict_steps(part.worth, part.need, one_each)

    def rounded(self, used: Ints, share: Ints) -> Ints:
        """Return what fits of the relaxation, the surest first."""
        taken = np.zeros(self._part.edges, np.int64)
        taken[np.searchsorted(self._known, used)] = share
        fitting = served(self._part, np.lexsort((self._loss, -taken)))
        return self._outside(fitting)

    def first(self, chosen: Ints, size: int) -> Iterator[Bools]:
        """Yield everybody where they are few, else all who lose, and those around."""
        inside = np.searchsorted(self._known, chosen)
        few = self._part.needs <= size
        needs = range(self._part.needs) if few else self._losers(inside)
        yield self._near.group(needs, self._near.holders(inside), size)

    def groups(self, chosen: Ints, size: int) -> Iterator[Bools]:
        """Yield groups of needs around those who lose, the worst first."""
        covered = np.zeros(self._part.needs, np.bool_)
        inside = np.searchsorted(self._known, chosen)
        holders = self._near.holders(inside)
        for loser in self._losers(inside):
            if not covered[loser]:
                group = self._near.group([loser], holders, size)
                covered |= group
                yield group

    def anew(self, chosen: Ints, needs: Bools, slack: float) -> Ints:
        """Let some needs choose anew, all others stay where they are."""
        part, inside = self._part, np.searchsorted(self._known, chosen)
        moving = needs[part.need[inside]]
        mine, staying = inside[moving], inside[~moving]
        seen = np.nonzero(needs[part.need])[0]
        rest = part.beside(staying).only(seen)
        narrow = replace(rest, worth=np.vstack([rest.worth[:-1], self._weight[seen]]))
        before = tuple(part.worth[:-2, mine].sum(axis=1).tolist())
        hint, leave = within(seen, np.sort(mine)), max(ALMOST_ONE, slack * self._person)
        found = search(narrow, part.tiers - 1, before, hint, NODES, leave)
        if found is None or self._worth(seen[found.chosen]) <= self._worth(mine):
            return chosen
        return self._outside(np.concatenate([staying, seen[found.chosen]]))

    def _outside(self, inside: Ints) -> Ints:
        edges: Ints = np.sort(self._known[inside])
        return edges

    def _worth(self, edges: Ints) -> int:
        """Return the worth of all tiers in one strict sum, of any length."""
        totals = self._part.worth[:, edges].sum(axis=1).tolist()
        return sum(
            total * step for total, step in zip(totals, self._steps, strict=True)
        )

    def _losers(self, chosen: Ints) -> list[int]:
        """Return the needs that lose anything at the prices, the worst first."""
        lost = self._best.copy()
        lost[self._part.need[chosen]] = self._loss[chosen]
        order = np.argsort(-lost, kind="stable")
        losers: list[int] = order[lost[order] > 0].tolist()
        return losers
