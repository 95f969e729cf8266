"""The referee of `assignment-plan.v1`: ten lines of arithmetic anyone could write.

It reads both files by itself and knows no solver: feasibility, worth, bound.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, TypeAlias

Doc: TypeAlias = dict[str, Any]
FIELDS = {
    "format",
    "instance_sha256",
    "chosen",
    "worth",
    "bound",
    "prices",
    "proven",
    "engine",
}


def referee_instance(instance: bytes, plan: bytes) -> list[str]:
    """Return what is wrong with a plan file; an empty list means that it holds.

    The instance must be readable (`read_instance` says whether it is). `ValueError`:
    the plan is no plan file.
    """
    told, given = _plan(plan), json.loads(instance)
    found = list(_identity(told, instance))
    found += _choice(told, given)
    found += _proof(told, given)
    found += _claim(told)
    return found


def _plan(data: bytes) -> Doc:
    try:
        told = json.loads(data)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"the plan is not JSON: {error}") from None
    if not isinstance(told, dict) or told.get("format") != "assignment-plan.v1":
        raise ValueError("the plan is not a file of the format assignment-plan.v1")
    if odd := set(told) ^ FIELDS:
        raise ValueError(f"the plan lacks or has too much: {', '.join(sorted(odd))}")
    numbers = [told["worth"], told["bound"], *_list(told, "chosen")]
    for row in _list(told, "prices"):
        if not isinstance(row, list) or [*map(type, row)] != [str, int, int]:
            raise ValueError("a price of the plan is not [offer, time, price]")
    if any(type(number) is not int for number in numbers):
        raise ValueError("a number of the plan is not an integer")
    if type(told["proven"]) is not bool:
        raise ValueError("proven of the plan is neither true nor false")
    if not isinstance(told["engine"], dict) or "name" not in told["engine"]:
        raise ValueError("the engine of the plan has no name")
    return told


def _list(told: Doc, field: str) -> list[Any]:
    rows = told[field]
    if not isinstance(rows, list):
        raise ValueError(f"{field} of the plan is not a list")  # noqa: TRY004 - what was sent is wrong
    return rows


def _identity(told: Doc, instance: bytes) -> Iterator[str]:
    if told["instance_sha256"] != hashlib.sha256(instance).hexdigest():
        yield "the plan was made for another instance"
    if told["worth"] > told["bound"]:
        yield f"the worth {told['worth']} exceeds the bound {told['bound']}"


def _choice(told: Doc, given: Doc) -> Iterator[str]:
    edges = given["edges"]
    chosen = [edges[n] for n in told["chosen"] if 0 <= n < len(edges)]
    if len(chosen) < len(told["chosen"]):
        yield "the plan chooses an edge that the instance does not have"
    for need, times in Counter(edge[0] for edge in chosen).items():
        if times > 1:
            yield f"need {need} takes {times} edges"
    capacity = {offer["id"]: offer["capacity"] for offer in given["offers"]}
    by_offer = defaultdict(list)
    for edge in chosen:
        by_offer[edge[1]].append(edge)
    for offer, rows in by_offer.items():
        for time in sorted({edge[2] for edge in rows}):
            load = sum(edge[4] for edge in rows if edge[2] <= time < edge[3])
            if load > capacity[offer]:
                yield f"offer {offer} is taken {load} times of {capacity[offer]}"
                break
    worth = sum(edge[5] for edge in chosen)
    if worth != told["worth"]:
        yield f"the chosen edges are worth {worth}, not {told['worth']}"


def _proof(told: Doc, given: Doc) -> Iterator[str]:
    capacity = {offer["id"]: offer["capacity"] for offer in given["offers"]}
    prices = defaultdict(list)
    total = 0
    for offer, time, price in told["prices"]:
        if price < 0 or offer not in capacity:
            yield f"the price of offer {offer} at {time} cannot stand in a proof"
            return
        prices[offer].append((time, price))
        total += capacity[offer] * price
    best: Counter[str] = Counter()
    for need, offer, start, end, demand, worth in given["edges"]:
        paid = sum(price for time, price in prices[offer] if start <= time < end)
        best[need] = max(best[need], worth - demand * paid)
    bound = total + sum(best.values())
    if bound != told["bound"]:
        yield f"the prices prove a bound of {bound}, not {told['bound']}"


def _claim(told: Doc) -> Iterator[str]:
    """Proven is what the bound proves, or what the engine says that a search did."""
    closed = told["worth"] == told["bound"]
    if told["proven"] and not closed and "search" not in str(told["engine"]["name"]):
        yield "the plan calls itself proven, but neither bound nor search proves it"
    if closed and not told["proven"]:
        yield "worth and bound are equal, but the plan does not call itself proven"
