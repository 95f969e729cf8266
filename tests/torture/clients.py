"""Clients at the desk's door, and a channel that speaks over HTTP.

Each logs what it is about to do, does it again until it is answered or the run ends,
and logs the answer. Whoever was not answered was promised nothing.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import islice

from services.bus.place import LOCALHOST
from tests.torture.journal import Journal
from tests.torture.said import Json, Message, Voice

PATIENCE = 6.0
AGAIN_SECONDS = 0.2
BATCH = 12
_NO_HEADERS: Mapping[str, str] = {}
BATCH_TYPE = "application/cloudevents-batch+json"


@dataclass(frozen=True)
class Reply:
    """What came back; status 0 when nothing did."""

    status: int
    body: Json


@dataclass(frozen=True)
class Door:
    """The desk's address, and when to stop knocking."""

    port: int
    stop: threading.Event

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> Reply:
        """Ask once."""
        line = HTTPConnection(LOCALHOST, self.port, timeout=PATIENCE)
        try:
            line.request(method, path, body, dict(headers))
            answer = line.getresponse()
            told = json.loads(answer.read() or b"{}")
        except (OSError, HTTPException, ValueError):
            return Reply(0, {})
        finally:
            line.close()
        return Reply(answer.status, told if isinstance(told, dict) else {"all": told})

    def insist(self, path: str, body: bytes, headers: dict[str, str]) -> Reply | None:
        """Ask until there is an answer; None when the run ended before."""
        while not self.stop.is_set():
            reply = self.ask("POST", path, body, headers)
            if reply.status not in {0, 500, 503}:
                return reply
            self.stop.wait(AGAIN_SECONDS)
        return None


class Client(threading.Thread):
    """Somebody who works until told to stop; what they raise is kept for the end."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        super().__init__(name=name)
        self._work = work
        self.failed = True

    def run(self) -> None:
        self._work()
        self.failed = False


def speak(door: Door, voice: Voice, journal: Journal, *, pause: float) -> None:
    """Send a voice's story in batches over HTTP, each until it is answered."""
    story = voice.story()
    headers = {"Content-Type": BATCH_TYPE}
    while not door.stop.wait(pause):
        batch = list(islice(story, BATCH))
        for message in batch:
            journal.sent(message.sent)
        body = b"[" + b",".join(message.body for message in batch) + b"]"
        reply = door.insist("/intake", body, headers)
        if reply is not None:
            _noted(reply, batch, journal)


def _noted(reply: Reply, batch: list[Message], journal: Journal) -> None:
    if reply.status != 200:
        raise AssertionError(f"a sound batch was answered {reply}")
    for message in batch:
        journal.accepted(message.sent.id, "answered")
