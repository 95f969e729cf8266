"""Tiers in strict order: price, certify, search, keep what was reached, go on.

Prices come from the linear relaxation over few edges, to which every edge that would
do better at these prices is added until none is left (column generation). The search
sees only edges whose loss at these prices is small; whatever it does, the certificate
over *all* edges is ours. Where the best that may be left out is worth less than what
was found, the search's end is a proof for all edges.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from matcher.certificate import Certificate, Prices, certify
from matcher.columns import Ints
from matcher.instance import Instance, fits
from matcher.master import NO_BASIS, NODES, Basis, Found, relax, search
from matcher.rows import Floats

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (phase, worth so far, bound so far)."""


def silent(phase: str, worth: int, bound: int) -> None:
    """Tell nobody."""


SCALE = 1_000_000
ROUNDS = 40
ALMOST_NOTHING = 1e-6
FIRST_EDGES, MORE_EDGES = 12, 12
WIDTHS, WIDTHS_LAST = (5, 5, 10), (4,)
"""Edges a need that the search sees, in turn, until bound and worth meet. Of equally
good ones it sees others each time: what makes a choice fit is often among them."""
OPEN = 24_000
"""Edges that a search sees at most that cannot prove anything."""
CLOSED, CLOSED_LAST = 30_000, 10_000
"""Edges that it sees at most in order to prove; beyond that the gap is told."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of a tier, their certificate; `used` edges carry the relaxation."""

    prices: Prices
    certificate: Certificate
    edges: Ints
    used: Ints
    basis: Basis


@dataclass(frozen=True, slots=True)
class Reached:
    """One tier as it ended; `proven`: nothing better exists."""

    worth: int
    bound: int
    prices: Prices
    proven: bool


@dataclass(frozen=True, slots=True)
class Solved:
    """The chosen edges, and every tier."""

    chosen: Ints
    tiers: tuple[Reached, ...]

    @property
    def proven(self) -> bool:
        return all(tier.proven for tier in self.tiers)


def solve_tiers(
    instance: Instance, progress: Progress, *, scale: int = SCALE, effort: int = 1
) -> Solved:
    """Return the best choice, tier by tier, with a bound for each.

    `effort` multiplies how many edges the search sees at most.
    """
    chosen: Ints = np.zeros(0, np.int64)
    edges, basis = _best(instance, instance.worth[-1], FIRST_EDGES), NO_BASIS
    tiers: list[Reached] = []
    for tier in range(instance.tiers):
        reached = tuple(one.worth for one in tiers)
        edges = np.union1d(edges, chosen)
        priced = price(instance, tier, reached, edges, start=basis, scale=scale)
        edges, basis = priced.edges, priced.basis
        progress(f"tier {tier + 1}: priced", 0, priced.certificate.bound)
        hunt = _Hunt(instance, tier, reached, priced, effort)
        chosen, proven = hunt.best(chosen)
        worth = int(instance.worth[tier][chosen].sum())
        tiers.append(Reached(worth, priced.certificate.bound, priced.prices, proven))
        progress(f"tier {tier + 1}: solved", worth, priced.certificate.bound)
    if not fits(instance, chosen):
        raise RuntimeError("the search returned a choice that does not fit")
    return Solved(chosen, tuple(tiers))


def price(
    instance: Instance,
    tier: int,
    reached: tuple[int, ...],
    edges: Ints,
    *,
    start: Basis,
    scale: int,
) -> Priced:
    """Return prices under which no edge outside would do better."""
    best: Priced | None = None
    for _ in range(ROUNDS):
        relaxed = relax(instance, edges, tier, reached, start)
        start = relaxed.basis
        prices = Prices(
            relaxed.points,
            _whole(relaxed.price, scale),
            tuple(_whole(relaxed.multipliers, scale).tolist()),
            scale,
        )
        certificate = certify(instance, tier, prices, reached)
        if best is None or certificate.total < best.certificate.total:
            used = edges[relaxed.value > ALMOST_NOTHING]
            best = Priced(prices, certificate, edges, used, start)
        level = np.zeros(instance.needs, np.int64)
        np.maximum.at(level, instance.need[edges], certificate.profit[edges])
        better = certificate.profit > level[instance.need] + scale // 1000
        if not better.any():
            break
        violating = np.nonzero(better)[0]
        more = _best(instance, certificate.profit, MORE_EDGES, violating)
        edges = np.union1d(edges, more)
    assert best is not None  # noqa: S101 - there is at least one round
    return replace(best, edges=edges, basis=start)


@dataclass(frozen=True, slots=True)
class _Hunt:
    """The search of one tier for the best choice."""

    instance: Instance
    tier: int
    reached: tuple[int, ...]
    priced: Priced
    effort: int

    def best(self, before: Ints) -> tuple[Ints, bool]:
        """Return the best choice found, and whether nothing better exists.

        What is better than `worth` uses only edges whose loss stays within what the
        bound leaves: the closure. Where the search has seen all of it, its end is a
        proof.
        """
        certificate = self.priced.certificate
        loss = certificate.best[self.instance.need] - certificate.profit
        last = self.tier == self.instance.tiers - 1
        widths, first, most = (
            (WIDTHS_LAST, 1, CLOSED_LAST) if last else (WIDTHS, 2, CLOSED)
        )
        chosen, worth, stuck = before, self._worth(before), False
        for turn in range(len(widths) + 1):
            left = certificate.total - self.priced.prices.scale * (worth + 1)
            closure = np.nonzero(loss <= left)[0]
            if len(closure) == 0:
                return chosen, True
            whole = turn >= first and len(closure) <= most * self.effort
            if not whole and (stuck or turn == len(widths)):
                break
            width = self.effort * widths[min(turn, len(widths) - 1)]
            seen = closure if whole else self._some(closure, loss, turn, width)
            found = self._search(seen, chosen)
            gain = self._worth(found.chosen) - worth
            stuck = turn > 1 and gain <= 0
            if gain >= 0:
                chosen, worth = found.chosen, worth + gain
            if whole:
                return chosen, found.ended
        return chosen, certificate.bound <= worth

    def _worth(self, edges: Ints) -> int:
        return int(self.instance.worth[self.tier][edges].sum())

    def _search(self, edges: Ints, chosen: Ints) -> Found:
        """Search among `edges`, what the relaxation uses, and what was chosen."""
        seen = np.union1d(np.union1d(edges, self.priced.used), chosen)
        hint = np.isin(seen, chosen)
        part = self.instance.only(seen)
        found = search(part, self.tier, self.reached, hint, NODES * self.effort)
        if found is None:
            return Found(chosen, ended=False)
        return Found(seen[found.chosen], found.ended)

    def _some(self, closure: Ints, loss: Ints, turn: int, width: int) -> Ints:
        """Return each need's `width` best edges, and as many of the best at all.

        Best is least loss; of these, worth most in the last tier, or from the second
        turn on just others.
        """
        tie = _shuffled(self.instance, turn) if turn else -self.instance.worth[-1]
        needs, tie, loss = self.instance.need[closure], tie[closure], loss[closure]
        order = np.lexsort((tie, loss, needs))
        ordered = needs[order]
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
        count = min(OPEN * self.effort // 2, int((rank < width).sum()))
        first, cheapest = np.lexsort((loss, rank)), np.lexsort((rank, loss))
        return np.union1d(closure[first[:count]], closure[cheapest[:count]])


def _shuffled(instance: Instance, salt: int) -> Ints:
    """Return numbers that look random, the same on every machine."""
    mixed = np.arange(instance.edges, dtype=np.uint64) + np.uint64(salt << 32)
    mixed = mixed * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(33)).astype(np.int64)


def _best(
    instance: Instance, value: Ints, count: int, among: Ints | None = None
) -> Ints:
    """Return each need's `count` best edges by `value`, ascending."""
    edges = np.arange(instance.edges) if among is None else among
    order = edges[np.lexsort((-value[edges], instance.need[edges]))]
    needs = instance.need[order]
    rank = np.arange(len(order)) - np.searchsorted(needs, needs)
    return np.sort(order[rank < count])


def _whole(prices: Floats, scale: int) -> Ints:
    return np.maximum(0, np.rint(prices * scale)).astype(np.int64)
