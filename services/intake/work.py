"""What intake does with a batch of the bus, in a thread of its own.

It knows neither Kafka nor time: records go in; receipts, the offsets that are done and
the places that must be read again come out. Doing the same batch again leads to the
same facts and to the same receipts.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from events.base import Said
from events.receipt import Receipt
from events.values import Actor
from services import metrics
from services.bus.names import Names
from services.intake.bus_message import Lying, Speaker, heard
from services.intake.draft import Aside
from services.intake.limit import Gauge
from services.intake.messages import MessageReader
from services.intake.register import Register, stop
from services.intake.submit import Intake
from services.ledger.rules.channels import StopChannel

PROFILES_SECONDS = 10.0
"""So long until a profile that was added or mended is read by."""
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


class Work:
    """Takes batches in; one thread uses it at a time."""

    def __init__(self, intake: Intake, names: Names) -> None:
        self.register = Register(intake.writer.recorder)
        self._intake, self._names = intake, names
        self._gauges: dict[str, tuple[int, Gauge]] = {}
        self._reader = MessageReader(())
        self._read_by = float("-inf")

    def take(self, records: Sequence[Lying]) -> Done:
        """Take the batch in; raises `Unreachable` when the ledger is away."""
        self.register.refresh()
        done = Done()
        for channel, theirs in self._by_channel(records).items():
            if self.register.is_stopped(channel):
                _hold(done, theirs)
            else:
                self._channel(channel, theirs, done)
        return done

    def stop(self, channel: str, command: StopChannel) -> None:
        """Let a channel stand still, for everybody to see."""
        if stop(self._intake.writer, command):
            log.critical("channel.stopped", channel=channel, why=command.note)
        self.register.refresh()

    def _channel(self, channel: str, records: Sequence[Lying], done: Done) -> None:
        speaker = self.register.speaker(channel)
        gauge = self._gauge(channel)
        reader = self._readers()
        read = [heard(n, one, speaker, reader) for n, one in enumerate(records, 1)]
        room = gauge.room([isinstance(one.draft, Aside) for one in read])
        read, taken = read[:room], records[:room]
        report = self._intake.take((one.draft for one in read), _said(speaker))
        receipts = self._intake.answers.of(read, report)
        done.receipts[channel] = [
            Told(receipt, record.partition, record.offset)
            for receipt, record in zip(receipts, taken, strict=True)
        ]
        for record in taken:
            done.next[record.topic, record.partition] = record.offset + 1
        for receipt in receipts:
            gauge.note(bad=receipt.outcome == "set_aside")
            metrics.arrived(channel, receipt.outcome)
        if gauge.trouble:
            last = taken[-1]
            self.stop(channel, _too_many(channel, last, gauge.trouble))
        if self.register.is_stopped(channel):
            _hold(done, records[room:])

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

    def _by_channel(self, records: Iterable[Lying]) -> Mapping[str, list[Lying]]:
        found: dict[str, list[Lying]] = {}
        for record in records:
            channel = self._names.channel_of(record.topic) or record.topic[:100]
            found.setdefault(channel, []).append(record)
        return found


def _hold(done: Done, records: Iterable[Lying]) -> None:
    for record in records:
        done.held.setdefault((record.topic, record.partition), record.offset)


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
