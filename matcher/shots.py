"""Markets in which every place is given once: a min-cost flow, exact tier by tier.

Where all stays that a pool could have meet at one time, and each takes one of what is
free, the pool is a number of seats. Needs and seats are a transport problem: its
optimum is whole, and so are the prices that prove it. A tier before weighs as many
times the next as it takes to keep what it reached: its multiplier in the proof.
"""

from dataclasses import dataclass

import numpy as np

from matcher.certificate import Prices, certify
from matcher.columns import Ints
from matcher.flow import Network, best_flow, prices
from matcher.hunt import mixed
from matcher.instance import SPAN, Instance, Source, fits
from matcher.patience import Patience, Progress
from matcher.tiers import Reached, Solved

NAME = "one-shot flow"
MORE = 8
"""A tier before that keeps too little weighs so many times more."""
LARGEST = 1 << 60
"""What the largest gain times all nodes must stay below, or the flow overflows."""


@dataclass(frozen=True, slots=True)
class Seats:
    """Of each pool: so many seats, counted on a `day` that all its stays share."""

    day: Ints
    free: Ints


def may_be_seats(source: Source) -> bool:
    """Say whether pools may be no more than seats; a look at some edges can deny it."""
    begin: dict[int, int] = {}
    end: dict[int, int] = {}
    for _, part in source.stretches():
        if len(part.use_edge) > part.edges or (part.use_demand != 1).any():
            return False
        pool, place = np.unique(part.use_pool, return_inverse=True)
        latest, first = np.zeros(len(pool), np.int64), np.full(len(pool), SPAN)
        np.maximum.at(latest, place, part.start)
        np.minimum.at(first, place, part.end)
        for one, a, b in zip(
            pool.tolist(), latest.tolist(), first.tolist(), strict=True
        ):
            begin[one] = max(begin.get(one, a), a)
            end[one] = min(end.get(one, b), b)
            if begin[one] >= end[one]:
                return False
    return True


def seats(instance: Instance) -> Seats | None:
    """Return the seats of each pool; `None` where a pool is more than seats."""
    single = np.array_equal(instance.use_edge, np.arange(instance.edges))
    if not instance.edges or not single or (instance.use_demand != 1).any():
        return None
    pools = int(instance.free_key[-1]) // SPAN + 1
    first, last = np.full(pools, SPAN), np.zeros(pools, np.int64)
    begin, end = np.zeros(pools, np.int64), np.full(pools, SPAN)
    np.minimum.at(first, instance.use_pool, instance.start)
    np.maximum.at(begin, instance.use_pool, instance.start)
    np.minimum.at(end, instance.use_pool, instance.end)
    np.maximum.at(last, instance.use_pool, instance.end)
    used = last > 0
    if (begin >= end)[used].any():
        return None
    day, free = np.zeros(pools, np.int64), np.zeros(pools, np.int64)
    for pool in np.nonzero(used)[0].tolist():
        day[pool], free[pool] = _least(instance, pool, begin[pool], end[pool])
        if free[pool] > _least(instance, pool, first[pool], last[pool])[1]:
            return None
    return Seats(day, free)


def _least(instance: Instance, pool: int, start: int, end: int) -> tuple[int, int]:
    """Return the day in `[start, end)` with the least free, and how much that is."""
    keys = instance.free_key
    first = np.searchsorted(keys, pool * SPAN + start, side="right") - 1
    last = np.searchsorted(keys, pool * SPAN + end)
    place = first + int(instance.free[first:last].argmin())
    return max(int(keys[place]) - pool * SPAN, int(start)), int(instance.free[place])


def solve_shots(
    instance: Instance, places: Seats, progress: Progress, *, seed: int = 1
) -> Solved | None:
    """Return the best choice, each tier proven; `None` where numbers grow too large."""
    patience = Patience.of(progress)
    shots = _Shots(instance, places, seed)
    step = shots.first()
    tiers: list[Reached] = []
    for tier in range(instance.tiers):
        before = tuple(one.worth for one in tiers)
        if tier == 0 or not patience.over:
            found = shots.best(tier, step.multipliers, before)
            if found is None:
                return None
            step = found
        tiers.append(shots.reached(tier, step, before))
        patience(f"tier {tier + 1}: solved", tiers[-1].worth, tiers[-1].bound)
    if not fits(instance, step.chosen):
        raise RuntimeError("the flow returned a choice that does not fit")
    return Solved(step.chosen, tuple(tiers), NAME)


@dataclass(frozen=True, slots=True)
class _Step:
    """What the last flow chose, at which multipliers, for which price of each pool."""

    chosen: Ints
    multipliers: tuple[int, ...]
    price: Ints


class _Shots:
    """The network of an instance; only the gains differ from flow to flow.

    Among equally good flows, the order of the nodes decides, and that is the seed's.
    """

    def __init__(self, instance: Instance, found: Seats, seed: int) -> None:
        self.instance, self.seats = instance, found
        self._turn = np.argsort(
            mixed(np.arange(len(found.free)), seed << 8), kind="stable"
        )
        self._lot = np.argsort(self._turn)[instance.use_pool]

    def first(self) -> _Step:
        """Return where nobody has anything and nothing has a price."""
        nothing: Ints = np.zeros(0, np.int64)
        return _Step(nothing, (), np.zeros(len(self.seats.free), np.int64))

    def best(
        self, tier: int, multipliers: tuple[int, ...], before: tuple[int, ...]
    ) -> _Step | None:
        """Return the best flow of a tier that keeps what the tiers before reached."""
        weights = self._start(tier, multipliers)
        while self._largest(tier, weights) < LARGEST:
            step = self._flow(tier, weights)
            kept = self.instance.worth[:tier, step.chosen].sum(axis=1)
            if tuple(kept.tolist()) == before:
                return step
            weights = tuple(m * MORE ** (tier - n) for n, m in enumerate(weights))
        return None

    def reached(self, tier: int, step: _Step, before: tuple[int, ...]) -> Reached:
        """Return a tier under the prices of a flow; what was stopped has none."""
        fresh = len(step.multipliers) == tier
        multipliers = step.multipliers if fresh else (0,) * tier
        price = step.price if fresh else np.zeros_like(step.price)
        pools = np.nonzero(price)[0]
        keys = pools * SPAN + self.seats.day[pools]
        named = Prices(keys, price[pools], multipliers, 1)
        bound = certify(self.instance, tier, named, before).bound
        worth = int(self.instance.worth[tier][step.chosen].sum())
        return Reached(worth, bound, named, proven=worth == bound)

    def _start(self, tier: int, multipliers: tuple[int, ...]) -> tuple[int, ...]:
        if tier == 0:
            return ()
        stake = 1 + MORE * int(np.abs(self.instance.worth[tier]).max())
        return *(stake * m for m in multipliers), stake

    def _largest(self, tier: int, weights: tuple[int, ...]) -> int:
        """Return a limit for the gains, all nodes counted, in numbers of any length."""
        most = np.abs(self.instance.worth).max(axis=1).tolist()
        gain = sum(m * w for m, w in zip((*weights, 1), most[: tier + 1], strict=True))
        return int(gain) * (self.instance.needs + len(self.seats.free))

    def _flow(self, tier: int, weights: tuple[int, ...]) -> _Step:
        gain = self.instance.worth[tier].copy()
        for before, multiplier in enumerate(weights):
            gain += multiplier * self.instance.worth[before]
        network = Network(
            supply=self.seats.free[self._turn],
            demand=np.ones(self.instance.needs, np.int64),
            lot=self._lot,
            request=self.instance.need.astype(np.int64),
            gain=gain,
        )
        pieces = best_flow(network)
        price = np.empty_like(self.seats.free)
        price[self._turn] = prices(network, pieces)[0]
        return _Step(np.nonzero(pieces)[0], weights, price)
