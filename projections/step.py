"""What a read model is shown: the facts of a page, the lives they changed, the rest.

Rows are brought up to date once a page. What counts from day to day is shown each
business day of the page by itself (`projections.day`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from psycopg import sql

from events.base import Recorded
from events.policy import Policy
from projections.day import Count, Cur
from projections.life import NeedLife, OfferLife, RealmLife
from projections.table import Shape, Table
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
    hidden: frozenset[str] = frozenset()
    """Persons whose home nothing may locate."""

    def hides(self, life: OfferLife | NeedLife) -> bool:
        """Whether nothing may say where this is."""
        return hides(life, self.hidden)


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


@dataclass(frozen=True)
class ReadModel:
    """A name in the checkpoint, its relations in the order they are made, its work.

    `apply` is called once a page or more often, `count` once for each day of a page.
    """

    relations: tuple[Shape, ...]
    apply: Apply | None = None
    count: Count | None = None

    @property
    def name(self) -> str:
        """What readers call it: the last of its relations is the one they see."""
        return self.relations[-1].name


@dataclass(frozen=True)
class Rows(Generic[AnyLife, Row]):
    """How the lives of one side become rows, and which parts of a state these show.

    A life none of whose parts changed keeps its rows.
    """

    rows: Callable[[AnyLife, Known], Iterable[Row]]
    parts: tuple[str, ...]

    def shows(self, change: Change[AnyLife]) -> bool:
        """Whether the change may be seen in the rows."""
        if change.before is None or change.around:
            return True
        new, old = change.life.state, change.before.state
        return any(getattr(new, part) is not getattr(old, part) for part in self.parts)


def replacing(
    table: Table[Row],
    column: str,
    *,
    offers: Rows[OfferLife, Row] | None = None,
    needs: Rows[NeedLife, Row] | None = None,
) -> Apply:
    """Return the work of a read model whose rows are functions of single lives.

    `column` holds the id of the life, or with both sides its reference.
    """
    both = offers is not None and needs is not None

    def apply(cursor: Cur, step: Step) -> None:
        gone, rows = list[str](), list[Row]()
        for change in step.offers if offers is not None else ():
            if offers is not None and offers.shows(change):
                gone += _known_as("offer:" if both else "", change)
                rows += offers.rows(change.life, step.known)
        for other in step.needs if needs is not None else ():
            if needs is not None and needs.shows(other):
                gone += _known_as("need:" if both else "", other)
                rows += needs.rows(other.life, step.known)
        replace(cursor, table, column, gone=gone, rows=rows)

    return apply


def replace(
    cursor: Cur, table: Table[Row], column: str, *, gone: list[str], rows: list[Row]
) -> None:
    """Put `rows` in the place of those whose column is one of `gone`."""
    if gone:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
                sql.Identifier(table.name), sql.Identifier(column)
            ),
            (gone,),
        )
    if rows:
        table.fill(cursor, rows)


def _known_as(side: str, change: Change[AnyLife]) -> tuple[str, ...]:
    """Return the name that rows were written under; none when the life is new."""
    return () if change.before is None else (f"{side}{change.life.state.id}",)
