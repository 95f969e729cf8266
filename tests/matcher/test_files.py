"""Assignment files: read strictly, solved with a proof, judged by arithmetic alone."""

import json
import random
from itertools import product
from typing import Any

import pytest

from matcher import read_instance, referee_instance, solve_instance

TINY: dict[str, Any] = {
    "format": "assignment-instance.v1",
    "needs": ["n1", "n2", "n3"],
    "offers": [{"id": "o1", "capacity": 4}, {"id": "o2", "capacity": 1}],
    "edges": [
        ["n1", "o1", 0, 90, 2, 1200],
        ["n2", "o1", 10, 50, 3, 900],
        ["n2", "o2", 10, 50, 1, 400],
        ["n3", "o2", 50, 60, 1, 30],
    ],
}
BEST = [0, 2, 3]


def file(document):
    return json.dumps(document).encode()


def solved(document, **options):
    return solve_instance(read_instance(file(document)), **options)


def invented(seed, *, needs, offers, most):
    dice = random.Random(seed)
    names = [f"n{n}" for n in range(needs)]
    edges = []
    for need, _ in product(names, range(3)):
        start = dice.randint(-5, 8)
        end = start + dice.randint(1, 6)
        offer, demand = f"o{dice.randrange(offers)}", dice.randint(1, 2)
        edges.append([need, offer, start, end, demand, dice.randint(-2, most)])
    homes = [{"id": f"o{n}", "capacity": dice.randint(0, 3)} for n in range(offers)]
    return {**TINY, "needs": names, "offers": homes, "edges": edges}


def fits(document, chosen):
    """Say in the definition's own words whether a choice may be."""
    edges = [document["edges"][n] for n in chosen]
    if len({edge[0] for edge in edges}) < len(edges):
        return False
    return all(
        sum(e[4] for e in edges if e[1] == offer["id"] and e[2] <= time < e[3])
        <= offer["capacity"]
        for offer in document["offers"]
        for time in {edge[2] for edge in edges}
    )


def exhaustive(document):
    """Return the most that any choice is worth: each need takes one edge or none."""
    rows = [
        [None, *(n for n, edge in enumerate(document["edges"]) if edge[0] == need)]
        for need in document["needs"]
    ]
    choices = ([n for n in taken if n is not None] for taken in product(*rows))
    return max(
        sum(document["edges"][n][5] for n in chosen)
        for chosen in choices
        if fits(document, chosen)
    )


def test_an_instance_is_solved_with_a_proof():
    plan = solved(TINY)

    assert plan["chosen"] == BEST
    assert (plan["worth"], plan["proven"]) == (1630, True)
    assert set(plan) == {
        "format", "instance_sha256", "chosen", "worth", "bound", "prices", "proven",
        "engine",
    }  # fmt: skip
    assert set(plan["engine"]) == {"name", "ortools", "seed", "threads"}
    assert referee_instance(file(TINY), file(plan)) == []


@pytest.mark.parametrize("seed", range(12))
def test_the_optimum_is_what_trying_everything_finds(seed):
    document = invented(seed, needs=6, offers=3, most=40)

    plan = solved(document)

    assert (plan["worth"], plan["proven"]) == (exhaustive(document), True)
    assert referee_instance(file(document), file(plan)) == []


def test_numbers_may_be_as_large_as_json_keeps_them():
    document = invented(7, needs=6, offers=3, most=1 << 53)
    document["offers"][0]["capacity"] = 1 << 53

    plan = solved(document)

    assert plan["worth"] <= exhaustive(document) <= plan["bound"]
    assert referee_instance(file(document), file(plan)) == []


def test_the_same_file_gives_the_same_plan():
    document = invented(3, needs=20, offers=6, most=100)

    assert solved(document) == solved(document)


def test_more_effort_is_never_worse():
    document = invented(4, needs=30, offers=8, most=1000)

    assert solved(document, effort=3)["worth"] >= solved(document)["worth"]


def test_an_empty_instance_has_an_empty_plan():
    plan = solved({**TINY, "needs": [], "offers": [], "edges": []})

    assert (plan["chosen"], plan["worth"], plan["bound"]) == ([], 0, 0)


EDGE = TINY["edges"][0]
WRONG = {
    "is not a file of the format": {**TINY, "format": "assignment-instance.v2"},
    "lacks or has too much: colour": {**TINY, "colour": "red"},
    "lacks or has too much: edges": {k: v for k, v in TINY.items() if k != "edges"},
    "needs is not a list": {**TINY, "needs": {"n1": 1}},
    "a need stands twice": {**TINY, "needs": ["n1", "n2", "n3", "n1"]},
    "an? offer stands twice": {**TINY, "offers": [*TINY["offers"], TINY["offers"][0]]},
    "is 3, which is no id": {**TINY, "needs": [3, "n2"]},
    "is '', which is no id": {**TINY, "needs": [""]},
    "names a need or an offer": {**TINY, "edges": [["n9", *EDGE[1:]]]},
    "is not \\[need, offer": {**TINY, "edges": [EDGE[:5]]},
    "not after its start 90": {**TINY, "edges": [["n1", "o1", 90, 90, 2, 1200]]},
    "demand is 0": {**TINY, "edges": [["n1", "o1", 0, 90, 0, 1200]]},
    "worth is 1.5": {**TINY, "edges": [["n1", "o1", 0, 90, 2, 1.5]]},
    "worth is 12.0": {**TINY, "edges": [["n1", "o1", 0, 90, 2, 12.0]]},
    "start is False": {**TINY, "edges": [["n1", "o1", False, 90, 2, 12]]},
    "worth is 9007199254740993": {**TINY, "edges": [["n1", "o1", 0, 9, 1, 2**53 + 1]]},
    "capacity is -1": {**TINY, "offers": [{"id": "o1", "capacity": -1}]},
    "not an object of id and capacity": {**TINY, "offers": [{"id": "o1"}]},
}


@pytest.mark.parametrize(("sentence", "document"), WRONG.items())
def test_a_file_that_is_wrong_is_told_so(sentence, document):
    with pytest.raises(ValueError, match=sentence):
        read_instance(file(document))


@pytest.mark.parametrize(
    ("sentence", "data"),
    {
        "is not JSON": b"{",
        "is no number": b'{"format": NaN}',
        "stands twice in one object": b'{"format": 1, "format": 2}',
        "is not a file of the format": b"[]",
    }.items(),
)
def test_what_is_no_document_is_told_so(sentence, data):
    with pytest.raises(ValueError, match=sentence):
        read_instance(data)


FALSE = {
    "another instance": {"instance_sha256": "0" * 64},
    "need n2 takes 2 edges": {"chosen": [0, 1, 2, 3], "worth": 2530},
    "offer o1 is taken 5 times of 4": {"chosen": [0, 1, 3], "worth": 2130},
    "an edge that the instance does not have": {"chosen": [*BEST, 4]},
    "are worth 1630, not 1631": {"worth": 1631},
    "prove a bound of": {"bound": 1 << 40},
    "exceeds the bound": {"bound": 0},
    "cannot stand in a proof": {"prices": [["o1", 0, -1]]},
    "neither bound nor search proves it": {
        "prices": [],
        "bound": 2130,
        "proven": True,
        "engine": {"name": "glop"},
    },
    "does not call itself proven": {"bound": 1630, "proven": False},
}


@pytest.mark.parametrize(("sentence", "change"), FALSE.items())
def test_the_referee_meets_plans_that_do_not_hold(sentence, change):
    plan = solved(TINY) | change

    faults = referee_instance(file(TINY), file(plan))

    assert any(sentence in fault for fault in faults), faults


@pytest.mark.parametrize(
    "change",
    [
        {"format": "plan.v1"},
        {"chosen": [0.0]},
        {"chosen": {"0": 1}},
        {"prices": [["o1", 0]]},
        {"proven": 1},
        {"engine": "glop"},
        {"colour": "red"},
    ],
)
def test_what_is_no_plan_file_is_told_so(change):
    with pytest.raises(ValueError, match="plan"):
        referee_instance(file(TINY), file(solved(TINY) | change))


@pytest.mark.parametrize("seed", range(4))
def test_a_unit_that_divides_all_worth_changes_nothing_but_how_fine_prices_are(seed):
    plain = invented(seed, needs=9, offers=3, most=30)
    fine = {
        **plain,
        "edges": [[*edge[:-1], edge[-1] * 1000] for edge in plain["edges"]],
    }

    told, counted = solved(plain), solved(fine)

    assert counted["worth"] == 1000 * told["worth"] == 1000 * exhaustive(plain)
    assert counted["worth"] <= counted["bound"] <= 1000 * told["bound"]
    text = file(fine), json.dumps(counted).encode()
    assert referee_instance(*text) == []
