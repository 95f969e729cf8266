"""The search of one tier: among the edges that cost little at its prices.

What is better than a choice uses only edges whose loss stays within what the bound
leaves: the closure. Where the search has seen all of it, its end is a proof for all
edges. How much it sees is counted in edges, never in seconds.
"""

from dataclasses import dataclass

import numpy as np

from matcher.ascending import once, within
from matcher.columns import Ints
from matcher.instance import Instance
from matcher.master import NODES, Found, search
from matcher.pricing import Priced


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a search looks.

    `widths` are edges a need, in turn, until bound and worth meet; of equally good ones
    it sees others each time, for what makes a choice fit is often among them. Turns
    after the first see `open` edges at most; from turn `first` on it sees the whole
    closure where that has `closed` edges at most.
    """

    widths: tuple[int, ...]
    open: int
    first: int
    closed: int


EARLY = Reach(widths=(5, 5, 10), open=24_000, first=2, closed=30_000)
LAST = Reach(widths=(4, 8), open=6_000, first=1, closed=10_000)
"""The last tier is harder: its edges are hardly ever equally good."""


@dataclass(frozen=True, slots=True)
class Hunt:
    """The search of one tier for the best choice; `effort` multiplies its reach."""

    instance: Instance
    tier: int
    reached: tuple[int, ...]
    priced: Priced
    seed: int
    effort: int

    def best(self, chosen: Ints) -> tuple[Ints, bool]:
        """Return the best choice found, `chosen` or better, and if none is better."""
        reach = LAST if self.tier == self.instance.tiers - 1 else EARLY
        for turn, width in enumerate((*reach.widths, None)):
            closure = self._closure(chosen)
            if len(closure) == 0:
                return chosen, True
            if turn >= reach.first and len(closure) <= reach.closed * self.effort:
                found = self._search(closure, chosen)
                return found.chosen, found.ended
            if width is None or (turn and width * self.instance.needs > reach.open):
                break
            before = self._worth(chosen)
            some = self._some(closure, turn, width * self.effort)
            chosen = self._search(some, chosen).chosen
            if turn > 1 and self._worth(chosen) == before:
                break
        return chosen, False

    def _worth(self, edges: Ints) -> int:
        return int(self.instance.worth[self.tier][edges].sum())

    def _loss(self) -> Ints:
        """Return how much less than its need's best an edge earns at the prices."""
        certificate = self.priced.certificate
        return certificate.best[self.instance.need] - certificate.profit

    def _closure(self, chosen: Ints) -> Ints:
        better = self._worth(chosen) + 1
        left = self.priced.certificate.total - self.priced.prices.scale * better
        return np.nonzero(self._loss() <= left)[0]

    def _search(self, edges: Ints, chosen: Ints) -> Found:
        """Search among `edges`, what the relaxation uses, and what was chosen."""
        seen = once(edges, self.priced.used, chosen)
        hint, part = within(seen, chosen), self.instance.only(seen)
        found = search(part, self.tier, self.reached, hint, NODES * self.effort)
        if found is None or self._worth(seen[found.chosen]) < self._worth(chosen):
            return Found(chosen, ended=False)
        return Found(seen[found.chosen], found.ended)

    def _some(self, closure: Ints, turn: int, width: int) -> Ints:
        """Return each need's `width` best edges, and as many of the best at all.

        Best is least loss; of these, worth most in the last tier, or from the second
        turn on just others.
        """
        tie = -self.instance.worth[-1]
        if turn:
            tie = shuffled(self.instance, (self.seed << 8) + turn)
        needs, tie = self.instance.need[closure], tie[closure]
        loss = self._loss()[closure]
        order = np.lexsort((tie, loss, needs))
        ordered = needs[order]
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
        count = int((rank < width).sum())
        first, cheapest = np.lexsort((loss, rank)), np.lexsort((rank, loss))
        return once(closure[first[:count]], closure[cheapest[:count]])


def shuffled(instance: Instance, salt: int) -> Ints:
    """Return numbers that look random, one an edge, the same on every machine."""
    return mixed(np.arange(instance.edges), salt)


def mixed(numbers: Ints, salt: int) -> Ints:
    """Return for each number one that looks random, the same on every machine."""
    mixed = numbers.astype(np.uint64) + np.uint64(salt % (1 << 31) << 32)
    mixed = mixed * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(33)).astype(np.int64)
