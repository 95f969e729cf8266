from datetime import date

from events.arrivals import ArrivalsExpected, CapacityHeldBack, CapacityReleased
from events.kinds.housing import HousingNeed, Member, MemberNeeds
from events.match import Allocation, MatchProposed
from services.ledger.rules.arrivals import (
    ExpectArrivals,
    HoldBackCapacity,
    ReleaseCapacity,
)
from services.ledger.rules.matches import ProposeMatch
from tests.rules.given import given
from tests.rules.world import (
    APRIL,
    ASKED,
    BEDS,
    DAY,
    FAMILY,
    FLAT,
    HOTEL,
    JULY,
    MOVED_IN,
    PROPOSED,
    SAID,
    cancelled,
    listed,
    raised,
)

MAY = date(2022, 5, 1)
EXPECTED = ArrivalsExpected(
    said=SAID,
    arrivals="a-1",
    households=2,
    persons=3,
    on=APRIL,
    features=("step_free",),
    source="the state's reception centre",
)
HELD = CapacityHeldBack(
    said=SAID,
    hold="h-1",
    arrivals="a-1",
    offer="o-1",
    count=1,
    start=APRIL,
    end=MAY,
    features=("step_free",),
    after=1,
)
RELEASED = CapacityReleased(
    said=SAID, hold="h-1", arrivals="a-1", offer="o-1", reason="they went elsewhere"
)
HOLD = HoldBackCapacity(
    hold="h-1", arrivals="a-1", offer="o-1", count=1, start=APRIL, end=MAY
)
KNOWN = (EXPECTED, DAY, listed("o-1", FLAT))
WHEELCHAIR = HousingNeed(
    persons=1,
    members=(
        Member(ref="a", age_band="27-64", needs=MemberNeeds(step_free=True)),
    ),
)  # fmt: skip


def expect(**more: object) -> ExpectArrivals:
    told = EXPECTED.model_dump(exclude={"said"})
    return ExpectArrivals.model_validate(told | more)


def test_arrivals_are_expected_once():
    given().when(
        ExpectArrivals(
            arrivals="a-1",
            households=2,
            persons=3,
            on=APRIL,
            features=("step_free",),
            source="the state's reception centre",
        )
    ).then(EXPECTED).when(expect()).then()


def test_a_household_has_at_least_one_person():
    given().when(
        ExpectArrivals(
            arrivals="a-1", households=4, persons=3, on=APRIL, source="the state"
        )
    ).refused("Fewer persons than households")


def test_what_is_held_back_is_for_those_who_are_expected_now():
    now = expect(features=("lift",), household_min=2)
    told = EXPECTED.model_copy(update={"features": ("lift",), "household_min": 2})
    anew = HELD.model_copy(update={"features": ("lift",), "household_min": 2})

    given(*KNOWN, HELD).when(now).then(told, anew)


def test_when_nobody_is_expected_any_more_all_is_released():
    nobody = EXPECTED.model_copy(update={"households": 0, "persons": 0})
    gone = RELEASED.model_copy(update={"reason": "nobody is expected"})

    given(*KNOWN, HELD).when(expect(households=0, persons=0)).then(nobody, gone)


def test_a_home_is_held_back_once():
    given(*KNOWN).when(
        HoldBackCapacity(
            hold="h-1", arrivals="a-1", offer="o-1", count=1, start=APRIL, end=MAY
        )
    ).then(HELD).when(HOLD).then()


def test_nothing_is_held_back_for_nobody():
    nobody = EXPECTED.model_copy(update={"households": 0, "persons": 0})

    given(DAY, listed("o-1", FLAT)).when(
        HoldBackCapacity(
            hold="h-1", arrivals="a-1", offer="o-1", count=1, start=APRIL, end=MAY
        )
    ).refused("Nobody is expected")
    given(*KNOWN, nobody).when(HOLD).refused("Nobody is expected")


def test_what_is_not_there_is_not_held_back():
    late = HOLD.model_copy(update={"end": date(2022, 12, 1)})
    past = HOLD.model_copy(update={"start": MAY, "end": APRIL})
    over = HOLD.model_copy(
        update={"start": date(2022, 3, 11), "end": date(2022, 3, 12)}
    )

    given(*KNOWN).when(late).refused("cannot be had on all")
    given(*KNOWN).when(past).refused("holds nothing back")
    given(*KNOWN).when(over).refused("are over")
    given(EXPECTED, DAY, listed("o-1", BEDS)).when(HOLD).refused("Only homes")
    given(EXPECTED, DAY, listed("o-1", HOTEL)).when(HOLD).refused("by its rooms")


def test_rooms_of_a_contingent_are_held_back_as_far_as_they_are_there():
    two = HOLD.model_copy(update={"unit": "double", "count": 2})
    hotel = (EXPECTED, DAY, listed("o-1", HOTEL))
    held = HELD.model_copy(update={"unit": "double", "count": 2})

    given(*hotel).when(two).then(held).when(
        two.model_copy(update={"hold": "h-2", "count": 1})
    ).refused("held back already")


def test_a_third_group_waits():
    hotel = (DAY, listed("o-1", HOTEL))
    told = [EXPECTED.model_copy(update={"arrivals": f"a-{n}"}) for n in (1, 2, 3)]
    one = HELD.model_copy(update={"unit": "single", "count": 0})
    two = one.model_copy(update={"arrivals": "a-2", "hold": "h-2"})

    given(*told, *hotel, one, two).when(
        HOLD.model_copy(
            update={"arrivals": "a-3", "unit": "single", "hold": "h-3"}
        )
    ).refused("two groups already")  # fmt: skip


def test_a_number_names_one_hold():
    given(*KNOWN, HELD).when(HOLD.model_copy(update={"end": JULY})).refused("is taken")


def test_a_proposal_that_nobody_heard_of_gives_way():
    broken = HELD.model_copy(update={"breaks": ("m-1",)})

    given(EXPECTED, PROPOSED).when(HOLD).then(
        broken.model_copy(update={"after": 1}), cancelled("superseded")
    )


def test_what_both_sides_were_asked_about_is_not_held_back():
    given(EXPECTED, ASKED).when(HOLD).refused("promised or held back already")
    given(EXPECTED, MOVED_IN).when(HOLD).refused("promised or held back already")


def test_what_is_held_back_is_released_once():
    given(*KNOWN, HELD).when(
        ReleaseCapacity(hold="h-1", offer="o-1", reason="they went elsewhere")
    ).then(RELEASED).when(
        ReleaseCapacity(hold="h-1", offer="o-1", reason="they went elsewhere")
    ).then()


def test_nothing_is_released_of_an_offer_that_is_not_there():
    given().when(
        ReleaseCapacity(hold="h-1", offer="o-1", reason="they went elsewhere")
    ).refused("no offer")


PROPOSE = ProposeMatch(
    match="m-1",
    offer="o-1",
    need="n-1",
    allocation=(Allocation(start=APRIL, end=JULY, count=1),),
    reason="together",
)
FLAT_FOR_ALL = FLAT.model_copy(update={"step_free": "all"})


def test_nobody_else_is_proposed_to_what_is_held_back():
    given(EXPECTED, DAY, listed("o-1", FLAT_FOR_ALL), HELD, raised("n-1", FAMILY)).when(
        PROPOSE
    ).refused("held back for expected arrivals; release it first")


def test_those_who_were_expected_are_proposed_to_it():
    needing = raised("n-1", WHEELCHAIR)
    happened = (EXPECTED, DAY, listed("o-1", FLAT_FOR_ALL), HELD, needing)

    past = given(*happened).past("offer:o-1", "need:n-1")

    (proposed,) = PROPOSE.decide(past, SAID)
    assert isinstance(proposed, MatchProposed)


def test_who_was_told_of_before_them_is_not_one_of_them():
    needing = raised("n-1", WHEELCHAIR)

    given(needing, EXPECTED, DAY, listed("o-1", FLAT_FOR_ALL),
          HELD.model_copy(update={"after": 2})).when(PROPOSE).refused(
        "held back for expected arrivals"
    )  # fmt: skip
