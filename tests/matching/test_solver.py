"""A market is solved in a process of its own: the same plan, and pages answer."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import nullcontext
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

import matcher
from bench import city
from services import serving, solver
from services.progress import Watched
from services.solver import Apart, Ended, Here, Unsound, checked
from tests.standing.offices import Office

MARKET: dict[str, Any] = city.document(20, 14, 1)


def untold(phase, worth, bound):
    """Nobody asked."""


def test_it_is_the_same_plan_told_in_the_same_steps():
    here, apart = [], []

    plan = Here().solve(MARKET, seed=3, progress=lambda *told: here.append(told))
    found = Apart().solve(MARKET, seed=3, progress=lambda *told: apart.append(told))

    assert found == plan
    assert apart == here
    assert len(here) > 2


def test_nothing_is_solved_or_judged_in_this_process(monkeypatch):
    def never(*_, **__):
        raise AssertionError("it holds everyone up")

    monkeypatch.setattr(matcher, "solve", never)
    monkeypatch.setattr(matcher, "faults", never)

    plan = checked(Apart(), MARKET, seed=1, progress=untold)

    assert plan.stays


def test_the_referee_has_a_process_of_its_own():
    plan = Here().solve(MARKET, seed=1, progress=untold)
    other = MARKET | {"needs": MARKET["needs"][1:]}

    assert Apart().faults(other, plan) == matcher.faults(other, plan) != []


def test_who_has_had_enough_gets_the_best_plan_so_far():
    told = []

    def enough(phase, worth, bound):
        told.append(phase)
        raise matcher.Enough

    plan = Apart().solve(city.document(60, 40, 1), seed=1, progress=enough)

    step = matcher.stopped_at(plan.engine.name)
    assert (len(told), step >= 1) == (1, True)
    assert matcher.faults(city.document(60, 40, 1), plan) == []


def test_a_process_that_is_killed_is_no_plan():
    def killing(phase, worth, bound):
        for child in children():
            os.kill(child, signal.SIGKILL)

    with pytest.raises(Unsound, match="was ended before"):
        Apart().solve(city.document(600, 400, 1), seed=1, progress=killing)


def test_an_answer_that_a_kill_cut_in_two_is_no_plan(monkeypatch, tmp_path):
    cut = "import os; os.write(1, b'{\"found\": [1, 2'); os.kill(os.getpid(), 9)"
    (tmp_path / "cutter.py").write_text(cut)
    monkeypatch.setattr(solver, "CHILD", "cutter")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(Unsound, match="was ended before"):
        Apart().solve(MARKET, seed=1, progress=untold)


@pytest.mark.parametrize("size", [100, 68_000, 72_000, 500_000])
def test_a_process_that_is_killed_before_it_listens_is_no_plan(
    monkeypatch, tmp_path, size
):
    (tmp_path / "deaf.py").write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(solver, "CHILD", "deaf")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(Ended):
        Apart().solve({"told": "x" * size}, seed=1, progress=untold)


def children():
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = (line.split(None, 1) for line in found.stdout.splitlines())
    return [int(pid) for pid, args in lines if solver.CHILD in args]


def test_a_bug_over_there_is_a_bug_here(capfd):
    with pytest.raises(RuntimeError, match="died of a bug") as caught:
        Apart().solve({"format": "market.v1"}, seed=1, progress=untold)

    assert not isinstance(caught.value, Unsound)
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [one["event"] for one in said] == ["process.died"]
    assert "bench" not in json.dumps(said)


def test_it_ends_with_whoever_asked():
    child: Any = subprocess.Popen(
        [sys.executable, "-P", "-m", solver.CHILD],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with child:
        child.stdin.write(b'{"ask": "solve", "seed": 1, "document": ')
        child.stdin.write(json.dumps(city.document(1_000, 600, 1)).encode() + b"}\n")
        child.stdin.flush()
        assert child.stdout.readline()
        child.stdin.close()

        assert child.wait(60) == 0


def test_a_run_records_what_came_out_elsewhere_and_is_watched():
    office, watched = Office(), Watched()
    office.matching.solver = Apart()
    office.lists("h-1", 2)
    office.raises("n-1", 2)

    with watched.run() as tell:
        office.matching.run(progress=tell)
        stand = watched.stand()

    assert office.living("n-1").offer == "h-1"
    assert stand is not None
    assert stand.phase != ""


def test_a_process_that_serves_solves_apart(monkeypatch):
    known = []
    engine: Any = SimpleNamespace(
        health=None, settings=None, solve_apart=lambda: known.append("apart")
    )
    monkeypatch.setattr(serving, "telling", lambda *_: nullcontext())
    monkeypatch.setattr(serving, "running", lambda *_: nullcontext(Event()))
    monkeypatch.setattr(serving, "_end_when_told", Event.set)
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_: None)
    app: Any = None

    serving.run(engine, "matching")
    with socket.socket() as door:
        serving.serve(engine, app, (), behind=door)

    assert known == ["apart", "apart"]
