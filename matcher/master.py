"""The restricted problem as a linear or an integer program; the only door to MathOpt.

Rows are needs (at most one edge each), the points in time at which a pool can be full
(the starts of stays and the drops of capacity, dominated ones left out), and the tiers
before, which keep what they reached. Built from arrays, never edge by edge.

Traps: HiGHS takes no `threads` (its search repeats bit for bit all the same); its LP
hung twice, so linear programs go to GLOP.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from matcher.columns import Bools, Ints
from matcher.instance import SPAN, Instance

Floats = NDArray[np.float64]
SAFETY_NET = timedelta(minutes=10)
"""No decision rests on it: whoever runs into it is not proven."""
NODES = 2_000
ALMOST_ONE = 0.99
"""Worth is counted in integers: less than one apart is equal."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The constraints as triplets: need rows first, then points, then tiers."""

    needs: int
    points: Ints
    row: Ints
    column: Ints
    value: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What the relaxation says: values of edges, prices of points, of tiers before."""

    worth: float
    value: Floats
    points: Ints
    price: Floats
    multipliers: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found; `ended` when nothing better is among these edges."""

    chosen: Ints
    ended: bool


def relax(instance: Instance, tier: int, reached: tuple[int, ...]) -> Relaxed:
    """Solve the linear relaxation of `tier` over the edges of `instance`."""
    rows = constraints(instance, reached)
    model = _model(instance, tier, rows, integer=False)
    result = mathopt.solve(
        model,
        mathopt.SolverType.GLOP,
        params=mathopt.SolveParameters(time_limit=SAFETY_NET),
    )
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        raise RuntimeError(f"GLOP: {result.termination}")
    values, duals = result.variable_values(), result.dual_values()
    value = np.fromiter((values[v] for v in model.variables()), float, instance.edges)
    dual = np.fromiter(
        (duals[row] for row in model.linear_constraints()), float, len(rows.lower)
    )
    last = rows.needs + len(rows.points)
    return Relaxed(
        worth=result.objective_value(),
        value=value,
        points=rows.points,
        price=dual[rows.needs : last],
        multipliers=-dual[last:],
    )


def search(
    instance: Instance, tier: int, reached: tuple[int, ...], hint: Bools
) -> Found | None:
    """Search the best integer choice of `tier`; `None` when none was found."""
    rows = constraints(instance, reached)
    model = _model(instance, tier, rows, integer=True)
    variables = list(model.variables())
    known = {v: float(x) for v, x in zip(variables, hint.tolist(), strict=True)}
    result = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=SAFETY_NET,
            node_limit=NODES,
            absolute_gap_tolerance=ALMOST_ONE,
            relative_gap_tolerance=0.0,
        ),
        model_params=mathopt.ModelSolveParameters(
            solution_hints=[mathopt.SolutionHint(variable_values=known)]
        ),
    )
    if not result.has_primal_feasible_solution():
        return None
    values = result.variable_values()
    taken = np.fromiter((values[v] for v in variables), float, instance.edges)
    ended = result.termination.reason == mathopt.TerminationReason.OPTIMAL
    return Found(np.nonzero(taken > 1 / 2)[0], ended)


def constraints(instance: Instance, reached: tuple[int, ...]) -> Rows:
    """Return the rows of `instance`, whose tiers before keep what they `reached`."""
    points, use, point = _points(instance)
    needs, row = np.unique(instance.need, return_inverse=True)
    first = len(needs) + len(points)
    edges, before = np.arange(instance.edges), len(reached)
    tiers = np.repeat(np.arange(before) + first, instance.edges)
    free = instance.free_at(points)
    return Rows(
        needs=len(needs),
        points=points,
        row=np.concatenate([row, len(needs) + point, tiers]),
        column=np.concatenate([edges, instance.use_edge[use], np.tile(edges, before)]),
        value=np.concatenate(
            [
                np.ones(instance.edges),
                instance.use_demand[use],
                instance.worth[:before].ravel(),
            ]
        ),
        lower=np.concatenate([np.full(first, -np.inf), reached]),
        upper=np.concatenate([np.ones(len(needs)), free, np.full(before, np.inf)]),
    )


def _model(
    instance: Instance, tier: int, rows: Rows, *, integer: bool
) -> mathopt.Model:
    proto, count = model_pb2.ModelProto(), instance.edges
    proto.variables.ids.extend(range(count))
    proto.variables.lower_bounds.extend([0.0] * count)
    proto.variables.upper_bounds.extend([1.0 if integer else np.inf] * count)
    proto.variables.integers.extend([integer] * count)
    proto.linear_constraints.ids.extend(range(len(rows.lower)))
    proto.linear_constraints.lower_bounds.extend(rows.lower)
    proto.linear_constraints.upper_bounds.extend(rows.upper)
    order = np.lexsort((rows.column, rows.row))
    order = order[rows.value[order] != 0]
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(rows.row[order])
    matrix.column_ids.extend(rows.column[order])
    matrix.coefficients.extend(rows.value[order])
    weighing = np.nonzero(instance.worth[tier])[0]
    proto.objective.maximize = True
    proto.objective.linear_coefficients.ids.extend(weighing)
    proto.objective.linear_coefficients.values.extend(
        instance.worth[tier][weighing].astype(float)
    )
    return mathopt.Model.from_model_proto(proto)


def _points(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """Return the keys that can be full, and the (use, point) pairs that load them."""
    starts, ends = instance.starts(), instance.ends()
    drops = instance.free_key[1:][np.diff(instance.free) < 0]
    keys = np.unique(np.concatenate([starts, drops]))
    first, last = np.searchsorted(keys, starts), np.searchsorted(keys, ends)
    count = last - first
    use = np.repeat(np.arange(len(count)), count)
    point = np.arange(len(use)) - np.repeat(np.cumsum(count) - count - first, count)
    load = np.bincount(point, instance.use_demand[use], len(keys))
    free = instance.free_at(keys)
    kept = (load > free) & ~_dominated(keys, free, last)
    place = np.cumsum(kept) - 1
    inside = kept[point]
    return keys[kept], use[inside], place[point[inside]]


def _dominated(keys: Ints, free: Ints, last: Ints) -> Bools:
    """Mark points that the next one implies: the same pool, no more room, no leaver."""
    left = np.zeros(len(keys) + 1, np.bool_)
    left[last] = True
    after = np.arange(1, len(keys))
    same_pool = keys[after] // SPAN == keys[after - 1] // SPAN
    dominated = np.zeros(len(keys), np.bool_)
    dominated[:-1] = same_pool & ~left[after] & (free[after] <= free[after - 1])
    return dominated
