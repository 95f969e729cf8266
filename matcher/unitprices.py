"""Prices of a unit of each offer, for many small problems at once.

Where each offer is one knapsack, the relaxation over edges has one price an offer, and
its bound is convex in them. Smoothed a little (every need spreads over what is almost
best) it has a slope and a curve, and Newton's method ends in a few steps, for hundreds
of problems in one go. The bound that is told is never the smoothed one.
"""

from dataclasses import dataclass

import numpy as np

from matcher.columns import Ints
from matcher.ends import NO_PAIR, Block
from matcher.rows import Floats

STEPS = 6
FARTHEST = 0.3
"""No price moves by more in one step, in parts of what prices are on average."""
RIDGE = 1e-3
"""So much is added to the curve, in parts of its mean: it may be flat somewhere."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A block with one column more, a need that nobody can serve.

    So problems of different size lie in one array. A choice that earns less than the
    best by `temper` weighs a third of it.
    """

    worth: Floats
    demand: Floats
    room: Floats
    temper: float

    @staticmethod
    def of(block: Block, room: Ints, price: Ints, part: float) -> "Grid":
        """Lay out a table; its temper is a part of what second best choices lose."""
        wider = ((0, 0), (0, 1))
        return Grid(
            worth=np.pad(block.worth.astype(float), wider),
            demand=np.pad(block.demand.astype(float), wider),
            room=room.astype(float),
            temper=max(1.0, part * second_best(block, price)),
        )

    @property
    def no_need(self) -> int:
        return int(self.worth.shape[1]) - 1


def second_best(block: Block, price: Ints) -> float:
    """Return what needs lose on average by their second best choice at a price."""
    two = np.partition(block.gain(price), -2, axis=0)[-2:]
    return float((two[1] - two[0])[two[0] > NO_PAIR // 2].mean())


def settle(grid: Grid, offers: Ints, needs: Ints, price: Ints) -> Ints:
    """Return prices that bound each problem well: one row of each array a problem.

    They are whole, so the last bit of a float decides nothing.
    """
    problem = _Problem.of(grid, offers, needs)
    at = price.astype(float)
    best, kept = np.full(len(at), np.inf), at.copy()
    for step in range(STEPS + 1):
        gain = problem.gain(at)
        high = gain.max(axis=1)
        bound = high.sum(axis=1) + (at * problem.room).sum(axis=1)
        better = bound < best
        best, kept[better] = np.where(better, bound, best), at[better]
        if step < STEPS:
            share = np.exp((gain - high[:, None, :]) / grid.temper)
            share /= share.sum(axis=1, keepdims=True)
            at = np.maximum(0, at + _newton(problem, share[:, :-1], at, grid.temper))
    whole: Ints = np.rint(kept).astype(np.int64)
    return whole


@dataclass(frozen=True, slots=True)
class _Problem:
    """Problems × offers × needs; the last offer is nobody."""

    worth: Floats
    demand: Floats
    room: Floats

    @staticmethod
    def of(grid: Grid, offers: Ints, needs: Ints) -> "_Problem":
        nobody = np.full((len(offers), 1), len(grid.room))
        rows = np.concatenate([offers, nobody], axis=1)[:, :, None]
        columns = needs[:, None, :]
        demand = grid.demand[rows, columns][:, :-1]
        return _Problem(grid.worth[rows, columns], demand, grid.room[offers])

    def gain(self, price: Floats) -> Floats:
        """Return what each choice of each need earns."""
        gain = self.worth.copy()
        gain[:, :-1] -= price[:, :, None] * self.demand
        return gain


def _newton(problem: _Problem, share: Floats, at: Floats, temper: float) -> Floats:
    """Return a step towards prices at which as much is asked for as there is."""
    asked = problem.demand * share
    excess = asked.sum(axis=2) - problem.room
    own = np.eye(at.shape[1])
    spread = (asked * problem.demand).sum(axis=2)
    curve = spread[:, :, None] * own - np.matmul(asked, asked.transpose(0, 2, 1))
    idle = (at <= 0) & (excess < 0)
    curve[idle[:, :, None] | idle[:, None, :]] = 0
    curve += own * (RIDGE * max(1.0, float(spread.mean())) + idle[:, :, None])
    wanted = np.where(idle, 0, temper * excess)[:, :, None]
    step: Floats = np.linalg.solve(curve, wanted)[:, :, 0]
    limit = FARTHEST * max(1.0, float(at.mean()))
    longest = np.maximum(np.abs(step).max(axis=1, keepdims=True), limit)
    short: Floats = step * (limit / longest)
    return short
