"""From a channel's publication to the row in the read model, message by message."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from aiokafka import AIOKafkaProducer

from bench._messages import CHANNEL, SOURCE, messages
from bench.yardsticks import Figures, Options, percentile
from events.need import NeedRaised
from events.offer import OfferListed
from services.assemble import Beistand
from services.bus.connection import bus_of
from services.bus.names import Names
from services.channel.message import Message
from services.database import Connection, Role
from services.intake.identity import Identity

PARTS = ("intake", "projecting")
_LOOK_SECONDS = 0.004
_PATIENCE = 60.0
_NEW = "SELECT case_ref, position FROM readmodel.cases WHERE position > %s"
_OPENS = (OfferListed.type, NeedRaised.type)
_MAIN = "from services.cli import main; main()"


@contextmanager
def parts(engine: Beistand, names: Sequence[str]) -> Iterator[Mapping[str, int]]:
    """Run parts as `beistand run` does, each in a process; lend their numbers."""
    toml = engine.settings.home / engine.settings.toml
    address = bus_of(engine.settings).servers
    toml.write_text(f'realm = "{engine.settings.realm}"\nkafka = "{address}"\n')
    home = str(engine.settings.home)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _MAIN, "run", name, "--home", home],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in names
    ]
    try:
        pids = (process.pid for process in started)
        yield dict(zip(names, pids, strict=True))
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def watched(
    engine: Beistand, options: Options, pace: int, seconds: int
) -> Mapping[str, Figures | float | int]:
    """Publish at a pace; return how long each message took until it was seen."""
    count = max(pace, round(pace * seconds * min(1.0, options.scale * 2)))
    options.say(f"{count} messages at {pace} a second, watched until they are seen")
    stem = f"at{pace}"
    warm = list(messages(options.seed, pace, f"warm{pace}"))
    sent = list(messages(options.seed, count, stem))
    with parts(engine, PARTS), engine.server.connect(Role.DESK) as db:
        _until_seen(engine, db, warm, pace)
        watch = _until_seen(engine, db, sent, pace)
    took, recorded = watch.until_seen(), watch.until_recorded()
    return {
        "messages": count,
        "recorded_p50_ms": percentile(recorded, 0.5),
        "recorded_p99_ms": percentile(recorded, 0.99),
        "p50_ms": percentile(took, 0.5),
        "p99_ms": percentile(took, 0.99),
        "longest_ms": percentile(took, 1),
    }


def _until_seen(
    engine: Beistand, db: Connection, sent: Sequence[Message], pace: int
) -> "_Watch":
    """Publish messages at a pace and return when each was seen."""
    watch = _Watch(engine, db, sent)
    asyncio.run(watch.run(pace))
    return watch


class _Watch:
    def __init__(
        self, engine: Beistand, db: Connection, sent: Sequence[Message]
    ) -> None:
        self._bus, self._db, self._sent = bus_of(engine.settings), db, sent
        self._recorder = engine.recorder
        self._topic = Names(engine.settings.realm).intake(CHANNEL)
        identity = Identity(engine.settings.realm, engine.vault)
        self._refs = [_case(identity, one) for one in sent]
        self._published: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        self._places: dict[str, int] = {}

    async def run(self, pace: int) -> None:
        publishing = asyncio.create_task(self._publish(pace))
        looking = asyncio.to_thread(self._look)
        await asyncio.gather(publishing, looking)

    def until_seen(self) -> list[float]:
        """Return the seconds from each message's publication to its row."""
        return [self._seen[ref] - self._published[ref] for ref in self._refs]

    def until_recorded(self) -> list[float]:
        """Return the seconds to its fact: the rest is what the read model takes."""
        began = time.time() - time.perf_counter()
        first, last = min(self._places.values()), max(self._places.values())
        facts = self._recorder.places(_OPENS, after=first - 1, upto=last)
        at = {fact.position: fact.recorded_us / 1e6 - began for fact in facts}
        return [at[self._places[ref]] - self._published[ref] for ref in self._refs]

    async def _publish(self, pace: int) -> None:
        async with AIOKafkaProducer(
            **self._bus.for_aiokafka(), enable_idempotence=True, acks="all"
        ) as producer:
            began = time.perf_counter()
            for number, (ref, one) in enumerate(
                zip(self._refs, self._sent, strict=True)
            ):
                due = began + number / pace
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                self._published[ref] = time.perf_counter()
                await producer.send(
                    self._topic, one.value, key=one.key, headers=list(one.headers)
                )

    def _look(self) -> None:
        """Ask the read model for what is new, until all is there."""
        reached, until = self._position(), time.perf_counter() + _PATIENCE
        wanted = set(self._refs)
        while wanted - self._seen.keys():
            for ref, position in self._db.execute(_NEW, (reached,)).fetchall():
                self._seen[str(ref)] = time.perf_counter()
                self._places[str(ref)] = int(str(position))
                reached = max(reached, self._places[str(ref)])
                until = time.perf_counter() + _PATIENCE
            if time.perf_counter() > until:
                missing = len(wanted - self._seen.keys())
                raise TimeoutError(f"{missing} messages were never seen")
            time.sleep(_LOOK_SECONDS)

    def _position(self) -> int:
        found = self._db.execute("SELECT max(position) FROM readmodel.cases").fetchone()
        return 0 if found is None or found[0] is None else int(str(found[0]))


def _case(identity: Identity, message: Message) -> str:
    kind = "offer" if b"dwelling" in message.value else "need"
    key = identity.key(SOURCE, (message.key.decode(),), personal=False)
    return f"{kind}:{identity.case(kind, key)}"
