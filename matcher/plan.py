"""A plan: who is to go where, and the numbers by which anyone can check it.

Everything is frozen, counted in integers, and written as plain JSON. Dates are days
in Europe/Berlin, a stay is half-open `[start, end)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, cast

from matcher.plain import from_plain, to_plain

Json: TypeAlias = dict[str, object]
PartName = Literal["housing", "goods"]
FORMAT = "plan.v1"


@dataclass(frozen=True, slots=True)
class Room:
    """Who sleeps in one room; `unit` repeats for like rooms of a contingent."""

    unit: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A household in a home, or in `count` rooms of one unit of a contingent.

    `due` names the checks that must stand before it is confirmed: the proposal is
    provisional while there are any. `worth` is by tier, `points` says what the third
    tier consists of. An `open_ended` stay ends at the policy's horizon. `rooms` is
    empty where the home's rooms or the household's members are not known.
    """

    need: str
    offer: str
    unit: str | None
    start: date
    end: date
    open_ended: bool
    count: int
    persons: int
    rooms: tuple[Room, ...]
    due: tuple[str, ...]
    metres: int | None
    worth: tuple[int, int, int]
    points: tuple[tuple[str, int], ...]

    @property
    def provisional(self) -> bool:
        return bool(self.due)


@dataclass(frozen=True, slots=True)
class Handover:
    """So many pieces of a lot for a request, from `day` on."""

    need: str
    offer: str
    day: date
    quantity: int
    metres: int | None
    worth: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need left open, or goods still `missing` (persons, or pieces), and why.

    `blocked` is the funnel: how many offers fell at which rule, in its order;
    `compatible` is how many were left at its end.
    """

    need: str
    part: PartName
    reason: str
    missing: int
    blocked: tuple[tuple[str, int], ...]
    compatible: int


@dataclass(frozen=True, slots=True)
class Price:
    """What a room (a home, a piece) costs on `day`, in 1/scale of its tier's worth.

    `apart` names two households that must not meet: the price of the one place that
    they would share. With a `unit` it names the expected arrivals (one twice, or two)
    for whom rooms are held back: the price of what is left for others. A lot's price
    has no day.
    """

    offer: str
    unit: str | None
    day: date | None
    apart: tuple[str, str] | None
    price: int


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier's worth, its bound, and the prices and multipliers that prove it.

    `multipliers` (1/scale) weigh the worth of the tiers before, which must be kept.
    """

    name: str
    worth: int
    bound: int
    scale: int
    multipliers: tuple[int, ...]
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Housing or goods: its tiers, and the steps that make one number of them.

    `proven`: bound equals worth in every tier, or a search ended with a proof.
    """

    name: PartName
    tiers: tuple[Tier, ...]
    steps: tuple[int, ...]
    proven: bool

    @property
    def worth(self) -> int:
        return sum(s * t.worth for s, t in zip(self.steps, self.tiers, strict=True))

    @property
    def bound(self) -> int:
        return sum(s * t.bound for s, t in zip(self.steps, self.tiers, strict=True))


@dataclass(frozen=True, slots=True)
class Engine:
    """Who solved it: enough to repeat it."""

    name: str
    ortools: str
    seed: int
    threads: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run chose. `market` is the SHA-256 of the canonical market document."""

    market: str
    realm: str
    position: int
    today: date
    policy: str
    engine: Engine
    stays: tuple[Stay, ...]
    handovers: tuple[Handover, ...]
    unmet: tuple[Unmet, ...]
    parts: tuple[Part, ...]

    @property
    def worth(self) -> int:
        return sum(part.worth for part in self.parts)

    @property
    def bound(self) -> int:
        return sum(part.bound for part in self.parts)

    @property
    def gap(self) -> float:
        """Return (bound - worth) / max(1, bound)."""
        return (self.bound - self.worth) / max(1, self.bound)

    @property
    def proven(self) -> bool:
        return all(part.proven for part in self.parts)

    @property
    def persons(self) -> int:
        """Return how many people the plan places."""
        return sum(stay.persons for stay in self.stays)

    def part(self, name: PartName) -> Part:
        return next(part for part in self.parts if part.name == name)

    def to_json(self) -> Json:
        """Return plain JSON types; `from_json` reads the same plan back."""
        return {"format": FORMAT, **cast("Json", to_plain(self))}

    @staticmethod
    def from_json(document: Mapping[str, object]) -> "Plan":
        """Read a plan back; `ValueError` with one sentence when it is none."""
        if document.get("format") != FORMAT:
            raise ValueError(f"format is {document.get('format')!r}, not {FORMAT}")
        fields = {key: value for key, value in document.items() if key != "format"}
        return from_plain(Plan, fields)
