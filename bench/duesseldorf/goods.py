"""Goods lots and requests: many clothes are given, other things are needed.

45 % of givers offer clothing while the most needed help is offered by 14 %, and
about 60 % of unsolicited goods are not needed: so says the survey of givers.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bench.duesseldorf.contacts import Contact, german
from bench.duesseldorf.dice import Dice
from bench.duesseldorf.households import TODAY


@dataclass(frozen=True)
class Good:
    """An item as givers call it, and how often it is given and asked for (weights)."""

    name: str
    sizes: tuple[str, ...]
    given: int
    asked: int
    pieces: tuple[int, int]
    """Fewest and most pieces of a lot; a request asks for a third of that."""
    shelf_days: int = 0
    """Food and hygiene: days until best before; 0 keeps for ever."""


_CHILD = ("92", "104", "116", "128", "140")

CATALOGUE = (
    Good("Winterjacke", ("S", "M", "L", "XL"), 18, 4, (1, 20)),
    Good("Kinderkleidung", _CHILD, 15, 6, (1, 15)),
    Good("Schuhe", ("38", "40", "42"), 12, 4, (1, 10)),
    Good("Bett 90 cm", (), 3, 10, (1, 2)),
    Good("Bett 140 cm", (), 2, 4, (1, 1)),
    Good("Matratze 90 cm", (), 4, 11, (1, 3)),
    Good("Bettwäsche-Set", (), 8, 9, (1, 12)),
    Good("Kinderbett", (), 3, 6, (1, 2)),
    Good("Kinderwagen", (), 5, 6, (1, 2)),
    Good("Windeln", ("3", "4", "5"), 4, 9, (5, 60), 700),
    Good("Hygiene-Set", (), 6, 8, (5, 80), 500),
    Good("Babynahrung", (), 4, 5, (10, 90), 40),
    Good("Konserven", (), 4, 3, (10, 200), 300),
    Good("Smartphone", (), 3, 8, (1, 3)),
    Good("Schulranzen", (), 4, 6, (1, 8)),
    Good("Küchenset", (), 5, 7, (1, 5)),
    Good("Rollator", (), 1, 3, (1, 1)),
    Good("Rheinbahn-Ticket", (), 1, 6, (50, 200)),
)


@dataclass(frozen=True)
class Lot:
    """So many pieces at one place; asked for or given."""

    good: Good
    quantity: int
    size: str | None
    condition: str | None
    best_before: date | None
    day: date
    """A lot: available from; a request: needed by."""
    contact: Contact
    organisation: bool
    value_minor: int | None


def lots(seed: int, count: int) -> list[Lot]:
    """Return what is given."""
    weights = {good: good.given for good in CATALOGUE}
    return [_lot(Dice(seed, "lot", n), weights, serial=2000 + n) for n in range(count)]


def requests(seed: int, count: int) -> list[Lot]:
    """Return what is asked for, by households and by the places that house them."""
    weights = {good: good.asked for good in CATALOGUE}
    return [_request(Dice(seed, "ask", n), weights, 3000 + n) for n in range(count)]


def _lot(dice: Dice, weights: dict[Good, int], serial: int) -> Lot:
    good = dice.weighted(weights)
    shelf = good.shelf_days
    until = TODAY + timedelta(days=dice.between(-5, shelf)) if shelf else None
    return Lot(
        good=good,
        quantity=dice.between(*good.pieces),
        size=dice.pick(good.sizes) if good.sizes else None,
        condition=None if shelf else dice.pick(("new", "good", "good", "used")),
        best_before=until,
        day=TODAY + timedelta(days=dice.pick((-6, -2, 0, 0, 1, 4))),
        contact=german(dice, serial),
        organisation=dice.chance(15),
        value_minor=100 * dice.between(2, 90) if dice.chance(40) else None,
    )


def _request(dice: Dice, weights: dict[Good, int], serial: int) -> Lot:
    good = dice.weighted(weights)
    low, high = good.pieces
    return Lot(
        good=good,
        quantity=dice.between(low, max(low, high // 3)),
        size=dice.pick(good.sizes) if good.sizes and dice.chance(80) else None,
        condition=None,
        best_before=None,
        day=TODAY + timedelta(days=dice.between(2, 25)),
        contact=german(dice, serial),
        organisation=dice.chance(40),
        value_minor=None,
    )
