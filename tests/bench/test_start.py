"""What `python -m bench start` prints: both ways end with the same market."""

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("sized", "least", "most"),
    [((), 1_001, 6_000), (("--needs", "200", "--offers", "300"), 500, 500)],
)
def test_a_run_prints_its_figures(sized: tuple[str, ...], least: int, most: int):
    command = [sys.executable, "-m", "bench", "start", "--json", "--scale", "0.06"]

    done = subprocess.run(
        [*command, *sized], capture_output=True, text=True, check=True
    )

    found = json.loads(done.stdout.splitlines()[-1])
    assert found["facts"] == 6_000
    assert least <= found["cases"] <= most
    assert found["equal"] is True
