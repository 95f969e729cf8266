"""The whole market solved: homes, then goods, and how the plan is written."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version

from matcher import firstcome, goods, housing
from matcher.board import Board, board
from matcher.market import Doc, read_market
from matcher.patience import Patience, Progress, silent
from matcher.plan import Engine, Plan
from matcher.portfolio import best_choice, table_of
from matcher.problem import Market
from matcher.stays import to_date
from matcher.stock import Stock
from matcher.suiting import Survey
from matcher.tiers import Solved
from matcher.wide import Wide


def solve(document: Doc, *, seed: int = 1, progress: Progress = silent) -> Plan:
    """Return the best plan for a market document, with its proof.

    The same document and seed give the same plan. `progress` is called with a phase,
    and the worth and bound known by then; where it raises `Enough`, the best plan found
    so far is returned with its bound.
    """
    patience = Patience.of(progress)

    def choose(table: Board | Wide) -> Solved:
        patience(f"{table.source.edges} compatible pairs", 0, 0)
        return best_choice(table.source, patience, seed=seed)

    def carry(found: Stock, seen: Survey) -> goods.Moves:
        patience(f"{seen.edges} compatible lots", 0, 0)
        return goods.best_moves(found, seen)

    homes = partial(housing.solve_housing, lay=table_of, choose=choose)
    plan = planned(document, homes, carry, "+flow", seed)
    name = patience.named(plan.engine.name)
    return replace(plan, engine=replace(plan.engine, name=name))


def first_come(document: Doc) -> Plan:
    """Return what serving the queue in its order gives: the plan to compare with."""
    return other_way(document, firstcome.serve_households)


def other_way(document: Doc, choice: Callable[[Board], Solved]) -> Plan:
    """Return the plan in which stays are chosen in another way: to compare with.

    Whoever asks for goods is served in the order of the queue.
    """
    homes = partial(housing.solve_housing, lay=board, choose=choice)
    return planned(document, homes, firstcome.serve_requests, "", 0)


_VERSION = version("ortools")


def planned(
    document: Doc,
    stays: Callable[[Market], housing.Housing],
    pieces: goods.Choice,
    also: str,
    seed: int,
) -> Plan:
    """Return the plan that these two ways to choose make of a market."""
    market = read_market(document)
    homes = stays(market)
    things = goods.solve_goods(market, pieces)
    return Plan(
        market=digest(document),
        realm=market.realm,
        position=market.position,
        today=to_date(market.today),
        policy=market.policy.name,
        engine=Engine(homes.engine + also, _VERSION, seed, 1),
        stays=homes.stays,
        handovers=things.handovers,
        unmet=tuple(sorted((*homes.unmet, *things.unmet), key=lambda row: row.need)),
        parts=(homes.part, things.part),
    )


def digest(document: Mapping[str, object]) -> str:
    """Return the SHA-256 of the canonical JSON of a document."""
    found = hashlib.sha256()
    for piece in _pieces(document):
        found.update(piece.encode())
    return found.hexdigest()


def _pieces(document: Mapping[str, object]) -> Iterator[str]:
    """Yield the canonical JSON, of long tables row by row: as one text it is large."""
    for n, (name, value) in enumerate(sorted(document.items())):
        yield "," if n else "{"
        yield f"{_canonical(name)}:"
        if isinstance(value, list) and value:
            for row, each in enumerate(value):
                yield "," if row else "["
                yield _canonical(each)
            yield "]"
        else:
            yield _canonical(value)
    yield "}" if document else "{}"


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
