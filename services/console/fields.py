"""What a person can be asked about a case: one list for entering, completing, showing.

A field says where its value lies in the typed details, how it is asked and whose
words its codes have. What stands in no list here comes from channels only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from services.console.mark import N_

How = Literal[
    "choice",
    "yes_no",
    "number",
    "day",
    "text",
    "postcode",
    "many",
    "languages",
    "codes",
    "euros",
]
Side = Literal["offer", "need"]
Kind = Literal["housing", "goods"]
ROOM_TYPES = ("room", "single", "double", "family")
AGES = ("0-1", "2-5", "6-9", "10-13", "14-17", "18-26", "27-64", "65+")


@dataclass(frozen=True)
class Field:
    """One question; `path` leads to its answer in the details."""

    path: str
    name: str
    how: How
    of: str = ""
    options: tuple[str, ...] = ()
    hint: str = ""

    @property
    def top(self) -> str:
        """The field of the details that an answer changes."""
        return self.path.partition(".")[0]


@dataclass(frozen=True)
class Group:
    """Questions that belong together."""

    name: str
    fields: tuple[Field, ...]


_PETS = ("dog", "cat", "small", "other")
_PLACE = Group(
    N_("Where"),
    (
        Field("location.postcode", N_("Postcode"), "postcode"),
        Field(
            "location.disclosure", N_("May the place be told"), "choice", "disclosure",
            ("area", "protected"), N_("protected: no page says even the postcode"),
        ),
    ),
)  # fmt: skip
_HOUSING_OFFER = (
    Group(
        N_("The home"),
        (
            Field("dwelling", N_("Kind of home"), "choice", "dwelling",
                  ("room", "flat", "house", "hotel_unit", "shelter")),
            Field("provider_kind", N_("Who offers it"), "choice", "provider_kind",
                  ("citizen", "association", "company", "hotel", "housing_company",
                   "municipality", "welfare")),
            Field("beds", N_("Beds in all"), "number"),
            Field("m2", N_("Square metres"), "number"),
            Field("floor", N_("Floor"), "number", hint=N_("0: ground floor")),
            Field("lift", N_("Lift"), "yes_no"),
            Field("step_free", N_("Step-free"), "choice", "fit",
                  ("all", "some", "none", "unknown")),
            Field("whole_unit", N_("The home is theirs alone"), "yes_no"),
            Field("bathroom", N_("Bathroom"), "choice", "shared", ("own", "shared")),
            Field("kitchen", N_("Kitchen"), "choice", "shared",
                  ("own", "shared", "none")),
            Field("furnished", N_("Furnished"), "yes_no"),
            Field("medical_equipment", N_("Room for medical equipment"), "yes_no"),
        ),
    ),
    Group(
        N_("Who may come"),
        (
            Field("accepts.women_only", N_("Women and their children only"), "yes_no"),
            Field("accepts.families", N_("Families"), "yes_no"),
            Field("accepts.children_min_age", N_("Children from age"), "number"),
            Field("accepts.max_persons", N_("Persons at most"), "number"),
            Field("accepts.pets", N_("Pets that may come"), "many", "pet", _PETS),
            Field("accepts.smokers", N_("Smokers"), "yes_no"),
            Field("languages", N_("Languages spoken there"), "languages"),
        ),
    ),
    Group(
        N_("When and on which terms"),
        (
            Field("available.from", N_("Available from"), "day"),
            Field("available.to", N_("Available to"), "day"),
            Field("available.min_days", N_("Days at least"), "number"),
            Field("available.max_days", N_("Days at most"), "number"),
            Field("option_until", N_("Offer held until"), "day"),
            Field("rent.kind", N_("Cost"), "choice", "rent", ("free", "rent", "price")),
            Field("rent.cold", N_("Cold rent a month, euros"), "euros"),
            Field("rent.operating", N_("Operating costs a month, euros"), "euros"),
            Field("rent.heating", N_("Heating a month, euros"), "euros"),
            Field("tenant", N_("Tenant is"), "choice", "tenant",
                  ("city", "welfare", "household")),
        ),
    ),
    _PLACE,
)  # fmt: skip
_HOUSING_NEED = (
    Group(
        N_("The household"),
        (
            Field("persons", N_("Persons"), "number"),
            Field("horizon", N_("How urgent"), "choice", "horizon",
                  ("acute", "long_term")),
            Field("waiting_since", N_("Waiting since"), "day"),
            Field("period.from", N_("Stay from"), "day"),
            Field("period.to", N_("Stay to"), "day"),
            Field("languages", N_("Languages"), "languages"),
            Field("smokers", N_("Smokers"), "yes_no"),
            Field("may_split", N_("May be split"), "yes_no"),
            Field("rent_payer", N_("Who pays the rent"), "choice", "rent_payer",
                  ("self", "jobcenter", "sozialamt", "none")),
            Field("near", N_("Near which postcode"), "postcode"),
        ),
    ),
    Group(
        N_("Protection"),
        (
            Field("protection.women_only", N_("Women-only home"), "yes_no"),
            Field("protection.confidential_address", N_("Protected address"), "yes_no"),
        ),
    ),
)  # fmt: skip
_ITEM = (
    Field("item.code", N_("Item (code of the catalogue)"), "text"),
    Field("item.category", N_("Category"), "choice", "category",
          ("FOOD", "HOUSEHOLD", "ELECTRONICS", "CHILDREN", "HYGIENE", "FURNITURE",
           "CLOTHING", "BEDDING", "MEDICAL", "SCHOOL", "TICKET", "OTHER")),
    Field("item.name", N_("What it is called"), "text"),
    Field("item.size", N_("Size"), "text"),
    Field("quantity", N_("How many"), "number"),
)  # fmt: skip
_GOODS_OFFER = (
    Group(
        N_("The goods"),
        (
            *_ITEM,
            Field("item.condition", N_("Condition"), "choice", "condition",
                  ("new", "good", "used")),
            Field("best_before", N_("Best before"), "day"),
            Field("available_from", N_("Available from"), "day"),
            Field("available_to", N_("Available to"), "day"),
        ),
    ),
    _PLACE,
)  # fmt: skip
_GOODS_NEED = (
    Group(
        N_("The request"),
        (
            *_ITEM,
            Field("equivalents", N_("Serves as well"), "codes", "item",
                  hint=N_("codes with commas: bed-90, bed-140")),
            Field("kit", N_("Part of the kit"), "text",
                  hint=N_("one word, baby-1: all parts come, or none")),
            Field("needed_by", N_("Needed by"), "day"),
            Field("waiting_since", N_("Waiting since"), "day"),
            Field("organisation", N_("For an organisation"), "yes_no"),
        ),
    ),
    _PLACE,
)  # fmt: skip
GROUPS: Mapping[tuple[Side, Kind], tuple[Group, ...]] = {
    ("offer", "housing"): _HOUSING_OFFER,
    ("offer", "goods"): _GOODS_OFFER,
    ("need", "housing"): _HOUSING_NEED,
    ("need", "goods"): _GOODS_NEED,
}


def fields(side: Side, kind: Kind) -> Iterator[Field]:
    """Yield every question about such a case."""
    for group in GROUPS[side, kind]:
        yield from group.fields
