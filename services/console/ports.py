"""What the desk needs from the rest of Beistand, and nothing more.

`services/assemble.py` hands over the real thing, tests a small one of their own.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import JsonValue

from events.need import NeedDetails
from events.offer import OfferDetails
from events.values import Ref, Via
from matcher import Beds, Comparison, More, Rooms, Scarcity, Today
from projections.listing import Db
from services.ledger.rules.base import Command, Refused
from services.progress import Progress, Stand

Purpose = Literal[
    "contact", "address", "message", "confidential", "external_ids", "note", "question",
    "row",
]  # fmt: skip


@dataclass(frozen=True)
class Office:
    """Whose desk this is. A synthetic realm says so on every page."""

    realm: str
    name: str
    unit: str = ""
    synthetic: bool = False


@dataclass(frozen=True)
class Done:
    """What a command led to: its facts' places, none when it was so already.

    `facts` are their contract names; `repeated` says that the order was done before.
    """

    first: int | None = None
    last: int | None = None
    facts: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True)
class Answers:
    """What many orders at once led to; a refusal of one does not stop the rest."""

    recorded: int
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A case that somebody told a person at the desk.

    `contact` and `address` have the keys of a typed submission (`services.intake`):
    name, organisation, phone, mail; street, house_number, city.
    """

    side: Literal["offer", "need"]
    details: OfferDetails | NeedDetails
    contact: Mapping[str, str]
    address: Mapping[str, str]
    message: str = ""
    priority: int | None = None


@dataclass(frozen=True)
class Opened:
    """Sealed parts that the gateway opened, newest first: field → content."""

    parts: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Help:
    """A change that would let `offers` more offers fit: `code` at `value`."""

    code: str
    value: int
    offers: int


@dataclass(frozen=True)
class HoldCost:
    """What a room of a hold would be worth to others at the latest plan's prices.

    `price` is by tier of housing: acute, persons, points.
    """

    hold: str
    price: tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """What one run of the matcher led to; `plan` is absent when nothing was to do."""

    plan: str | None
    placed: int
    proposed: int
    seconds: float


@dataclass(frozen=True)
class WhatIf:
    """What would be otherwise: offers by their ids, the policy by dotted names."""

    changes: tuple[More | Beds | Rooms, ...] = ()
    settings: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Upload:
    """A file as it came from the browser."""

    filename: str
    content: bytes
    profile: str | None = None


@dataclass(frozen=True)
class RowFault:
    """A field of a row that was not taken as it stands; `value` is masked."""

    row: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What became of a file, or would become of it."""

    profile: str
    read: int
    taken: int
    unchanged: int
    amended: int
    set_aside: int
    open_questions: int
    duplicates: int
    rows: tuple[RowFault, ...] = ()
    missing: int = 0
    rows_left_out: int = 0
    """Faults that are counted and not among `rows`."""
    unused_columns: tuple[str, ...] = ()
    unread_sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """A mapping profile that an upload may name."""

    name: str
    title: str


@dataclass(frozen=True)
class Repair:
    """A set-aside row with the values that a person corrected."""

    submission: Ref
    values: Mapping[str, str] = field(default_factory=dict)


class Desk(Protocol):
    """The seam between the pages and everything else.

    Every method may raise `Refused` with a sentence for the person who asked.
    """

    @property
    def office(self) -> Office: ...

    @property
    def secret(self) -> bytes:
        """Signs the seat's cookie; kept with the keys, never in a file of ours."""

    def reading(self) -> AbstractContextManager[Db]:
        """Lend a connection of the role beistand_desk, one snapshot, read only."""

    def position(self) -> int:
        """Return the ledger's head."""

    def wait_for(self, position: int) -> None:
        """Return when the read models show `position`, or after two seconds."""

    def handle(
        self, command: Command, *, by: str, order: str, via: Via = "desk"
    ) -> Done:
        """Record what the command leads to, said by the person at the desk.

        The same `order` twice is recorded once.
        """

    def handle_all(self, orders: Mapping[str, Command], *, by: str) -> Answers:
        """Record what many commands lead to, each by the name of its order."""

    def enter(self, entry: Entry, *, by: str, order: str, via: Via) -> str:
        """Take a case in as an upload would, and return it (`offer:…`, `need:…`)."""

    def open_personal(
        self, case: str, *, purpose: Purpose, reason: str, by: str
    ) -> Opened:
        """Open sealed parts of a case and record who read them and why."""

    def match_now(self, *, by: str) -> Run:
        """Run the matcher and wait for its plan."""

    def matching(self) -> Stand | None:
        """Return how far a run of the matcher is; None while none runs here."""

    def scarcity(self, plan: str, position: int) -> Scarcity | None:
        """Return what is dear at a plan's prices; None: not understood any more."""

    def what_if(self, wanted: WhatIf, progress: Progress) -> Comparison:
        """Solve today's market with something changed; nothing is recorded."""

    def helps(self, need: str) -> tuple[Help, ...]:
        """Return the smallest changes that would help a need that is left open."""

    def hold_costs(self) -> tuple[HoldCost, ...]:
        """Return what holding back costs, as of the latest plan that knew of it."""

    def today(self, need: str) -> Today:
        """Return what stands in a need's way in the market as it is now."""

    def profiles(self) -> tuple[Profile, ...]:
        """Return the mapping profiles that are installed."""

    def preview(self, upload: Upload) -> Report:
        """Say what the file would lead to; record nothing."""

    def submit(self, upload: Upload, *, by: str) -> Report:
        """Take the file in."""

    def set_aside_row(self, submission: str, *, by: str) -> Mapping[str, str]:
        """Open a set-aside row for repair: column → what stood there."""

    def resend(self, repair: Repair, *, by: str) -> Report:
        """Take a repaired row in."""
