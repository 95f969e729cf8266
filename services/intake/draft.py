"""What a row becomes: a case to take in, a check of one, or a row set aside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from events.case import RepresentedBy
from events.need import NeedDetails, NeedState
from events.offer import OfferDetails, OfferState
from events.policy import CheckKind
from events.values import Day, Plain, Strict
from services.intake.cells import Asked, boxed
from services.intake.lists import Link
from services.intake.reasons import Reason


class Checked(Strict):
    """The result of a check, as a row tells it."""

    kind: CheckKind
    state: Literal["passed", "failed", "expired"]
    at: Day
    valid_until: Day | None = None

    def is_in(self, case: OfferState | NeedState) -> bool:
        """Say whether the case knows this result already."""
        known = (
            (check.kind, check.state, check.on, check.valid_until)
            for check in getattr(case, "checks", ())
        )
        return (self.kind, self.state, self.at, self.valid_until) in known


@dataclass(frozen=True)
class RowKey:
    """By which columns a row is known again. A personal one is never hashed plainly."""

    parts: tuple[str, ...]
    personal: bool


@dataclass(frozen=True)
class From:
    """Which row, read how, by whom it was sent."""

    row: int
    profile: str
    channel: str
    whole: Mapping[str, str]
    """Heading → cell of all that came, to be kept sealed."""
    said: tuple[str, ...]
    """The cells that were read, field before cell: the same again is no news."""
    key: RowKey
    revision: int | None = None
    source: str | None = None
    """Of a CloudEvent, who says that its ids are its own; absent: the channel."""
    event: str | None = None
    """The id of the CloudEvent: once, with one content, for ever."""
    time: datetime | None = None
    """Of a CloudEvent, when it was said; absent: when it came."""
    content: str = ""
    """All that a CloudEvent said, in one form: the same again is known by it."""

    @cached_property
    def raw(self) -> Plain | None:
        """All that came, ready to be sealed."""
        return boxed("row", self.whole)

    @cached_property
    def telling(self) -> bytes:
        """What was read of the row: the same again is no news."""
        return json.dumps((self.profile, self.said)).encode()

    def ready(self) -> None:
        """Make both now: where a second process reads, it has the time."""
        _ = self.raw, self.telling


@dataclass(frozen=True)
class Told:
    """The parts that are sealed, one box a purpose."""

    contact: Plain | None = None
    address: Plain | None = None
    message: Plain | None = None
    confidential: Plain | None = None
    external_ids: Plain | None = None


@dataclass(frozen=True)
class Draft:
    """A case as its row tells it. Nothing in it is guessed; `asked` is the rest."""

    came: From
    case: Literal["offer", "need"]
    details: OfferDetails | NeedDetails
    covered: frozenset[str]
    """What the table has columns for, by the fields that questions are about.

    An empty cell of such a column means unknown; where there is no column, nothing
    was said.
    """
    told: Told = Told()
    asked: tuple[Asked, ...] = ()
    ways: tuple[str, ...] = ()
    """Tokens of mails and phones of the person (`mail:…`); none of a speaker."""
    tokens: tuple[str, ...] = ()
    """Tokens by which two cases look alike."""
    found_by: tuple[str, ...] = ()
    """Tokens by which it is found only: an organisation's mail stands on many homes."""
    priority: int | None = None
    represented_by: RepresentedBy | None = None
    no_contact: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class CheckDraft:
    """A check on an offer that is known by its number, or by mail or phone."""

    came: From
    case_no: str | None
    tokens: tuple[str, ...]
    checked: Checked
    note: Plain | None = None


@dataclass(frozen=True)
class Aside:
    """A row that cannot be taken: kept sealed, to be repaired and sent again."""

    came: From
    field: str
    raw: str
    reason: Reason | str
    """One of ours, or the sentence of the rule that refused it."""


Drafted = Draft | CheckDraft | Aside


@dataclass(frozen=True)
class Built:
    """Details of a case with what could not be settled."""

    details: OfferDetails | NeedDetails
    asked: tuple[Asked, ...] = ()
