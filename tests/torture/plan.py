"""What goes wrong, and when: drawn from a seed, so a run can be had again.

The faults are a deck of cards. It is shuffled and dealt again and again, so every kind
comes once in every round, in an order that only the seed knows.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

ROUND_SECONDS = 60.0
QUIET_AT_END = 0.5


class Kind(StrEnum):
    """How a thing fails."""

    KILL = "kill"
    """SIGKILL; started again after `seconds`."""
    STOP = "stop"
    """SIGSTOP, and SIGCONT after `seconds`: it wakes up in another world."""
    CRASH = "crash"
    """`pg_ctl -m immediate`, or SIGKILL to all of a server; started after `seconds`."""
    CUT = "cut"
    """Its connections are reset."""
    VANISH = "vanish"
    """Its connections go without a word to either side."""
    HOLD = "hold"
    """Nothing passes for `seconds`."""
    DELAY = "delay"
    """Everything comes late for `seconds`."""
    LOSE = "lose"
    """The answer to its next commit never comes."""
    REBUILD = "rebuild"
    """All read models are rebuilt while live, and the rebuild is killed on its way."""
    FULL = "full"
    """The server's disk is full for `seconds`."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that goes wrong, `at` seconds after the beginning.

    A target is a process, a server, or a wire: `postgres intake-1` is that process's
    way to PostgreSQL, `kafka` the way of all processes to Kafka.
    """

    at: float
    kind: Kind
    target: str
    seconds: float = 0.0
    what: str = ""
    """How a server ends; to what an answer is lost; when a process is killed."""

    def __str__(self) -> str:
        much = f" for {self.seconds} s" if self.seconds else ""
        return f"{self.at:6.1f} {self.kind} {self.target}{much} {self.what}".rstrip()


@dataclass(frozen=True)
class Card:
    """A fault without its moment; one of the targets, from so long to so long."""

    kind: Kind
    targets: tuple[str, ...]
    least: float = 0.0
    most: float = 0.0
    what: str = ""


INTAKES, RELAYS = ("intake-1", "intake-2"), ("relay-1", "relay-2")
MATCHERS, PROJECTORS, DESKS = ("matching-1", "matching-2"), ("projecting",), ("desk",)
PARTS = (*INTAKES, *RELAYS, *MATCHERS, *PROJECTORS, *DESKS)
POSTGRES, KAFKA = "postgres", "kafka"
AT_WORK = "at work"
"""A process is killed once it is ready, however long this machine takes to start it."""


def to_postgres(*parts: str) -> tuple[str, ...]:
    """Name the wires by which parts reach PostgreSQL."""
    return tuple(f"{POSTGRES} {part}" for part in parts)


DECK = (
    Card(Kind.KILL, INTAKES, 0.2, 2.0),
    Card(Kind.KILL, INTAKES, 0.2, 2.0),
    Card(Kind.KILL, RELAYS, 0.2, 2.0),
    Card(Kind.KILL, MATCHERS, 0.2, 2.0),
    Card(Kind.KILL, PROJECTORS, 0.2, 2.0),
    Card(Kind.KILL, DESKS, 0.2, 2.0),
    Card(Kind.STOP, INTAKES, 2.0, 6.0),
    Card(Kind.STOP, RELAYS, 2.0, 6.0),
    Card(Kind.STOP, MATCHERS, 2.0, 6.0),
    Card(Kind.CRASH, (POSTGRES,), 0.2, 2.0, "immediate"),
    Card(Kind.CRASH, (POSTGRES,), 0.2, 2.0, "kill"),
    Card(Kind.CRASH, (KAFKA,), 0.2, 2.0, "kill"),
    Card(Kind.CUT, to_postgres(*PARTS)),
    Card(Kind.CUT, (KAFKA,)),
    Card(Kind.VANISH, to_postgres(*PARTS)),
    Card(Kind.VANISH, (KAFKA,)),
    Card(Kind.HOLD, (*to_postgres(*PARTS), KAFKA), 1.0, 4.0),
    Card(Kind.DELAY, (*to_postgres(*INTAKES, *MATCHERS), KAFKA), 2.0, 4.0),
    Card(Kind.LOSE, to_postgres(*INTAKES, *DESKS), what="record"),
    Card(Kind.LOSE, to_postgres(*INTAKES, *MATCHERS), what="record"),
    Card(Kind.LOSE, to_postgres(*PROJECTORS), what="commit"),
    Card(Kind.LOSE, (KAFKA,), what="produce"),
    Card(Kind.LOSE, (KAFKA,), what="offsets"),
    Card(Kind.REBUILD, PROJECTORS, 0.5, 3.0),
    Card(Kind.FULL, (POSTGRES,), 1.0, 3.0),
)


def plan(seconds: float, seed: int, deck: Sequence[Card] = DECK) -> tuple[Fault, ...]:
    """Deal the deck over the seconds, a whole one a minute; in order of time."""
    dice = random.Random(seed)
    pause = ROUND_SECONDS / len(deck)
    count = int((seconds - QUIET_AT_END) / pause)
    dealt = _dealt(deck, dice)
    return tuple(
        sorted(
            _fault(next(dealt), round((n + dice.random()) * pause, 1), dice)
            for n in range(count)
        )
    )


def _dealt(deck: Sequence[Card], dice: random.Random) -> Iterator[Card]:
    while True:
        yield from dice.sample(deck, len(deck))


def _fault(card: Card, at: float, dice: random.Random) -> Fault:
    target = dice.choice(card.targets)
    seconds = round(dice.uniform(card.least, card.most), 1)
    return Fault(at, card.kind, target, seconds, card.what)
