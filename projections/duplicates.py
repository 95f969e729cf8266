"""Read model: cases that look like one and the same, until a person decides."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.listing import Listing, one_of
from projections.table import Table


@dataclass(frozen=True)
class Likeness:
    """One row a pair of cases that share a mail, phone or address.

    Rows of cases that are withdrawn or merged are gone; the other one of a pair may
    be: `groups` of this module leaves such pairs out.
    """

    case_ref: Annotated[str, "The later case, offer:… or need:…"]
    other_ref: Annotated[str, "The case that it looks like"]
    side: Annotated[Literal["offer", "need"], "offer or need"]
    told_on: Annotated[date, "The day on which the office heard of the later one"]
    position: Annotated[int, "Where the later one's first fact stands in the ledger"]


TABLE = Table(
    "duplicates",
    Likeness,
    key=("case_ref", "other_ref"),
    indexes=(("other_ref",),),
)

LISTING = Listing(
    TABLE,
    filters={"side": one_of("side"), "case_ref": one_of("case_ref")},
    sorts=("position", "told_on"),
    order=("position",),
)
