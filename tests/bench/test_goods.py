"""The region of goods: the same for everybody who asks, and what a run of it prints."""

import json
import subprocess
import sys

import pytest

from bench import goods, trips
from bench.yardsticks import Options


def test_a_seed_is_a_market():
    made = goods.document(40, 30, seed=1)

    assert made == goods.document(40, 30, seed=1)
    assert made != goods.document(40, 30, seed=2)


def test_a_run_prints_its_figures_at_the_top():
    words = ["goods", "--json", "--needs", "300", "--offers", "200", "--seed", "2"]
    command = [sys.executable, "-m", "bench", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    told = json.loads(done.stdout.splitlines()[-1])

    assert (told["needs"], told["offers"], told["faults"]) == (300, 200, 0)
    assert (told["gap"], told["proven"]) == (0, True)
    assert told["worth"] == told["bound"]
    assert told["edges"] > 0
    assert 0 < told["pieces"] < told["pieces_asked"]
    assert told["seconds"] > 0
    assert told["peak_mb"] > 0


def test_trips_are_counted_and_their_gap_told():
    told = trips.run(Options(needs=60, offers=60, seed=3))

    assert (told["needs"], told["faults"]) == (60, 0)
    assert told["gap_of_metres"] == pytest.approx(0, abs=0.03)
    assert told["handovers"]
