"""`beistand plans`: what was planned can be verified, and comes out again."""

import json
import lzma
from contextlib import contextmanager
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import matcher
from services import hindsight, market
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


def test_a_proof_that_is_kept_apart_is_judged_by_itself(run, names, tmp_path):
    kept, other = tmp_path / "kept", tmp_path / "other"
    run("proof", names[-1], "--out", str(kept))
    run("proof", names[0], "--out", str(other))
    told = lzma.decompress(kept.read_bytes())
    changed = tmp_path / "changed"
    changed.write_bytes(lzma.compress(told.replace(b'"scale":1000', b'"scale":1001')))

    assert run("verify", names[-1], "--proof", str(kept))["holds"]
    assert "the head says plan" in " ".join(
        run("verify", names[-1], "--proof", str(changed), ends=1)["faults"]
    )
    assert "another market" in run("verify", names[-1], "--proof", str(other), ends=2)
    assert "No such file" in run("verify", names[-1], "--proof", "none", ends=2)


def test_every_plan_comes_out_again(run, names):
    told = [run("repeat", name) for name in names]

    assert [one["again"] for one in told] == names


def test_a_plan_that_was_stopped_early_comes_out_again(run, names, monkeypatch):
    found = hindsight.as_of

    def stopped(feed, position):
        document, known = found(feed, position)
        seed = known.engine.seed
        early = matcher.solve(document, seed=seed, progress=matcher.until(1))
        return document, early

    monkeypatch.setattr(plans, "as_of", stopped)

    told = run("repeat", names[-1])

    assert told["equal"]
    assert told["again"] != names[-1]


def changed(monkeypatch, change):
    """Let the evidence be found otherwise than it is."""
    found = hindsight.evidence
    monkeypatch.setattr(
        plans, "evidence", lambda feed, position: change(found(feed, position))
    )


def test_a_plan_that_does_not_hold_is_said_with_its_fault(run, names, monkeypatch):
    def promised_twice(it):
        stays = (*it.plan.stays, it.plan.stays[0])
        return replace(it, plan=replace(it.plan, stays=stays))

    changed(monkeypatch, promised_twice)

    told = run("verify", names[-1], ends=1)

    assert not told["holds"]
    assert any(fault.endswith("is placed twice") for fault in told["faults"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("plan", "plan-0"),
        ("policy", 99),
        ("worth", 1),
        ("bound", 1),
        ("proven", False),
        ("placed", 99),
        ("persons_placed", 99),
    ],
)
def test_a_head_that_tells_another_plan_is_said(run, names, monkeypatch, field, value):
    def told_wrongly(it):
        return replace(it, fact=it.fact.model_copy(update={field: value}))

    changed(monkeypatch, told_wrongly)

    told = run("verify", names[0], ends=1)["faults"]

    assert any(fault.startswith(f"the head says {field} {value}") for fault in told)


def test_an_attribute_mistranslated_from_its_fact_is_said(run, names, monkeypatch):
    read_offer = market._offer

    def misread(offer, same):
        told = json.dumps(read_offer(offer, same))
        return json.loads(told.replace('"step_free": "all"', '"step_free": "none"'))

    monkeypatch.setattr(market, "_offer", misread)

    told = run("verify", names[0], ends=1)["faults"]

    words = ": the market says step_free otherwise than the facts"
    assert any(fault.endswith(words) for fault in told)
    assert "the plan was made for another market" in told


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
