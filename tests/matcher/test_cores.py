"""One market, one plan, whatever the machine has to spare."""

import os

import pytest

from bench.cores import CORES, Market, solved

MARKET = Market("market", needs=1_000, offers=1_000, seed=1)
"""As large as the engine solves in a dozen seconds of the processor."""
TIMES = 3


@pytest.mark.timeout(900)
def test_the_plan_is_the_same_on_one_core_and_on_two():
    assert len(os.sched_getaffinity(0)) >= max(CORES)

    told = list(solved(MARKET, times=TIMES))

    assert [one.cores for one in told] == list(CORES) * TIMES
    assert len({one.plan for one in told}) == 1
