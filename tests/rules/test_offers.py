from datetime import date

import pytest

from events.base import Fact
from events.case import Private
from events.desk import CaseLikened, TaskAssigned
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Accepts, Available, Capacity, HousingOffer
from events.match import Allocation, MatchCancelled
from events.offer import (
    OfferAmended,
    OfferCapacityChanged,
    OfferListed,
    OfferReconfirmed,
    OfferWithdrawn,
)
from events.realm import DayBegan
from events.values import OpenQuestion, Span
from services.ledger.rules.base import Question, Told
from services.ledger.rules.offers import (
    AmendOffer,
    ChangeCapacity,
    CheckOffer,
    ListOffer,
    ReconfirmOffer,
    RestoreOffer,
    WithdrawOffer,
)
from tests.rules.given import given
from tests.rules.world import (
    AGREED,
    APRIL,
    ASKED,
    BEDS,
    BEFORE,
    DAY,
    FLAT,
    HOTEL,
    JULY,
    LOTS,
    MOVED_IN,
    OCTOBER,
    PLACED,
    PROPOSED,
    SAID,
    TODAY,
    box,
    cancelled,
    checked,
    listed,
    note,
    proposed,
    raised,
)

WITHDRAWN = OfferWithdrawn(said=SAID, offer="o-1", reason="provider_withdrew")
IN_HOTEL = Allocation(unit="double", start=APRIL, end=OCTOBER, count=1)


def task(what: str, match: str = "m-1", need: str = "n-1") -> TaskAssigned:
    return TaskAssigned.model_validate(
        {
            "said": SAID,
            "task": f"{what}-{match}",
            "case": f"need:{need}",
            "what": what,
            "match": match,
        }
    )


def withdrawn(*breaks: str) -> OfferWithdrawn:
    return WITHDRAWN.model_copy(update={"breaks": breaks})


def test_an_offer_is_listed_with_its_sealed_parts():
    given().when(
        ListOffer(
            offer="o-1",
            provider="p-1",
            details=FLAT,
            told=Told(contact=box()),
            questions=(Question(field="beds", reason="not_a_number", raw=box()),),
            similar_to=("o-9",),
        )
    ).then(
        OfferListed(
            said=SAID,
            offer="o-1",
            provider="p-1",
            details=FLAT,
            private=Private(contact=box()),
            open_questions=(
                OpenQuestion(field="beds", reason="not_a_number", raw=box()),
            ),
            similar_to=("o-9",),
        ),
        CaseLikened(said=SAID, case="offer:o-1", to=("offer:o-9",)),
    )


def test_an_offer_is_listed_once():
    given(listed()).when(ListOffer(offer="o-1", provider="p-1", details=FLAT)).refused(
        "o-1 is listed already; amend it"
    )


def test_an_amendment_says_what_is_new():
    given(listed()).when(
        AmendOffer(
            offer="o-1", changes=HousingOffer(beds=4, m2=80), unset=("dwelling",)
        )
    ).then(
        OfferAmended(
            said=SAID, offer="o-1", changes=HousingOffer(m2=80), unset=("dwelling",)
        )
    )


def test_an_amendment_of_an_unknown_offer_is_refused():
    given(DAY).when(AmendOffer(offer="o-1", changes=HousingOffer(m2=80))).refused(
        "There is no offer o-1; check the number"
    )


def test_promises_that_an_amendment_breaks_are_named_and_go():
    shorter = Available(end=JULY, min_days=100)

    given(PROPOSED).when(
        AmendOffer(offer="o-1", changes=HousingOffer(available=shorter))
    ).then(
        OfferAmended(
            said=SAID,
            offer="o-1",
            changes=HousingOffer(
                available=Available(start=BEFORE, end=JULY, min_days=100)
            ),
            breaks=("m-1",),
        ),
        cancelled("provider_withdrew"),
    )


def test_a_placement_that_an_amendment_breaks_is_laid_before_a_person():
    given(PLACED).when(
        AmendOffer(
            offer="o-1",
            changes=HousingOffer(available=Available(end=date(2022, 6, 30))),
        )
    ).then(
        OfferAmended(
            said=SAID,
            offer="o-1",
            changes=HousingOffer(
                available=Available(start=BEFORE, end=date(2022, 6, 30))
            ),
            breaks=("m-1",),
        ),
        task("rehouse"),
    )


def test_a_promise_whose_ground_has_changed_is_looked_at():
    given(ASKED).when(
        AmendOffer(offer="o-1", changes=HousingOffer(accepts=Accepts(pets=())))
    ).then(
        OfferAmended(
            said=SAID, offer="o-1", changes=HousingOffer(accepts=Accepts(pets=()))
        ),
        task("review_match"),
    )


def test_who_lives_there_is_not_asked_about_the_first_day_again():
    later = Available(start=OCTOBER, end=date(2023, 1, 1))

    given(MOVED_IN).when(
        AmendOffer(offer="o-1", changes=HousingOffer(available=later))
    ).then(OfferAmended(said=SAID, offer="o-1", changes=HousingOffer(available=later)))


def test_an_offer_is_reconfirmed_on_the_business_day():
    given(DAY, listed()).when(ReconfirmOffer(offer="o-1")).then(
        OfferReconfirmed(said=SAID, offer="o-1", on=TODAY)
    )


def test_an_offer_reconfirmed_today_is_not_reconfirmed_again():
    said_so = OfferReconfirmed(said=SAID, offer="o-1", on=TODAY)

    given(DAY, listed(), said_so).when(ReconfirmOffer(offer="o-1")).then()


def test_what_was_withdrawn_is_not_reconfirmed_by_the_way():
    given(DAY, listed(), WITHDRAWN).when(ReconfirmOffer(offer="o-1")).refused(
        "It was withdrawn; restore it first"
    )


def test_without_a_day_nothing_is_dated():
    given(listed()).when(ReconfirmOffer(offer="o-1")).refused("run `beistand do")


def test_a_withdrawn_offer_is_restored_and_can_be_amended_again():
    restored = OfferReconfirmed(said=SAID, offer="o-1", on=TODAY)

    given(DAY, listed(), WITHDRAWN).when(RestoreOffer(offer="o-1")).then(restored).when(
        AmendOffer(offer="o-1", changes=HousingOffer(m2=80))
    ).then(OfferAmended(said=SAID, offer="o-1", changes=HousingOffer(m2=80)))


def test_an_open_offer_needs_no_restoring():
    given(DAY, listed()).when(RestoreOffer(offer="o-1")).then()


def test_an_unknown_offer_is_not_restored():
    given(DAY).when(RestoreOffer(offer="o-1")).refused("There is no offer o-1")


def test_a_check_is_recorded_with_its_end():
    given(DAY, listed()).when(
        CheckOffer(
            offer="o-1",
            check="background",
            state="passed",
            on=TODAY,
            valid_until=OCTOBER,
            note=note(),
        )
    ).then(
        checked("background", on=TODAY, valid_until=OCTOBER).model_copy(
            update={"note": note()}
        )
    )


def test_the_same_result_is_recorded_once():
    given(DAY, listed(), checked("visit")).when(
        CheckOffer(offer="o-1", check="visit", state="passed", on=BEFORE)
    ).then()


def test_a_check_does_not_end_before_it_began():
    given(DAY, listed()).when(
        CheckOffer(
            offer="o-1", check="visit", state="passed", on=TODAY, valid_until=BEFORE
        )
    ).refused("would end before it began; correct the dates")


def test_a_visit_to_come_is_no_visit():
    given(DAY, listed()).when(
        CheckOffer(offer="o-1", check="visit", state="passed", on=APRIL)
    ).refused("2022-04-01 is still to come; record it when it has happened")


def test_a_withdrawn_offer_is_not_checked():
    given(DAY, listed(), WITHDRAWN).when(
        CheckOffer(offer="o-1", check="visit", state="passed", on=TODAY)
    ).refused("withdrawn")


def test_a_failed_check_takes_back_what_needed_it_and_names_it():
    failed = checked("visit", "failed", on=TODAY)

    given(PROPOSED).when(
        CheckOffer(offer="o-1", check="visit", state="failed", on=TODAY)
    ).then(
        failed.model_copy(update={"breaks": ("m-1",)}), cancelled("health_and_safety")
    )


def test_a_failed_check_that_nobody_needed_is_looked_at():
    given(PROPOSED).when(
        CheckOffer(offer="o-1", check="documents", state="failed", on=TODAY)
    ).then(checked("documents", "failed", on=TODAY), task("review_match"))


def test_people_who_live_there_are_not_cancelled_by_a_failed_check():
    failed = checked("visit", "failed", on=APRIL)

    given(MOVED_IN).when(
        CheckOffer(offer="o-1", check="visit", state="failed", on=APRIL)
    ).then(failed.model_copy(update={"breaks": ("m-1",)}), task("rehouse"))


def test_a_check_that_expires_during_a_stay_opens_a_task():
    visited = checked("visit", valid_until=BEFORE)

    given(MOVED_IN, visited).when(
        CheckOffer(offer="o-1", check="visit", state="expired", on=BEFORE)
    ).then(
        checked("visit", "expired"),
        TaskAssigned(
            said=SAID,
            task="renew_check-visit-2022-03-10-m-1",
            case="offer:o-1",
            what="renew_check",
            match="m-1",
        ),
    )


def test_a_check_expires_once():
    given(DAY, listed(), checked("visit", "expired")).when(
        CheckOffer(offer="o-1", check="visit", state="expired", on=BEFORE)
    ).then()


def test_a_check_renewed_meanwhile_does_not_expire_by_the_old_date():
    renewed = checked("visit", on=TODAY, valid_until=OCTOBER)

    given(DAY, listed(), checked("visit", valid_until=BEFORE), renewed).when(
        CheckOffer(offer="o-1", check="visit", state="expired", on=BEFORE)
    ).refused("The check still stands; record a new result instead")


def contingent(count: int, until: date) -> tuple[Capacity, ...]:
    return (Capacity(unit="double", span=Span(start=BEFORE, end=until), count=count),)


def in_hotel(match: str, need: str) -> tuple[Fact, ...]:
    return raised(need), proposed(match, "o-h", need, line=IN_HOTEL)


def test_a_contingent_that_shrinks_in_april_breaks_the_latest_promise():
    before = listed(
        "o-h", HOTEL.model_copy(update={"capacity": contingent(2, OCTOBER)})
    )
    less = (
        Capacity(unit="double", span=Span(start=BEFORE, end=JULY), count=2),
        Capacity(unit="double", span=Span(start=JULY, end=OCTOBER), count=1),
    )

    given(DAY, before, in_hotel("m-1", "n-1"), in_hotel("m-2", "n-2")).when(
        ChangeCapacity(offer="o-h", capacity=less)
    ).then(
        OfferCapacityChanged(said=SAID, offer="o-h", capacity=less, breaks=("m-2",)),
        cancelled("provider_withdrew", "m-2", "o-h", "n-2"),
    )


def test_a_contingent_that_grows_breaks_nothing():
    more = contingent(5, OCTOBER)

    given(DAY, listed("o-h", HOTEL), in_hotel("m-1", "n-1")).when(
        ChangeCapacity(offer="o-h", capacity=more)
    ).then(OfferCapacityChanged(said=SAID, offer="o-h", capacity=more))


def test_days_gone_by_are_not_looked_at():
    later = (Capacity(unit="double", span=Span(start=JULY), count=1),)
    july = DayBegan(said=SAID, day=JULY)

    given(DAY, listed("o-h", HOTEL), in_hotel("m-1", "n-1"), july).when(
        ChangeCapacity(offer="o-h", capacity=later)
    ).then(OfferCapacityChanged(said=SAID, offer="o-h", capacity=later))


def test_the_capacity_of_an_unknown_offer_is_not_changed():
    given(DAY).when(ChangeCapacity(offer="o-h", quantity=3)).refused("no offer o-h")


def test_the_same_capacity_is_no_news():
    given(DAY, listed("o-h", HOTEL)).when(
        ChangeCapacity(offer="o-h", capacity=HOTEL.capacity)
    ).then()


def test_a_lot_with_fewer_pieces_breaks_what_was_promised():
    given(LOTS).when(ChangeCapacity(offer="o-g", quantity=3)).then(
        OfferCapacityChanged(said=SAID, offer="o-g", quantity=3, breaks=("m-g",)),
        cancelled("provider_withdrew", "m-g", "o-g", "n-g"),
    )


def test_pieces_that_are_confirmed_are_laid_before_a_person():
    placed = given(LOTS, checked("visit", offer="o-g"))

    placed.when(ChangeCapacity(offer="o-g", quantity=4)).then(
        OfferCapacityChanged(said=SAID, offer="o-g", quantity=4)
    )


@pytest.mark.parametrize(
    ("details", "command", "why"),
    [
        (
            HOTEL,
            ChangeCapacity(offer="o-1", quantity=4),
            "Rooms take `capacity`, goods `quantity`; give that one",
        ),
        (
            BEDS,
            ChangeCapacity(offer="o-1", capacity=(), quantity=4),
            "give that one",
        ),
        (HOTEL, ChangeCapacity(offer="o-1"), "give that one"),
        (
            HOTEL,
            ChangeCapacity(
                offer="o-1",
                capacity=(Capacity(unit="suite", span=Span(start=TODAY), count=1),),
            ),
            "no rooms called suite; name its own",
        ),
        (
            HOTEL,
            ChangeCapacity(
                offer="o-1",
                capacity=(
                    Capacity(unit="double", span=Span(start=JULY, end=APRIL), count=1),
                ),
            ),
            "ends before it begins; correct the dates",
        ),
    ],
)
def test_a_capacity_that_cannot_be_is_refused(
    details: HousingOffer | GoodsOffer, command: ChangeCapacity, why: str
):
    given(DAY, listed("o-1", details)).when(command).refused(why)


def test_a_free_offer_is_withdrawn():
    given(listed()).when(WithdrawOffer(offer="o-1", reason="provider_withdrew")).then(
        WITHDRAWN
    )


def test_a_withdrawn_offer_is_withdrawn_already():
    given(listed(), WITHDRAWN).when(WithdrawOffer(offer="o-1", reason="other")).then()


def test_an_unknown_offer_is_not_withdrawn():
    given(DAY).when(WithdrawOffer(offer="o-1", reason="other")).refused(
        "There is no offer o-1"
    )


@pytest.mark.parametrize("history", [PROPOSED, ASKED, AGREED])
def test_withdrawing_cancels_what_is_not_confirmed_and_requeues_the_need(
    history: tuple[Fact, ...],
):
    given(history).when(WithdrawOffer(offer="o-1", reason="provider_withdrew")).then(
        withdrawn("m-1"), cancelled("provider_withdrew")
    )


@pytest.mark.parametrize("history", [PLACED, MOVED_IN])
def test_withdrawing_lays_a_placement_before_a_person(history: tuple[Fact, ...]):
    given(history).when(WithdrawOffer(offer="o-1", reason="provider_withdrew")).then(
        withdrawn("m-1"), task("rehouse")
    )


def test_withdrawing_a_hotel_names_every_promise():
    many = (listed("o-h", HOTEL), in_hotel("m-1", "n-1"), in_hotel("m-2", "n-2"))

    given(DAY, many).when(WithdrawOffer(offer="o-h", reason="provider_withdrew")).then(
        withdrawn("m-1", "m-2").model_copy(update={"offer": "o-h"}),
        cancelled("provider_withdrew", "m-1", "o-h", "n-1"),
        cancelled("provider_withdrew", "m-2", "o-h", "n-2"),
    )


def test_a_cancelled_promise_sends_its_need_back_to_the_queue():
    facts = (
        given(PROPOSED)
        .when(WithdrawOffer(offer="o-1", reason="provider_withdrew"))
        .then(withdrawn("m-1"), cancelled("provider_withdrew"))
    )

    need = facts.past("need:n-1").need("n-1")

    assert (need.status, need.living, need.waiting_since) == ("open", (), BEFORE)
    assert isinstance(facts.facts[-1], MatchCancelled)
