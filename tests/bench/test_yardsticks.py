import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import yardsticks
from bench.yardsticks import Options, percentile

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True
    )


def test_the_yardsticks_are_listed_with_a_line_each():
    listed = bench().stdout.splitlines()

    assert [line.split()[0] for line in listed] == [y.NAME for y in yardsticks()]
    assert {"append", "stalls"} <= {y.NAME for y in yardsticks()}


def test_a_yardstick_prints_one_object_on_the_last_line():
    done = bench("append", "--json", "--scale", "0.01")

    told = json.loads(done.stdout.splitlines()[-1])
    assert told["command"] == "python -m bench append --json --scale 0.01"
    assert told["machine"]["cores"] >= 1
    figures = told["append"]
    assert figures["batches_of_500"]["facts_per_second"] > 0
    assert figures["one_writer"]["p50_ms"] <= figures["one_writer"]["p99_ms"]
    assert figures["batches_of_500"]["share_of_copy"] > 0


def test_a_name_that_is_no_yardstick_is_wrong_use():
    done = bench("speed")

    assert (done.returncode, done.stdout) == (2, "")
    assert "no yardstick speed; there are: append" in done.stderr


def test_a_smaller_scale_does_less_but_never_nothing():
    assert [Options(scale=s).times(100) for s in (1, 0.1, 0.0001)] == [100, 10, 1]


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (0.5, 3), (0.99, 4), (1, 4)])
def test_percentiles_are_milliseconds_of_the_sorted_times(share, expected):
    assert percentile([0.004, 0.001, 0.003, 0.002], share) == expected
