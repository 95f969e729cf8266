from datetime import date

import pytest

from events.base import Fact
from events.match import GoodsDispatched, GoodsReserved, MatchEnded
from events.need import NeedParked, NeedWithdrawn
from events.realm import DayBegan
from services.ledger.rules.endings import CancelMatch, EndMatch
from tests.rules.given import given
from tests.rules.world import (
    AGREED,
    APRIL,
    ASKED,
    BEFORE,
    JULY,
    LOTS,
    LOTS_PLACED,
    MOVED_IN,
    PLACED,
    PROPOSED,
    SAID,
    TODAY,
    begun,
    cancelled,
    moved,
    note,
    of,
)

JUNE = date(2022, 6, 1)
IN_JUNE = (*MOVED_IN, DayBegan(said=SAID, day=JUNE))
ENDED = MatchEnded(
    said=SAID,
    match="m-1",
    offer="o-1",
    need="n-1",
    on=JUNE,
    side="household",
    reason="moved_out",
)
GOODS = of("m-g", "o-g", "n-g")


@pytest.mark.parametrize("history", [PROPOSED, ASKED, AGREED, PLACED])
def test_the_office_takes_a_match_back(history: tuple[Fact, ...]):
    given(history).when(CancelMatch(**of(), reason="entered_by_mistake")).then(
        cancelled("entered_by_mistake")
    )


def test_a_match_is_cancelled_once_and_a_stay_is_ended_instead():
    given(PROPOSED, cancelled("other")).when(
        CancelMatch(**of(), reason="entered_by_mistake")
    ).then()
    given(MOVED_IN).when(CancelMatch(**of(), reason="entered_by_mistake")).refused(
        "The proposal is begun; for this it must be"
    )


def test_cancelling_for_another_reason_needs_a_note():
    given(ASKED).when(CancelMatch(**of(), reason="other")).refused("needs a note")
    given(ASKED).when(CancelMatch(**of(), reason="other", note=note())).then(
        cancelled("other").model_copy(update={"note": note()})
    )


def test_cancelling_may_park_the_need():
    given(AGREED).when(
        CancelMatch(**of(), reason="disengaged", consequence="park", until=APRIL)
    ).then(
        cancelled("disengaged", consequence="park"),
        NeedParked(said=SAID, need="n-1", until=APRIL, reason="disengaged"),
    )


def test_pieces_on_their_way_are_not_cancelled():
    on_way = (moved(GoodsReserved, 4), moved(GoodsDispatched, 2))

    given(LOTS_PLACED, on_way).when(
        CancelMatch(**GOODS, reason="entered_by_mistake")
    ).refused("Pieces are on their way")
    given(LOTS_PLACED, on_way[:1]).when(
        CancelMatch(**GOODS, reason="entered_by_mistake")
    ).then(cancelled("entered_by_mistake", "m-g", "o-g", "n-g"))


def test_a_stay_ends_and_the_household_waits_on_from_its_first_day():
    facts = (
        given(IN_JUNE)
        .when(EndMatch(**of(), on=JUNE, side="household", reason="moved_out"))
        .then(ENDED)
    )

    past = facts.past("offer:o-1", "need:n-1")
    need = past.need("n-1")
    assert (past.offer("o-1").holding, need.living) == ((), ())
    assert (need.status, need.waiting_since) == ("open", BEFORE)
    facts.when(EndMatch(**of(), on=JUNE, side="household", reason="moved_out")).then()


def test_a_household_that_needs_nothing_more_leaves_the_queue():
    given(IN_JUNE).when(
        EndMatch(
            **of(),
            on=JUNE,
            side="household",
            reason="found_other_housing",
            consequence="none",
        )
    ).then(
        ENDED.model_copy(
            update={"reason": "found_other_housing", "consequence": "none"}
        ),
        NeedWithdrawn(said=SAID, need="n-1", reason="found_other_housing"),
    )


def test_a_stay_does_not_end_before_it_began_or_on_a_day_to_come():
    def end(day: date) -> EndMatch:
        return EndMatch(**of(), on=day, side="household", reason="moved_out")

    given(IN_JUNE).when(end(TODAY)).refused("It began on 2022-04-01 only; give a later")
    given(IN_JUNE).when(end(JULY)).refused("still to come")


def test_a_stay_that_never_began_does_not_end():
    given(PLACED).when(
        EndMatch(**of(), on=TODAY, side="household", reason="moved_out")
    ).refused("The proposal is confirmed; for this it must be begun")


def test_a_note_about_the_provider_is_sealed_for_the_provider():
    past = given(MOVED_IN).past("offer:o-1", "need:n-1")
    end = EndMatch(**of(), on=APRIL, side="provider", reason="other", note=note())

    assert end.person(past) == "p-of-o-1"


def test_a_hand_over_may_end_as_it_was_confirmed():
    end = EndMatch(**GOODS, on=TODAY, side="office", reason="moved_out")
    ended = ENDED.model_copy(
        update={**GOODS, "on": TODAY, "side": "office", "reason": "moved_out"}
    )

    given(LOTS_PLACED).when(end).then(ended)
    given(LOTS_PLACED, begun("m-g", "o-g", "n-g", on=TODAY)).when(end).then(ended)
    given(LOTS).when(end).refused("is agreed; for this it must be begun or confirmed")
