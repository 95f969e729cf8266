"""Trips of one shelf as an integer program: exact where few pairs are left to choose.

The tiers before are kept by what their prices say: who is served in full, which lots
are given away to the last piece, and which pairs can be used at all.
"""

from dataclasses import dataclass

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from matcher.columns import Bools, Ints
from matcher.master import SAFETY_NET

NODES = 300


@dataclass(frozen=True, slots=True)
class Loads:
    """Pairs to choose among; `metres` is the way of a piece, `trip` that of a load.

    `served` requests get all they want, `emptied` lots give all they have.
    """

    lot: Ints
    request: Ints
    metres: Ints
    left: Ints
    wanted: Ints
    emptied: Bools
    served: Bools
    trip: int


def fewest(loads: Loads, flow: Ints) -> Ints:
    """Return the best flow found, `flow` or a better one."""
    model = _model(loads)
    variables = list(model.variables())
    first = [*flow.tolist(), *(flow > 0).tolist()]
    known = {v: float(x) for v, x in zip(variables, first, strict=True)}
    result = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(time_limit=SAFETY_NET, node_limit=NODES),
        model_params=mathopt.ModelSolveParameters(
            solution_hints=[mathopt.SolutionHint(variable_values=known)]
        ),
    )
    if not result.has_primal_feasible_solution():
        return flow
    values = result.variable_values()
    found = np.fromiter((values[v] for v in variables[: len(flow)]), float)
    pieces: Ints = np.rint(found).astype(np.int64)
    better = _cost(loads, pieces) < _cost(loads, flow)
    return pieces if better and _holds(loads, pieces) else flow


def _holds(loads: Loads, pieces: Ints) -> bool:
    """Say whether whole pieces keep what the program's fractions kept."""
    for side, most, full in _sides(loads):
        got = np.zeros(len(most), np.int64)
        np.add.at(got, side, pieces)
        if (got > most).any() or (got < most)[full].any():
            return False
    return bool((pieces >= 0).all())


def _sides(loads: Loads) -> tuple[tuple[Ints, Ints, Bools], tuple[Ints, Ints, Bools]]:
    return (
        (loads.lot, loads.left, loads.emptied),
        (loads.request, loads.wanted, loads.served),
    )


def _cost(loads: Loads, pieces: Ints) -> int:
    return int(loads.metres @ pieces) + loads.trip * int((pieces > 0).sum())


def _model(loads: Loads) -> mathopt.Model:
    """Return pieces x and trips y: min metres · x + trip · y, x within cap · y."""
    proto, count = model_pb2.ModelProto(), len(loads.lot)
    cap = np.minimum(loads.left[loads.lot], loads.wanted[loads.request])
    proto.variables.ids.extend(range(2 * count))
    proto.variables.lower_bounds.extend(np.zeros(2 * count))
    proto.variables.upper_bounds.extend(np.concatenate([cap, np.ones(count)]))
    proto.variables.integers.extend(np.arange(2 * count) >= count)
    _constrain(proto.linear_constraints, loads)
    here, sums = np.arange(count), len(loads.left) + len(loads.wanted)
    rows = [loads.lot, len(loads.left) + loads.request, sums + here, sums + here]
    columns = np.concatenate([here, here, here, count + here])
    values = np.concatenate([np.ones(3 * count), -cap])
    order = np.lexsort((columns, np.concatenate(rows)))
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(np.concatenate(rows)[order])
    matrix.column_ids.extend(columns[order])
    matrix.coefficients.extend(values[order])
    cost = np.concatenate([loads.metres, np.full(count, loads.trip)])
    proto.objective.linear_coefficients.ids.extend(np.nonzero(cost)[0])
    proto.objective.linear_coefficients.values.extend(cost[cost != 0].astype(float))
    return mathopt.Model.from_model_proto(proto)


def _constrain(rows: model_pb2.LinearConstraintsProto, loads: Loads) -> None:
    """Bound what lots give, what requests get, and what goes without a trip."""
    none = np.zeros(len(loads.lot))
    least = [np.where(full, most, 0) for _, most, full in _sides(loads)]
    lower = np.concatenate([*least, none - np.inf])
    upper = np.concatenate([loads.left, loads.wanted, none])
    rows.ids.extend(range(len(lower)))
    rows.lower_bounds.extend(lower)
    rows.upper_bounds.extend(upper)
