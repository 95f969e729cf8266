"""The whole market as one model, all edges in it, given to a solver for some seconds.

What others would try first. Tier by tier, each with its share of what is left of the
time; a tier keeps what the ones before reached. Time decides, so it does not repeat.
"""

import time
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt

from matcher.columns import Ints
from matcher.instance import Instance
from matcher.master import program
from matcher.rows import constraints

ENGINES = {
    "CP-SAT": mathopt.SolverType.CP_SAT,
    "HiGHS": mathopt.SolverType.HIGHS,
}


def solve_whole(instance: Instance, engine: str, seconds: float) -> Ints:
    """Return the best choice that a solver finds in so many seconds, by the clock."""
    ends = time.perf_counter() + seconds
    chosen: Ints = np.zeros(0, np.int64)
    reached: tuple[int, ...] = ()
    for tier in range(instance.tiers):
        share = (ends - time.perf_counter()) / (instance.tiers - tier)
        if share > 0:
            chosen = _searched(instance, reached, chosen, engine, share)
        reached = (*reached, int(instance.worth[tier][chosen].sum()))
    return chosen


def _searched(
    instance: Instance,
    reached: tuple[int, ...],
    chosen: Ints,
    engine: str,
    seconds: float,
) -> Ints:
    """Return the best choice of the next tier; the one before where none was found."""
    ends = time.perf_counter() + seconds
    model = program(
        constraints(instance, reached), instance.worth[len(reached)], integer=True
    )
    variables = list(model.variables())
    hint = np.isin(np.arange(instance.edges), chosen).astype(float).tolist()
    known = dict(zip(variables, hint, strict=True))
    left = timedelta(seconds=max(0.0, ends - time.perf_counter()))
    result = mathopt.solve(
        model,
        ENGINES[engine],
        params=mathopt.SolveParameters(time_limit=left),
        model_params=mathopt.ModelSolveParameters(
            solution_hints=[mathopt.SolutionHint(variable_values=known)]
        ),
    )
    if not result.has_primal_feasible_solution():
        return chosen
    values = result.variable_values()
    taken = np.fromiter((values[v] for v in variables), float, instance.edges)
    return np.nonzero(taken > 1 / 2)[0]
