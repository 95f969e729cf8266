"""Real processes, real servers, everything that breaks: a stage of its own.

    scripts/stages.py torture

A seed gives the same plan again: `python -m tests.torture --seed N`.
"""

from collections.abc import Iterator

import pytest

from tests.torture.ground import Ground, ground
from tests.torture.hunt import hunt
from tests.torture.mutants import MUTANTS
from tests.torture.outage import AFTER, BEFORE, Outage, outage
from tests.torture.plan import KAFKA, POSTGRES, plan
from tests.torture.scene import Run, Scene

AWAY = 30.0
"""Seconds for which both servers stay away; a whole minute is run by hand."""


@pytest.fixture(scope="module")
def there() -> Iterator[Ground]:
    """The ground on which the mutants are played, one after the other."""
    with ground() as made:
        yield made


@pytest.mark.timeout(420)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_minute_of_torture_breaks_no_promise(seed: int):
    faults = plan(60, seed)
    with ground() as own:
        outcome = Run(own, Scene("05111000", seed, 60, faults)).play()

    assert outcome.broken == []
    assert outcome.faults >= 15
    assert outcome.accepted >= 500


@pytest.mark.timeout(420)
def test_with_both_servers_away_readiness_is_true_and_intake_goes_on_by_itself():
    seconds = BEFORE + AWAY + AFTER
    with ground() as own:
        faults = outage((KAFKA, POSTGRES), AWAY)
        run = Outage(own, Scene("05111000", 3, seconds, faults))
        outcome = run.play()

    assert outcome.broken == []
    assert run.told.resumed_seconds is not None


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught(name: str, there: Ground):
    (found,) = hunt(there, [name])

    assert found.caught, f"{name} broke no promise that anybody saw"
