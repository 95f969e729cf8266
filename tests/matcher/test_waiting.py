"""Sixty days before a queue that heavier needs join every day: nobody starves."""

from datetime import date, timedelta
from random import Random

import pytest

import matcher
from bench.markets import policy
from tests.matcher.small import Doc, home, market, need

FIRST = date(2022, 3, 18)
DAYS = 60
STEP = 5
"""Days of waiting that raise a need by one step."""
LONGEST = 6 * STEP
"""Five steps make one acute person weigh more than a family of six that came today with
the highest priority; while they wait for their turn, another goes by."""
LATE = 4 * STEP
"""So much later a need rises that is not acute."""
WAITING = {"single": "acute", "student": "long_term"}


def placed(seed: int, step: int) -> dict[str, int]:
    """Return after how many days each need was placed, day by day.

    Every day a family comes that weighs more than who waits, and one home is offered.
    """
    dice = Random(f"waiting {seed}")
    queue = {name: _came(name, 0, horizon=how) for name, how in WAITING.items()}
    waits: dict[str, int] = {}
    for day in range(DAYS):
        persons, priority = dice.randint(2, 6), dice.randint(1, 3)
        name = f"family-{day:02}"
        queue[name] = _came(name, day, persons=persons, members=[], priority=priority)
        for gone in _matched(list(queue.values()), day, step):
            came = date.fromisoformat(queue.pop(gone)["waiting_since"])
            waits[gone] = (FIRST + timedelta(days=day) - came).days
    return waits


def _came(name: str, day: int, **details: object) -> Doc:
    today = (FIRST + timedelta(days=day)).isoformat()
    return need(name, waiting_since=today, period={"from": today}, **details)


def _matched(queue: list[Doc], day: int, step: int) -> list[str]:
    today = (FIRST + timedelta(days=day)).isoformat()
    rules = {"acute_weights": [1, 2, 4, 8], "waiting_step_days": step}
    place = home(f"home-{day:02}", beds=6, available={"from": today})
    document = market(
        place, *queue, today=today, policy=policy() | {"priorities": rules}
    )
    plan = matcher.solve(document)
    assert matcher.faults(document, plan) == []
    return [stay.need for stay in plan.stays]


@pytest.mark.parametrize("seed", range(3))
def test_who_waits_is_placed_in_time_whoever_comes(seed: int):
    waits = placed(seed, STEP)

    assert len(waits) == DAYS
    assert waits["single"] <= LONGEST
    assert waits["student"] <= LONGEST + LATE
    assert max(waits.values()) <= LONGEST + LATE


@pytest.mark.parametrize("seed", range(3))
def test_where_waiting_raises_nothing_the_light_ones_starve(seed: int):
    waits = placed(seed, 0)

    assert len(waits) == DAYS
    assert WAITING.keys().isdisjoint(waits)


def test_what_waiting_adds_is_told_of_both_who_get_and_who_do_not():
    single = _came("single", 0)
    family = _came("family", 20, persons=3, members=[])
    today = (FIRST + timedelta(days=25)).isoformat()
    rules = {"acute_weights": [1, 2, 4, 8], "waiting_step_days": STEP}
    document = market(
        home(beds=3),
        single,
        family,
        today=today,
        policy=policy() | {"priorities": rules},
    )
    plan = matcher.solve(document)

    told = [matcher.explain(document, plan, name) for name in ("single", "family")]

    assert [
        (one.waited, one.weight) for one in told if not isinstance(one, matcher.Served)
    ] == [(25, 32), (5, 2)]


@pytest.mark.parametrize(
    ("horizon", "priority", "days", "weight"),
    [
        ("acute", 0, 0, 1),
        ("acute", 0, STEP - 1, 1),
        ("acute", 0, STEP, 2),
        ("acute", 2, STEP, 8),
        ("acute", 3, STEP, 16),
        ("acute", 0, 8 * STEP, 256),
        ("acute", 3, 99 * STEP, 256),
        ("long_term", 0, 3 * STEP, 0),
        ("long_term", 0, 4 * STEP, 1),
        ("long_term", 3, STEP, 1),
        ("long_term", 0, 99 * STEP, 256),
    ],
)
def test_what_a_person_weighs_after_waiting(
    horizon: str, priority: int, days: int, weight: int
):
    asked = _came("n1", 0, horizon=horizon, priority=priority)
    rules = {"acute_weights": [1, 2, 4, 8], "waiting_step_days": STEP}
    document = market(
        home(),
        asked,
        today=(FIRST + timedelta(days=days)).isoformat(),
        policy=policy() | {"priorities": rules},
    )

    plan = matcher.solve(document)

    assert plan.stays[0].worth[0] == weight
    assert matcher.faults(document, plan) == []
