"""The yardsticks of the bus, on a small scale: that they measure at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_relay_is_measured_beside_a_bare_producer(kafka):
    command = [sys.executable, "-m", "bench", "relay", "--json", "--scale", "0.01"]
    given = os.environ | {"BEISTAND_KAFKA": kafka.servers}

    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, env=given
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])["relay"]
    assert figures["facts"] == 500
    assert figures["facts_per_second"] > 0
    assert figures["bare_producer_per_second"] > 0
