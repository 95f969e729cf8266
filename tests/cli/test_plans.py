"""`beistand plans`: what was planned can be verified, and comes out again."""

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import matcher
from services import hindsight
from services.cli import app, plans
from tests.console.whole_office import opened

ALONE = {"kind": "housing", "persons": 1, "horizon": "acute", "near": "40210"}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        found.engine.match()
        found.do("raise-need", need="new", household="h-new", details=ALONE)
        found.engine.match()
        yield found


@pytest.fixture
def run(office, monkeypatch):
    """Run `beistand plans …` in the office at hand instead of one in a home."""

    @contextmanager
    def here(home, *, demo):
        yield office.engine

    def run(*words, ends=0):
        done = CliRunner().invoke(app, ["plans", *words, "--json"])
        assert done.exit_code == ends, done.output
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout else done.stderr

    monkeypatch.setattr(plans, "opened", here)
    return run


@pytest.fixture
def names(run):
    return [row["plan"] for row in run()["plans"]]


def test_they_are_listed_the_newest_last(run):
    rows = run()["plans"]

    assert len(rows) >= 2
    assert [row["position"] for row in rows] == sorted(row["position"] for row in rows)
    assert all(row["saw"] < row["position"] for row in rows)


def test_every_plan_is_verified_without_a_solver(run, names, monkeypatch):
    def solver(*_, **__):
        raise AssertionError("a proof is checked, not made again")

    monkeypatch.setattr(matcher, "solve", solver)
    monkeypatch.setattr("ortools.math_opt.python.mathopt.solve", solver)

    told = [run("verify", name) for name in names]

    assert [one["holds"] for one in told] == [True] * len(names)


def test_every_plan_comes_out_again(run, names):
    told = [run("repeat", name) for name in names]

    assert [one["again"] for one in told] == names


def test_a_plan_that_does_not_hold_is_said_with_its_fault(run, names, monkeypatch):
    as_of = hindsight.as_of

    def promised_twice(feed, position):
        document, plan = as_of(feed, position)
        return document, replace(plan, stays=(*plan.stays, plan.stays[0]))

    monkeypatch.setattr(plans, "as_of", promised_twice)

    told = run("verify", names[-1], ends=1)

    assert not told["holds"]
    assert told["faults"]


def test_a_plan_that_comes_out_otherwise_is_said_with_the_difference(
    run, names, monkeypatch
):
    def queue(document, *, seed, progress):
        return matcher.first_come(document)

    monkeypatch.setattr(matcher, "solve", queue)

    told = run("repeat", names[0], ends=1)

    assert not told["equal"]
    assert told["again"] != names[0]


@pytest.mark.parametrize("word", ["verify", "repeat"])
def test_a_plan_that_nobody_made_is_told(run, word):
    assert "No plan is called plan-1" in run(word, "plan-1", ends=1)
