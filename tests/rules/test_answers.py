from datetime import date

import pytest

from events.base import Fact
from events.desk import CaseLikened, TaskAssigned
from events.kinds.housing import HousingNeed
from events.match import (
    GoodsDispatched,
    GoodsReserved,
    MatchAgreed,
    MatchAnswerCorrected,
    MatchLapsed,
    MatchRefused,
)
from events.need import NeedAmended, NeedParked, NeedReopened, NeedWithdrawn
from events.offer import OfferWithdrawn
from events.pair import PairForbidden
from events.realm import DayBegan
from services.ledger.rules.answers import (
    AgreeMatch,
    CorrectAnswer,
    LapseMatch,
    RefuseMatch,
)
from services.ledger.rules.matches import ConfirmMatch
from tests.rules.given import given
from tests.rules.world import (
    AGREED,
    ANSWER_BY,
    APRIL,
    ASKED,
    BEFORE,
    LOTS_PLACED,
    MOVED_IN,
    PLACED,
    PROPOSED,
    SAID,
    TODAY,
    VISITED,
    agreed,
    cancelled,
    checked,
    communicated,
    moved,
    note,
    of,
    proposed,
    raised,
)

REFUSED = MatchRefused(
    said=SAID,
    match="m-1",
    offer="o-1",
    need="n-1",
    side="household",
    reason="refused_offer",
    consequence="requeue",
)
CORRECTED = MatchAnswerCorrected(
    said=SAID,
    match="m-1",
    offer="o-1",
    need="n-1",
    side="household",
    answer="open",
    reason="wrong line",
)
DUE = DayBegan(said=SAID, day=ANSWER_BY)


def refused(**changes: object) -> MatchRefused:
    return REFUSED.model_copy(update=changes)


def refuse(**changes: object) -> RefuseMatch:
    no = {"side": "household", "reason": "refused_offer", **of(), **changes}
    return RefuseMatch.model_validate(no)


def call_back(side: str, case: str) -> TaskAssigned:
    return TaskAssigned(
        said=SAID,
        task=f"call_back-{side}-m-1",
        case=case,
        what="call_back",
        match="m-1",
    )


def test_one_side_says_yes_and_the_other_is_still_asked():
    facts = (
        given(ASKED)
        .when(AgreeMatch(**of(), side="household"))
        .then(agreed("household"))
    )

    match = facts.past("match:m-1").match("m-1")
    assert (match.state, match.agreed) == ("communicated", ("household",))
    facts.when(ConfirmMatch(**of())).refused("must be agreed")


def test_the_same_yes_is_one_yes():
    given(ASKED, agreed("provider")).when(AgreeMatch(**of(), side="provider")).then()
    given(PLACED).when(AgreeMatch(**of(), side="provider")).then()


def test_both_sides_agree_in_either_order():
    facts = given(ASKED, agreed("provider"), agreed("household"))

    match = facts.past("match:m-1").match("m-1")
    assert (match.state, match.agreed) == ("agreed", ("household", "provider"))


def test_nobody_agrees_before_being_asked_or_after_a_no():
    given(PROPOSED).when(AgreeMatch(**of(), side="household")).refused(
        "is proposed; for this it must be communicated or agreed"
    )
    given(ASKED, agreed("provider"), REFUSED).when(
        AgreeMatch(**of(), side="provider")
    ).refused("is refused; for this")


def test_who_is_not_asked_does_not_answer():
    one_side = proposed().model_copy(update={"required_sides": ("provider",)})
    history = (*PROPOSED[:-1], one_side, *VISITED, communicated())

    given(history).when(AgreeMatch(**of(), side="household")).refused(
        "The household is not asked in this proposal; record the other side"
    )
    given(history).when(
        CorrectAnswer(**of(), side="household", answer="agreed", reason="x")
    ).refused("not asked in this proposal")


@pytest.mark.parametrize("history", [PROPOSED, ASKED, AGREED, PLACED])
def test_a_no_frees_the_home_and_keeps_the_place_in_the_queue(
    history: tuple[Fact, ...],
):
    facts = (
        given(history)
        .when(RefuseMatch(**of(), side="household", reason="refused_offer"))
        .then(REFUSED)
    )

    past = facts.past("offer:o-1", "need:n-1")
    offer, need = past.offer("o-1"), past.need("n-1")
    assert (offer.living, offer.forbidden) == ((), ("n-1",))
    assert (need.status, need.waiting_since, need.forbidden) == (
        "open",
        BEFORE,
        ("o-1",),
    )


def test_the_same_no_is_one_no_and_who_moved_in_ends_the_stay_instead():
    given(ASKED, REFUSED).when(refuse()).then()
    given(MOVED_IN).when(refuse()).refused("The proposal is begun; for this it must be")


def test_another_reason_needs_a_note():
    given(ASKED).when(refuse(reason="other")).refused("needs a note; say it in a few")
    given(ASKED).when(refuse(reason="other", note=note())).then(
        refused(reason="other", note=note())
    )


def test_a_note_about_the_provider_is_sealed_for_the_provider():
    past = given(ASKED).past("offer:o-1", "need:n-1")

    assert refuse(side="provider").person(past) == "p-of-o-1"
    assert refuse(side="household").person(past) == "p-of-n-1"
    assert refuse(side="office").person(past) == "p-of-n-1"


def test_a_no_may_park_the_need_until_a_day():
    given(ASKED).when(refuse(consequence="park", until=APRIL)).then(
        refused(consequence="park"),
        NeedParked(said=SAID, need="n-1", until=APRIL, reason="refused_offer"),
    )


@pytest.mark.parametrize("until", [None, TODAY])
def test_a_need_is_parked_until_a_day_to_come(until: date | None):
    given(ASKED).when(refuse(consequence="park", until=until)).refused(
        "give a later one"
    )


def test_a_household_that_needs_nothing_more_leaves_the_queue():
    given(ASKED).when(refuse(reason="found_other_housing", consequence="none")).then(
        refused(reason="found_other_housing", consequence="none"),
        NeedWithdrawn(said=SAID, need="n-1", reason="found_other_housing"),
    )


@pytest.mark.parametrize("side", ["provider", "office"])
def test_a_provider_who_wants_nothing_more_does_not_withdraw_the_need(side: str):
    given(ASKED).when(
        refuse(side=side, reason="filled_by_other", consequence="none")
    ).then(refused(side=side, reason="filled_by_other", consequence="none"))


def test_a_home_that_must_be_looked_at_again_is_visited_before_the_next_one_hears():
    facts = (
        given(ASKED)
        .when(refuse(reason="health_and_safety", consequence="recheck"))
        .then(
            refused(reason="health_and_safety", consequence="recheck"),
            checked("visit", "expired", on=TODAY),
            TaskAssigned(
                said=SAID,
                task="renew_check-m-1",
                case="offer:o-1",
                what="renew_check",
                match="m-1",
            ),
        )
    )

    visit = facts.past("offer:o-1").offer("o-1").checks[-1]
    assert (visit.kind, visit.state) == ("visit", "expired")


def test_a_home_never_visited_only_gets_its_task():
    facts = given(PROPOSED).when(refuse(consequence="recheck"))

    assert [fact.type for fact in facts._decided()] == [
        "match.refused.v1",
        "task.assigned.v1",
    ]


def test_a_household_that_has_changed_is_called():
    given(ASKED).when(refuse(reason="household_changed", consequence="recheck")).then(
        refused(reason="household_changed", consequence="recheck"),
        call_back("household", "need:n-1"),
    )


def test_pieces_on_their_way_are_not_refused():
    on_way = (moved(GoodsReserved, 4), moved(GoodsDispatched, 2))

    given(LOTS_PLACED, on_way).when(
        RefuseMatch(**of("m-g", "o-g", "n-g"), side="household", reason="refused_offer")
    ).refused("Pieces are on their way; record what arrived, and end it then")


def test_a_yes_that_was_not_said_is_taken_back():
    facts = (
        given(AGREED)
        .when(
            CorrectAnswer(**of(), side="household", answer="open", reason="wrong line")
        )
        .then(CORRECTED)
    )

    match = facts.past("match:m-1").match("m-1")
    assert (match.state, match.agreed) == ("communicated", ("provider",))


def test_a_yes_that_was_said_is_put_in():
    facts = (
        given(ASKED, agreed("provider"))
        .when(
            CorrectAnswer(
                **of(), side="household", answer="agreed", reason="wrong line"
            )
        )
        .then(CORRECTED.model_copy(update={"answer": "agreed"}))
    )

    assert facts.past("match:m-1").match("m-1").state == "agreed"


def test_an_answer_that_stands_is_not_corrected():
    given(AGREED).when(
        CorrectAnswer(**of(), side="household", answer="agreed", reason="wrong line")
    ).then()


def test_a_placement_is_not_corrected_into_an_answer():
    given(PLACED).when(
        CorrectAnswer(**of(), side="household", answer="open", reason="wrong line")
    ).refused("is confirmed; for this it must be")


CORRECT = CorrectAnswer(**of(), side="household", answer="open", reason="wrong line")


def test_a_no_that_was_not_said_brings_the_match_back_with_the_other_answer():
    facts = given(ASKED, agreed("provider"), REFUSED).when(CORRECT).then(CORRECTED)

    past = facts.past("offer:o-1", "need:n-1")
    match = past.match("m-1")
    assert (match.state, match.agreed, match.reason, match.refused_by) == (
        "communicated",
        ("provider",),
        None,
        None,
    )
    assert (past.offer("o-1").forbidden, past.need("n-1").forbidden) == ((), ())


def test_a_need_that_the_no_had_parked_is_reopened():
    parked = NeedParked(said=SAID, need="n-1", until=APRIL, reason="refused_offer")

    given(ASKED, refused(consequence="park"), parked).when(CORRECT).then(
        CORRECTED, NeedReopened(said=SAID, need="n-1", reason="the no was not said")
    )


def test_a_home_promised_to_others_by_now_does_not_come_back():
    other = (raised("n-2"), proposed("m-2", "o-1", "n-2"))

    given(ASKED, REFUSED, other).when(CORRECT).refused(
        "promised to others by now; propose something else"
    )


@pytest.mark.parametrize(
    ("since", "why"),
    [
        (OfferWithdrawn(said=SAID, offer="o-1", reason="other"), "withdrawn"),
        (NeedWithdrawn(said=SAID, need="n-1", reason="other"), "withdrawn"),
        (
            PairForbidden(said=SAID, offer="o-1", need="n-1", reason="no"),
            "A person has forbidden this pair; release it first",
        ),
        (proposed("m-2", "o-2"), "has a proposal already"),
    ],
)
def test_what_changed_since_the_no_stands(since: Fact, why: str):
    given(ASKED, REFUSED, since).when(CORRECT).refused(why)


def test_a_no_that_was_not_said_brings_nobody_where_a_rule_is_against_it_by_now():
    five = NeedAmended(said=SAID, need="n-1", changes=HousingNeed(persons=5))
    said_so = CaseLikened(said=SAID, case="need:n-9", to=("need:n-1",))
    twin = (raised("n-9", similar_to=("n-1",)), said_so)

    given(ASKED, REFUSED, five).when(CORRECT).refused("does not fit into the beds")
    given(ASKED, REFUSED, twin).when(CORRECT).refused("may be the same as need:n-9")


def test_only_the_side_that_refused_takes_it_back():
    given(ASKED, refused(side="provider")).when(CORRECT).refused(
        "The household was not asked or did not refuse; propose the pair anew"
    )
    given(PROPOSED, REFUSED).when(CORRECT).refused("was not asked")


def test_a_proposal_that_nobody_answers_lapses_and_the_silent_are_called():
    given(ASKED, agreed("household"), DUE).when(LapseMatch(**of())).then(
        MatchLapsed(
            said=SAID, match="m-1", offer="o-1", need="n-1", silent=("provider",)
        ),
        call_back("provider", "offer:o-1"),
    )


def test_both_sides_may_be_silent():
    given(ASKED, DUE).when(LapseMatch(**of())).then(
        MatchLapsed(
            said=SAID,
            match="m-1",
            offer="o-1",
            need="n-1",
            silent=("household", "provider"),
        ),
        call_back("household", "need:n-1"),
        call_back("provider", "offer:o-1"),
    )


def test_a_proposal_does_not_lapse_before_its_day():
    given(ASKED).when(LapseMatch(**of())).refused("The answer is not due yet; wait")


@pytest.mark.parametrize(
    "history", [AGREED, PLACED, (*ASKED, REFUSED), (*ASKED, cancelled("other"))]
)
def test_what_was_answered_meanwhile_does_not_lapse(history: tuple[Fact, ...]):
    given(history, DUE).when(LapseMatch(**of())).then()


def test_an_answer_names_its_fact_and_no_more():
    fact = given(ASKED).when(AgreeMatch(**of(), side="provider"))._decided()[0]

    assert isinstance(fact, MatchAgreed)
    assert fact.tags() == ("match:m-1", "offer:o-1", "need:n-1")
