"""What fits is what a count of every room on every day says."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Recorded
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Available, Capacity, HousingOffer, Unit
from events.match import Allocation, MatchState, evolve_match
from events.values import Span
from services.ledger.rules.holding import broken, fits, must_go
from tests.rules.world import proposed

FIRST = date(2022, 4, 1)
DAYS = 12
UNITS = ("a", "b")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def match_of(number: int, line: Allocation) -> MatchState:
    fact = proposed(f"m-{number}", need=f"n-{number}", line=line)
    state = evolve_match(None, Recorded(number, "", "", 0, fact))
    assert state is not None
    return state


@st.composite
def lines(draw: st.DrawFn) -> Allocation:
    start = draw(st.integers(0, DAYS - 1))
    length = draw(st.integers(1, DAYS))
    return Allocation(
        unit=draw(st.sampled_from(("a", "a", "b"))),
        start=day(start),
        end=day(start + length),
        count=draw(st.integers(1, 2)),
    )


@st.composite
def capacities(draw: st.DrawFn) -> Capacity:
    start = draw(st.integers(-2, DAYS // 2))
    length = draw(st.none() | st.integers(1, DAYS))
    return Capacity(
        unit=draw(st.sampled_from(UNITS)),
        span=Span(
            start=day(start), end=None if length is None else day(start + length)
        ),
        count=draw(st.integers(1, 4)),
        blocked=draw(st.sampled_from((0, 0, 1, 5))),
    )


@st.composite
def hotels(draw: st.DrawFn) -> HousingOffer:
    """A contingent that changes on a day, and whatever lines are added to it."""
    cut = day(draw(st.integers(1, DAYS)))
    before, after = draw(st.integers(1, 5)), draw(st.integers(0, 5))
    return HousingOffer(
        dwelling="hotel_unit",
        units=tuple(Unit(ref=unit, type="double", sleeps=2) for unit in UNITS),
        capacity=(
            Capacity(unit="a", span=Span(start=day(-2), end=cut), count=before),
            Capacity(unit="a", span=Span(start=cut), count=after),
            *draw(st.lists(capacities(), max_size=3)),
        ),
    )


stays = st.lists(lines(), max_size=4).map(
    lambda found: [match_of(number, line) for number, line in enumerate(found, 1)]
)


def by_counting(hotel: HousingOffer, matches: Sequence[MatchState]) -> bool:
    """Count every room on every day, one by one."""
    for number in range(-3, 3 * DAYS):
        today = day(number)
        there: Counter[str] = Counter()
        for room in hotel.capacity or ():
            end = room.span.end
            if room.span.start <= today and (end is None or today < end):
                there[room.unit] += room.count - room.blocked
        taken: Counter[str] = Counter()
        for match in matches:
            for line in match.allocation:
                assert line.start is not None
                assert line.end is not None
                if line.start <= today < line.end:
                    taken[line.unit or ""] += line.count
        if any(taken[unit] > there[unit] for unit in taken):
            return False
    return True


@given(hotels(), stays)
@settings(max_examples=200, deadline=None)
def test_rooms_fit_as_a_count_of_every_day_says(
    hotel: HousingOffer, matches: list[MatchState]
):
    assert fits(hotel, matches) == by_counting(hotel, matches)


@given(stays)
@settings(max_examples=100, deadline=None)
def test_a_home_is_one_households_at_a_time(matches: list[MatchState]):
    home = HousingOffer(dwelling="flat", beds=9)
    nights = Counter(
        (line.start or FIRST) + timedelta(days=night)
        for match in matches
        for line in match.allocation
        for night in range(((line.end or FIRST) - (line.start or FIRST)).days)
    )

    assert fits(home, matches) == all(count == 1 for count in nights.values())


def test_one_household_follows_another_on_the_same_day():
    home = HousingOffer(dwelling="flat", beds=9)
    first = match_of(1, Allocation(start=FIRST, end=day(5), count=1))
    after = match_of(2, Allocation(start=day(5), end=day(9), count=1))
    early = match_of(2, Allocation(start=day(4), end=day(9), count=1))

    assert fits(home, [after, first])
    assert not fits(home, [early, first])


@given(hotels(), stays)
@settings(max_examples=100, deadline=None)
def test_what_is_left_fits_and_nothing_goes_without_need(
    hotel: HousingOffer, matches: list[MatchState]
):
    gone = broken(hotel, matches, today=None)
    kept = [match for match in matches if match not in gone]

    assert fits(hotel, kept)
    assert all(not fits(hotel, [*kept, match]) for match in gone)


def test_the_most_promised_stay_and_the_latest_go_first():
    first, second, third = (
        match_of(number, Allocation(start=FIRST, end=day(5), count=1))
        for number in (1, 2, 3)
    )
    asked = third.model_copy(update={"state": "communicated"})

    gone = must_go([first, second, asked], lambda kept: len(kept) <= 1)

    assert gone == (first, second)


def test_a_home_that_can_be_had_later_or_shorter_no_longer_fits():
    whole = match_of(1, Allocation(start=FIRST, end=day(10), count=1))
    endless = match_of(2, Allocation(start=FIRST, count=1))

    def when(available: Available) -> bool:
        return fits(HousingOffer(dwelling="flat", available=available), [whole])

    assert when(Available(start=FIRST, end=day(10), min_days=10, max_days=10))
    assert not when(Available(start=day(1)))
    assert not when(Available(end=day(9)))
    assert not when(Available(min_days=11))
    assert not when(Available(max_days=9))
    flat = HousingOffer(dwelling="flat", available=Available(end=day(900)))
    assert not fits(flat, [endless])
    assert fits(HousingOffer(dwelling="flat"), [endless])


def test_a_lot_of_unknown_size_holds_nothing():
    pieces = match_of(1, Allocation(quantity=1))

    assert not fits(GoodsOffer(), [pieces])
    assert fits(GoodsOffer(quantity=1), [pieces])
    assert not fits(GoodsOffer(quantity=1), [pieces, pieces])
