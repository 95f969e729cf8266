"""The log of what clients did and heard: a line each, written before they go on.

The promises are judged from it afterwards, so it says only what a client can know: what
it sent, what Kafka acknowledged, which answers and receipts came back, and when.
"""

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Op = Literal["sent", "acked", "accepted", "ordered", "answered"]


@dataclass(frozen=True)
class Sent:
    """A message as its channel meant it; `row` and `revision` order what it amends."""

    id: str
    source: str
    row: str
    revision: int | None
    poison: bool


@dataclass(frozen=True)
class Accepted:
    """A client was told what became of its message, at this µs of the machine's clock.

    `position` is where the ledger has it, where the answer said so.
    """

    id: str
    at_us: int
    outcome: str
    position: int | None


@dataclass(frozen=True)
class Answered:
    """A coordinator was told where the facts of an order stand (none: no news)."""

    order: str
    status: int
    positions: tuple[int, ...]


@dataclass
class Log:
    """What all clients did, read again."""

    sent: dict[str, Sent] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    accepted: list[Accepted] = field(default_factory=list)
    ordered: set[str] = field(default_factory=set)
    answered: list[Answered] = field(default_factory=list)


class Journal:
    """Writes the log; may be shared by threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self.counts: dict[Op, int] = {}

    def sent(self, message: Sent) -> None:
        """Note a message before its first byte leaves."""
        self._note("sent", vars(message))

    def acked(self, name: str) -> None:
        """Note that Kafka has it: not yet accepted, and never to be lost either."""
        self._note("acked", {"id": name})

    def accepted(self, name: str, outcome: str, position: int | None = None) -> None:
        """Note that the sender was told what became of it."""
        at_us = time.time_ns() // 1000
        told = Accepted(name, at_us, outcome, position)
        self._note("accepted", vars(told))

    def ordered(self, order: str) -> None:
        """Note an order before it is given."""
        self._note("ordered", {"order": order})

    def answered(self, answer: Answered) -> None:
        """Note what a coordinator heard."""
        self._note("answered", vars(answer))

    def close(self) -> None:
        self._file.close()

    def _note(self, op: Op, what: dict[str, object]) -> None:
        line = json.dumps({"op": op, **what})
        with self._lock:
            self.counts[op] = self.counts.get(op, 0) + 1
            self._file.write(line + "\n")
            self._file.flush()


def read(path: Path) -> Log:
    """Read a log again; a line that is just being written does not count yet."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return of(json.loads(line) for line in lines if line.endswith("\n"))


def of(lines: Iterable[dict[str, object]]) -> Log:
    """Gather a log from its lines."""
    log = Log()
    for line in lines:
        told = {name: value for name, value in line.items() if name != "op"}
        match line["op"]:
            case "sent":
                message = _sent(told)
                log.sent[message.id] = message
            case "acked":
                log.acked.add(str(told["id"]))
            case "accepted":
                log.accepted.append(_accepted(told))
            case "ordered":
                log.ordered.add(str(told["order"]))
            case "answered":
                log.answered.append(_answered(told))
            case other:
                raise ValueError(f"the log has a line of no known kind: {other}")
    return log


def _sent(told: dict[str, object]) -> Sent:
    revision = told["revision"]
    return Sent(
        id=str(told["id"]),
        source=str(told["source"]),
        row=str(told["row"]),
        revision=revision if isinstance(revision, int) else None,
        poison=told["poison"] is True,
    )


def _accepted(told: dict[str, object]) -> Accepted:
    position = told["position"]
    return Accepted(
        id=str(told["id"]),
        at_us=int(str(told["at_us"])),
        outcome=str(told["outcome"]),
        position=position if isinstance(position, int) else None,
    )


def _answered(told: dict[str, object]) -> Answered:
    positions = told["positions"]
    told_there = positions if isinstance(positions, list) else []
    return Answered(
        order=str(told["order"]),
        status=int(str(told["status"])),
        positions=tuple(int(str(position)) for position in told_there),
    )
