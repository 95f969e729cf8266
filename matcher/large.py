"""Large markets: price, round, repair, certify.

All tiers are priced first, each over all edges; then one choice is made for all of them
and mended where it loses. The same bounds hold for it as for any other choice: what it
does not reach is shown, never hidden.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from matcher.certificate import Scan, reaching
from matcher.columns import Ints
from matcher.first import First, first_tier
from matcher.hunt import shuffled
from matcher.instance import Instance, fits
from matcher.patience import Patience, Progress
from matcher.pricing import best_edges
from matcher.repair import Repair
from matcher.rounds import Aim, Fine, price_roughly
from matcher.tiers import Reached, Solved

NEAR_EDGES, OTHER_EDGES = 8, 16
"""Edges a need at the start: the best, and others, so that every home gets a price."""
SCALE = 1_000
STEP = 4
"""So many times the next tier, a tier before weighs at the start."""


def solve_large(
    instance: Instance, progress: Progress, *, seed: int = 1, effort: int = 1
) -> Solved:
    """Return a choice that fits, and for each tier a bound over all edges."""
    patience = Patience.of(progress)
    fine, first = _priced(instance, patience, seed)

    def tell(chosen: Ints) -> bool:
        tiers = _reached(instance, fine, first, chosen)
        last = next((n for n, one in enumerate(tiers) if not one.proven), 0)
        patience(f"tier {last + 1}: repaired", tiers[last].worth, tiers[last].bound)
        return not patience.over

    chosen = Repair(instance, fine, first, tell, effort).best()
    if not fits(instance, chosen):
        raise RuntimeError("the repair returned a choice that does not fit")
    return Solved(chosen, _reached(instance, fine, first, chosen), "pdlp+highs")


def _reached(
    instance: Instance, fine: list[Fine], first: First, chosen: Ints
) -> tuple[Reached, ...]:
    """Return each tier of a choice, its bound given what was reached before it.

    The first is also proven where a search ended with nothing better.
    """
    worth = instance.worth[:, chosen].sum(axis=1).tolist()
    tiers = []
    for tier, one in enumerate(fine):
        kept = tuple(worth[:tier])
        found = reaching(one.certificate, one.prices, one.aim.kept, kept)
        most = found.bound if tier else first.ceiling
        proven = worth[tier] == most
        tiers.append(Reached(worth[tier], found.bound, one.prices, proven))
    return tuple(tiers)


def _priced(
    instance: Instance, patience: Patience, seed: int
) -> tuple[list[Fine], First]:
    """Return the prices of each tier; what each can reach, the later ones keep."""
    scan = Scan(instance)
    some = best_edges(instance, shuffled(instance, seed << 8), OTHER_EDGES)
    edges = np.union1d(best_edges(instance, instance.worth[-1], NEAR_EDGES), some)
    found: list[Fine] = []
    first = First(0, edges[:0])
    for tier in range(instance.tiers):
        aim = Aim(tier, tuple(one.reachable for one in found), _start(instance, tier))
        seen = edges if tier else edges[instance.worth[tier][edges] > 0]
        fine = price_roughly(scan, aim, seen, SCALE, partial(_told, patience, tier))
        edges = np.union1d(edges, fine.edges)
        if tier == 0:
            first = first_tier(instance, fine)
            fine = replace(fine, reachable=min(fine.reachable, first.ceiling))
            edges = np.union1d(edges, first.chosen)
        found.append(fine)
    return found, first


def _told(patience: Patience, tier: int, bound: int) -> bool:
    patience(f"tier {tier + 1}: priced", 0, bound)
    return not patience.over


def _start(instance: Instance, tier: int) -> tuple[int, ...]:
    """Return what the tiers before weigh at the start: half of what is at stake."""
    stake = max(1, int(np.abs(instance.worth[tier]).max(initial=0)) // 2)
    return tuple(stake * STEP**n for n in reversed(range(tier)))
