"""Which kits are served: an integer program over one shelf, and its prices.

Pieces flow, a kit is taken or left. The program without the "taken or left" is linear,
and what it says a piece of each lot is worth proves a bound: a kit earns what its parts
earn, less the sum of their prices, or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from matcher.columns import Bools, Ints
from matcher.kits import NONE
from matcher.master import SAFETY_NET

NODES = 300
Gain = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kitting:
    """Pairs of one shelf; `kit` of each request, `NONE` where each piece counts.

    `gains` are what a piece over each pair is worth, tiers × pairs; each tier is held
    while the next is sought. Kits are numbered from 0 without a gap.
    """

    lot: Ints
    request: Ints
    left: Ints
    wanted: Ints
    kit: Ints
    gains: Ints

    @property
    def kits(self) -> int:
        return int(self.kit.max(initial=NONE)) + 1


@dataclass(frozen=True, slots=True)
class Taken:
    """Which kits the best plan found takes; `ended`: none is better, in any tier."""

    kits: Bools
    ended: bool


def best_kits(program: Kitting) -> Taken:
    """Search tier by tier; each keeps what those before it reached."""
    chosen, ended = np.zeros(program.kits, np.bool_), True
    floors: list[int] = []
    for gain in program.gains:
        model = _model(program, gain, _Floors(program.gains, floors))
        result = mathopt.solve(
            model,
            mathopt.SolverType.HIGHS,
            params=mathopt.SolveParameters(
                time_limit=SAFETY_NET, node_limit=NODES, relative_gap_tolerance=0.0
            ),
        )
        if not result.has_primal_feasible_solution():
            return Taken(chosen, ended=False)
        values = result.variable_values(list(model.variables()))
        chosen = np.array(values[len(program.lot) :]) > 1 / 2
        floors.append(round(float(gain @ np.array(values[: len(program.lot)]))))
        ended &= result.termination.reason == mathopt.TerminationReason.OPTIMAL
    return Taken(chosen, ended)


def lot_prices(program: Kitting, gain: Ints) -> Gain:
    """Return what a piece of each lot is worth where kits may be taken in part."""
    model = _model(program, gain, _Floors(program.gains, ()), whole=False)
    result = mathopt.solve(
        model,
        mathopt.SolverType.GLOP,
        params=mathopt.SolveParameters(time_limit=SAFETY_NET),
    )
    if not result.has_dual_feasible_solution():
        return np.zeros(len(program.left))
    rows = list(model.linear_constraints())[: len(program.left)]
    prices: Gain = np.maximum(0.0, np.array(result.dual_values(rows)))
    return prices


@dataclass(frozen=True, slots=True)
class _Floors:
    """The tiers before: what each is worth over the pairs, and what is to be kept."""

    gains: Ints
    reached: Sequence[int]


def _model(
    program: Kitting, gain: Ints, kept: _Floors, *, whole: bool = True
) -> mathopt.Model:
    """Return pieces x and kits y: max gain · x; a kit's parts get y · wanted."""
    pairs, count = len(program.lot), len(program.lot) + program.kits
    proto = model_pb2.ModelProto()
    proto.variables.ids.extend(range(count))
    proto.variables.lower_bounds.extend(np.zeros(count))
    ones = np.arange(count) >= pairs
    proto.variables.upper_bounds.extend(np.where(ones, 1.0, np.inf))
    proto.variables.integers.extend(ones & whole)
    proto.objective.maximize = True
    proto.objective.linear_coefficients.ids.extend(np.nonzero(gain)[0])
    proto.objective.linear_coefficients.values.extend(gain[gain != 0].astype(float))
    _limits(proto.linear_constraints, program, kept)
    row, column, value = _entries(program, kept)
    order = np.lexsort((column, row))
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(row[order])
    matrix.column_ids.extend(column[order])
    matrix.coefficients.extend(value[order])
    return mathopt.Model.from_model_proto(proto)


def _limits(
    rows: model_pb2.LinearConstraintsProto, program: Kitting, kept: _Floors
) -> None:
    """Bound lots from above, parts from both sides, what is kept from below."""
    part = program.kit != NONE
    floors = np.array(kept.reached, float) - 0.5
    least = (np.full(len(program.left), -np.inf), np.where(part, 0.0, -np.inf), floors)
    most = program.left, np.where(part, 0, program.wanted), np.full(len(floors), np.inf)
    rows.ids.extend(range(sum(map(len, least))))
    rows.lower_bounds.extend(np.concatenate(least))
    rows.upper_bounds.extend(np.concatenate(most).astype(float))


def _entries(program: Kitting, kept: _Floors) -> tuple[Ints, Ints, Gain]:
    """Return the matrix as (row, column, value), nothing that is zero."""
    lots, requests, pairs = len(program.left), len(program.wanted), len(program.lot)
    here, parts = np.arange(pairs), np.nonzero(program.kit != NONE)[0]
    tiers = len(kept.reached)
    row = (
        program.lot,
        lots + program.request,
        lots + parts,
        np.repeat(lots + requests + np.arange(tiers), pairs),
    )
    column = here, here, pairs + program.kit[parts], np.tile(here, tiers)
    worth = kept.gains[:tiers].ravel()
    value = np.ones(2 * pairs), -program.wanted[parts], worth
    values = np.concatenate(value).astype(np.float64)
    some = values != 0
    return np.concatenate(row)[some], np.concatenate(column)[some], values[some]
