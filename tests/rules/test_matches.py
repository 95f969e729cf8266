from datetime import date

import pytest

from events.base import Fact
from events.kinds.housing import (
    Accepts,
    HousingNeed,
    Member,
    MemberNeeds,
    Protection,
)
from events.match import (
    Allocation,
    Due,
    MatchOrigin,
    MatchProposed,
    MatchRefused,
)
from events.need import NeedAmended, NeedParked, NeedWithdrawn
from events.offer import OfferWithdrawn
from events.pair import PairPinned
from events.policy import Checks, GoodsRules, Habits, Policy
from events.realm import DayBegan, PolicyAdopted
from events.values import Span
from services.ledger.rules.matches import (
    BeginMatch,
    CommunicateMatch,
    ConfirmMatch,
    ProposeMatch,
)
from tests.rules.given import given
from tests.rules.world import (
    AGREED,
    APRIL,
    ASKED,
    BEDS,
    BEDS_WANTED,
    DAY,
    FAMILY,
    FLAT,
    HOTEL,
    JULY,
    LOT,
    LOTS,
    LOTS_PLACED,
    MOVED_IN,
    OCTOBER,
    PAIR,
    PLACED,
    PROPOSED,
    SAID,
    STAY,
    TODAY,
    WITH_CHILD,
    agreed,
    begun,
    checked,
    communicated,
    confirmed,
    listed,
    of,
    proposed,
    raised,
)

MARCH = date(2022, 3, 20)
REFUSED = MatchRefused(
    said=SAID,
    match="m-1",
    offer="o-1",
    need="n-1",
    side="household",
    reason="refused_offer",
    consequence="requeue",
)


def propose(
    *lines: Allocation, match: str = "m-9", offer: str = "o-1", need: str = "n-1"
) -> ProposeMatch:
    return ProposeMatch(
        match=match,
        offer=offer,
        need=need,
        allocation=lines or (STAY,),
        reason="asked for it",
    )


def by_hand(*lines: Allocation, need: str = "n-1", offer: str = "o-1") -> MatchProposed:
    return MatchProposed(
        said=SAID,
        match="m-9",
        offer=offer,
        need=need,
        household=f"p-of-{need}",
        persons=2,
        allocation=lines or (STAY,),
        conditions=(Due(check="identity"), Due(check="visit")),
        origin=MatchOrigin(how="by_hand", reason="asked for it"),
    )


def stay(unit: str | None, start: date, end: date | None, count: int = 1) -> Allocation:
    return Allocation(unit=unit, start=start, end=end, count=count)


def test_a_pair_is_proposed_by_hand_with_the_checks_that_are_due():
    given(PAIR).when(
        ProposeMatch(
            match="m-9",
            offer="o-1",
            need="n-1",
            allocation=(STAY,),
            reason="asked for it",
        )
    ).then(by_hand())


def test_what_a_person_overrides_and_asks_for_stands_in_the_proposal():
    command = ProposeMatch(
        match="m-9",
        offer="o-1",
        need="n-1",
        allocation=(STAY,),
        reason="asked for it",
        due=("documents", "visit"),
        overrides=("distance",),
    )

    given(PAIR).when(command).then(
        by_hand().model_copy(
            update={
                "conditions": (
                    Due(check="identity"),
                    Due(check="visit"),
                    Due(check="documents"),
                ),
                "origin": MatchOrigin(
                    how="by_hand", reason="asked for it", overrides=("distance",)
                ),
            }
        )
    )


def test_a_child_brings_the_checks_for_children():
    policy = PolicyAdopted(
        said=SAID,
        policy=Policy(
            name="x", checks=Checks(confirm=("visit",), minors=("background",))
        ),
    )

    given(DAY, policy, listed(), raised("n-1", WITH_CHILD)).when(propose()).then(
        by_hand().model_copy(
            update={"conditions": (Due(check="visit"), Due(check="background"))}
        )
    )


def test_whom_the_household_must_not_meet_goes_with_the_proposal():
    details = HousingNeed(
        persons=2, protection=Protection(no_contact=("p-9",)), period=Span(start=APRIL)
    )

    given(DAY, listed(), raised("n-1", details)).when(propose()).then(
        by_hand().model_copy(
            update={
                "no_contact": ("p-9",),
                "open_ended": True,
                "conditions": tuple(
                    Due(check=kind) for kind in ("identity", "visit", "background")
                ),
            }
        )
    )


def test_the_same_proposal_is_made_once():
    given(PAIR).when(propose()).then(by_hand()).when(propose()).then()


def test_the_number_of_a_proposal_is_used_once():
    elsewhere = (listed("o-2"), raised("n-2"), proposed("m-9", "o-2", "n-2"))

    given(PAIR, elsewhere).when(propose()).refused("number .* is taken; choose another")
    given(ASKED, REFUSED).when(propose(match="m-1")).refused("is taken")


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (NeedWithdrawn(said=SAID, need="n-1", reason="other"), "withdrawn"),
        (OfferWithdrawn(said=SAID, offer="o-1", reason="other"), "withdrawn"),
        (
            NeedParked(said=SAID, need="n-1", until=APRIL, reason="ill"),
            "is parked; reopen it first",
        ),
        (
            PairPinned(said=SAID, offer="o-2", need="n-1", reason="aunt"),
            "pinned to another offer; release that first",
        ),
        (proposed("m-1", "o-2"), "has a proposal already"),
    ],
)
def test_a_pair_that_is_not_free_is_not_proposed(before: Fact, why: str):
    given(PAIR, listed("o-2"), before).when(propose()).refused(why)


def test_a_refused_pair_is_not_proposed_again():
    given(ASKED, REFUSED).when(propose()).refused("release it first")


def test_a_bed_and_a_household_are_no_pair():
    given(DAY, listed("o-1", BEDS), raised()).when(propose()).refused("choose one kind")


@pytest.mark.parametrize(
    "lines",
    [
        (stay(None, APRIL, APRIL),),
        (stay(None, JULY, APRIL),),
        (stay(None, APRIL, JULY, 0),),
        (Allocation(end=JULY, count=1),),
        (STAY, Allocation(quantity=3)),
    ],
)
def test_a_stay_of_no_days_or_no_rooms_is_none(lines: tuple[Allocation, ...]):
    given(PAIR).when(propose(*lines)).refused("names no stay; give the first day")


def test_an_empty_allocation_is_none():
    command = propose().model_copy(update={"allocation": ()})

    given(PAIR).when(command).refused("names no stay")


def test_a_home_takes_one_household_at_a_time_whichever_room_is_named():
    rooms = listed("o-1", HOTEL.model_copy(update={"dwelling": "flat"}))
    other = (raised("n-2"), proposed("m-2", "o-1", "n-2", line=STAY))

    given(DAY, rooms, raised(), other).when(
        propose(stay("double", JULY, OCTOBER))
    ).then(by_hand(stay("double", JULY, OCTOBER)))
    given(DAY, rooms, raised(), other).when(
        propose(stay("double", date(2022, 6, 30), OCTOBER))
    ).refused("It is promised already, or not to be had; choose less")


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        (stay("double", APRIL, JULY, 2), True),
        (stay("double", APRIL, JULY, 3), False),
        (stay("double", APRIL, OCTOBER, 1), True),
        (stay("double", APRIL, OCTOBER, 2), False),
        (stay("double", JULY, OCTOBER, 1), True),
        (stay("double", JULY, None, 1), False),
        (stay("single", APRIL, None, 2), True),
        (stay("single", APRIL, None, 3), False),
        (stay("single", date(2022, 3, 1), JULY), False),
    ],
)
def test_a_contingent_is_counted_by_the_day(line: Allocation, *, fits: bool):
    whole = given(DAY, listed("o-1", HOTEL), raised())

    if fits:
        whole.when(propose(line)).then(by_hand(line))
    else:
        whole.when(propose(line)).refused("promised already, or not to be had")


def test_two_stays_one_after_the_other_share_a_room():
    first = (
        raised("n-2"),
        proposed("m-2", "o-1", "n-2", line=stay("double", APRIL, JULY, 2)),
    )
    later = stay("double", JULY, OCTOBER)

    given(DAY, listed("o-1", HOTEL), raised(), first).when(propose(later)).then(
        by_hand(later)
    )


@pytest.mark.parametrize("unit", ["suite", None])
def test_a_hotel_has_the_rooms_that_it_names(unit: str | None):
    given(DAY, listed("o-1", HOTEL), raised()).when(
        propose(stay(unit, APRIL, JULY))
    ).refused("no rooms called (suite|None); name its own")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (stay(None, date(2022, 3, 1), JULY), "not to be had"),
        (stay(None, APRIL, date(2022, 10, 2)), "not to be had"),
        (stay(None, APRIL, None), "not to be had"),
    ],
)
def test_a_stay_lies_where_the_home_can_be_had(line: Allocation, why: str):
    given(PAIR).when(propose(line)).refused(why)


def test_a_promise_in_any_living_state_holds_the_home():
    for history in (PROPOSED, ASKED, AGREED, PLACED, MOVED_IN):
        given(history, raised("n-2")).when(propose(need="n-2")).refused(
            "promised already"
        )


def test_pieces_are_promised_by_hand_up_to_what_there_is_and_what_is_needed():
    def pieces(quantity: int) -> ProposeMatch:
        return propose(Allocation(quantity=quantity), offer="o-g", need="n-g")

    whole = given(DAY, listed("o-g", BEDS), raised("n-g", BEDS_WANTED))

    whole.when(pieces(6)).then(
        by_hand(Allocation(quantity=6), offer="o-g", need="n-g").model_copy(
            update={"conditions": (), "persons": 0, "open_ended": True}
        )
    )
    whole.when(pieces(7)).refused("Only 6 are still needed; promise fewer")
    whole.when(pieces(0)).refused("It names no pieces; say how many")
    given(LOTS).when(pieces(3)).refused("Only 2 are still needed")
    many = (raised("n-2", BEDS_WANTED), proposed("m-2", "o-g", "n-2", line=LOT))
    given(LOTS, many).when(pieces(2)).then(
        by_hand(Allocation(quantity=2), offer="o-g", need="n-g").model_copy(
            update={"conditions": (), "persons": 0, "open_ended": True}
        )
    )
    few = BEDS.model_copy(update={"quantity": 5})
    given(DAY, listed("o-g", few), raised("n-g", BEDS_WANTED)).when(pieces(6)).refused(
        "promised already, or not to be had"
    )


def test_an_unknown_pair_is_not_proposed():
    given(listed()).when(
        ProposeMatch(match="m-9", offer="o-1", need="n-1", allocation=(), reason="x")
    ).refused("no need n-1")


def test_both_sides_are_asked_after_the_visit_and_have_ten_days():
    given(PROPOSED, checked("visit")).when(CommunicateMatch(**of())).then(
        communicated()
    )


def test_the_policy_says_how_long_an_answer_takes():
    policy = PolicyAdopted(
        said=SAID, policy=Policy(name="x", habits=Habits(lapse_days=2))
    )

    given(PROPOSED, checked("visit"), policy).when(CommunicateMatch(**of())).then(
        communicated().model_copy(update={"answer_by": MARCH})
    )


def test_nobody_hears_of_a_home_before_the_visit():
    given(PROPOSED, checked("identity")).when(CommunicateMatch(**of())).refused(
        "The on-site visit is still due; record it first"
    )
    given(PROPOSED, checked("visit", "failed")).when(CommunicateMatch(**of())).refused(
        "visit is still due"
    )


def test_who_was_asked_is_not_asked_again():
    for history in (ASKED, AGREED, PLACED):
        given(history).when(CommunicateMatch(**of())).then()


def test_what_was_refused_is_not_communicated():
    given(PROPOSED, checked("visit"), REFUSED).when(CommunicateMatch(**of())).refused(
        "The proposal is refused; for this it must be proposed"
    )


def test_where_no_side_must_be_asked_the_proposal_agrees_by_itself():
    policy = PolicyAdopted(
        said=SAID, policy=Policy(name="x", goods=GoodsRules(agrees_below_minor=5_000))
    )
    small = proposed("m-g", "o-g", "n-g", line=LOT, checks=()).model_copy(
        update={"required_sides": ()}
    )

    facts = (
        given(DAY, policy, listed("o-g", BEDS), raised("n-g", BEDS_WANTED), small)
        .when(CommunicateMatch(**of("m-g", "o-g", "n-g")))
        .then(communicated("m-g", "o-g", "n-g"))
    )

    facts.when(ConfirmMatch(**of("m-g", "o-g", "n-g"))).then(
        confirmed("m-g", "o-g", "n-g")
    )


def test_a_placement_is_made_when_all_agree_and_every_check_stands():
    given(AGREED).when(ConfirmMatch(**of())).then(confirmed()).when(
        ConfirmMatch(**of())
    ).then()


def test_a_placement_needs_every_answer():
    given(ASKED, agreed("household")).when(ConfirmMatch(**of())).refused(
        "is communicated; for this it must be agreed"
    )


def test_a_placement_needs_every_check_on_every_day_of_the_stay():
    answers = (communicated(), agreed("household"), agreed("provider"))
    last = date(2022, 6, 30)

    def with_identity_until(day: date) -> tuple[Fact, ...]:
        return (
            *PROPOSED,
            checked("visit"),
            checked("identity", valid_until=day),
            *answers,
        )

    given(with_identity_until(last)).when(ConfirmMatch(**of())).then(confirmed())
    given(with_identity_until(date(2022, 6, 29))).when(ConfirmMatch(**of())).refused(
        "Still due before this: identity. Record it first"
    )


def test_an_open_ended_stay_needs_its_checks_on_the_first_day():
    open_ended = proposed(open_ended=True)
    answers = (communicated(), agreed("household"), agreed("provider"))

    def with_identity_until(day: date) -> tuple[Fact, ...]:
        until = checked("identity", valid_until=day)
        return (*PAIR, open_ended, checked("visit"), until, *answers)

    given(with_identity_until(APRIL)).when(ConfirmMatch(**of())).then(confirmed())
    given(with_identity_until(date(2022, 3, 31))).when(ConfirmMatch(**of())).refused(
        "Still due before this: identity"
    )


def test_a_child_that_came_later_needs_the_checks_for_children():
    child = NeedAmended(said=SAID, need="n-1", changes=WITH_CHILD)

    given(AGREED, child).when(ConfirmMatch(**of())).refused(
        "due before this: background"
    )
    given(AGREED, child, checked("background")).when(ConfirmMatch(**of())).then(
        confirmed()
    )


def test_the_proposal_is_the_one_of_its_offer_and_need():
    given(AGREED, listed("o-2")).when(ConfirmMatch(**of("m-1", "o-2"))).refused(
        "another offer or need; load it again"
    )
    given(PAIR).when(ConfirmMatch(**of())).refused("There is no proposal m-1")


def test_the_household_moves_in():
    april = DayBegan(said=SAID, day=APRIL)

    given(PLACED, april).when(BeginMatch(**of(), on=APRIL)).then(begun()).when(
        BeginMatch(**of(), on=APRIL)
    ).then()


def test_nobody_moves_in_before_the_first_day_or_on_a_day_to_come():
    given(PLACED).when(BeginMatch(**of(), on=TODAY)).refused(
        "promised from 2022-04-01 on; propose it anew for an earlier day"
    )
    given(PLACED).when(BeginMatch(**of(), on=APRIL)).refused("still to come")


def test_nobody_moves_in_without_a_placement_or_with_a_failed_check():
    april = DayBegan(said=SAID, day=APRIL)

    given(AGREED, april).when(BeginMatch(**of(), on=APRIL)).refused("must be confirmed")
    given(PLACED, april, checked("visit", "failed")).when(
        BeginMatch(**of(), on=APRIL)
    ).refused("Still due before this: visit")


def test_a_hand_over_begins_like_a_stay():
    given(LOTS_PLACED).when(BeginMatch(**of("m-g", "o-g", "n-g"), on=TODAY)).then(
        begun("m-g", "o-g", "n-g", on=TODAY)
    )


def test_a_proposal_is_read_with_the_keys_of_its_household():
    past = given(PROPOSED).past("match:m-1")

    assert ConfirmMatch(**of()).person(past) == "p-of-n-1"


def test_the_hard_rules_hold_for_a_person_as_for_a_plan():
    men = Member(ref="m", age_band="27-64", sex="m")
    couple = HousingNeed(persons=1, members=(men,), period=Span(start=APRIL, end=JULY))
    women = FLAT.model_copy(update={"accepts": Accepts(women_only=True)})
    upstairs = FLAT.model_copy(update={"floor": 3, "lift": False})
    chair = Member(ref="m", age_band="65+", needs=MemberNeeds(lift=True))
    old = HousingNeed(persons=1, members=(chair,), period=Span(start=APRIL, end=JULY))

    given(DAY, listed("o-1", women), raised("n-1", couple)).when(propose()).refused(
        "A rule for women only stands against it; choose another"
    )
    given(DAY, listed("o-1", upstairs), raised("n-1", old)).when(propose()).refused(
        "There is no lift, and the household needs one; choose another"
    )


def test_a_household_is_not_put_into_fewer_rooms_than_it_needs():
    strangers = HousingNeed(
        persons=2,
        members=(
            Member(ref="a", age_band="27-64", sex="f"),
            Member(ref="b", age_band="27-64", sex="f"),
        ),
        period=Span(start=APRIL, end=JULY),
    )
    whole = given(DAY, listed("o-1", HOTEL), raised("n-1", strangers))

    whole.when(propose(stay("double", APRIL, JULY, 1))).refused(
        "The household needs 2 rooms of this kind; choose more"
    )
    whole.when(propose(stay("double", APRIL, JULY, 2))).then(
        by_hand(stay("double", APRIL, JULY, 2))
    )


def test_the_days_that_were_chosen_are_the_ones_that_are_judged():
    longer = FAMILY.model_copy(update={"period": Span(start=APRIL, end=OCTOBER)})
    after = stay(None, JULY, OCTOBER)

    given(ASKED, raised("n-2", longer)).when(propose(after, need="n-2")).then(
        by_hand(after, need="n-2")
    )
