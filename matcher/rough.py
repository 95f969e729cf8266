"""The relaxation of a large market by a first-order method (PDLP), to a tolerance.

It needs no basis and little memory, and its prices are good long before it ends: the
certificate makes a true bound of any. It goes on where the round before ended, over
other edges. One thread, so that it repeats bit for bit; and no `@`, which splits long
sums among as many threads as there are. Its objective is counted in
units near to one, without which it takes a hundred times as long; and no row joins all
edges, for the same reason: the tiers before stand in the objective, at a multiplier.
"""

from dataclasses import dataclass

import numpy as np
from ortools.pdlp import solve_log_pb2, solvers_pb2
from ortools.pdlp.python import pdlp
from scipy.sparse import csc_matrix

from matcher.ascending import once, within
from matcher.columns import Ints
from matcher.instance import Instance
from matcher.rows import Floats, Rows, constraints

PASSES = 100_000
_ENDED = (
    solve_log_pb2.TERMINATION_REASON_OPTIMAL,
    solve_log_pb2.TERMINATION_REASON_ITERATION_LIMIT,
)


@dataclass(frozen=True, slots=True)
class Rough:
    """The relaxation over some edges: their values, and prices at points.

    `level` is what each need of the instance has left after it paid.
    """

    worth: float
    edges: Ints
    value: Floats
    level: Floats
    points: Ints
    price: Floats


def relax_roughly(
    part: Instance, edges: Ints, worth: Ints, tolerance: float, start: Rough | None
) -> Rough:
    """Relax the choice among `edges`, which are the `part`, to a `tolerance`.

    `worth` is what each counts for, `start` where the same ended over other edges.
    Raises RuntimeError when the method fails.
    """
    rows, needs = constraints(part, ()), once(part.need).astype(np.int64)
    unit = max(1.0, float(np.abs(worth).mean())) if len(worth) else 1.0
    result = pdlp.primal_dual_hybrid_gradient(
        _program(rows, worth / unit),
        _parameters(tolerance),
        None if start is None else _begin(start, edges, needs, rows, unit),
    )
    if result.solve_log.termination_reason not in _ENDED:
        raise RuntimeError(f"PDLP: {result.solve_log.termination_string}")
    level, dual = np.zeros(part.needs), -unit * result.dual_solution
    level[needs] = dual[: rows.needs]
    return Rough(
        worth=float((worth * result.primal_solution).sum()),
        edges=edges,
        value=result.primal_solution,
        level=level,
        points=rows.points,
        price=dual[rows.needs :],
    )


def _program(rows: Rows, value: Floats) -> pdlp.QuadraticProgram:
    """Return the program that chooses the most `value` within `rows`, as a minimum."""
    columns, count = len(value), len(rows.upper)
    program = pdlp.QuadraticProgram()
    program.resize_and_initialize(columns, count)
    program.objective_vector = -value
    program.variable_lower_bounds = np.zeros(columns)
    program.variable_upper_bounds = np.full(columns, np.inf)
    program.constraint_lower_bounds = rows.lower
    program.constraint_upper_bounds = rows.upper
    entries = (rows.value, (rows.row, rows.column))
    program.constraint_matrix = csc_matrix(entries, shape=(count, columns))
    return program


def _begin(
    start: Rough, edges: Ints, needs: Ints, rows: Rows, unit: float
) -> pdlp.PrimalAndDualSolution:
    """Return where to begin: what is known already, and nothing for what is new."""
    price = _known(start.points, start.price, rows.points)
    found = pdlp.PrimalAndDualSolution()
    found.primal_solution = _known(start.edges, start.value, edges)
    found.dual_solution = -np.concatenate([start.level[needs], price]) / unit
    return found


def _known(keys: Ints, values: Floats, wanted: Ints) -> Floats:
    """Return the values at the `wanted` keys, both ascending; 0 at an unknown one."""
    there = within(wanted, keys)
    found = np.zeros(len(wanted))
    found[there] = values[np.searchsorted(keys, wanted[there])]
    return found


def _parameters(tolerance: float) -> solvers_pb2.PrimalDualHybridGradientParams:
    made = solvers_pb2.PrimalDualHybridGradientParams()
    made.num_threads = 1
    made.termination_criteria.iteration_limit = PASSES
    goal = made.termination_criteria.simple_optimality_criteria
    goal.eps_optimal_absolute = tolerance
    goal.eps_optimal_relative = tolerance
    made.presolve_options.use_glop = False
    return made
