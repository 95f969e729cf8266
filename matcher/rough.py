"""The relaxation of a large market by a first-order method (PDLP), to a tolerance.

It needs no basis and little memory, and its prices are good long before it ends: the
certificate makes a true bound of any. One thread, so that it repeats bit for bit. Its
objective is counted in units near to one, without which it takes a hundred times as
long; and no row joins all edges, for the same reason: the tiers before stand in the
objective, at a multiplier.
"""

from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.pdlp import solvers_pb2

from matcher.columns import Ints
from matcher.instance import Instance
from matcher.master import SAFETY_NET, program
from matcher.rows import Floats, constraints

PASSES = 100_000


@dataclass(frozen=True, slots=True)
class Rough:
    """The relaxation over some edges: their values, and prices at points."""

    worth: float
    value: Floats
    points: Ints
    price: Floats


def relax_roughly(part: Instance, worth: Ints, tolerance: float) -> Rough:
    """Relax the choice among edges, each with its `worth`, to a `tolerance`."""
    rows = constraints(part, ())
    unit = float(np.abs(worth).mean()) if len(worth) else 1.0
    result = mathopt.solve(
        program(rows, worth / max(unit, 1.0)),
        mathopt.SolverType.PDLP,
        params=mathopt.SolveParameters(
            time_limit=SAFETY_NET, threads=1, pdlp=_parameters(tolerance)
        ),
    )
    found = result.solutions[0] if result.solutions else None
    if found is None or found.primal_solution is None or found.dual_solution is None:
        raise RuntimeError(f"PDLP: {result.termination}")
    value = np.fromiter(found.primal_solution.variable_values.values(), float)
    price = np.fromiter(found.dual_solution.dual_values.values(), float)
    return Rough(
        worth=float(worth @ value),
        value=value,
        points=rows.points,
        price=price[rows.needs :] * max(unit, 1.0),
    )


def _parameters(tolerance: float) -> solvers_pb2.PrimalDualHybridGradientParams:
    made = solvers_pb2.PrimalDualHybridGradientParams()
    made.num_threads = 1
    made.termination_criteria.iteration_limit = PASSES
    goal = made.termination_criteria.simple_optimality_criteria
    goal.eps_optimal_absolute = tolerance
    goal.eps_optimal_relative = tolerance
    made.presolve_options.use_glop = False
    return made
