"""Histories of the whole office, drawn by hypothesis: what happens, to whom, when.

Each step lets one process do one thing, or a part of it: it may be left standing at
any word to a port, killed there, or never hear that its word was taken. After every
step the witness looks; in the end everyone finishes and everything is accounted for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from random import Random
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from events.contract import decode
from services.ledger import handle
from tests.model.account import account
from tests.model.channels import Mode
from tests.model.office import Office
from tests.model.turns import AFTER_RECORDING, BEFORE_RECORDING, TO_THE_END, Loss

STEPS = 40
EACH = 100
"""Histories that one test runs."""
DICE = st.integers(0, 2**20 - 1).map(Random)
PAUSES = st.sampled_from(
    (*(TO_THE_END,) * 6, *(BEFORE_RECORDING,) * 4, AFTER_RECORDING, 1, 2, 4, 7)
)
LOSSES = st.sampled_from(
    (*(None,) * 8, Loss(asked_again=True), Loss(asked_again=False))
)
INTAKES = st.sampled_from(("intake-1", "intake-2"))
MATCHERS = st.sampled_from(("matcher-1", "matcher-2"))
DOORS = st.sampled_from(("door-1", "door-2"))
MENDERS = st.sampled_from(("mender-1", "mender-2"))
DESKS = st.sampled_from(("desk-1", "desk-2"))
EVERYONE = st.one_of(INTAKES, MATCHERS, DOORS, MENDERS, DESKS, st.just("calendar"))


class History(RuleBasedStateMachine):
    """One history; the rules are what may happen next."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office.opened()
        self._fine = True

    @rule(dice=DICE)
    def a_channel_sends(self, dice: Random) -> None:
        self._send(dice, None)

    @rule(dice=DICE)
    def a_channel_tells_news(self, dice: Random) -> None:
        self._send(dice, "new")

    @rule(who=INTAKES, pause=PAUSES, loss=LOSSES)
    def messages_are_taken_in(self, who: str, pause: int, loss: Loss | None) -> None:
        self._work(who, pause, loss, Random(0))

    @rule(who=DOORS, pause=PAUSES, loss=LOSSES, dice=DICE)
    def a_message_is_posted(
        self, who: str, pause: int, loss: Loss | None, dice: Random
    ) -> None:
        self._work(who, pause, loss, dice)

    @rule(who=MENDERS, pause=PAUSES, loss=LOSSES, dice=DICE)
    def somebody_mends(
        self, who: str, pause: int, loss: Loss | None, dice: Random
    ) -> None:
        self._work(who, pause, loss, dice)

    @rule(who=DESKS, pause=PAUSES, loss=LOSSES, dice=DICE)
    def somebody_clicks(
        self, who: str, pause: int, loss: Loss | None, dice: Random
    ) -> None:
        self._work(who, pause, loss, dice)

    @rule(who=DESKS, pause=PAUSES, loss=LOSSES, dice=DICE)
    def somebody_clicks_on(
        self, who: str, pause: int, loss: Loss | None, dice: Random
    ) -> None:
        self._work(who, pause, loss, dice)

    @rule(who=MATCHERS, pause=PAUSES, loss=LOSSES)
    def a_matcher_runs(self, who: str, pause: int, loss: Loss | None) -> None:
        self._work(who, pause, loss, Random(0))

    @rule(pause=PAUSES, dice=DICE)
    def a_day_begins(self, pause: int, dice: Random) -> None:
        self._work("calendar", pause, None, dice)

    @rule(who=EVERYONE, pause=PAUSES)
    def somebody_goes_on(self, who: str, pause: int) -> None:
        with self._carefully():
            self.office.process(who).go_on(steps=pause)

    @rule(who=EVERYONE)
    def somebody_is_killed(self, who: str) -> None:
        with self._carefully():
            self.office.process(who).kill()

    @invariant()
    def nothing_is_what_must_not_be(self) -> None:
        with self._carefully():
            self.office.look()

    def teardown(self) -> None:
        """Let everyone finish, unless something broke before."""
        if self._fine:
            self.office.drain()
            account(self.office)
        self.office.close()

    def _send(self, dice: Random, mode: Mode | None) -> None:
        with self._carefully():
            message = self.office.channels.next(dice, mode)
            note(f"sent {message.value!r}")
            self.office.send(message)

    def _work(self, who: str, pause: int, loss: Loss | None, dice: Random) -> None:
        with self._carefully():
            head = self.office.ledger.head
            self.office.work(who, pause, loss, dice)
            new = self.office.ledger.facts[head:]
            note(f"{who} recorded {[(f.position, f.type, f.tags) for f in new]}")

    @contextmanager
    def _carefully(self) -> Iterator[None]:
        """Remember that something broke: then there is nothing left to account for."""
        fine, self._fine = self._fine, False
        yield
        self._fine = fine


def run(histories: int, *, first_seed: int, shrunk: bool = True) -> None:
    """Run so many histories of 40 steps; raise with the shortest one that breaks."""
    shrink = (Phase.shrink,) if shrunk else ()
    with patch.object(handle, "decode", _READ):
        _run(histories, first_seed, shrink)


_READ = lru_cache(maxsize=20_000)(decode)
"""Every process reads the same facts again and again; they are frozen."""


def _run(histories: int, first_seed: int, shrink: tuple[Phase, ...]) -> None:
    run_state_machine_as_test(
        seed(first_seed)(type("Seeded", (History,), {})),
        settings=settings(
            max_examples=histories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            phases=(Phase.generate, *shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
