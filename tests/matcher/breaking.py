"""How the referee loses one of its rules, and what it then says beside the oracle."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from matcher.plan import Engine, Plan
from matcher.referee import hall, housing
from matcher.referee.rules import RULES
from tests.matcher.instances import TODAY
from tests.matcher.oracle import allows
from tests.matcher.tiny import Tiny

Break = Callable[[pytest.MonkeyPatch], None]
EMPTY = Plan(
    market="",
    realm="00000000",
    position=1,
    today=TODAY,
    policy="test",
    engine=Engine("oracle", "", 0, 1),
    stays=(),
    handovers=(),
    unmet=(),
    parts=(),
)


@dataclass(frozen=True)
class Case:
    """Markets in which a rule decides, and how the referee loses that rule."""

    tiny: Tiny
    broken: Break


def verdicts(tiny: Tiny) -> set[tuple[bool, bool]]:
    """Return which (oracle, referee) verdicts there are over all plans."""
    found = set()
    for seed in range(tiny.markets):
        market = tiny.draw(seed)
        desk = hall.Hall(market)
        for stays in tiny.plans(market):
            faults = list(housing.stay_faults(desk, replace(EMPTY, stays=stays)))
            found.add((allows(market, stays), not faults))
    return found


def without(code: str) -> Break:
    """A rule of one pair that always holds."""

    def broken(patch: pytest.MonkeyPatch) -> None:
        always = replace(RULES[code], holds=lambda _: True)
        patch.setitem(RULES, code, always)

    return broken


def silent(sentence: str) -> Break:
    """A rule that stands in the middle of others, whose sentence is never said."""
    original = housing.stay_faults

    def broken(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(
            housing,
            "stay_faults",
            lambda desk, plan: (f for f in original(desk, plan) if sentence not in f),
        )

    return broken


def lax(loosen: Callable[[hall.Place], hall.Place]) -> Break:
    """Homes whose dates have no limit of one kind."""
    original = hall.Hall._place

    def broken(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(hall.Hall, "_place", lambda *told: loosen(original(*told)))

    return broken


def instead(owner: object, name: str, value: object) -> Break:
    return lambda patch: patch.setattr(owner, name, value)


def nothing(*_: object) -> tuple[str, ...]:
    return ()
