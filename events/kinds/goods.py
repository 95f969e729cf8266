"""Goods: countable lots of catalogued items, tickets and vouchers included."""

from typing import Annotated, Literal

from pydantic import Field

from events.kinds.housing import Location
from events.values import COARSE, OPEN, Count, Day, Ref, Strict, Word

Category = Literal[
    "FOOD",
    "HOUSEHOLD",
    "ELECTRONICS",
    "CHILDREN",
    "HYGIENE",
    "FURNITURE",
    "CLOTHING",
    "BEDDING",
    "MEDICAL",
    "SCHOOL",
    "TICKET",
    "OTHER",
]


Articles = Annotated[tuple[Ref, ...], Field(min_length=1, max_length=20)]


class Item(Strict):
    """One line of the catalogue: what a piece is."""

    category: Annotated[Category, OPEN]
    code: Annotated[Ref, OPEN]
    """The catalogue's word, `bed-140`: two pieces of one code serve alike."""
    name: Annotated[Word | None, OPEN] = None
    unit: Annotated[Literal["piece", "pack", "kg", "litre", "set"], OPEN] = "piece"
    pack_size: Annotated[Count | None, OPEN] = None
    size: Annotated[Word | None, OPEN] = None
    age_group: Annotated[Word | None, OPEN] = None
    condition: Annotated[Literal["new", "good", "used"] | None, OPEN] = None
    volume_litres: Annotated[Count | None, OPEN] = None
    weight_grams: Annotated[Count | None, OPEN] = None


class GoodsOffer(Strict):
    """A lot: so many pieces of one item at one place."""

    kind: Annotated[Literal["goods"], OPEN] = "goods"
    item: Annotated[Item | None, OPEN] = None
    quantity: Annotated[Count | None, OPEN] = None
    best_before: Annotated[Day | None, OPEN] = None
    """Last day on which it may still be handed out."""
    available_from: Annotated[Day | None, OPEN] = None
    available_to: Annotated[Day | None, OPEN] = None
    value_minor: Annotated[Count | None, OPEN] = None
    location: Annotated[Location | None, OPEN] = None


class GoodsNeed(Strict):
    """A request: so many pieces of one item, at a place, by a day."""

    kind: Annotated[Literal["goods"], OPEN] = "goods"
    item: Annotated[Item | None, OPEN] = None
    quantity: Annotated[Count | None, OPEN] = None
    needed_by: Annotated[Day | None, OPEN] = None
    waiting_since: Annotated[Day | None, OPEN] = None
    organisation: Annotated[bool | None, OPEN] = None
    location: Annotated[Location | None, COARSE] = None
    equivalents: Annotated[Articles | None, OPEN] = None
    """Other articles of the catalogue that serve this request as well."""
    kit: Annotated[Ref | None, OPEN] = None
    """Requests of one requester with one word here are a kit: what they lack comes
    whole or not at all."""


__all__ = ["GoodsNeed", "GoodsOffer", "Item"]
