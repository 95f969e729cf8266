"""Tiers in strict order: price, certify, search, keep what was reached, go on.

Prices come from the linear relaxation over few edges, to which every edge that would
do better at these prices is added until none is left (column generation). The search
sees only edges whose loss at these prices is small; whatever it does, the certificate
over *all* edges is ours. Where the best that may be left out is worth less than what
was found, the search's end is a proof for all edges.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from matcher.certificate import Certificate, Prices, certify
from matcher.columns import Ints
from matcher.instance import Instance, fits
from matcher.master import Floats, relax, search

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (phase, worth so far, bound so far)."""
SCALE = 1_000_000
ROUNDS = 40
FIRST_EDGES, MORE_EDGES = 12, 12
WIDTHS = (4, 8, 12)
"""Edges a need that the search sees, in turn, until bound and worth meet."""
CLOSURE = 12_000
"""The search may see so many edges in order to prove; beyond that the gap is told."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of a tier, their certificate; `used` edges carry the relaxation."""

    prices: Prices
    certificate: Certificate
    edges: Ints
    used: Ints


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


def solve_tiers(instance: Instance, progress: Progress, scale: int = SCALE) -> Solved:
    """Return the best choice, tier by tier, with a bound for each."""
    chosen: Ints = np.zeros(0, np.int64)
    edges = _best(instance, instance.worth[-1], FIRST_EDGES)
    tiers: list[Reached] = []
    for tier in range(instance.tiers):
        reached = tuple(one.worth for one in tiers)
        edges = np.union1d(edges, chosen)
        priced = price(instance, tier, reached, edges, scale=scale)
        edges = priced.edges
        progress(f"tier {tier + 1}: priced", 0, priced.certificate.bound)
        chosen, proven = _integer(instance, tier, reached, priced, before=chosen)
        worth = int(instance.worth[tier][chosen].sum())
        tiers.append(Reached(worth, priced.certificate.bound, priced.prices, proven))
        progress(f"tier {tier + 1}: solved", worth, priced.certificate.bound)
    if not fits(instance, chosen):
        raise RuntimeError("the search returned a choice that does not fit")
    return Solved(chosen, tuple(tiers))


def price(
    instance: Instance, tier: int, reached: tuple[int, ...], edges: Ints, *, scale: int
) -> Priced:
    """Return prices under which no edge outside would do better."""
    best: Priced | None = None
    for _ in range(ROUNDS):
        part = instance.only(edges)
        relaxed = relax(part, tier, reached)
        prices = Prices(
            relaxed.points,
            _whole(relaxed.price, scale),
            tuple(_whole(relaxed.multipliers, scale).tolist()),
            scale,
        )
        certificate = certify(instance, tier, prices, reached)
        if best is None or certificate.total < best.certificate.total:
            used = edges[relaxed.value > 1 / scale]
            best = Priced(prices, certificate, edges, used)
        level = certify(part, tier, prices, reached).best
        better = certificate.profit > level[instance.need] + scale // 1000
        if not better.any():
            break
        violating = np.nonzero(better)[0]
        more = _best(instance, certificate.profit, MORE_EDGES, violating)
        edges = np.union1d(edges, more)
    assert best is not None  # noqa: S101 - there is at least one round
    return Priced(best.prices, best.certificate, edges, best.used)


def _integer(
    instance: Instance,
    tier: int,
    reached: tuple[int, ...],
    priced: Priced,
    before: Ints,
) -> tuple[Ints, bool]:
    """Return the best choice found, and whether nothing better exists."""
    certificate, scale = priced.certificate, priced.prices.scale
    loss = certificate.best[instance.need] - certificate.profit
    order = _by_loss(instance, loss)
    chosen, worth = before, int(instance.worth[tier][before].sum())
    for round_, count in enumerate(_counts(instance)):
        closure = np.nonzero(loss <= certificate.total - scale * (worth + 1))[0]
        if len(closure) == 0:
            return chosen, True
        whole = round_ > 0 and len(closure) <= CLOSURE
        seen = closure if whole else order[:count]
        seen = np.union1d(np.union1d(seen, priced.used), chosen)
        found = search(instance.only(seen), tier, reached, np.isin(seen, chosen))
        if found is None:
            continue
        better = seen[found.chosen]
        if int(instance.worth[tier][better].sum()) >= worth:
            chosen, worth = better, int(instance.worth[tier][better].sum())
        if whole and found.ended:
            return chosen, True
    return chosen, certificate.bound <= worth


def _counts(instance: Instance) -> Iterator[int]:
    needs = len(np.unique(instance.need))
    for width in WIDTHS:
        yield min(width * needs, CLOSURE)


def _by_loss(instance: Instance, loss: Ints) -> Ints:
    """Edges by loss; of equal loss, each need's best for the later tiers first."""
    inside = np.lexsort((-instance.worth[-1], loss, instance.need))
    first = np.searchsorted(instance.need[inside], instance.need[inside])
    rank = np.empty(instance.edges, np.int64)
    rank[inside] = np.arange(instance.edges) - first
    return np.lexsort((instance.need, rank, loss))


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
