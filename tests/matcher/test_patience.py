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
    assert plan.engine.name.endswith("+flow, stopped early")
    assert matcher.faults(made, plan) == []
    assert plan.stays


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
