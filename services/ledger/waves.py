"""What can be given at once: orders that do not touch each other, and whole appends."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from services.ledger.batch import MOST_FACTS, Entry
from services.ledger.rules.base import Command

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
