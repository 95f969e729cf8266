"""What a read model is shown: the facts of a page, the lives they changed, the rest.

Rows are brought up to date once a page. What counts from day to day is shown each
business day of the page by itself (`projections.day`).
"""

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from events.base import Recorded
from events.policy import Policy
from projections.day import Count
from projections.life import SIDES, NeedLife, OfferLife, RealmLife
from projections.table import Cur, Shape, Table
from projections.veil import hides

Row = TypeVar("Row")
AnyLife = TypeVar("AnyLife", OfferLife, NeedLife)
DEFAULT_POLICY = Policy(name="default")
"""In force until the realm adopts one."""


@dataclass(frozen=True)
class Known:
    """What rows may depend on beside their own life."""

    policy: Policy = DEFAULT_POLICY
    cases: Mapping[str, str] = field(default_factory=dict)
    hidden: Collection[str] = frozenset()
    """Persons whose home nothing may locate."""
    _hides: dict[int, bool] = field(default_factory=dict, repr=False, compare=False)
    """Object → the answer, since six read models ask the same of each life."""

    def hides(self, life: OfferLife | NeedLife) -> bool:
        """Whether nothing may say where this is; the life must outlive `self`."""
        answer = self._hides.get(id(life))
        if answer is None:
            answer = self._hides[id(life)] = hides(life, self.hidden)
        return answer


@dataclass(frozen=True)
class Change(Generic[AnyLife]):
    """A life after the facts of a step, and before them (None: it began)."""

    life: AnyLife
    before: AnyLife | None
    around: bool
    """Whether what it is shown with changed too: the policy, or who may be located."""


@dataclass(frozen=True)
class Step:
    """Facts in order, and the lives whose rows they change, as they are afterwards."""

    facts: Sequence[Recorded]
    realm: RealmLife
    realm_changed: bool
    offers: Sequence[Change[OfferLife]]
    needs: Sequence[Change[NeedLife]]
    known: Known


Apply = Callable[[Cur, Step], None]


class OfLives(Protocol):
    """A table whose rows are functions of single lives."""

    def replace(self, cursor: Cur, step: Step) -> None:
        """Put the rows of the lives that changed in the place of those before."""
        ...

    def fill(
        self, cursor: Cur, lives: Iterable[OfferLife | NeedLife], known: Known
    ) -> None:
        """Write the rows of lives that have none yet."""
        ...


@dataclass(frozen=True)
class ReadModel:
    """A name in the checkpoint, its relations in the order they are made, its work.

    `lives` and `apply` are brought on once a page or more often, `count` once for each
    day of a page.
    """

    relations: tuple[Shape, ...]
    apply: Apply | None = None
    count: Count | None = None
    lives: OfLives | None = None
    sides: tuple[str, ...] = SIDES
    """Whose lives its rows depend on. An offer's do on needs: they may hide it."""

    @property
    def name(self) -> str:
        """What readers call it: the last of its relations is the one they see."""
        return self.relations[-1].name


@dataclass(frozen=True)
class Rows(Generic[AnyLife, Row]):
    """How a life of one side becomes rows, and what of it these show.

    A life of which that is the same as before keeps its rows.
    """

    rows: Callable[[AnyLife, Known], Iterable[Row]]
    shown: Callable[[AnyLife], object]

    def shows(self, change: Change[AnyLife]) -> bool:
        """Whether the change may be seen in the rows."""
        if change.before is None or change.around:
            return True
        return bool(self.shown(change.life) != self.shown(change.before))


def parts(*names: str) -> Callable[[OfferLife | NeedLife], object]:
    """Return what reads these parts of a life's state."""
    return attrgetter(*(f"state.{name}" for name in names))


@dataclass(frozen=True)
class PerLife(Generic[Row]):
    """Rows of single lives; `column` holds their ids, or with both sides their refs."""

    table: Table[Row]
    column: str
    offers: Rows[OfferLife, Row] | None = None
    needs: Rows[NeedLife, Row] | None = None

    def replace(self, cursor: Cur, step: Step) -> None:
        offers, needs = _seen(self.offers, step.offers), _seen(self.needs, step.needs)
        gone = [*self._names("offer:", offers), *self._names("need:", needs)]
        lives: list[OfferLife | NeedLife] = [change.life for change in offers]
        lives += [change.life for change in needs]
        rows = [*self._rows(lives, step.known)]
        replace(cursor, self.table, self.column, gone=gone, rows=rows)

    def fill(
        self, cursor: Cur, lives: Iterable[OfferLife | NeedLife], known: Known
    ) -> None:
        replace(
            cursor, self.table, self.column, gone=[], rows=[*self._rows(lives, known)]
        )

    def _rows(
        self, lives: Iterable[OfferLife | NeedLife], known: Known
    ) -> Iterator[Row]:
        for life in lives:
            if isinstance(life, OfferLife):
                if self.offers is not None:
                    yield from self.offers.rows(life, known)
            elif self.needs is not None:
                yield from self.needs.rows(life, known)

    def _names(self, side: str, changes: Sequence[Change[AnyLife]]) -> Iterator[str]:
        """Yield the names that rows were written under; a new life has none."""
        prefix = side if self.offers is not None and self.needs is not None else ""
        for change in changes:
            if change.before is not None:
                yield f"{prefix}{change.life.state.id}"


def _seen(
    rows: Rows[AnyLife, Row] | None, changes: Sequence[Change[AnyLife]]
) -> list[Change[AnyLife]]:
    return [] if rows is None else [change for change in changes if rows.shows(change)]


def replace(
    cursor: Cur, table: Table[Row], column: str, *, gone: list[str], rows: list[Row]
) -> None:
    """Put `rows` in the place of those whose column is one of `gone`."""
    if gone:
        table.clear(cursor, column, gone)
    if rows:
        table.fill(cursor, rows)
