"""The channel itself: say an offer, know that it arrived, hear what became of it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from events.receipt import Receipt
from events.submission import NeedSubmission, OfferSubmission
from services.channel.config import Configuration, Spoken, read
from services.channel.line import Delivered, KafkaLine, Line, Parcel
from services.channel.message import Cells, Message, Name, row, submission
from services.channel.refusals import ChannelError, NoReceipt, NotDelivered

MOST_UNCONFIRMED = 10_000
"""Messages on their way; whoever sends more waits for the oldest."""
MOST_AWAITED = 100_000
"""Messages whose receipts are listened for; the oldest are forgotten."""
_LONGEST = 120.0
"""Seconds for which a message is waited for: the line does not try for longer."""
_TURN = 0.25
"""Seconds after which a listening thread lets others listen."""


class Channel:
    """One channel of one office, open until it is closed; threads may share it.

        with Channel.open("web-form.toml") as channel:
            channel.offer("4711", {"contact": …, "details": …}).receipt(timeout=10)

    `number` is the channel's own number of the case: a change of the same number is an
    amendment. The same message twice is one case, so whoever is in doubt sends again.
    `time` is since when it is true; absent: since it arrived.
    """

    def __init__(self, spoken: Spoken, line: Line) -> None:
        self._spoken = spoken
        self._line = line
        self._receipts = Receipts(spoken.source, line)
        self._underway = Underway()

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the channel of a configuration file; raise `ChannelError`."""
        return cls.of(read(Path(path)))

    @classmethod
    def of(cls, configuration: Configuration) -> Self:
        """Open the channel that is configured so; raise `ChannelError`."""
        return cls(configuration.channel, KafkaLine(configuration))

    def offer(
        self,
        number: str,
        data: Mapping[str, object] | OfferSubmission,
        *,
        id: str | None = None,  # noqa: A002 - CloudEvents calls it so
        revision: int | None = None,
        time: datetime | None = None,
    ) -> "Sent":
        """Publish an offer; raise `NotValid` before anything is sent."""
        name = Name.of(number, id, revision, time)
        return self._send(
            submission("offer.submitted.v1", self._spoken.source, name, data)
        )

    def need(
        self,
        number: str,
        data: Mapping[str, object] | NeedSubmission,
        *,
        id: str | None = None,  # noqa: A002 - CloudEvents calls it so
        revision: int | None = None,
        time: datetime | None = None,
    ) -> "Sent":
        """Publish a need; raise `NotValid` before anything is sent."""
        name = Name.of(number, id, revision, time)
        return self._send(
            submission("need.submitted.v1", self._spoken.source, name, data)
        )

    def row(
        self,
        number: str | None,
        cells: Cells | Sequence[Cells],
        *,
        id: str | None = None,  # noqa: A002 - CloudEvents calls it so
        revision: int | None = None,
        time: datetime | None = None,
    ) -> "Sent":
        """Publish a row of a sheet under its headings; the office knows the profile.

        Several rows are one contract. Without a `number` the office tells rows apart by
        the columns that the profile names; then the message needs an `id`.
        """
        name = Name.of(number, id, revision, time)
        return self._send(row(self._spoken.source, name, cells))

    def flush(self, timeout: float = 120) -> None:
        """Wait until the bus has confirmed all that was sent.

        Raises one `NotDelivered` that names all which did not arrive, unless
        `Sent.delivered` has told so before.
        """
        self._underway.arrive(time.monotonic() + timeout)

    def close(self, timeout: float = 120) -> None:
        """Wait for what was sent, then hang up; raise `NotDelivered`."""
        try:
            self.flush(timeout)
        finally:
            self._line.close(seconds=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self._line.close(seconds=1)

    def _send(self, message: Message) -> "Sent":
        self._underway.make_room()
        self._receipts.expect(message.id)
        parcel = self._line.send(message)
        self._underway.add(message.id, parcel)
        return Sent(message.id, parcel, self._receipts, self._underway)


@dataclass(frozen=True)
class Sent:
    """A message that was sent: ask it whether it arrived, and what became of it."""

    id: str
    _parcel: Parcel = field(repr=False)
    _receipts: "Receipts" = field(repr=False)
    _underway: "Underway" = field(repr=False)

    def delivered(self, timeout: float = 120) -> Delivered:
        """Wait for the bus to confirm it; raise `NotDelivered`."""
        try:
            return self._parcel.wait(timeout)
        finally:
            if self._parcel.is_settled:
                self._underway.forget(self._parcel)

    def receipt(self, timeout: float = 10) -> Receipt:
        """Wait for the office to say what became of it; raise `NoReceipt`.

        Only a receipt means accepted: until then the bus alone has the message.
        """
        until = time.monotonic() + timeout
        self.delivered(timeout)
        return self._receipts.of(self.id, until)


class Underway:
    """What was sent, until it has arrived or whoever sent it knows that it has not."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[str, Parcel]] = {}
        self._lost: dict[int, tuple[str, Parcel]] = {}
        """Nobody was told yet; closing the channel does."""
        self._lock = threading.Lock()

    def add(self, id_: str, parcel: Parcel) -> None:
        with self._lock:
            self._waiting[id(parcel)] = id_, parcel

    def forget(self, parcel: Parcel) -> None:
        with self._lock:
            self._waiting.pop(id(parcel), None)
            self._lost.pop(id(parcel), None)

    def make_room(self) -> None:
        """Let go of what has arrived; where too much has not, wait for the oldest."""
        while (oldest := self._oldest()) is not None:
            try:
                oldest.wait(_LONGEST)
            except ChannelError:
                self._lose(oldest)
            else:
                self.forget(oldest)

    def arrive(self, until: float) -> None:
        """Wait for all; raise `NotDelivered` for those that did not arrive."""
        with self._lock:
            underway = [*self._lost.values(), *self._waiting.values()]
        noes: dict[str, ChannelError] = {}
        for id_, parcel in underway:
            try:
                parcel.wait(max(0.0, until - time.monotonic()))
            except ChannelError as no:
                noes[id_] = no
            if parcel.is_settled:
                self.forget(parcel)
        if noes:
            raise _not_delivered(noes) from next(iter(noes.values()))

    def _oldest(self) -> Parcel | None:
        """Return what is settled, or must be; another thread may wait for the same."""
        with self._lock:
            if not self._waiting:
                return None
            _, oldest = next(iter(self._waiting.values()))
            is_full = len(self._waiting) >= MOST_UNCONFIRMED
        return oldest if is_full or oldest.is_settled else None

    def _lose(self, parcel: Parcel) -> None:
        with self._lock:
            # Unless another thread was told of it meanwhile.
            if (lost := self._waiting.pop(id(parcel), None)) is not None:
                self._lost[id(parcel)] = lost


def _not_delivered(noes: Mapping[str, ChannelError]) -> NotDelivered:
    why = next(iter(noes.values()))
    if len(noes) == 1 and isinstance(why, NotDelivered):
        return NotDelivered(str(why))
    return NotDelivered(
        f"The bus has not confirmed {', '.join(noes)}. Send the same again: each stays "
        f"one case. Of the first it was said: {why}"
    )


class Receipts:
    """The receipts of what this channel has sent, whoever waits for them first."""

    def __init__(self, source: str, line: Line) -> None:
        self._source = source
        self._line = line
        self._awaited: OrderedDict[str, Receipt | None] = OrderedDict()
        self._listening = threading.Lock()

    def expect(self, id_: str) -> None:
        """Keep the receipt of this message when it comes."""
        self._awaited.pop(id_, None)
        self._awaited[id_] = None
        while len(self._awaited) > MOST_AWAITED:
            self._awaited.popitem(last=False)

    def of(self, id_: str, until: float) -> Receipt:
        """Return the receipt of a message; it can be asked for again."""
        while (found := self._awaited.get(id_)) is None:
            left = until - time.monotonic()
            if left <= 0:
                raise NoReceipt(
                    f"{id_} is on the bus, and the office has not answered yet. "
                    "Nothing is lost: ask again later, or send the same again."
                )
            with self._listening:
                if self._awaited.get(id_) is None:
                    self._keep(self._line.heard(min(left, _TURN)))
        return found

    def _keep(self, heard: Iterable[Receipt]) -> None:
        for receipt in heard:
            if receipt.source == self._source and receipt.id in self._awaited:
                self._awaited[receipt.id] = receipt
