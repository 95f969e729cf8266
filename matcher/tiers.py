"""Tiers in strict order: price, round, search, keep what was reached, go on.

Whatever rounding and search do, the certificate over all edges is ours. Other ways to
come from prices to a choice can stand behind `solve_tiers`: nobody outside knows how.
"""

from dataclasses import dataclass

import numpy as np

from matcher.ascending import once
from matcher.certificate import Prices
from matcher.columns import Ints
from matcher.hunt import Hunt
from matcher.instance import Instance, fits
from matcher.master import NO_BASIS
from matcher.patience import Patience, Progress
from matcher.pricing import Priced, best_edges, price
from matcher.rounding import served

SCALE = 1_000_000
"""Prices are counted in so many parts of a person or point."""
FIRST_EDGES = 12


@dataclass(frozen=True, slots=True)
class Reached:
    """One tier as it ended; `proven`: nothing better exists."""

    worth: int
    bound: int
    prices: Prices
    proven: bool


@dataclass(frozen=True, slots=True)
class Solved:
    """The chosen edges, every tier, and the engine that found them."""

    chosen: Ints
    tiers: tuple[Reached, ...]
    engine: str

    @property
    def proven(self) -> bool:
        return all(tier.proven for tier in self.tiers)


def solve_tiers(
    instance: Instance,
    progress: Progress,
    *,
    seed: int = 1,
    scale: int = SCALE,
    effort: int = 1,
) -> Solved:
    """Return the best choice, tier by tier, with a bound for each.

    `seed` says which of equally good edges the search sees first, `effort` multiplies
    how many it sees at most.
    """
    patience = Patience.of(progress)
    chosen: Ints = np.zeros(0, np.int64)
    edges, basis = best_edges(instance, instance.worth[-1], FIRST_EDGES), NO_BASIS
    tiers: list[Reached] = []
    for tier in range(instance.tiers):
        reached = tuple(one.worth for one in tiers)
        edges = once(edges, chosen)
        priced = price(instance, tier, reached, edges, start=basis, scale=scale)
        edges, basis = priced.edges, priced.basis
        patience(f"tier {tier + 1}: priced", 0, priced.certificate.bound)
        chosen, proven = chosen if tier else _rounded(instance, priced), False
        if not patience.over:
            hunt = Hunt(instance, tier, reached, priced, seed=seed, effort=effort)
            chosen, proven = hunt.best(chosen)
        worth = int(instance.worth[tier][chosen].sum())
        tiers.append(Reached(worth, priced.certificate.bound, priced.prices, proven))
        patience(f"tier {tier + 1}: solved", worth, priced.certificate.bound)
    if not fits(instance, chosen):
        raise RuntimeError("the search returned a choice that does not fit")
    return Solved(chosen, tuple(tiers), "glop+highs")


def _rounded(instance: Instance, priced: Priced) -> Ints:
    """Return a first choice: needs by what they are worth, their edges by loss."""
    edges = priced.edges[instance.worth[0][priced.edges] >= 0]
    part = instance.only(edges)
    gain = priced.certificate.profit[edges]
    taken = served(part, np.lexsort((-gain, part.need, -part.worth[0])))
    chosen: Ints = edges[taken]
    return chosen
