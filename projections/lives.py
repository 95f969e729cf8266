"""The keeper of folded lives: one private table, and a memory that may be lost.

The table `lives` holds every life as of the position that the checkpoint names. What
is in memory spares reading it again, and is thrown away when in doubt.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from events.base import Recorded
from projections.life import (
    MODELS,
    REALM,
    SIDES,
    CaseLife,
    Life,
    NeedLife,
    RealmLife,
    bare,
    business_day,
    evolve_life,
)
from projections.table import Cur, Table, Value, words
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


class Lives:
    """The lives that a step touches: loaded, evolved in order, saved in one go.

    What is asked of them counts what is not saved yet. `sides` are the only ones that
    are folded: the table holds all lives or serves those who need no more.
    """

    def __init__(self, kept: int = KEPT, sides: tuple[str, ...] = SIDES) -> None:
        self._kept = kept
        self.sides = sides
        self.forget()

    def forget(self) -> None:
        """Throw the memory away; the table knows."""
        self._memory: OrderedDict[str, Life | None] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._changed: dict[str, Life] = {}
        self._new: dict[str, str] = {}
        self._shy: dict[str, frozenset[str]] = {}
        self._flipped: dict[str, bool] = {}

    @property
    def realm(self) -> RealmLife:
        """The realm as of the last fact."""
        life = self._memory.get(REALM)
        return life if isinstance(life, RealmLife) else RealmLife()

    @property
    def hidden(self) -> Collection[str]:
        """The persons whose homes nothing may locate, as of the last fact.

        They are few, and all are known by heart: every row asks for them.
        """
        return self._shy.keys()

    def flipped(self) -> frozenset[str]:
        """Return who of them came or went since this was last asked."""
        flipped, self._flipped = self._flipped, {}
        return frozenset(p for p, was in flipped.items() if was != (p in self._shy))

    def get(self, ref: str) -> Life | None:
        """Return a loaded life; None when it has not begun."""
        return self._memory[ref]

    def load(self, cursor: Cur, refs: Iterable[str]) -> None:
        """Bring lives into memory, in one query."""
        wanted = dict.fromkeys((REALM, *refs))
        missing = [ref for ref in wanted if ref not in self._memory]
        if missing:
            self._memory.update(dict.fromkeys(missing))
            cursor.execute(_LOAD, (words(missing),))
            self._memory.update(_read(str(ref), state) for ref, state in cursor)
        if not self._numbers:
            self._numbers = {side: _last(cursor, side) for side in ("offer", "need")}
            cursor.execute("SELECT person, life FROM lives WHERE confidential")
            for person, ref in cursor:
                known = self._shy.get(str(person), frozenset())
                self._shy[str(person)] = known | {str(ref)}

    def evolve(self, refs: Sequence[str], recorded: Recorded) -> None:
        """Let the lives go on."""
        told = bare(recorded)
        for ref in refs:
            before = self._memory[ref]
            life = evolve_life(ref, before, told)
            if life is None or life is before:
                continue
            if before is None and not isinstance(life, RealmLife):
                life = life.model_copy(update=self._next(ref, recorded))
                self._new[ref] = life.state.person
            self._memory[ref] = self._changed[ref] = life
            self._memory.move_to_end(ref)
            if isinstance(life, NeedLife):
                self._note(ref, life)

    def case_numbers(self, cursor: Cur, refs: Collection[str]) -> dict[str, str]:
        """Return what one calls these cases on the phone."""
        known = {ref: self._memory[ref] for ref in refs if ref in self._memory}
        found = {r: c.case_no for r, c in known.items() if isinstance(c, CaseLife)}
        if missing := [ref for ref in refs if ref not in known]:
            cursor.execute(_NUMBERS, (words(missing),))
            found |= {str(ref): str(case_no) for ref, case_no in cursor}
        return found

    def of_persons(self, cursor: Cur, persons: Collection[str]) -> list[str]:
        """Return the cases of these persons."""
        cursor.execute(_OF_PERSONS, (words(persons),))
        stored = [str(ref) for (ref,) in cursor]
        return [*stored, *(r for r, person in self._new.items() if person in persons)]

    def all(self, cursor: Cur, many: int) -> Iterator[list[Life]]:
        """Yield all lives, some at a time; they must have been saved."""
        last = ""
        while True:
            cursor.execute(_ALL, (last, many))
            if not (found := {str(ref): state for ref, state in cursor}):
                return
            *_, last = found
            yield [self._memory.get(r) or _read(r, s)[1] for r, s in found.items()]

    def save(self, cursor: Cur) -> None:
        """Write what changed since the last save."""
        self._write(cursor, list(self._changed))

    def trim(self, cursor: Cur) -> None:
        """Let go of the lives that were not told of for longest; write them first.

        The realm stays: everything asks for it.
        """
        self._memory.move_to_end(REALM)
        spare = max(0, len(self._memory) - self._kept)
        gone = [self._memory.popitem(last=False)[0] for _ in range(spare)]
        self._write(cursor, [ref for ref in gone if ref in self._changed])

    def _write(self, cursor: Cur, refs: Sequence[str]) -> None:
        if not refs:
            return
        known = [ref for ref in refs if self._new.pop(ref, None) is None]
        TABLE.clear(cursor, "life", known)
        TABLE.fill(cursor, [_stored(ref, self._changed.pop(ref)) for ref in refs])

    def _note(self, ref: str, need: NeedLife) -> None:
        """Note whether the household may be located, and whether that is new."""
        person, shy = need.state.person, self._shy
        known = shy.get(person, frozenset())
        if confidential(need) == (ref in known):
            return
        self._flipped.setdefault(person, bool(known))
        if left := known ^ {ref}:
            shy[person] = left
        else:
            del shy[person]

    def _next(self, ref: str, recorded: Recorded) -> dict[str, object]:
        """Number a new case, in the order of the ledger and for each side."""
        side = ref.partition(":")[0]
        number = self._numbers[side] = self._numbers[side] + 1
        year = business_day(self.realm, recorded).year
        letter = "A" if side == "offer" else "B"
        return {"number": number, "case_no": f"{letter}-{year}-{number:04}"}


_LOAD = "SELECT life, state FROM lives WHERE life = ANY(%s::text[])"
_ALL = "SELECT life, state FROM lives WHERE life > %s ORDER BY life LIMIT %s"
_NUMBERS = "SELECT life, case_no FROM lives WHERE life = ANY(%s::text[])"
_OF_PERSONS = "SELECT life FROM lives WHERE person = ANY(%s::text[])"


def _last(cursor: Cur, side: str) -> int:
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
