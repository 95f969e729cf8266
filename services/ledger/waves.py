"""What can be given at once: orders that do not touch each other, and whole appends."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from events.base import Fact
from services.ledger.batch import MOST_FACTS, Entry
from services.ledger.rules.base import Command, Refused

WAVE = 500


class Ordered(Protocol):
    """What has a command."""

    @property
    def command(self) -> Command: ...


T = TypeVar("T", bound=Ordered)


def waves(orders: Iterable[T]) -> Iterator[list[T]]:
    """Cut the orders so that none of a wave waits for another of it.

    Two orders about one hotel in one append would overtake each other.
    """
    left = list(orders)
    while left:
        wave: list[T] = []
        later: list[T] = []
        touched: set[str] = set()
        for order in left:
            lives = set(order.command.concerns())
            late = len(wave) == WAVE or touched & lives
            (later if late else wave).append(order)
            touched |= lives
        yield wave
        left = later


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut entries, in order, into batches that one append takes."""
    batch: list[Entry] = []
    facts = 0
    for entry in entries:
        if batch and facts + len(entry.facts) > MOST_FACTS:
            yield batch
            batch, facts = [], 0
        batch.append(entry)
        facts += len(entry.facts)
    if batch:
        yield batch


def in_one_append(facts: list[Fact]) -> None:
    """Refuse what is too much at once, so that nothing beside it has to wait."""
    if len(facts) > MOST_FACTS:
        raise Refused(
            "It would change {count} promises at once, and {most} is the most; cancel "
            "some of them first.",
            count=len(facts),
            most=MOST_FACTS,
        )
