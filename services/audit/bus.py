"""Whether the bus holds what the ledger recorded: every fact, in order, unchanged.

Nothing of ours is trusted for it that the relay or a follower uses to find its way:
every record on the topic is read from its beginning, by the other Kafka library, and
compared byte by byte with the ledger's fact of its position.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.bus.connection import Bus
from services.bus.names import Names
from services.bus.probe import require
from services.bus.refusals import understood, unreachable
from services.busfacts import (
    Foreign,
    Header,
    Message,
    position_of,
    source_of,
    to_message,
)
from services.follow import Feed, StoredFact
from services.ledger.tree import fits

SETTLE_SECONDS = 5.0
"""How long the relay may take for what the ledger held when the audit began."""
PAGE = 1_000
_PAGES = 8


class Record(Protocol):
    """What is read of a record on the bus."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Iterable[Header]: ...


@dataclass(frozen=True)
class Compared:
    """What was found. Repeats are harmless; everything else that is counted is not."""

    topic: str
    ledger: int
    """Facts in the ledger when the audit began."""
    records: int
    facts: int
    """Different positions on the bus."""
    repeated: int
    missing: tuple[tuple[int, int], ...]
    """First and last of positions that the bus lacks although it holds later ones."""
    behind: int
    """Facts at the ledger's end that are not on the bus yet."""
    out_of_order: int
    """Facts that came before one of their earlier ones."""
    changed: tuple[int, ...]
    unknown: tuple[int, ...]
    """Positions on the bus that the ledger does not have."""
    rewritten: tuple[int, ...]
    """Facts of the ledger that no longer fit their own leaf."""
    no_facts: int
    """Records that are no facts at all."""

    @property
    def same(self) -> bool:
        faults = (self.missing, self.behind, self.out_of_order, self.changed)
        more = (self.unknown, self.rewritten, self.no_facts)
        return not any((*faults, *more))


def audit(bus: Bus, realm: str, ledger: Feed) -> Compared:
    """Compare the topic of a realm with its ledger; raise `BusError`."""
    head = ledger.head()
    topic = Names(realm).facts
    comparing = Comparing(realm, ledger, head)
    try:
        for record in _records(bus, topic, until=lambda: comparing.reached >= head):
            comparing.take(record)
    except (KafkaError, OSError) as error:
        if (said := understood(error, bus.told())) is None:
            raise
        raise said from error
    return comparing.found(topic)


class Comparing:
    """Takes the records of a topic as they come, and remembers what was wrong."""

    def __init__(self, realm: str, ledger: Feed, head: int) -> None:
        self._source, self._head = source_of(realm), head
        self._ledger = Ledger(ledger)
        self._seen = bytearray(head + 1)
        self._counted = Counter[str]()
        self._positions = {"changed": set[int](), "unknown": set[int]()}

    @property
    def reached(self) -> int:
        """The highest position so far."""
        return self._counted["highest"]

    def take(self, record: Record) -> None:
        """Compare a record with the ledger's fact of its position."""
        self._counted["records"] += 1
        try:
            position = position_of(record.headers)
        except Foreign:
            self._counted["no_facts"] += 1
            return
        fact = self._ledger.fact(position)
        if fact is None:
            self._positions["unknown"].add(position)
            return
        if not _equal(record, to_message(fact, self._source)):
            self._positions["changed"].add(position)
        self._mark(position)

    def found(self, topic: str) -> Compared:
        """Return what was found, once the topic was read to its end."""
        seen = self._seen.count(1)
        return Compared(
            topic=topic,
            ledger=self._head,
            records=self._counted["records"],
            facts=seen,
            repeated=self._counted["repeated"],
            missing=tuple(_holes(self._seen, self.reached)),
            behind=max(0, self._head - self.reached),
            out_of_order=self._counted["out_of_order"],
            changed=tuple(sorted(self._positions["changed"])),
            unknown=tuple(sorted(self._positions["unknown"])),
            rewritten=tuple(sorted(self._ledger.rewritten)),
            no_facts=self._counted["no_facts"],
        )

    def _mark(self, position: int) -> None:
        if position >= len(self._seen):
            self._seen.extend(bytes(position + PAGE - len(self._seen)))
        if self._seen[position]:
            self._counted["repeated"] += 1
        elif position != self.reached + 1:
            self._counted["out_of_order"] += 1
        self._seen[position] = 1
        self._counted["highest"] = max(self.reached, position)


class Ledger:
    """Facts of the ledger by position, a few pages of them at hand."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._pages = OrderedDict[int, tuple[StoredFact, ...]]()
        self.rewritten = set[int]()
        """Positions whose fact no longer fits its leaf."""

    def fact(self, position: int) -> StoredFact | None:
        """Return the fact at a position; None when the ledger has none."""
        if position < 1:
            return None
        number, place = divmod(position - 1, PAGE)
        facts = self._pages.get(number, ())
        if place >= len(facts):
            facts = self._fetch(number)
        return facts[place] if place < len(facts) else None

    def _fetch(self, number: int) -> tuple[StoredFact, ...]:
        facts = self._feed.read(number * PAGE, PAGE).facts
        self.rewritten |= {fact.position for fact in facts if not fits(fact)}
        self._pages[number] = facts
        while len(self._pages) > _PAGES:
            self._pages.popitem(last=False)
        return facts


def _equal(record: Record, message: Message) -> bool:
    return (record.key, record.value, sorted(record.headers)) == (
        message.key,
        message.value,
        sorted(message.headers),
    )


def _holes(seen: bytearray, upto: int) -> Iterator[tuple[int, int]]:
    """Return first and last of each run of positions that were not seen."""
    first = seen.find(0, 1, upto)
    while first != -1:
        last = seen.find(1, first, upto + 1)
        yield first, last - 1
        first = seen.find(0, last, upto)


def _records(bus: Bus, topic: str, until: Callable[[], bool]) -> Iterator[Record]:
    """Read a topic from its beginning to where it ended, and on until enough came."""
    require(bus, topic, "READ")
    place = TopicPartition(topic, 0)
    with closing(_consumer(bus)) as consumer:
        consumer.assign([place])
        (offset,) = consumer.beginning_offsets([place]).values()
        (end,) = consumer.end_offsets([place]).values()
        consumer.seek(place, offset)
        heard = time.monotonic()
        while (offset := consumer.position(place)) < end or not until():
            records = consumer.poll(timeout_ms=500).get(place, ())
            yield from records
            heard = time.monotonic() if records else heard
            if time.monotonic() - heard > SETTLE_SECONDS:
                if offset < end:
                    raise unreachable(bus.told())
                return


def _consumer(bus: Bus) -> KafkaConsumer:
    return KafkaConsumer(
        **bus.for_kafka_python(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
