"""Large markets: price, round, repair, certify.

All tiers are priced first, each over all edges; then one choice is made for all of them
and mended where it loses. The same bounds hold for it as for any other choice: what it
does not reach is shown, never hidden.
"""

from matcher.columns import Ints
from matcher.hunt import shuffled
from matcher.instance import Instance
from matcher.pricing import best_edges
from matcher.repair import Repair
from matcher.rounds import Aim, Fine, Tell, price_roughly
from matcher.scan import Scan, reaching
from matcher.tiers import Progress, Reached, Solved

import numpy as np

NEAR_EDGES, OTHER_EDGES = 8, 16
"""Edges a need at the start: the best ones, and others, so that every home has a price."""
SCALE = 1_000
STEP = 4
"""So many times the next tier, a tier before weighs at the start."""


def solve_large(
    instance: Instance, progress: Progress, *, seed: int = 1, effort: int = 1
) -> Solved:
    """Return a choice that fits, and for each tier a bound over all edges."""
    fine = _priced(instance, progress, seed)
    chosen = Repair(instance, fine[-1], _Teller(instance, fine, progress).tell, effort).best()
    tiers: list[Reached] = []
    for tier, one in enumerate(fine):
        kept = tuple(tier.worth for tier in tiers)
        found = reaching(one.certificate, one.prices, one.aim.kept, kept)
        worth = int(instance.worth[tier][chosen].sum())
        tiers.append(Reached(worth, found.bound, one.prices, worth == found.bound))
    return Solved(chosen, tuple(tiers))


def _priced(instance: Instance, progress: Progress, seed: int) -> list[Fine]:
    """Return the prices of each tier; what each can reach the later ones keep."""
    scan = Scan(instance)
    some = best_edges(instance, shuffled(instance, seed << 8), OTHER_EDGES)
    edges = np.union1d(best_edges(instance, instance.worth[-1], NEAR_EDGES), some)
    found: list[Fine] = []
    for tier in range(instance.tiers):
        aim = Aim(tier, tuple(one.reachable for one in found), _start(instance, tier))
        seen = edges if tier else edges[instance.worth[tier][edges] > 0]
        tell = _telling(progress, tier)
        found.append(price_roughly(scan, aim, seen, SCALE, tell))
        edges = np.union1d(edges, found[-1].edges)
    return found


def _start(instance: Instance, tier: int) -> tuple[int, ...]:
    """Return what the tiers before weigh at the start: half of what is at stake."""
    stake = max(1, int(np.abs(instance.worth[tier]).max(initial=0)) // 2)
    return tuple(stake * STEP**n for n in reversed(range(tier)))
