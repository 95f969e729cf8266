"""Housing: homes, hotel contingents, and the households that need them."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from events.values import (
    COARSE,
    OPEN,
    Count,
    Day,
    Language,
    Postcode,
    Ref,
    Span,
    Strict,
    Word,
)

AgeBand = Literal["0-1", "2-5", "6-9", "10-13", "14-17", "18-26", "27-64", "65+"]
Sex = Literal["f", "m", "x"]
Fit = Literal["all", "some", "none", "unknown"]
Pet = Literal["dog", "cat", "small", "other"]


class Unit(Strict):
    """One room of a home, or one room type of a hotel."""

    ref: Annotated[Ref, OPEN]
    type: Annotated[Literal["room", "single", "double", "family"], OPEN]
    sleeps: Annotated[Count, OPEN]
    cot_possible: Annotated[bool | None, OPEN] = None
    lockable: Annotated[bool | None, OPEN] = None
    step_free: Annotated[bool | None, OPEN] = None


class Capacity(Strict):
    """How many of a unit can be had in a span of days; `blocked` of them cannot."""

    unit: Annotated[Ref, OPEN]
    span: Annotated[Span, OPEN]
    count: Annotated[Count, OPEN]
    blocked: Annotated[Count, OPEN] = 0


class Residents(Strict):
    """Who lives in the home and stays there."""

    adults_f: Annotated[Count, COARSE] = 0
    adults_m: Annotated[Count, COARSE] = 0
    children: Annotated[Count, COARSE] = 0
    pets: Annotated[Count, COARSE] = 0


class Accepts(Strict):
    """Whom the provider takes in. Absent: not asked yet."""

    women_only: Annotated[bool | None, OPEN] = None
    families: Annotated[bool | None, OPEN] = None
    children_min_age: Annotated[Count | None, OPEN] = None
    max_persons: Annotated[Count | None, OPEN] = None
    pets: Annotated[tuple[Pet, ...] | None, OPEN] = None
    smokers: Annotated[bool | None, OPEN] = None


class Available(Strict):
    """When the home can be had, and for how long a stay (days)."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    start: Annotated[Day | None, OPEN, Field(alias="from")] = None
    end: Annotated[Day | None, OPEN, Field(alias="to")] = None
    min_days: Annotated[Count | None, OPEN] = None
    max_days: Annotated[Count | None, OPEN] = None


class Rent(Strict):
    """What a stay costs; amounts a month (or a night) in euro cents."""

    kind: Annotated[Literal["free", "rent", "price"], OPEN]
    cold: Annotated[Count | None, OPEN] = None
    operating: Annotated[Count | None, OPEN] = None
    heating: Annotated[Count | None, OPEN] = None
    deposit: Annotated[Count | None, OPEN] = None
    amount_minor: Annotated[Count | None, OPEN] = None
    currency: Annotated[Literal["EUR"], OPEN] = "EUR"
    per: Annotated[Literal["person_night", "room_night", "month"] | None, OPEN] = None


class Location(Strict):
    """Where, no finer than the postcode; the street is sealed.

    `disclosure="protected"`: no page and no read model says even the postcode.
    """

    postcode: Annotated[Postcode | None, COARSE] = None
    disclosure: Annotated[Literal["area", "protected"], OPEN] = "area"


class Wish(Strict):
    """A wish, most important first; never a rule."""

    kind: Annotated[Literal["district", "dwelling", "household"], OPEN]
    value: Annotated[Word, COARSE]


Dwelling = Literal["room", "flat", "house", "hotel_unit", "shelter"]


class HousingOffer(Strict):
    """A home or a contingent of rooms.

    `beds` alone (no `units`) is a home whose rooms are unknown: it takes one
    household up to its beds. A hotel's rooms are `units` with `capacity` by day;
    several households fit side by side. Any other dwelling takes one household at
    a time.
    """

    kind: Annotated[Literal["housing"], OPEN] = "housing"
    provider_kind: Annotated[
        Literal[
            "citizen",
            "association",
            "company",
            "hotel",
            "housing_company",
            "municipality",
            "welfare",
        ]
        | None,
        OPEN,
    ] = None
    dwelling: Annotated[Dwelling | None, OPEN] = None
    beds: Annotated[Count | None, OPEN] = None
    units: Annotated[tuple[Unit, ...] | None, OPEN] = None
    capacity: Annotated[tuple[Capacity, ...] | None, OPEN] = None
    whole_unit: Annotated[bool | None, OPEN] = None
    m2: Annotated[Count | None, OPEN] = None
    floor: Annotated[int | None, OPEN, Field(ge=-3, le=60)] = None
    lift: Annotated[bool | None, OPEN] = None
    step_free: Annotated[Fit | None, OPEN] = None
    medical_equipment: Annotated[bool | None, OPEN] = None
    bathroom: Annotated[Literal["own", "shared"] | None, OPEN] = None
    kitchen: Annotated[Literal["own", "shared", "none"] | None, OPEN] = None
    residents: Annotated[Residents | None, COARSE] = None
    accepts: Annotated[Accepts | None, OPEN] = None
    wishes: Annotated[tuple[Wish, ...] | None, OPEN] = None
    languages: Annotated[tuple[Language, ...] | None, COARSE] = None
    available: Annotated[Available | None, OPEN] = None
    option_until: Annotated[Day | None, OPEN] = None
    tenant: Annotated[Literal["city", "welfare", "household"] | None, OPEN] = None
    rent: Annotated[Rent | None, OPEN] = None
    standing_agreement: Annotated[Span | None, OPEN] = None
    furnished: Annotated[bool | None, OPEN] = None
    location: Annotated[Location | None, OPEN] = None

    @model_validator(mode="after")
    def _capacity_names_units(self) -> "HousingOffer":
        known = {unit.ref for unit in self.units or ()}
        for line in self.capacity or ():
            if self.units is not None and line.unit not in known:
                raise ValueError(f"capacity names the unit {line.unit}, which is none")
        return self


class MemberNeeds(Strict):
    """What a person cannot do without."""

    step_free: Annotated[bool, COARSE] = False
    lift: Annotated[bool, COARSE] = False
    ground_floor: Annotated[bool, COARSE] = False
    medical_equipment: Annotated[bool, COARSE] = False


class Member(Strict):
    """A person of a household: an age band as of a day, never a name or birthday."""

    ref: Annotated[Ref, OPEN]
    age_band: Annotated[AgeBand | None, COARSE] = None
    as_of: Annotated[Day | None, COARSE] = None
    sex: Annotated[Sex | None, COARSE] = None
    needs: Annotated[MemberNeeds, COARSE] = MemberNeeds()


class Relation(Strict):
    """What two members are to each other; of parent_child, `a` is the parent."""

    a: Annotated[Ref, OPEN]
    b: Annotated[Ref, OPEN]
    kind: Annotated[Literal["couple", "parent_child", "siblings", "other"], COARSE]


class HouseholdPet(Strict):
    kind: Annotated[Pet, COARSE]
    count: Annotated[Count, COARSE]


class Protection(Strict):
    """Absolute. `no_contact` are opaque person ids that must not live together."""

    women_only: Annotated[bool, COARSE] = False
    confidential_address: Annotated[bool, COARSE] = False
    no_contact: Annotated[tuple[Ref, ...], COARSE] = ()


class Linked(Strict):
    ref: Annotated[Ref, OPEN]
    how: Annotated[Literal["near", "together"], OPEN]


class HousingNeed(Strict):
    """A household that needs a home.

    `persons` is the number of people; `members` tells them one by one where known.
    A member whose `age_band` is absent is an adult for no rule and a child for none:
    a rule that needs the age is then not fulfilled.
    """

    kind: Annotated[Literal["housing"], OPEN] = "housing"
    persons: Annotated[Count | None, COARSE] = None
    members: Annotated[tuple[Member, ...] | None, COARSE] = None
    relations: Annotated[tuple[Relation, ...] | None, COARSE] = None
    expected_birth: Annotated[Day | None, COARSE] = None
    pets: Annotated[tuple[HouseholdPet, ...] | None, COARSE] = None
    smokers: Annotated[bool | None, COARSE] = None
    languages: Annotated[tuple[Language, ...] | None, COARSE] = None
    horizon: Annotated[Literal["acute", "long_term"] | None, OPEN] = None
    waiting_since: Annotated[Day | None, OPEN] = None
    period: Annotated[Span | None, OPEN] = None
    may_split: Annotated[bool | None, COARSE] = None
    rent_payer: Annotated[
        Literal["self", "jobcenter", "sozialamt", "none"] | None, COARSE
    ] = None
    near: Annotated[Postcode | None, COARSE] = None
    wishes: Annotated[tuple[Wish, ...] | None, COARSE] = None
    protection: Annotated[Protection | None, COARSE] = None
    linked_households: Annotated[tuple[Linked, ...] | None, COARSE] = None


__all__ = ["HousingNeed", "HousingOffer"]
