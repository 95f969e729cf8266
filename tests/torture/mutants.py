"""Faults that would break a promise: each a patch, and a short plan that finds it.

A patch replaces one thing in a process before its command begins. The plan brings the
moment in which that thing alone holds the promise.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, LiteralString

from events.base import Recorded as RecordedFact
from events.values import Origin
from projections import projector
from projections.projector import Projector
from projections.step import ReadModel
from projections.table import Cur
from services import matching, projecting
from services.intake.batch import Batch
from services.intake.draft import Draft, From
from services.intake.identity import Identity
from services.intake.known import Known
from services.intake.orders import Place
from services.ledger import handle
from services.ledger.batch import Answer, Condition, Entry, Item, Recorded
from services.ledger.recorder import Recorder
from services.ledger.rules import telling
from services.planning import PlanPart
from tests.torture import bus_mutants
from tests.torture.patch import put
from tests.torture.plan import AT_WORK, KAFKA, Fault, Kind

Broken = Literal["lost", "stored_twice", "promised_twice", "gaps", "read models"]
READERS = ("projecting", "desk")
MATCHERS = ("matching-1", "matching-2")
SECOND = MATCHERS[1]
GAP_SECONDS = 0.3


@dataclass(frozen=True)
class Mutant:
    """A fault of the product, and the least that shows it."""

    spoil: Callable[[], None]
    breaks: Broken
    parts: tuple[str, ...] = READERS
    faults: tuple[Fault, ...] = ()
    seconds: float = 20.0
    bus: bool = False
    only: tuple[str, ...] = ()
    """The parts that are spoilt; all, where none is named."""

    def spoils(self, part: str) -> bool:
        return part in self.only or not self.only


def no_dedupe() -> None:
    """A message is a new row every time it comes."""

    def row(self: Identity, came: From) -> str:
        return uuid.uuid4().hex[:24]

    def message(self: Identity, source: str, event: str) -> str:
        return f"msg-{uuid.uuid4().hex}"

    put(Identity, "row", row)
    put(Identity, "message", message)


def no_condition() -> None:
    """Coordinators' orders are recorded whatever came in between."""

    def guard(tags: Iterable[str]) -> tuple[Item, ...]:
        return ()

    put(handle, "guard", guard)


def no_fence() -> None:
    """A plan is appended whatever it has not seen."""

    def fence(part: PlanPart, after: int) -> Condition:
        return Condition((), after)

    put(matching, "_fence", fence)


def older_revision_wins() -> None:
    """A row is what was told last, not what is newest: by the look and by the rule."""
    right = Batch._is_news

    def is_news(self: Batch, draft: Draft, place: Place, before: Known) -> bool:
        forgetful = replace(draft, came=replace(draft.came, revision=None))
        return right(self, forgetful, place, before)

    def new_origin(known: Origin | None, told: Origin | None) -> Origin | None:
        return told

    put(telling, "_new_origin", new_origin)
    put(Batch, "_is_news", is_news)


def position_apart() -> None:
    """Read models are committed first, and their position a moment later."""
    reached, apply = projector.reached, Projector.apply
    late: list[tuple[int, Sequence[ReadModel]]] = []

    def not_yet(cursor: Cur, position: int, following: Sequence[ReadModel]) -> None:
        late.append((position, following))

    def apart(self: Projector, facts: Iterable[RecordedFact]) -> int:
        position = apply(self, facts)
        time.sleep(GAP_SECONDS)
        with self._db.transaction(), self._db.cursor() as cursor:
            reached(cursor, *late.pop())
        return position

    put(projector, "reached", not_yet)
    put(Projector, "apply", apart)


def no_lock() -> None:
    """Whoever wants to lead the read models leads, and looks at nobody's place."""
    locked = projector._locked

    class Careless:
        """A cursor that locks no rows."""

        def __init__(self, cursor: Cur) -> None:
            self._cursor = cursor

        def execute(self, query: LiteralString) -> object:
            return self._cursor.execute(query.replace("FOR UPDATE", ""))

        def __iter__(self) -> object:
            return iter(self._cursor)

    def careless(cursor: Cur, models: object) -> object:
        found = locked(Careless(cursor), models)  # type: ignore[arg-type] # as above
        time.sleep(GAP_SECONDS)
        return found

    def lead(self: projecting.Projecting) -> Projector:
        self._projector = Projector(self._open())
        return self._projector

    put(projector, "_locked", careless)
    put(projecting.Projecting, "_lead", lead)


def write_behind() -> None:
    """The answer is given first, and what it says is recorded a moment later."""
    right = Recorder.record

    def record(self: Recorder, entries: Sequence[Entry]) -> tuple[Answer, ...]:
        place = self.head() + 1
        threading.Timer(GAP_SECONDS, right, (self, entries)).start()
        return tuple(Recorded(place, place) for _ in entries)

    put(Recorder, "record", record)


def _kills(
    part: str, *, first: float, every: float, many: int, what: str = AT_WORK
) -> tuple[Fault, ...]:
    """Kill a part again and again, each time it is at work again."""
    return tuple(
        Fault(first + n * every, Kind.KILL, part, 0.1, what) for n in range(many)
    )


def _slow(part: str) -> tuple[Fault, ...]:
    return (Fault(0.1, Kind.DELAY, f"postgres {part}", 15.0),)


_DELIVERY = tuple(
    fault
    for at in (3.0, 6.0, 9.0)
    for fault in (
        Fault(at, Kind.HOLD, KAFKA, 1.5),
        Fault(at + 1.0, Kind.CUT, KAFKA),
    )
)
"""What was sent lies on the way, and then there is no way."""
_READING, _SENDING = ("intake-1", "desk"), ("relay-1", "desk")

MUTANTS: Mapping[str, Mutant] = {
    "no-dedupe": Mutant(no_dedupe, "stored_twice"),
    "no-append-condition": Mutant(no_condition, "promised_twice"),
    "no-fence": Mutant(
        no_fence,
        "promised_twice",
        (*READERS, *MATCHERS),
        tuple(replace(one, at=at) for at in (0.1, 20.0, 40.0) for one in _slow(SECOND)),
        seconds=60.0,
    ),
    "older-revision-wins": Mutant(older_revision_wins, "lost"),
    "write-behind": Mutant(write_behind, "lost"),
    "position-apart": Mutant(
        position_apart,
        "read models",
        # no matter when: what it broke may keep it from ever being ready
        faults=_kills("projecting", first=4, every=4, many=3, what=""),
        seconds=13,
    ),
    "no-lock": Mutant(
        no_lock, "read models", ("projecting-1", "projecting-2", "desk"), seconds=8
    ),
    "offset-before-ledger": Mutant(
        bus_mutants.offset_before_ledger,
        "lost",
        _READING,
        _kills("intake-1", first=6, every=12, many=2),
        seconds=19,
        bus=True,
    ),
    "receipt-before-ledger": Mutant(
        bus_mutants.receipt_before_ledger, "lost", _READING, bus=True
    ),
    "dropped-poison": Mutant(
        bus_mutants.dropped_poison, "lost", _READING, seconds=6, bus=True
    ),
    "poison-takes-the-rest": Mutant(
        bus_mutants.poison_takes_the_rest, "lost", _READING, seconds=6, bus=True
    ),
    "shared-group": Mutant(
        bus_mutants.shared_group,
        "lost",
        ("intake-1", "intake-2", "desk"),
        seconds=6,
        bus=True,
        only=("intake-2",),
    ),
    "position-before-ack": Mutant(
        bus_mutants.position_before_ack,
        "gaps",
        _SENDING,
        _kills("relay-1", first=4, every=3, many=3),
        seconds=11,
        bus=True,
    ),
    "at-most-once-relay": Mutant(
        bus_mutants.at_most_once, "gaps", _SENDING, _DELIVERY, seconds=11, bus=True
    ),
}
