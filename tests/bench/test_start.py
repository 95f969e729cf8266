"""What `python -m bench start` prints: both ways end with the same market."""

import json
import subprocess
import sys


def test_a_run_prints_its_figures():
    command = [sys.executable, "-m", "bench", "start", "--json", "--scale", "0.06"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    found = json.loads(done.stdout.splitlines()[-1])
    assert found["facts"] == 6_000
    assert found["cases"] > 1_000
    assert found["equal"] is True
