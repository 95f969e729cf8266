"""A business day, as read models see it that count what changes from day to day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from events.base import Recorded
from projections.life import NeedLife, OfferLife, RealmLife, business_day
from projections.table import Cur

BEFORE_ALL = date.min
"""What stands in for the business day before the first one began."""


@dataclass(frozen=True)
class Move:
    """A life after some facts of a day and before them (None: it began).

    `hidden` says whether nothing may locate it, after and before.
    """

    life: OfferLife | NeedLife
    before: OfferLife | NeedLife | None
    hidden: bool
    hidden_before: bool


@dataclass(frozen=True)
class Day:
    """Facts of one business day, in order, and what they moved."""

    realm: RealmLife
    facts: Sequence[Recorded]
    moved: Callable[[], Sequence[Move]]
    """To be asked before the next day: who is hidden goes on with the ledger."""
    ends: bool
    """Whether the next fact begins another business day."""

    @cached_property
    def moves(self) -> Sequence[Move]:
        """What moved, worked out if a read model counts it."""
        return self.moved()

    @property
    def day(self) -> date:
        return self.realm.today or BEFORE_ALL

    def of(self, recorded: Recorded) -> date:
        """Return the business day that a fact counts for."""
        return business_day(self.realm, recorded)


Count = Callable[[Cur, Day], None]
