"""The restricted problem before MathOpt: as a linear, or as an integer program.

Built from arrays, never edge by edge. Traps: HiGHS takes no `threads` (its search
repeats bit for bit all the same); its LP hung twice, so linear programs go to GLOP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from matcher.columns import Bools, Ints
from matcher.instance import Instance
from matcher.rows import NOTHING, Floats, Rows, constraints

SAFETY_NET = timedelta(minutes=10)
"""Searches are small enough to end long before. Whoever runs into it is not proven, and
may come out otherwise on another machine."""
NODES = 2_000
ALMOST_ONE = 0.99
"""Worth is counted in integers: less than one apart is equal."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a linear program ended: the next one, with more edges, starts there.

    It costs a few pivots instead of thousands, and it keeps the prices from jumping
    between equally good ones, which would let ever other edges look better.
    """

    edges: Mapping[int, mathopt.BasisStatus]
    rows: Mapping[tuple[str, int], mathopt.BasisStatus]
    points: Ints


NO_BASIS = Basis({}, {}, NOTHING)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What the relaxation says: values of edges, prices of points, of tiers before."""

    worth: float
    value: Floats
    points: Ints
    price: Floats
    multipliers: Floats
    basis: Basis


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found; `ended` when nothing better is among these edges."""

    chosen: Ints
    ended: bool


def relax(
    instance: Instance, edges: Ints, tier: int, reached: tuple[int, ...], start: Basis
) -> Relaxed:
    """Solve the linear relaxation of `tier` over some edges of `instance`."""
    part = instance.only(edges)
    rows = constraints(part, reached, start.points)
    model = program(rows, part.worth[tier])
    names = _Names(model, edges, rows)
    result = mathopt.solve(
        model,
        mathopt.SolverType.GLOP,
        params=mathopt.SolveParameters(time_limit=SAFETY_NET),
        model_params=mathopt.ModelSolveParameters(initial_basis=names.begin(start)),
    )
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        if start.edges:
            return relax(instance, edges, tier, reached, NO_BASIS)
        raise RuntimeError(f"GLOP: {result.termination}")
    values, duals = result.variable_values(), result.dual_values()
    dual = np.fromiter((duals[row] for row in names.rows), float, len(names.rows))
    last = rows.needs + len(rows.points)
    return Relaxed(
        worth=result.objective_value(),
        value=np.fromiter((values[v] for v in names.edges), float, len(edges)),
        points=rows.points,
        price=dual[rows.needs : last],
        multipliers=-dual[last:],
        basis=names.ended(result.solutions[0].basis),
    )


def corner(instance: Instance, worth: Ints) -> Floats:
    """Return the edges' values at a vertex of the relaxation that is worth most."""
    if not instance.edges:
        return np.zeros(0)
    rows = constraints(instance, ())
    model = program(rows, worth / max(1.0, float(np.abs(worth).mean())))
    result = mathopt.solve(
        model,
        mathopt.SolverType.GLOP,
        params=mathopt.SolveParameters(time_limit=SAFETY_NET),
    )
    if not result.has_primal_feasible_solution():
        raise RuntimeError(f"GLOP: {result.termination}")
    values = result.variable_values()
    return np.fromiter((values[v] for v in model.variables()), float, instance.edges)


class _Names:
    """Edges and rows of one model under the names that outlive it."""

    def __init__(self, model: mathopt.Model, edges: Ints, rows: Rows) -> None:
        self.edges = dict(zip(model.variables(), edges.tolist(), strict=True))
        self.rows = dict(zip(model.linear_constraints(), rows.names, strict=True))
        self.points = rows.points

    def begin(self, start: Basis) -> mathopt.Basis | None:
        """Return where to start: new edges at zero, new rows slack."""
        if not start.edges:
            return None
        zero, slack = mathopt.BasisStatus.AT_LOWER_BOUND, mathopt.BasisStatus.BASIC
        return mathopt.Basis(
            variable_status={
                v: start.edges.get(e, zero) for v, e in self.edges.items()
            },
            constraint_status={
                r: start.rows.get(n, slack) for r, n in self.rows.items()
            },
        )

    def ended(self, basis: mathopt.Basis) -> Basis:
        """Return where the solver ended."""
        edges, rows = basis.variable_status, basis.constraint_status
        return Basis(
            {edge: edges[variable] for variable, edge in self.edges.items()},
            {name: rows[row] for row, name in self.rows.items()},
            self.points,
        )


def search(
    instance: Instance,
    tier: int,
    reached: tuple[int, ...],
    hint: Bools,
    nodes: int,
    slack: float = ALMOST_ONE,
) -> Found | None:
    """Search the best integer choice of `tier`; `None` when none was found.

    It ends where nothing can be better by more than `slack`.
    """
    rows = constraints(instance, reached)
    return choose(rows, instance.worth[tier], hint, nodes, slack)


def choose(
    rows: Rows, value: Ints, hint: Bools, nodes: int, slack: float = ALMOST_ONE
) -> Found | None:
    """Search the best integer choice within `rows`; `None` when none was found."""
    model = program(rows, value, integer=True)
    variables = list(model.variables())
    known = {v: float(x) for v, x in zip(variables, hint.tolist(), strict=True)}
    result = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=SAFETY_NET,
            node_limit=nodes,
            absolute_gap_tolerance=slack,
            relative_gap_tolerance=0.0,
        ),
        model_params=mathopt.ModelSolveParameters(
            solution_hints=[mathopt.SolutionHint(variable_values=known)]
        ),
    )
    if not result.has_primal_feasible_solution():
        return None
    values = result.variable_values()
    taken = np.fromiter((values[v] for v in variables), float, len(variables))
    ended = result.termination.reason == mathopt.TerminationReason.OPTIMAL
    return Found(np.nonzero(taken > 1 / 2)[0], ended)


def program(
    rows: Rows, value: Ints | Floats, *, integer: bool = False
) -> mathopt.Model:
    """Return the model that chooses among edges with these values within `rows`."""
    proto, count = model_pb2.ModelProto(), len(value)
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
    weighing = np.nonzero(value)[0]
    proto.objective.maximize = True
    proto.objective.linear_coefficients.ids.extend(weighing)
    proto.objective.linear_coefficients.values.extend(value[weighing].astype(float))
    return mathopt.Model.from_model_proto(proto)
