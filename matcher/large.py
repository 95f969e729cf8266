"""Large markets: price, round, repair, certify.

All tiers are priced first, each over all edges; then one choice is made for all of them
and mended where it loses. The same bounds hold for it as for any other choice: what it
does not reach is shown, never hidden.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from matcher.ascending import once
from matcher.certificate import reaching
from matcher.columns import Ints, Narrow
from matcher.first import First, first_tier
from matcher.hunt import mixed
from matcher.instance import Instance, Source, fits
from matcher.patience import Patience, Progress
from matcher.pricing import best_of
from matcher.repair import WAYS, Repair
from matcher.rounds import Aim, Fine, price_roughly
from matcher.rows import NOTHING
from matcher.sweep import dearest
from matcher.tiers import Reached, Solved

NEAR_EDGES, OTHER_EDGES = 8, 16
"""Edges a need at the start: the best, and others, so that every home gets a price."""
SCALE = 1_000
STEP = 4
"""So many times the next tier, a tier before weighs at the start."""


def solve_large(
    source: Source, progress: Progress, *, seed: int = 1, effort: int = 1
) -> Solved:
    """Return a choice that fits, and for each tier a bound over all edges."""
    patience = Patience.of(progress)
    fine, first = _priced(source, patience, seed)
    known = _known(source, fine[-1], first)
    part = source.only(known)

    def tell(chosen: Ints) -> bool:
        tiers = _reached(part, fine, first, chosen)
        last = next((n for n, one in enumerate(tiers) if not one.proven), 0)
        patience(f"tier {last + 1}: repaired", tiers[last].worth, tiers[last].bound)
        return not patience.over

    mine = replace(first, chosen=np.searchsorted(known, first.chosen))
    chosen = Repair(part, _among(known, fine[-1]), mine, tell, effort).best()
    if not fits(part, chosen):
        raise RuntimeError("the repair returned a choice that does not fit")
    return Solved(known[chosen], _reached(part, fine, first, chosen), "pdlp+highs")


def _known(source: Source, fine: Fine, first: First) -> Ints:
    """Return the edges that a choice is made of: the best at the prices, and used ones.

    The others would lose more.
    """
    near = dearest(source, fine.aim.tier, fine.prices, WAYS, fine.edges)
    used = fine.edges[fine.value > 0]
    return once(near, used, first.chosen)


def _among(known: Ints, fine: Fine) -> Fine:
    """Return the same with the numbers that edges have among the `known` ones."""
    used = fine.value > 0
    edges = np.searchsorted(known, fine.edges[used])
    return replace(fine, edges=edges, value=fine.value[used])


def _reached(
    part: Instance, fine: list[Fine], first: First, chosen: Ints
) -> tuple[Reached, ...]:
    """Return each tier of a choice, its bound given what was reached before it.

    The first is also proven where a search ended with nothing better.
    """
    worth = part.worth[:, chosen].sum(axis=1).tolist()
    tiers = []
    for tier, one in enumerate(fine):
        kept = tuple(worth[:tier])
        bound = reaching(one.proof.total, one.prices, one.aim.kept, kept)
        most = bound if tier else first.ceiling
        proven = worth[tier] == most
        tiers.append(Reached(worth[tier], bound, one.prices, proven))
    return tuple(tiers)


def _priced(source: Source, patience: Patience, seed: int) -> tuple[list[Fine], First]:
    """Return the prices of each tier; what each can reach, the later ones keep."""
    start = _start(source, seed)
    edges, found = start.edges, list[Fine]()
    first = First(0, NOTHING)
    for tier in range(source.tiers):
        aim = Aim(tier, tuple(one.reachable for one in found), start.weights(tier))
        counting = source.only(edges).worth[tier] > 0
        seen = edges if tier else edges[counting]
        fine = price_roughly(source, aim, seen, SCALE, partial(_told, patience, tier))
        edges = once(edges, fine.edges)
        if tier == 0:
            first = first_tier(source, fine, start.first, hurried=patience.over)
            fine = replace(fine, reachable=min(fine.reachable, first.ceiling))
            edges = once(edges, first.chosen)
        found.append(fine)
    return found, first


def _told(patience: Patience, tier: int, bound: int) -> bool:
    patience(f"tier {tier + 1}: priced", 0, bound)
    return not patience.over


@dataclass(frozen=True, slots=True)
class _Start:
    """Edges to begin with, and what an edge of each tier is worth at most.

    `first` is what each need can add to the first tier.
    """

    edges: Ints
    most: Ints
    first: Ints

    def weights(self, tier: int) -> tuple[int, ...]:
        """Return what the tiers before weigh at first: half of what is at stake."""
        stake = max(1, int(self.most[tier]) // 2)
        return tuple(stake * STEP**n for n in reversed(range(tier)))


def _start(source: Source, seed: int) -> _Start:
    """Look at all edges once, and return where to begin."""
    highest = source.highest()
    most, found = [*highest.max(axis=1, initial=0).tolist(), 0], [NOTHING]
    for edges, need, worth in source.last():
        most[-1] = max(most[-1], int(np.abs(worth).max()))
        near = best_of(need, worth, NEAR_EDGES)
        found.append(edges[once(near, _spread(need, seed))])
    return _Start(np.concatenate(found), np.array(most, np.int64), highest[0])


def _spread(need: Narrow, seed: int) -> Ints:
    """Return some edges of each need, as far apart as they can be."""
    first = np.nonzero(np.diff(need, prepend=-1))[0]
    count = np.diff(first, append=len(need))
    begin = mixed(need[first].astype(np.int64), seed << 8) % count
    step = np.arange(OTHER_EDGES)[:, None]
    return once((first + (begin + step * count // OTHER_EDGES) % count).ravel())
