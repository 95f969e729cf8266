"""CPU time by stage: what lies within another stage counts for itself only."""

import threading
import time

from bench._stages import Stages, by_stage, spent_by
from services.ledger.vault import Vault

SPUN = 0.02


def spin() -> None:
    until = time.thread_time() + SPUN
    while time.thread_time() < until:
        pass


def test_a_stage_within_another_counts_for_itself_only():
    stages = Stages()
    inner = stages.clocked(spin, "seal")

    def plan() -> None:
        spin()
        inner()
        inner()

    stages.clocked(plan, "plan")()

    assert SPUN <= stages.spent["plan"] < 1.5 * SPUN
    assert 2 * SPUN <= stages.spent["seal"] < 2.5 * SPUN


def test_threads_do_not_count_for_each_other():
    stages = Stages()
    read = stages.clocked(spin, "read")
    threads = [threading.Thread(target=read) for _ in range(3)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 3 * SPUN <= stages.spent["read"] < 4 * SPUN


def test_what_is_clocked_is_as_it_was_afterwards():
    seal = Vault.seal_many

    with by_stage():
        assert Vault.seal_many is not seal

    assert Vault.seal_many is seal


def test_the_time_of_a_thread_is_seen_from_outside():
    spun, may_end = threading.Event(), threading.Event()

    def work() -> None:
        spin()
        spun.set()
        may_end.wait()

    thread = threading.Thread(target=work)
    thread.start()
    spun.wait()
    spent = spent_by(thread)
    may_end.set()
    thread.join()

    assert SPUN <= spent < 2 * SPUN
