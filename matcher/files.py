"""The matcher by itself: `assignment-instance.v1` in, `assignment-plan.v1` out.

For researchers, other cities and yardsticks (docs/matching.md describes the files).
All numbers are integers, intervals half-open, ids strings; an unreadable file is a
`ValueError` with one sentence.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import accumulate
from typing import NoReturn, TypeAlias

import numpy as np

from matcher.ascending import once
from matcher.certificate import Prices
from matcher.instance import SPAN, Instance
from matcher.patience import Patience, Progress, silent
from matcher.portfolio import best_choice
from matcher.tiers import SCALE, Solved

INSTANCE, PLAN = "assignment-instance.v1", "assignment-plan.v1"
LARGEST, MANY = 1 << 53, 1 << 20
"""Numbers lie within ±LARGEST, as every reader of JSON keeps them; demand to MANY."""
FINEST = 1 << 32
"""The worth that the engine tells apart; its sums then fit 64 bits."""
COARSEST = 1 << 20
"""The largest unit of worth that is taken out; prices in it then fit 64 bits."""
Json: TypeAlias = dict[str, object]
Edge: TypeAlias = tuple[str, str, int, int, int, int]
PriceRow: TypeAlias = tuple[str, int, int]
SEARCHED = ", search proved it"
"""Where the bound stays above the worth, and a search saw all that could be better."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """An instance as its file says it; `sha256` is that of the file's bytes."""

    needs: tuple[str, ...]
    offers: tuple[tuple[str, int], ...]
    edges: tuple[Edge, ...]
    sha256: str


def solve_instance(
    assignment: Assignment,
    *,
    seed: int = 1,
    effort: int = 1,
    progress: Progress = silent,
) -> Json:
    """Return the plan document for an instance.

    `effort` widens the search, in a unit that does not depend on the clock. Where
    worth exceeds `FINEST` the engine sees it rounded down: the plan and its bound hold
    as ever, but what a search proved of rounded numbers is no proof of these.
    """
    table = _Table(assignment)
    instance = table.instance
    scale = min(SCALE, (1 << 40) // (1 + int(np.abs(instance.worth).max(initial=0))))
    patience = Patience.of(progress)
    solved = best_choice(instance, patience, seed=seed, scale=scale, effort=effort)
    chosen = sorted(table.order[solved.chosen].tolist())
    worth = sum(assignment.edges[edge][-1] for edge in chosen)
    bound, prices = min(
        (bound_of(assignment, prices), prices)
        for prices in map(table.named, _integer_prices(solved, table.unit))
    )
    searched = bound > worth and solved.proven and table.shift == 0
    return {
        "format": PLAN,
        "instance_sha256": assignment.sha256,
        "chosen": chosen,
        "worth": worth,
        "bound": bound,
        "prices": [list(price) for price in prices],
        "proven": bound == worth or searched,
        "engine": {
            "name": patience.named(solved.engine + SEARCHED * searched),
            "ortools": version("ortools"),
            "seed": seed,
            "threads": 1,
        },
    }


def bound_of(assignment: Assignment, prices: Sequence[PriceRow]) -> int:
    """Return what no choice can exceed, from whole prices over all edges, exactly."""
    capacity = dict(assignment.offers)
    total = sum(capacity[offer] * price for offer, _, price in prices)
    by_offer: dict[str, list[tuple[int, int]]] = {}
    for offer, time, price in prices:
        by_offer.setdefault(offer, []).append((time, price))
    steps = {offer: _Steps(rows) for offer, rows in by_offer.items()}
    best = dict.fromkeys(assignment.needs, 0)
    for need, offer, start, end, demand, worth in assignment.edges:
        paid = steps[offer].between(start, end) if offer in steps else 0
        best[need] = max(best[need], worth - demand * paid)
    return total + sum(best.values())


class _Steps:
    """One offer's prices, summed up along time."""

    def __init__(self, rows: list[tuple[int, int]]) -> None:
        rows.sort()
        self.times = [time for time, _ in rows]
        self.sums = [0, *accumulate(price for _, price in rows)]

    def between(self, start: int, end: int) -> int:
        first, last = bisect_left(self.times, start), bisect_left(self.times, end)
        return self.sums[last] - self.sums[first]


class _Table:
    """The instance in columns: edges in the `order` of needs, times as ranks.

    Worth is counted in `unit`, which divides all of it: who searches then knows how far
    two choices are apart at least. It lost its last `shift` bits. Of a capacity that no
    demand can fill, one more than the demand is left.
    """

    def __init__(self, assignment: Assignment) -> None:
        needs = {need: n for n, need in enumerate(assignment.needs)}
        self.offers = [offer for offer, _ in assignment.offers]
        offers = {offer: n for n, offer in enumerate(self.offers)}
        rows = [(needs[n], offers[o], *rest) for n, o, *rest in assignment.edges]
        table = np.array(rows, np.int64).reshape(-1, len(_EDGE))
        self.order = np.argsort(table[:, 0], kind="stable")
        need, pool, start, end, demand, worth = table[self.order].T
        self.times = once(start, end)
        unit = int(np.gcd.reduce(worth, initial=0))
        self.unit = unit if 1 < unit <= COARSEST else 1
        worth = worth // self.unit
        most = int(np.abs(worth).max(initial=0))
        self.shift = max(0, (most // FINEST).bit_length())
        capacity = np.array([count for _, count in assignment.offers], np.int64)
        wanted = np.zeros(len(offers), np.int64)
        np.add.at(wanted, pool, demand)
        self.instance = Instance(
            needs=len(needs),
            need=need.astype(np.int32),
            start=np.searchsorted(self.times, start).astype(np.int32),
            end=np.searchsorted(self.times, end).astype(np.int32),
            worth=(worth >> self.shift)[None, :],
            use_edge=np.arange(len(need)),
            use_pool=pool,
            use_demand=demand,
            free_key=np.arange(len(offers)) * SPAN,
            free=np.minimum(capacity, wanted + 1),
        )

    def named(self, prices: Prices) -> list[PriceRow]:
        """Return (offer, time, price) for every price that is not 0."""
        rows = zip(prices.key.tolist(), prices.price.tolist(), strict=True)
        return [
            (self.offers[key // SPAN], int(self.times[key % SPAN]), price << self.shift)
            for key, price in rows
            if price
        ]


def _integer_prices(solved: Solved, unit: int) -> Sequence[Prices]:
    """Return three ways to round the prices, which are in `unit`, to whole ones."""
    fine = solved.tiers[0].prices
    exact = fine.price * unit
    down = exact // fine.scale
    up = -(-exact // fine.scale)
    near = (2 * exact + fine.scale) // (2 * fine.scale)
    return [Prices(fine.key, way, (), 1) for way in (near, down, up)]


def read_instance(data: bytes) -> Assignment:
    """Read an instance file; `ValueError` says in one sentence what is wrong."""
    document = parse(data, "the instance", INSTANCE, {"needs", "offers", "edges"})
    needs = tuple(_name(need, f"needs[{n}]") for n, need in _list(document, "needs"))
    offers = tuple(_offer(row, n) for n, row in _list(document, "offers"))
    _unique(needs, "need")
    _unique([offer for offer, _ in offers], "offer")
    known_needs, known_offers = set(needs), {offer for offer, _ in offers}
    edges = []
    for n, row in _list(document, "edges"):
        edge = _edge(row, n)
        if edge[0] not in known_needs or edge[1] not in known_offers:
            _no(f"edges[{n}] names a need or an offer that the file does not list")
        edges.append(edge)
    return Assignment(needs, offers, tuple(edges), hashlib.sha256(data).hexdigest())


def parse(data: bytes, what: str, kind: str, fields: set[str]) -> Json:
    """Read one JSON object of the format `kind` with exactly these `fields`."""
    try:
        document = json.loads(data, object_pairs_hook=_object, parse_constant=_number)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{what} is not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != kind:
        _no(f"{what} is not a file of the format {kind}")
    if (odd := set(document) ^ (fields | {"format"})) != set():
        _no(f"{what} lacks or has too much: {', '.join(sorted(odd))}")
    return document


def _object(pairs: Sequence[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        _no("a field stands twice in one object")
    return found


def _number(text: str) -> NoReturn:
    _no(f"{text} is no number here; all numbers are integers")


def _no(sentence: str) -> NoReturn:
    raise ValueError(sentence)


def _list(document: Json, field: str) -> Sequence[tuple[int, object]]:
    rows = document[field]
    if not isinstance(rows, list):
        _no(f"{field} is not a list")
    return list(enumerate(rows))


def _name(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        _no(f"{where} is {value!r}, which is no id")
    return value


def _whole(value: object, where: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        _no(f"{where} is {value!r}, which is no integer from {least} to {most}")
    return value


def _offer(row: object, n: int) -> tuple[str, int]:
    if not isinstance(row, Mapping) or set(row) != {"id", "capacity"}:
        _no(f"offers[{n}] is not an object of id and capacity")
    name = _name(row["id"], f"offers[{n}].id")
    return name, _whole(row["capacity"], f"offers[{n}].capacity", 0, LARGEST)


def _edge(row: object, n: int) -> Edge:
    if not isinstance(row, list) or len(row) != len(_EDGE):
        _no(f"edges[{n}] is not [{', '.join(_EDGE)}]")
    need, offer = _name(row[0], f"edges[{n}] need"), _name(row[1], f"edges[{n}] offer")
    start = _whole(row[2], f"edges[{n}] start", -LARGEST, LARGEST)
    end = _whole(row[3], f"edges[{n}] end", -LARGEST, LARGEST)
    if end <= start:
        _no(f"edges[{n}] ends at {end}, which is not after its start {start}")
    demand = _whole(row[4], f"edges[{n}] demand", 1, MANY)
    worth = _whole(row[5], f"edges[{n}] worth", -LARGEST, LARGEST)
    return need, offer, start, end, demand, worth


_EDGE = ("need", "offer", "start", "end", "demand", "worth")


def _unique(names: Sequence[str], what: str) -> None:
    if len(set(names)) < len(names):
        _no(f"a {what} stands twice in the file")
