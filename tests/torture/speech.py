"""What passes through a wire, understood just far enough to lose the right answer.

Both protocols are cut into their frames; of an answer it is known whether it says
that something was committed. Everything else passes as it came.
"""

import struct
from collections.abc import Iterator
from typing import Protocol

SSL_REQUEST, GSS_REQUEST = 80_877_103, 80_877_104
_CONFIRMS = {0: "produce", 8: "offsets"}
"""Kafka's number of a request → what its answer is called here."""


class Speech(Protocol):
    """One connection's talk; bytes in, frames out."""

    def asks(self, data: bytes) -> None:
        """Take note of what the client sends."""
        ...

    def answers(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        """Yield what the server sends; with a name where it confirms a commit."""
        ...


class Postgres:
    """Knows the answer to `ledger.record(…)` (`record`) and to COMMIT (`commit`)."""

    def __init__(self) -> None:
        self._asked = self._answer = b""
        self._untyped = True
        self._short = 0
        self._recording: set[bytes] = set()
        self._pending = ""
        self._held = b""

    def asks(self, data: bytes) -> None:
        self._asked += data
        while self._untyped:
            if len(self._asked) < 8:
                return
            length, code = struct.unpack_from("!II", self._asked)
            if len(self._asked) < length:
                return
            self._asked = self._asked[length:]
            self._untyped = code in {SSL_REQUEST, GSS_REQUEST}
            self._short += int(self._untyped)
        frames, self._asked = _messages(self._asked)
        for frame in frames:
            self._hear(frame[:1], frame[5:])

    def answers(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        while self._short and data:
            yield data[:1], ""
            data, self._short = data[1:], self._short - 1
        frames, self._answer = _messages(self._answer + data)
        for frame in frames:
            if not self._pending:
                yield frame, ""
                continue
            self._held += frame
            if frame[:1] == b"Z":
                yield self._held, self._pending
                self._held, self._pending = b"", ""

    def _hear(self, kind: bytes, body: bytes) -> None:
        if kind == b"P":
            name, query = body.split(b"\0", 2)[:2]
            known = self._recording.add if _records(query) else self._recording.discard
            known(name)
        elif kind == b"B":
            statement = body.split(b"\0", 2)[1]
            self._pending = "record" if statement in self._recording else self._pending
        elif kind == b"Q" and body.upper().startswith(b"COMMIT"):
            self._pending = "commit"


class Kafka:
    """Knows the answers to Produce (`produce`) and to OffsetCommit (`offsets`)."""

    def __init__(self) -> None:
        self._asked = self._answer = b""
        self._pending: dict[int, str] = {}

    def asks(self, data: bytes) -> None:
        frames, self._asked = _sized(self._asked + data)
        for frame in frames:
            key, _, number = struct.unpack_from("!hhi", frame, 4)
            if key in _CONFIRMS:
                self._pending[number] = _CONFIRMS[key]

    def answers(self, data: bytes) -> Iterator[tuple[bytes, str]]:
        frames, self._answer = _sized(self._answer + data)
        for frame in frames:
            (number,) = struct.unpack_from("!i", frame, 4)
            yield frame, self._pending.pop(number, "")


def _records(query: bytes) -> bool:
    return b"ledger.record(" in query


def _messages(data: bytes) -> tuple[list[bytes], bytes]:
    """Cut PostgreSQL's messages: a letter, then the length of the rest with itself."""
    return _cut(data, before=1, extra=1)


def _sized(data: bytes) -> tuple[list[bytes], bytes]:
    """Cut Kafka's frames: the length, then so many bytes."""
    return _cut(data, before=0, extra=4)


def _cut(data: bytes, *, before: int, extra: int) -> tuple[list[bytes], bytes]:
    frames, start = list[bytes](), 0
    while len(data) - start >= before + 4:
        (length,) = struct.unpack_from("!I", data, start + before)
        end = start + length + extra
        if end > len(data):
            break
        frames.append(data[start:end])
        start = end
    return frames, data[start:]
