"""The same market gives the same plan: in any order, process, and number of cores."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

import matcher
from bench.markets import Size, market
from tests.matcher.small import Doc

SIZE = Size(needs=60, offers=40, goods=30, held=4)
SOLVE = """
import json, matcher
from bench.markets import Size, market
plan = matcher.solve(market(Size(needs=60, offers=40, goods=30, held=4), 11))
print(json.dumps(plan.to_json(), sort_keys=True))
"""


@pytest.fixture(scope="module")
def document() -> Doc:
    return market(SIZE, 11)


def test_the_order_of_a_document_changes_nothing(document: Doc):
    shuffled = dict(document)
    for part in ("offers", "needs", "held", "forbidden"):
        shuffled[part] = list(reversed(document[part]))

    plan, other = matcher.solve(document), matcher.solve(shuffled)

    assert replace(other, market=plan.market) == plan


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_on_one_core_finds_the_same_plan(document: Doc, hash_seed: str):
    core = {min(os.sched_getaffinity(0))}
    done = subprocess.run(
        [sys.executable, "-c", SOLVE],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        preexec_fn=lambda: os.sched_setaffinity(0, core),
    )

    expected = json.dumps(matcher.solve(document).to_json(), sort_keys=True)
    assert done.stdout.strip() == expected


def test_the_generator_repeats_and_its_seeds_differ(document: Doc):
    assert market(SIZE, 11) == document
    assert market(SIZE, 12) != document


def test_the_plan_tells_who_solved_it(document: Doc):
    engine = matcher.solve(document, seed=7).engine

    assert (engine.name, engine.seed, engine.threads) == ("glop+highs+flow", 7, 1)


def test_progress_is_told_with_phase_worth_and_bound(document: Doc):
    told: list[tuple[str, int, int]] = []

    plan = matcher.solve(
        document,
        progress=lambda phase, worth, bound: told.append((phase, worth, bound)),
    )

    tiers = plan.part("housing").tiers
    assert [phase for phase, _, _ in told if phase.endswith("solved")] == [
        "tier 1: solved",
        "tier 2: solved",
        "tier 3: solved",
    ]
    assert [t for t in told if t[0] == "tier 2: solved"] == [
        ("tier 2: solved", tiers[1].worth, tiers[1].bound)
    ]
