"""The relaxation over whole fillings of offers, by column generation.

Each offer takes one filling or none, each need lies in one at most (Dantzig and Wolfe
1960; for this problem Savelsbergh 1997). Its prices of needs bound closer than those of
a unit. Fillings are found as they are asked for: at the relaxation's prices each
offer's best one is an exact knapsack, and joins. Prices stay in a box around the best
ones known (du Merle and others 1999), or the first rounds would throw them far about.
"""

from collections.abc import Iterable

import numpy as np
from ortools.math_opt.python import mathopt

from matcher.columns import Ints
from matcher.knapsacks import Table, best_fillings
from matcher.master import SAFETY_NET
from matcher.rows import Floats

Column = tuple[int, tuple[int, ...]]
"""A filling: an offer, and the needs that it takes, ascending."""
NEAR = 0.02
"""A bound so close to the relaxation, in parts of the box, is close enough."""
LEFT = 1e-7
LOOKED, ROW, SOLVED = 3, 40_000, 400
"""What a cell of a knapsack, an item of all and a pair of rows count as work."""


class Master:
    """The relaxation over the fillings known so far, and the best prices of needs.

    `price` and `bound` are in the table's unit, and hold for all fillings; `share` says
    how much of each of `fillings` the relaxation takes, from 0 to 1. `box` is how far
    from `price` the next prices may lie. `RuntimeError` where GLOP does not end.
    """

    def __init__(
        self, table: Table, price: Ints, box: float, known: Iterable[Column] = ()
    ) -> None:
        self.table, self.price, self.work = table, price, 0
        self._box, self._unit, self._base = box, box, price.astype(float)
        self._cells = len(table.room) * int(table.room.max())
        self.fillings: list[Column] = []
        self.share: Floats = np.zeros(0)
        self.bound = int(np.iinfo(np.int64).max)
        self._seen: set[Column] = set()
        self._model = mathopt.Model()
        self._model.objective.is_maximize = True
        add = self._model.add_linear_constraint
        self._served = [add(lb=1.0, ub=1.0) for _ in price]
        self._filled = [add(lb=-np.inf, ub=1.0) for _ in table.room]
        self._less = [self._slack(row, 1.0) for row in self._served]
        self._more = [self._slack(row, -1.0) for row in self._served]
        self._variables: list[mathopt.Variable] = []
        self._centre()
        self._join(known)
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def converge(self, rounds: int) -> None:
        """Let fillings join until none gains, or so many rounds are over."""
        for _ in range(rounds):
            worth, price, slack = self._solved()
            best = best_fillings(self.table, price, dear_first=True)
            self.work += best.items * (ROW + LOOKED * self._cells)
            bound = int(price.sum() + best.gain.sum())
            fresh = self._join(
                (offer, tuple(np.nonzero(taken)[0].tolist()))
                for offer, taken in enumerate(best.taken)
            )
            if bound < self.bound:
                self.bound, self.price = bound, price
                self._centre()
            if not fresh or self.bound - worth < NEAR * self._unit:
                if slack < LEFT:
                    return
                self._box *= 2
                self._centre()

    def _slack(self, row: mathopt.LinearConstraint, sign: float) -> mathopt.Variable:
        """Return what serves a need otherwise, or once more, at the box's edge."""
        variable = self._model.add_variable(lb=0.0)
        row.set_coefficient(variable, sign)
        return variable

    def _centre(self) -> None:
        """Lay the box around the best prices."""
        low = np.maximum(self.price - self._box, 0) - self._base
        high = self.price + self._box - self._base
        tell = self._model.objective.set_linear_coefficient
        for variable, worth in zip(
            self._less, (low / self._unit).tolist(), strict=True
        ):
            tell(variable, worth)
        for variable, paid in zip(
            self._more, (high / self._unit).tolist(), strict=True
        ):
            tell(variable, -paid)

    def _join(self, fillings: Iterable[Column]) -> int:
        """Take fillings in that are not known yet; return how many these are."""
        before = len(self.fillings)
        for filling in fillings:
            offer, needs = filling
            if not needs or filling in self._seen:
                continue
            self._seen.add(filling)
            self.fillings.append(filling)
            some = list(needs)
            worth = self.table.worth[offer, some] - self._base[some]
            variable = self._model.add_variable(lb=0.0)
            self._variables.append(variable)
            self._model.objective.set_linear_coefficient(
                variable, float(worth.sum()) / self._unit
            )
            self._filled[offer].set_coefficient(variable, 1.0)
            for need in some:
                self._served[need].set_coefficient(variable, 1.0)
        return len(self.fillings) - before

    def _solved(self) -> tuple[float, Ints, float]:
        """Return the relaxation's worth, its prices, and what the box still holds."""
        self.work += SOLVED * (len(self._served) + len(self._filled)) ** 2
        result = self._solver.solve(
            params=mathopt.SolveParameters(time_limit=SAFETY_NET)
        )
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            raise RuntimeError(f"GLOP: {result.termination}")
        values, duals = result.variable_values(), result.dual_values()
        paid = np.fromiter((duals[row] for row in self._served), float)
        price = np.maximum(0, np.rint(self._base + self._unit * paid)).astype(np.int64)
        held = np.fromiter((values[v] for v in self._less), float)
        slack = held[self.price > self._box].sum() + sum(values[v] for v in self._more)
        self.share = np.fromiter((values[v] for v in self._variables), float)
        worth = float(self._base.sum()) + self._unit * result.objective_value()
        return worth, price, float(slack)
