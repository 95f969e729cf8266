"""The policy: versioned weights, tiers and rules by which a plan is made.

`policy.toml` holds integers only and is adopted as a fact, so that every plan can
name the rules it was made under.
"""

from typing import Annotated, Literal

from pydantic import Field

from events.values import OPEN, Count, Ref, Strict, Word

Points = Annotated[int, Field(ge=-100_000, le=100_000)]
CheckKind = Literal["identity", "documents", "visit", "background"]


class Priorities(Strict):
    """Tier 1: what a person of an acute need weighs, by priority 0 to 3.

    Waiting raises the priority by one step every `waiting_step_days`, to 3 at most.
    """

    acute_weights: Annotated[tuple[Count, Count, Count, Count], OPEN] = (1, 2, 4, 8)
    waiting_step_days: Annotated[Count, OPEN] = 30


class Near(Strict):
    """What each of two linked households earns if they live at most so far apart."""

    points: Annotated[Points, OPEN, Field(ge=0)]
    metres: Annotated[Count, OPEN]


class Preferences(Strict):
    """Tier 3: integer points of one pair; what is not named weighs nothing.

    `wished_household` are points for a host's first, second … wish, `near` those of
    linked households; both are absent rather than empty, as they were before.
    """

    keep: Annotated[Points, OPEN] = 2_000
    wished_district: Annotated[tuple[Points, ...], OPEN] = (600, 400, 200)
    wished_dwelling: Annotated[Points, OPEN] = 200
    language: Annotated[Points, OPEN] = 300
    whole_dwelling: Annotated[Points, OPEN] = 200
    wasted_bed: Annotated[Points, OPEN] = -50
    kilometre: Annotated[Points, OPEN] = -20
    wished_household: Annotated[tuple[Points, ...] | None, OPEN] = None
    near: Annotated[Near | None, OPEN] = None


class RentLimit(Strict):
    """The adequate cold rent with operating costs, euro cents a month."""

    persons: Annotated[Count, OPEN]
    limit_minor: Annotated[Count, OPEN]


class Checks(Strict):
    """Which checks must stand before a match is confirmed."""

    confirm: Annotated[tuple[CheckKind, ...], OPEN] = ("identity", "visit")
    minors: Annotated[tuple[CheckKind, ...], OPEN] = ("background",)


class Habits(Strict):
    """Days after which something falls due."""

    lapse_days: Annotated[Count, OPEN] = 10
    reconfirm_days: Annotated[Count, OPEN] = 90


class Equivalent(Strict):
    """Who asks for one article is served by the other as well, never the reverse."""

    asked: Annotated[Ref, OPEN]
    given: Annotated[Ref, OPEN]


class GoodsRules(Strict):
    """Goods below this value may agree by themselves; how far a lot may travel.

    A trip weighs as many metres as `trip_metres`, whatever a hand-over carries. It and
    `equivalents` are absent rather than nothing: a policy without them is written, and
    read by the matcher, as it was before there were any.
    """

    agrees_below_minor: Annotated[Count, OPEN] = 0
    max_metres: Annotated[Count, OPEN] = 60_000
    equivalents: Annotated[tuple[Equivalent, ...] | None, OPEN] = None
    trip_metres: Annotated[Count | None, OPEN] = None


class Policy(Strict):
    """All of it. `source` says where the rent limits were published.

    `drift` is by how many millionths of the bound the gap of the plan that stands may
    grow with the events since a run, until all is priced anew; absent, 500.
    `told_gain`: what both sides were asked about moves, while neither has answered, if
    so many persons more find a home by it; absent, it does not move.
    """

    name: Annotated[Word, OPEN]
    horizon_days: Annotated[Count, OPEN] = 180
    min_stay_days: Annotated[Count, OPEN] = 1
    max_metres: Annotated[Count, OPEN] = 60_000
    priorities: Annotated[Priorities, OPEN] = Priorities()
    preferences: Annotated[Preferences, OPEN] = Preferences()
    rent_limits: Annotated[tuple[RentLimit, ...], OPEN] = ()
    source: Annotated[Word, OPEN] = "no rent table"
    checks: Annotated[Checks, OPEN] = Checks()
    habits: Annotated[Habits, OPEN] = Habits()
    goods: Annotated[GoodsRules, OPEN] = GoodsRules()
    drift: Annotated[Count | None, OPEN] = None
    told_gain: Annotated[Count | None, OPEN, Field(ge=1)] = None
