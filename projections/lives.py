"""The keeper of folded lives: one private table, and a memory that may be lost.

The table `lives` holds every life as of the position that the checkpoint names. What
is in memory spares reading it again, and is thrown away when in doubt.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from psycopg import Cursor

from events.base import Recorded
from projections.life import (
    MODELS,
    REALM,
    Life,
    NeedLife,
    RealmLife,
    bare,
    business_day,
    evolve_life,
)
from projections.table import Table, Value
from projections.veil import confidential

KEPT = 20_000
"""Lives that stay in memory from page to page."""


@dataclass(frozen=True)
class StoredLife:
    """One row a life: what its facts add up to, as of the position of `lives`."""

    life: Annotated[str, "offer:…, need:… or realm"]
    side: Annotated[str, "offer, need or realm"]
    number: Annotated[int, "Which offer or need it is, in the order of the ledger"]
    case_no: Annotated[str, "What one says on the phone"]
    person: Annotated[str, "The provider or household, opaque"]
    confidential: Annotated[bool, "Whether nothing may say where these people live"]
    state: Annotated[str, "The folded life as JSON, sealed parts emptied"]


TABLE = Table(
    "lives",
    StoredLife,
    key=("life",),
    found_by=(("side", "number"), ("person",)),
    shown=False,
)


@dataclass(frozen=True)
class Unsaved:
    """Lives that changed since they were stored, and who of them is confidential."""

    refs: frozenset[str]
    confidential: dict[str, str]
    """Need → its person."""


SAVED = Unsaved(frozenset(), {})


class Lives:
    """The lives that a step touches: loaded, evolved in order, saved in one go."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self.forget()

    def forget(self) -> None:
        """Throw the memory away; the table knows."""
        self._memory: OrderedDict[str, Life | None] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._changed: dict[str, Life] = {}
        self._new: set[str] = set()
        self._shy: dict[str, str] = {}

    @property
    def realm(self) -> RealmLife:
        """The realm as of the last fact."""
        life = self._memory.get(REALM)
        return life if isinstance(life, RealmLife) else RealmLife()

    def get(self, ref: str) -> Life | None:
        """Return a loaded life; None when it has not begun."""
        return self._memory[ref]

    def load(self, cursor: Cursor[tuple[Value, ...]], refs: Iterable[str]) -> None:
        """Bring lives into memory, in one query."""
        wanted = dict.fromkeys((REALM, *refs))
        missing = [ref for ref in wanted if ref not in self._memory]
        if missing:
            self._memory.update(dict.fromkeys(missing))
            cursor.execute(
                "SELECT life, state FROM lives WHERE life = ANY(%s)", (missing,)
            )
            self._memory.update(_read(str(ref), state) for ref, state in cursor)
        if not self._numbers:
            self._numbers = {side: _last(cursor, side) for side in ("offer", "need")}

    def evolve(self, refs: Sequence[str], recorded: Recorded) -> list[str]:
        """Let the lives go on; return those that did."""
        told = bare(recorded)
        changed = []
        for ref in refs:
            before = self._memory[ref]
            life = evolve_life(ref, before, told)
            if life is None or life is before:
                continue
            if before is None and not isinstance(life, RealmLife):
                life = life.model_copy(update=self._next(ref, recorded))
                self._new.add(ref)
            self._memory[ref] = self._changed[ref] = life
            if isinstance(life, NeedLife) and confidential(life):
                self._shy[ref] = life.state.person
            else:
                self._shy.pop(ref, None)
            self._memory.move_to_end(ref)
            changed.append(ref)
        return changed

    def unsaved(self) -> Unsaved:
        """Return what the table does not know yet."""
        return Unsaved(frozenset(self._changed), dict(self._shy))

    def save(self, cursor: Cursor[tuple[Value, ...]]) -> None:
        """Write what changed since the last save."""
        changed, self._changed = self._changed, {}
        known = [ref for ref in changed if ref not in self._new]
        cursor.execute("DELETE FROM lives WHERE life = ANY(%s)", (known,))
        TABLE.fill(cursor, (_stored(ref, life) for ref, life in changed.items()))
        self._new.clear()
        self._shy.clear()

    def trim(self) -> None:
        """Let go of the lives that were not told of for longest."""
        while len(self._memory) > self._kept:
            self._memory.popitem(last=False)

    def _next(self, ref: str, recorded: Recorded) -> dict[str, object]:
        """Number a new case, in the order of the ledger and for each side."""
        side = ref.partition(":")[0]
        number = self._numbers[side] = self._numbers[side] + 1
        year = business_day(self.realm, recorded).year
        letter = "A" if side == "offer" else "B"
        return {"number": number, "case_no": f"{letter}-{year}-{number:04}"}


def _last(cursor: Cursor[tuple[Value, ...]], side: str) -> int:
    cursor.execute(
        "SELECT coalesce(max(number), 0) FROM lives WHERE side = %s", (side,)
    )
    found = cursor.fetchone()
    return found[0] if found is not None and isinstance(found[0], int) else 0


def _read(ref: str, state: Value) -> tuple[str, Life]:
    return ref, MODELS[ref.partition(":")[0]].model_validate_json(str(state))


def _stored(ref: str, life: Life) -> StoredLife:
    side = ref.partition(":")[0]
    state = life.model_dump_json(exclude_none=True, by_alias=True)
    if isinstance(life, RealmLife):
        return StoredLife(
            ref, side, 0, case_no="", person="", confidential=False, state=state
        )
    return StoredLife(
        ref,
        side,
        life.number,
        case_no=life.case_no,
        person=life.state.person,
        confidential=confidential(life),
        state=state,
    )
