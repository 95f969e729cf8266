"""What intake does with a batch of the bus, in a thread of its own.

It knows neither Kafka nor time: records go in; receipts, the offsets that are done and
the places that must be read again come out. Doing the same batch again leads to the
same facts and to the same receipts.
"""

import time
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import structlog

from events.base import Said
from events.receipt import Receipt
from events.values import Actor
from services import metrics
from services.bus.names import Names
from services.intake.bus_message import Lying, Speaker, heard
from services.intake.draft import Aside
from services.intake.heard import Heard
from services.intake.limit import Gauge
from services.intake.messages import MessageReader
from services.intake.register import Register, stop
from services.intake.submit import Intake
from services.ledger.rules.channels import StopChannel

PROFILES_SECONDS = 10.0
"""So long until a profile that was added or mended is read by."""
NUMBERS = 1_000
"""So many messages in a row have different numbers: more than are taken in at once."""
Place = tuple[str, int]
"""A topic and one of its partitions."""
log = structlog.get_logger("beistand.intake")


@dataclass(frozen=True)
class Told:
    """A receipt, and where its message lies."""

    receipt: Receipt
    partition: int
    offset: int


@dataclass
class Done:
    """What became of a batch."""

    receipts: dict[str, list[Told]] = field(default_factory=dict)
    """By channel."""
    next: dict[Place, int] = field(default_factory=dict)
    """The first offset that is not done, where something is."""
    held: dict[Place, int] = field(default_factory=dict)
    """The first offset that is left, where the channel must stand still."""


Read = tuple[Lying, Heard]
Batch = Mapping[str, Sequence[Read]]
"""By channel: each message with what it is to become."""


class Work:
    """Takes batches in. One may be read while the one before it is taken."""

    def __init__(self, intake: Intake, names: Names) -> None:
        self.register = Register(intake.writer.recorder)
        self._intake, self._names = intake, names
        self._gauges: dict[str, tuple[int, Gauge]] = {}
        self._counted: dict[Place, int] = {}
        self._numbers = cycle(range(1, NUMBERS + 1))
        self._reader = MessageReader(())
        self._read_by = float("-inf")

    def read(self, records: Iterable[Lying]) -> Batch:
        """Read the batch; nothing is decided yet, so it may be done ahead."""
        self.register.refresh()
        reader = self._readers()
        by_topic: dict[str, list[Lying]] = {}
        for record in records:
            by_topic.setdefault(record.topic, []).append(record)
        found: dict[str, list[Read]] = {}
        for topic, theirs in by_topic.items():
            channel = self._names.channel_of(topic) or topic[:100]
            speaker = self.register.speaker(channel)
            found.setdefault(channel, []).extend(
                (record, heard(number, record, speaker, reader))
                for record, number in zip(theirs, self._numbers, strict=False)
            )
        return found

    def take(self, records: Iterable[Lying]) -> Done:
        """Read a batch and settle it."""
        return self.settle(self.read(records))

    def settle(self, batch: Batch, stale: Container[Place] = ()) -> Done:
        """Take the batch in; raises `Unreachable` when the ledger is away.

        What lies in a stale place is passed over: it will come again.
        """
        self.register.refresh()
        done = Done()
        for channel, every in batch.items():
            theirs = [one for one in every if _place(one[0]) not in stale]
            if self.register.is_stopped(channel):
                _hold(done, theirs)
            elif theirs:
                self._channel(channel, theirs, done)
        return done

    def stop(self, channel: str, command: StopChannel) -> None:
        """Let a channel stand still, for everybody to see."""
        if stop(self._intake.writer, command):
            log.critical("channel.stopped", channel=channel, why=command.note)
        self.register.refresh()

    def _channel(self, channel: str, every: Sequence[Read], done: Done) -> None:
        gauge = self._gauge(channel)
        room = gauge.room([isinstance(one.draft, Aside) for _, one in every])
        read = [one for _, one in every[:room]]
        said = _said(self.register.speaker(channel))
        report = self._intake.take((one.draft for one in read), said)
        receipts = self._intake.answers.of(read, report.led)
        told = done.receipts[channel] = []
        arrived = Counter[str]()
        for (record, _), receipt in zip(every, receipts, strict=False):
            told.append(Told(receipt, record.partition, record.offset))
            done.next[_place(record)] = record.offset + 1
            if self._is_new(record):
                gauge.note(bad=receipt.outcome == "set_aside")
                arrived[receipt.outcome] += 1
        for outcome, count in arrived.items():
            metrics.arrived(channel, outcome, count)
        if gauge.trouble:
            last, _ = every[room - 1]
            self.stop(channel, _too_many(channel, last, gauge.trouble))
        if self.register.is_stopped(channel):
            _hold(done, every[room:])

    def _is_new(self, record: Lying) -> bool:
        """Say whether a message is counted for the first time, and count it."""
        place = _place(record)
        is_new = record.offset > self._counted.get(place, -1)
        if is_new:
            self._counted[place] = record.offset
        return is_new

    def _gauge(self, channel: str) -> Gauge:
        """Return what was counted since a person last let the channel go on."""
        resumed = self.register.resumed(channel)
        since, gauge = self._gauges.get(channel, (-1, Gauge()))
        if since != resumed:
            gauge = Gauge()
            self._gauges[channel] = (resumed, gauge)
        return gauge

    def _readers(self) -> MessageReader:
        """Return a reader; made anew now and then, so that it does not grow."""
        if time.monotonic() - self._read_by > PROFILES_SECONDS:
            self._reader = MessageReader(list(self._intake.profiles().values()))
            self._read_by = time.monotonic()
        return self._reader


def _place(record: Lying) -> Place:
    return record.topic, record.partition


def _hold(done: Done, left: Iterable[Read]) -> None:
    for record, _ in left:
        done.held.setdefault(_place(record), record.offset)


def _said(speaker: Speaker) -> Said:
    ref = speaker.source or speaker.channel
    return Said(actor=Actor(ref=ref, role="channel"), via="channel")


def _too_many(channel: str, last: Lying, why: str) -> StopChannel:
    return StopChannel(
        channel=channel,
        reason="set_aside",
        partition=last.partition,
        offset=last.offset + 1,
        note=why,
    )
