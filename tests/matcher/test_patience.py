"""Whoever has had enough gets the best plan so far, under a bound that holds for it."""

import signal

import pytest

import matcher
from bench import city
from matcher import portfolio
from matcher.patience import Enough, Patience, Progress
from services.cli.patience import interrupted
from tests.matcher.small import home, market, need


def after(calls: int) -> tuple[Progress, list[str]]:
    """Return a progress that has had enough at so many calls, and what it heard."""
    heard: list[str] = []

    def progress(phase: str, worth: int, bound: int) -> None:
        assert worth <= bound or "compatible" in phase
        heard.append(phase)
        if len(heard) == calls:
            raise Enough

    return progress, heard


@pytest.fixture
def made() -> dict[str, object]:
    return city.document(200, 120, seed=5)


@pytest.mark.parametrize("large", [1, 10_000])
@pytest.mark.parametrize("calls", [1, 2, 4])
def test_what_is_stopped_is_a_plan_that_stands(made, large, calls, monkeypatch):
    monkeypatch.setattr(portfolio, "LARGE", large)
    progress, heard = after(calls)

    plan = matcher.solve(made, progress=progress)

    assert len(heard) == calls
    assert plan.engine.name.endswith(f"+flow, stopped early at step {calls}")
    assert matcher.faults(made, plan) == []
    assert plan.stays


@pytest.mark.parametrize("large", [1, 10_000])
def test_what_is_stopped_at_the_same_step_is_the_same_plan(made, large, monkeypatch):
    monkeypatch.setattr(portfolio, "LARGE", large)
    stopped = matcher.solve(made, progress=after(3)[0])

    step = matcher.stopped_at(stopped.engine.name)

    assert step == 3
    assert matcher.solve(made, progress=matcher.until(step)) == stopped
    assert matcher.solve(made, progress=matcher.until(step - 1)) != stopped


def test_a_plan_that_was_not_stopped_has_no_such_step():
    heard = []
    tell = matcher.until(0, lambda phase, worth, bound: heard.append(phase))

    tell("first", 0, 1)

    assert (matcher.stopped_at("glop+highs+flow"), heard) == (0, ["first"])


def test_more_patience_is_never_worse(made, monkeypatch):
    monkeypatch.setattr(portfolio, "LARGE", 1)
    whole = matcher.solve(made)

    early = matcher.solve(made, progress=after(1)[0])

    assert early.worth <= whole.worth <= early.bound
    assert whole.engine.name == "pdlp+highs+flow"


def test_who_was_never_told_again_is_not_told_again():
    progress, heard = after(1)
    patience = Patience.of(Patience.of(progress))

    patience("first", 0, 1)
    patience("second", 0, 1)

    assert (heard, patience.over) == (["first"], True)


def test_an_interrupt_is_heard_at_the_next_word_and_the_next_one_ends_it():
    told: list[str] = []
    before = signal.getsignal(signal.SIGINT)  # a shell's background ignores it
    with interrupted(lambda phase, worth, bound: told.append(phase)) as progress:
        progress("before", 0, 1)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Enough):
            progress("after", 0, 1)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert told == ["before"]
    assert signal.getsignal(signal.SIGINT) is before


def test_without_an_interrupt_a_small_market_is_solved_to_its_end():
    plan = matcher.solve(market(home(), need()))

    assert (plan.engine.name, plan.proven) == ("one-shot flow+flow", True)
