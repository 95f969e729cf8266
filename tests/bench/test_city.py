"""The scarce city: the same for everybody who asks, and what a run of it prints."""

import json
import subprocess
import sys
from typing import Any

from bench import city


def rows(made: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return list(made[name])


def test_a_seed_is_a_market():
    made = city.document(40, 30, seed=1)

    assert made == city.document(40, 30, seed=1)
    assert made != city.document(40, 30, seed=2)
    assert len(rows(made, "needs")) == 40
    assert len(rows(made, "offers")) == 30


def test_stays_and_homes_are_spread_over_a_year():
    made = city.document(400, 300, seed=1)
    months = {row["details"]["period"]["from"][:7] for row in rows(made, "needs")}
    homes = {row["details"]["available"]["from"][:7] for row in rows(made, "offers")}

    assert len(months) >= 12
    assert len(homes) >= 12


def test_a_run_prints_its_figures_at_the_top():
    words = ["city", "--json", "--needs", "60", "--offers", "40", "--seed", "2"]
    command = [sys.executable, "-m", "bench", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    told = json.loads(done.stdout.splitlines()[-1])

    assert (told["needs"], told["offers"], told["faults"]) == (60, 40, 0)
    assert 0 <= told["gap"] < 0.01
    assert told["worth"] <= told["bound"]
    assert told["edges"] > 0
    assert 0 < told["persons_placed"] <= told["persons"]
    assert told["seconds"] > 0
    assert told["peak_mb"] > 0
