"""The matcher's own words: homes, households, lots and requests, in plain values.

Days are epoch days, an open end is `NEVER`; unknown is `None`, or the value that a
rule reads as "not told".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.policy import Policy
from matcher.rooms import Bedroom, Person, Shape

NEVER = (1 << 20) - 1
CONTINGENTS = ("hotel_unit", "shelter")
_FOURTEEN = 14


@dataclass(frozen=True, slots=True)
class Line:
    """So many rooms of a contingent's unit can be had in a span of days."""

    unit: str
    start: int
    end: int
    free: int


@dataclass(frozen=True, slots=True)
class Check:
    """The last word on one check; `until` is the last day on which it stands."""

    kind: str
    state: str
    until: int


@dataclass(frozen=True, slots=True)
class Home:
    """An offer of housing. `units` pairs a room's ref with the room."""

    id: str
    provider: str | None
    listed: int
    similar: frozenset[str]
    dwelling: str | None
    units: tuple[tuple[str, Bedroom], ...]
    beds: int
    lines: tuple[Line, ...]
    whole: bool
    start: int
    end: int
    min_days: int
    max_days: int
    option_until: int
    step_free: str
    floor: int | None
    lift: bool
    medical: bool
    women_only: bool
    men_live_there: bool
    no_families: bool
    min_age: int | None
    max_persons: int | None
    pets: frozenset[str]
    smokers: bool
    rent_kind: str
    rent_minor: int | None
    tenant: str | None
    protected: bool
    postcode: str | None
    languages: frozenset[str]
    checks: tuple[Check, ...]
    wishes: tuple[str, ...] = ()
    """Households that the host would like best, in codes, the first first."""

    @property
    def contingent(self) -> bool:
        """Several households side by side, room by room."""
        return self.dwelling in CONTINGENTS


@dataclass(frozen=True, slots=True)
class Household:
    """A need for housing; `people` has one entry a person, known or not."""

    id: str
    ref: str | None
    raised: int
    similar: frozenset[str]
    people: tuple[Person, ...]
    shape: Shape
    ground_floor: bool
    lift: bool
    medical: bool
    pets: frozenset[str]
    smokers: bool
    languages: frozenset[str]
    acute: bool
    start: int
    end: int
    payer: str | None
    near: str | None
    districts: tuple[str, ...]
    dwellings: frozenset[str]
    women_only: bool
    confidential: bool
    no_contact: frozenset[str]
    priority: int
    waiting_since: int
    current: tuple[str, str | None] | None
    together: frozenset[str] = frozenset()
    """Needs that it is to be placed together with."""
    near_to: frozenset[str] = frozenset()
    """Needs that it would like to live near."""
    parts: "tuple[Household, ...]" = ()
    """Of a merged need: whose it is, the earliest first."""
    doubtful: bool = False
    """Of a merged need: two of its parts may be the same."""

    @property
    def refs(self) -> frozenset[str]:
        """Who must be known to meet nobody that they must not meet."""
        return frozenset(p.ref for p in self.parts or (self,) if p.ref is not None)

    @property
    def step_free(self) -> bool:
        return any(person.step_free for person in self.people)

    @property
    def youngest(self) -> int:
        """The lowest age that a person may have; -1 where one is unknown."""
        return min((person.age for person in self.people), default=-1)

    @property
    def only_women(self) -> bool:
        """Everyone from fourteen on is a woman, and this is known."""
        return all(p.sex == "f" or 0 <= p.age < _FOURTEEN for p in self.people)


@dataclass(frozen=True, slots=True)
class Held:
    """A living promise that stays: rooms over days, or pieces of a lot."""

    offer: str
    need: str
    ref: str | None
    no_contact: frozenset[str]
    unit: str | None
    start: int
    end: int
    count: int
    quantity: int
    arrivals: str | None = None
    """Whose held-back rooms these are, if they are."""
    others: frozenset[str] = frozenset()
    """Who stays there beside `ref`: the other households of a merged need."""

    @property
    def refs(self) -> frozenset[str]:
        return self.others | frozenset(() if self.ref is None else (self.ref,))


@dataclass(frozen=True, slots=True)
class Hold:
    """Rooms that only those may have for whom they are held back."""

    id: str
    arrivals: str
    offer: str
    unit: str | None
    start: int
    end: int
    count: int
    features: frozenset[str]
    household_min: int
    after: int


@dataclass(frozen=True, slots=True)
class Lot:
    """An offer of goods."""

    id: str
    listed: int
    similar: frozenset[str]
    item: str | None
    size: str | None
    quantity: int
    start: int
    end: int
    best_before: int
    postcode: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A need for goods."""

    id: str
    raised: int
    similar: frozenset[str]
    item: str | None
    size: str | None
    quantity: int
    needed_by: int
    postcode: str | None
    priority: int
    waiting_since: int
    also: frozenset[str] = frozenset()
    """Other items that serve it too."""
    kit: tuple[str, str] | None = None
    """Who asks for it, and their word for the kit of which it is a part."""


@dataclass(frozen=True, slots=True)
class Market:
    """All of it, sorted by id, so that equal markets give equal plans."""

    realm: str
    position: int
    today: int
    policy: Policy
    places: Mapping[str, tuple[int, int]]
    homes: tuple[Home, ...]
    households: tuple[Household, ...]
    lots: tuple[Lot, ...]
    requests: tuple[Request, ...]
    held: tuple[Held, ...]
    pinned: frozenset[tuple[str, str]]
    forbidden: frozenset[tuple[str, str]]
    holds: tuple[Hold, ...] = ()
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Household → those it is linked to that wait too."""
    anchors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Household → the offers where those live to whom it is linked."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Offer of housing → its postcode."""
