"""Events in a small city: the same for everybody who asks, and what a run prints."""

import json
import subprocess
import sys
from typing import Any

from bench import city
from bench.events import KINDS, Happenings


def test_a_seed_is_a_run_of_events():
    some = [Happenings(city.document(40, 30, seed=1), seed) for seed in (1, 1, 2)]

    first, again, other = ([one.next() for _ in range(30)] for one in some)

    assert first == again
    assert first != other


def test_all_kinds_of_events_happen_and_the_document_tells_them():
    happenings = Happenings(city.document(40, 30, seed=1), seed=1)

    told = [happenings.next() for _ in range(60)]

    assert {kind for kind, _ in told} == {*KINDS}
    last = {name: row for _, news in told for name, row in news.needs.items()}
    needs: Any = happenings.document["needs"]
    now = {row["id"]: row for row in needs}
    assert {name: now.get(name) for name in last} == last


def test_a_run_prints_its_figures_and_keeps_the_plan(tmp_path):
    plan = tmp_path / "plan.json"
    words = ["events", "--json", "--needs", "200", "--offers", "140", "--seed", "3"]
    more = ["--scale", "0.2", "--file", str(plan)]
    command = [sys.executable, "-m", "bench", *words, *more]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["faults"], told["same_bounds"]) == (0, True)
    assert (told["needs"], told["offers"]) == (40, 28)
    assert told["kinds"]["need"]["events"] > 40
    assert json.loads(plan.read_text())["format"] == "plan.v1"
