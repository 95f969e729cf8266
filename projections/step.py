"""What a read model is shown: the facts of a step, the lives they changed, the rest.

A page of facts is cut into steps where a business day ends, so that a day can be
closed with its own numbers. In a step every read model brings its rows up to date.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from psycopg import Cursor, sql

from events.base import Recorded
from events.kinds.housing import HousingOffer, Location
from events.policy import Policy
from projections.life import NeedLife, OfferLife, RealmLife, business_day
from projections.table import Shape, Table, Value

Row = TypeVar("Row")
AnyLife = TypeVar("AnyLife", OfferLife, NeedLife)
Cur = Cursor[tuple[Value, ...]]
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
        """Whether nothing may say where this is: by itself, or for who lives there."""
        details = life.state.details
        if _protected(details):
            return True
        if isinstance(life, NeedLife):
            return life.state.person in self.hidden
        return isinstance(details, HousingOffer) and any(
            match.household in self.hidden for match in life.state.living
        )


@dataclass(frozen=True)
class Change(Generic[AnyLife]):
    """A life after the facts of a step, and before them (None: it began)."""

    life: AnyLife
    before: AnyLife | None
    around: bool
    """Whether what it is shown with changed too: the policy, or who may be located."""


@dataclass(frozen=True)
class Step:
    """Facts of one business day, in order, and the lives as they are after them."""

    facts: Sequence[Recorded]
    realm: RealmLife
    realm_changed: bool
    offers: Sequence[Change[OfferLife]]
    needs: Sequence[Change[NeedLife]]
    known: Known
    ends_day: bool
    """Whether the next fact begins another business day."""

    def day(self, recorded: Recorded) -> date:
        """Return the business day that a fact of this step counts for."""
        return business_day(self.realm, recorded)


Apply = Callable[[Cur, Step], None]


@dataclass(frozen=True)
class ReadModel:
    """A name in the checkpoint, its relations in the order they are made, its work."""

    relations: tuple[Shape, ...]
    apply: Apply

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


def area(location: Location | None, *, hidden: bool) -> str | None:
    """Return the postcode when it may be told."""
    return None if hidden or location is None else location.postcode


def _protected(details: object) -> bool:
    location = getattr(details, "location", None)
    return isinstance(location, Location) and location.disclosure == "protected"


def _known_as(side: str, change: Change[AnyLife]) -> tuple[str, ...]:
    """Return the name that rows were written under; none when the life is new."""
    return () if change.before is None else (f"{side}{change.life.state.id}",)
