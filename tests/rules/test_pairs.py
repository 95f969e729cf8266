import pytest

from events.base import Fact
from events.match import MatchRefused
from events.need import NeedWithdrawn
from events.pair import PairForbidden, PairPinned, PairReleased
from services.ledger.rules.pairs import ForbidPair, PinPair, ReleasePair
from tests.rules.given import given
from tests.rules.test_offers import task
from tests.rules.world import (
    AGREED,
    ASKED,
    BEDS,
    MOVED_IN,
    PAIR,
    PROPOSED,
    SAID,
    cancelled,
    listed,
    raised,
)

PINNED = PairPinned(said=SAID, offer="o-1", need="n-1", reason="the aunt lives there")
FORBIDDEN = PairForbidden(said=SAID, offer="o-1", need="n-1", reason="not again")
RELEASED = PairReleased(said=SAID, offer="o-1", need="n-1", reason="settled")
REFUSED = MatchRefused(
    said=SAID,
    match="m-1",
    offer="o-1",
    need="n-1",
    side="household",
    reason="refused_offer",
    consequence="requeue",
)
PIN = PinPair(offer="o-1", need="n-1", reason="the aunt lives there")
FORBID = ForbidPair(offer="o-1", need="n-1", reason="not again")
RELEASE = ReleasePair(offer="o-1", need="n-1", reason="settled")


def test_a_pair_is_pinned_once():
    given(PAIR).when(
        PinPair(offer="o-1", need="n-1", reason="the aunt lives there")
    ).then(PINNED).when(PIN).then()


def test_a_need_is_pinned_to_one_offer():
    given(PAIR, listed("o-2"), PINNED).when(
        PinPair(offer="o-2", need="n-1", reason="nicer")
    ).refused("pinned to another offer; release that first")


def test_what_cannot_be_a_pair_is_not_pinned():
    gone = NeedWithdrawn(said=SAID, need="n-1", reason="other")

    given(PAIR, gone).when(PIN).refused("withdrawn")
    given(listed("o-1", BEDS), raised()).when(PIN).refused("do not go together")


def test_a_forbidden_pair_is_not_pinned_by_the_way():
    given(PAIR, FORBIDDEN).when(PIN).refused("forbidden; release it first")
    given(ASKED, REFUSED).when(PIN).refused("This pair was refused or forbidden")


def test_a_pair_is_forbidden_once():
    given(PAIR).when(ForbidPair(offer="o-1", need="n-1", reason="not again")).then(
        FORBIDDEN
    ).when(FORBID).then()


def test_forbidding_a_refused_pair_outlives_the_refusal():
    given(ASKED, REFUSED).when(FORBID).then(FORBIDDEN)


@pytest.mark.parametrize("history", [PROPOSED, ASKED, AGREED])
def test_forbidding_lets_the_open_proposal_of_the_pair_go(history: tuple[Fact, ...]):
    given(history).when(FORBID).then(
        FORBIDDEN.model_copy(update={"breaks": ("m-1",)}), cancelled("other")
    )


def test_forbidding_who_lives_there_is_laid_before_a_person():
    given(MOVED_IN).when(FORBID).then(
        FORBIDDEN.model_copy(update={"breaks": ("m-1",)}), task("rehouse")
    )


def test_a_pair_of_nobody_is_not_forbidden():
    given(listed()).when(ForbidPair(offer="o-1", need="n-1", reason="no")).refused(
        "no need n-1"
    )


@pytest.mark.parametrize("decided", [PINNED, FORBIDDEN])
def test_a_pair_is_released(decided: Fact):
    facts = (
        given(PAIR, decided)
        .when(ReleasePair(offer="o-1", need="n-1", reason="settled"))
        .then(RELEASED)
    )

    need = facts.past("need:n-1").need("n-1")
    assert (need.pinned, need.forbidden) == ((), ())
    facts.when(RELEASE).then()


def test_a_refused_pair_is_released_for_another_try():
    facts = given(ASKED, REFUSED).when(RELEASE).then(RELEASED)

    assert facts.past("offer:o-1").offer("o-1").forbidden == ()


def test_a_pair_of_nobody_is_not_released():
    given(raised()).when(ReleasePair(offer="o-1", need="n-1", reason="no")).refused(
        "no offer o-1"
    )
