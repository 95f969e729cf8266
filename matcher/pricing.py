"""Prices for one tier: few edges at first, then all that would do better at them.

Column generation: a linear program over few edges gives prices; every edge is priced
with them, those that would do better are added, and the program goes on where it ended,
until none is left. The certificate is over *all* edges in every round.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from matcher.ascending import once
from matcher.certificate import Certificate, Prices, certify
from matcher.columns import Ints, Narrow, Whole
from matcher.instance import Instance
from matcher.master import Basis, relax
from matcher.rows import Floats

ROUNDS = 40
ALMOST_NOTHING = 1e-6
MORE_EDGES = 12
BLOCK = 100_000
MANY = 8
"""Needs that have so many times the edges that are wanted are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices of a tier, their certificate; `used` edges carry the relaxation."""

    prices: Prices
    certificate: Certificate
    edges: Ints
    used: Ints
    basis: Basis


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
            whole(relaxed.price, scale),
            tuple(whole(relaxed.multipliers, scale).tolist()),
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
        more = best_edges(instance, certificate.profit, MORE_EDGES, violating)
        edges = once(edges, more)
    if best is None:
        raise AssertionError("there is at least one round")
    return replace(best, edges=edges, basis=start)


def best_edges(
    instance: Instance, value: Ints, count: int, among: Ints | None = None
) -> Ints:
    """Return each need's `count` best edges by `value`, ascending.

    `among` are the edges to choose from, ascending. They are sorted block by block,
    each with all edges of its needs: it takes a tenth of the memory.
    """
    return best_of(instance.need, value, count, among)


def best_of(need: Narrow, value: Whole, count: int, among: Ints | None = None) -> Ints:
    """Return the same where only the need of each edge is known."""
    blocks = _blocks(need, among)
    return np.sort(np.concatenate([_best(need, value, count, b) for b in blocks]))


def _blocks(need: Narrow, among: Ints | None) -> Iterator[Ints]:
    """Cut edges into blocks, where a need ends."""
    if among is not None:
        needs = need[among]
        yield from np.split(among, np.searchsorted(needs, needs[BLOCK::BLOCK]))
        return
    cuts = np.searchsorted(need, need[BLOCK::BLOCK]).tolist()
    for first, last in pairwise((0, *cuts, len(need))):
        yield np.arange(first, last)


def _best(need: Narrow, value: Whole, count: int, edges: Ints) -> Ints:
    needs = need[edges]
    begin = np.nonzero(np.diff(needs, prepend=-1))[0]
    if len(edges) > MANY * count * len(begin):
        return _picked(value[edges], count, edges, begin)
    order = edges[np.lexsort((-value[edges], needs))]
    needs = need[order]
    rank = np.arange(len(order)) - np.searchsorted(needs, needs)
    best: Ints = order[rank < count]
    return best


def _picked(value: Whole, count: int, edges: Ints, begin: Ints) -> Ints:
    """Return the same where needs have so many edges that sorting all takes long.

    A place beside each value makes it one of its kind: of equally good edges the first
    ones are taken, on every machine.
    """
    found = []
    for first, last in pairwise((*begin.tolist(), len(edges))):
        place = np.arange(last - first)
        above = value[first:last].astype(np.int64) - value[first:last].min()
        keys = above * len(place) - place
        some = keys.argpartition(max(0, len(keys) - count))[-count:]
        found.append(edges[first + some])
    return np.concatenate(found)


def whole(prices: Floats, scale: int) -> Ints:
    """Return prices as integers of 1/scale, none below 0."""
    return np.maximum(0, np.rint(prices * scale)).astype(np.int64)
