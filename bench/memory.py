"""How much memory each process holds while very many messages pass through.

Intake, relay and projecting run as they do in an office, each in a process. Every so
often the memory of each is noted; what grows from one note to the next would end one
day. The read models hold what they hold in PostgreSQL, so projecting may not grow.
"""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from bench import _visible
from bench._buses import fresh_bus
from bench._messages import CHANNEL, messages, publish
from bench.bus import register
from bench.yardsticks import Figures, Options
from projections import checkpoint
from services.assemble import Beistand, beistand
from services.bus.connection import bus_of
from services.bus.names import Names
from services.database import Connection, Role
from services.lease import relayed

NAME = "memory"
SUMMARY = "Megabytes of intake, relay and projecting while 500,000 messages pass"
MESSAGES = 500_000
NOTES = 10
PARTS = ("intake", "relay", "projecting")
_LOOK_SECONDS = 0.2
_WARM = 2
"""Notes until caches are full: growth is counted from there."""


def run(options: Options) -> Figures:
    """Measure; goal: flat, so that the last note is the first but for a tenth."""
    part = options.times(MESSAGES // NOTES)
    notes: list[Mapping[str, float]] = []
    began = time.perf_counter()
    with (
        fresh_bus([CHANNEL]) as settings,
        beistand(settings) as engine,
        engine.server.connect(Role.READER) as db,
    ):
        register(engine)
        engine.project()
        with _visible.parts(engine, PARTS) as processes:
            for number in range(NOTES):
                options.say(f"{(number + 1) * part} messages")
                _through(engine, db, seed=options.seed + number, count=part)
                notes.append({name: held(pid) for name, pid in processes.items()})
    return {
        "messages": part * NOTES,
        "messages_per_second": round(part * NOTES / (time.perf_counter() - began)),
        "megabytes": {name: [note[name] for note in notes] for name in PARTS},
        "grown": {name: _grown([note[name] for note in notes]) for name in PARTS},
    }


def held(pid: int) -> float:
    """Return the megabytes that a process holds in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (size,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return round(int(size) / 1024, 1)


def _grown(notes: list[float]) -> float:
    """Return the share by which the last note is above the first warm one."""
    return round(notes[-1] / notes[_WARM] - 1, 3)


def _through(engine: Beistand, db: Connection, *, seed: int, count: int) -> None:
    """Let messages pass; return when they stand in read models and on the bus."""
    before = engine.recorder.head()
    topic = Names(engine.settings.realm).intake(CHANNEL)
    sent = list(messages(seed, count, f"s{seed}"))
    asyncio.run(publish(bus_of(engine.settings), topic, sent))
    while engine.recorder.head() < before + count:
        time.sleep(_LOOK_SECONDS)
    head = engine.recorder.head()
    while checkpoint.position(db) < head or relayed(db) < head:
        time.sleep(_LOOK_SECONDS)
