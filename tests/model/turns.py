"""Who goes on, and when: processes that pause at each port, and a scheduler.

A process is a greenlet that runs a real handler. Whenever the handler speaks to a port
(the ledger, the vault, the bus) it may be left standing there while others go on, it
may be killed there, or the answer may be lost. So every interleaving of what really
is atomic, one statement, can be had, and each is repeated exactly by its choices.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from greenlet import GreenletExit, getcurrent, greenlet

from services.database import Unreachable

TO_THE_END = 1_000_000
BEFORE_RECORDING, AFTER_RECORDING = -1, -2
"""Steps that end just before, or just after, the ledger is next written."""


class Lost(Unreachable):
    """What was asked was done, the answer never came, and patience ended."""


@dataclass
class Turns:
    """Lets processes take turns. Outside of any process nothing ever pauses."""

    budget: dict[greenlet, int] = field(default_factory=dict)
    lose: dict[greenlet, "Loss"] = field(default_factory=dict)

    def pause(self, at: int | None = None) -> None:
        """Called by a port before and after what it does."""
        me = getcurrent()
        left = self.budget.get(me)
        if left is None:
            return
        if left in {0, at}:
            me.parent.switch()
        elif left > 0:
            self.budget[me] = left - 1

    def lost(self) -> "Loss | None":
        """Say whether, and how, the answer to what was just recorded is lost."""
        return self.lose.pop(getcurrent(), None)


@dataclass(frozen=True)
class Loss:
    """An answer that is lost: asked again at once, or never."""

    asked_again: bool


class Process:
    """One process of the office: at most one thing on its way, and what it remembers.

    `begin` makes what it remembers anew, as a start does.
    """

    def __init__(self, name: str, turns: Turns, begin: Callable[[], None]) -> None:
        self.name = name
        self._turns, self._begin = turns, begin
        self._runs: greenlet | None = None
        self._begin()

    @property
    def busy(self) -> bool:
        """Whether it was left standing in the middle of something."""
        return self._runs is not None

    def start(
        self, work: Callable[[], None], *, steps: int, loss: Loss | None = None
    ) -> None:
        """Do a piece of work; stand still after `steps` words to ports."""
        if self.busy:
            raise AssertionError(f"{self.name} is in the middle of something")
        self._runs = greenlet(work)
        if loss is not None:
            self._turns.lose[self._runs] = loss
        self.go_on(steps=steps)

    def go_on(self, *, steps: int) -> None:
        """Go on by `steps` words to ports; whoever lost an answer starts anew."""
        runs = self._runs
        if runs is None:
            return
        self._turns.budget[runs] = steps
        try:
            runs.switch()
        except Lost:
            self._ended(runs)
            self._begin()
            return
        except BaseException:
            self._ended(runs)
            raise
        if runs.dead:
            self._ended(runs)

    def kill(self) -> None:
        """End it where it stands, and start it anew with nothing in its memory."""
        if (runs := self._runs) is not None:
            self._turns.budget.pop(runs, None)
            runs.throw(GreenletExit)
            self._ended(runs)
        self._begin()

    def _ended(self, runs: greenlet) -> None:
        self._turns.budget.pop(runs, None)
        self._turns.lose.pop(runs, None)
        self._runs = None
