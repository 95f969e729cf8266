"""What a read model is shown: the facts of a step, the lives they changed, the rest.

A page of facts is cut into steps where a business day ends, so that a day can be
closed with its own numbers. In a step every read model brings its rows up to date.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from psycopg import Cursor, sql

from events.base import Recorded
from events.kinds.housing import HousingOffer, Location
from events.policy import Policy
from projections.life import NeedLife, OfferLife, RealmLife, business_day
from projections.table import Shape, Table, Value

Row = TypeVar("Row")
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

    def hides_need(self, life: NeedLife) -> bool:
        """Whether nothing may say where these people live, or want to."""
        return life.state.person in self.hidden or _protected(life.state.details)

    def hides_offer(self, life: OfferLife) -> bool:
        """Whether nothing may say where this is: by itself, or for who lives there."""
        return _protected(life.state.details) or (
            isinstance(life.state.details, HousingOffer)
            and any(match.household in self.hidden for match in life.state.living)
        )


@dataclass(frozen=True)
class Step:
    """Facts of one business day, in order, and the lives as they are after them."""

    facts: Sequence[Recorded]
    realm: RealmLife
    realm_changed: bool
    offers: Sequence[OfferLife]
    needs: Sequence[NeedLife]
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


def replacing(
    table: Table[Row],
    column: str,
    *,
    offers: Callable[[OfferLife, Known], Iterable[Row]] | None = None,
    needs: Callable[[NeedLife, Known], Iterable[Row]] | None = None,
) -> Apply:
    """Return the work of a read model whose rows are functions of single lives.

    `column` holds the id of the life, or with both sides its reference.
    """
    both = offers is not None and needs is not None

    def apply(cursor: Cur, step: Step) -> None:
        rows: list[Row] = []
        gone: list[str] = []
        if offers is not None:
            gone += [_name("offer", life, both) for life in step.offers]
            rows += [row for life in step.offers for row in offers(life, step.known)]
        if needs is not None:
            gone += [_name("need", life, both) for life in step.needs]
            rows += [row for life in step.needs for row in needs(life, step.known)]
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


def _name(side: str, life: OfferLife | NeedLife, both: bool) -> str:  # noqa: FBT001 told by the caller's two functions
    return f"{side}:{life.state.id}" if both else life.state.id
