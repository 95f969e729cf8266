import pytest

from events.base import Fact
from events.case import Private
from events.kinds.goods import GoodsNeed
from events.kinds.housing import HousingNeed, Wish
from events.need import (
    NeedAmended,
    NeedParked,
    NeedPrioritised,
    NeedRaised,
    NeedReopened,
    NeedWithdrawn,
)
from services.ledger.rules.base import Told
from services.ledger.rules.needs import (
    AmendNeed,
    ParkNeed,
    PrioritiseNeed,
    RaiseNeed,
    ReopenNeed,
    RestoreNeed,
    WithdrawNeed,
)
from tests.rules.given import given
from tests.rules.test_offers import task
from tests.rules.world import (
    AGREED,
    APRIL,
    ASKED,
    BEFORE,
    DAY,
    FAMILY,
    LOTS,
    LOTS_PLACED,
    MOVED_IN,
    PLACED,
    PROPOSED,
    SAID,
    TODAY,
    box,
    cancelled,
    raised,
)

PARKED = NeedParked(said=SAID, need="n-1", until=APRIL, reason="in hospital")
WITHDRAWN = NeedWithdrawn(said=SAID, need="n-1", reason="found_other_housing")
REOPENED = NeedReopened(said=SAID, need="n-1", reason="it came to nothing")
LARGER = HousingNeed(persons=3)


def amended(changes: HousingNeed, *breaks: str) -> NeedAmended:
    return NeedAmended(said=SAID, need="n-1", changes=changes, breaks=breaks)


def test_a_need_is_raised_with_its_sealed_parts():
    given().when(
        RaiseNeed(
            need="n-1",
            household="p-1",
            details=FAMILY,
            priority=2,
            told=Told(confidential=box("confidential")),
        )
    ).then(
        NeedRaised(
            said=SAID,
            need="n-1",
            household="p-1",
            details=FAMILY,
            priority=2,
            private=Private(confidential=box("confidential")),
        )
    )


def test_a_need_is_raised_once():
    given(raised()).when(
        RaiseNeed(need="n-1", household="p-1", details=FAMILY)
    ).refused("n-1 is raised already; amend it")


def test_an_amendment_may_be_a_priority_alone():
    given(raised()).when(AmendNeed(need="n-1", changes=HousingNeed(), priority=3)).then(
        NeedAmended(said=SAID, need="n-1", changes=HousingNeed(), priority=3)
    )


def test_the_priority_it_has_is_no_news():
    given(raised(priority=3)).when(
        AmendNeed(need="n-1", changes=HousingNeed(), priority=3)
    ).then()


def test_a_withdrawn_need_is_not_amended():
    given(raised(), WITHDRAWN).when(AmendNeed(need="n-1", changes=LARGER)).refused(
        "It was withdrawn; restore it first"
    )


def test_another_household_takes_back_what_was_only_proposed():
    given(PROPOSED).when(AmendNeed(need="n-1", changes=LARGER)).then(
        amended(LARGER, "m-1"), cancelled("household_changed")
    )


@pytest.mark.parametrize("history", [ASKED, AGREED, PLACED, MOVED_IN])
def test_what_somebody_has_heard_of_is_looked_at(history: tuple[Fact, ...]):
    given(history).when(AmendNeed(need="n-1", changes=LARGER)).then(
        amended(LARGER), task("review_match")
    )


def test_a_wish_takes_nothing_back():
    wish = HousingNeed(
        wishes=(Wish(kind="district", value="40227"),), languages=("uk",)
    )

    given(PROPOSED).when(AmendNeed(need="n-1", changes=wish)).then(amended(wish))


def test_more_pieces_are_needed_and_nothing_is_taken_back():
    more = GoodsNeed(quantity=9)

    given(LOTS).when(AmendNeed(need="n-g", changes=more)).then(
        NeedAmended(said=SAID, need="n-g", changes=more)
    )


def test_fewer_pieces_take_back_what_is_over():
    fewer = GoodsNeed(quantity=3)

    given(LOTS).when(AmendNeed(need="n-g", changes=fewer)).then(
        NeedAmended(said=SAID, need="n-g", changes=fewer, breaks=("m-g",)),
        cancelled("household_changed", "m-g", "o-g", "n-g"),
    )
    given(LOTS_PLACED).when(AmendNeed(need="n-g", changes=fewer)).then(
        NeedAmended(said=SAID, need="n-g", changes=fewer, breaks=("m-g",)),
        task("review_match", "m-g", "n-g"),
    )


def test_a_need_is_prioritised_with_a_reason():
    given(raised()).when(PrioritiseNeed(need="n-1", priority=3, reason="newborn")).then(
        NeedPrioritised(said=SAID, need="n-1", priority=3, reason="newborn")
    )


def test_the_same_priority_is_no_news_and_a_withdrawn_need_has_none():
    given(raised(priority=3)).when(
        PrioritiseNeed(need="n-1", priority=3, reason="newborn")
    ).then()
    given(raised(), WITHDRAWN).when(
        PrioritiseNeed(need="n-1", priority=3, reason="newborn")
    ).refused("withdrawn")


def test_a_need_is_parked_and_what_nobody_answered_is_let_go():
    given(ASKED).when(ParkNeed(need="n-1", until=APRIL, reason="in hospital")).then(
        PARKED.model_copy(update={"breaks": ("m-1",)}),
        cancelled("other", consequence="park"),
    )


def test_a_need_parked_until_that_day_is_parked_already():
    given(DAY, raised(), PARKED).when(
        ParkNeed(need="n-1", until=APRIL, reason="in hospital")
    ).then()


def test_a_need_is_not_parked_until_a_day_gone_by():
    given(DAY, raised()).when(
        ParkNeed(need="n-1", until=TODAY, reason="in hospital")
    ).refused("still to come")


@pytest.mark.parametrize("history", [AGREED, PLACED])
def test_a_need_with_an_agreed_proposal_is_not_parked(history: tuple[Fact, ...]):
    given(history).when(
        ParkNeed(need="n-1", until=APRIL, reason="in hospital")
    ).refused("cancel or end that first")


def test_a_parked_need_comes_back_to_its_place():
    back = NeedReopened(said=SAID, need="n-1", reason="the day has come")

    facts = (
        given(DAY, raised(), PARKED)
        .when(ReopenNeed(need="n-1", reason="the day has come"))
        .then(back)
    )

    need = facts.past("need:n-1").need("n-1")
    assert (need.status, need.parked_until, need.waiting_since) == (
        "open",
        None,
        BEFORE,
    )


def test_an_open_need_is_open_already():
    given(raised()).when(ReopenNeed(need="n-1", reason="the day has come")).then()


def test_the_calendar_does_not_bring_back_what_was_withdrawn():
    given(raised(), PARKED, WITHDRAWN).when(
        ReopenNeed(need="n-1", reason="the day has come")
    ).refused("withdrawn")


def test_a_withdrawn_need_is_restored():
    given(raised(), WITHDRAWN).when(
        RestoreNeed(need="n-1", reason="it came to nothing")
    ).then(REOPENED)


def test_only_what_was_withdrawn_is_restored():
    given(raised(), PARKED).when(
        RestoreNeed(need="n-1", reason="it came to nothing")
    ).then()
    given(DAY).when(RestoreNeed(need="n-1", reason="it came to nothing")).refused(
        "There is no need n-1; check the number"
    )


def test_a_need_is_withdrawn():
    given(raised()).when(WithdrawNeed(need="n-1", reason="found_other_housing")).then(
        WITHDRAWN
    )


def test_a_need_is_withdrawn_once_and_only_if_there_is_one():
    given(raised(), WITHDRAWN).when(WithdrawNeed(need="n-1", reason="other")).then()
    given(DAY).when(WithdrawNeed(need="n-1", reason="other")).refused("no need n-1")


@pytest.mark.parametrize("history", [PROPOSED, ASKED, AGREED])
def test_withdrawing_a_need_lets_its_proposals_go(history: tuple[Fact, ...]):
    given(history).when(WithdrawNeed(need="n-1", reason="found_other_housing")).then(
        WITHDRAWN.model_copy(update={"breaks": ("m-1",)}),
        cancelled("found_other_housing", consequence="none"),
    )


@pytest.mark.parametrize("history", [PLACED, MOVED_IN])
def test_withdrawing_a_placed_need_is_laid_before_a_person(history: tuple[Fact, ...]):
    given(history).when(WithdrawNeed(need="n-1", reason="found_other_housing")).then(
        WITHDRAWN.model_copy(update={"breaks": ("m-1",)}), task("review_match")
    )
