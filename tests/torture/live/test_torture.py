"""Real processes, real servers, everything that breaks: a stage of its own.

    scripts/stages.py torture

A seed gives the same plan again: `python -m tests.torture --seed N`.
"""

import time
from collections.abc import Iterator

import pytest

from services.database import Role, given
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


def test_what_a_client_held_is_free_soon_after_its_machine_lost_its_power():
    with ground(bus=False) as own:
        far = given(own.way("far", "postgres")).connect(Role.ADMIN)
        far.execute("SELECT pg_advisory_lock(1)")
        time.sleep(
            0.3
        )  # what was said is confirmed by then: the server waits for no more

        own.wire("postgres far").vanish()

        with own.server.connect(Role.ADMIN, "postgres") as near:
            near.execute("SET statement_timeout = '10s'")
            near.execute("SELECT pg_advisory_lock(1)")
        far.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught(name: str, there: Ground):
    (found,) = hunt(there, [name])

    assert found.caught, f"{name} broke no promise that anybody saw"
