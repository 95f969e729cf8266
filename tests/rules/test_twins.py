"""By hand nothing is promised to one of two cases that may be the same."""

import pytest

from events.need import NeedMerged, NeedUnmerged, NeedWithdrawn
from events.offer import OfferMerged, OfferUnmerged
from services.ledger.rules.matches import ProposeMatch
from services.ledger.rules.pairs import PinPair
from tests.rules.given import given
from tests.rules.world import (
    DAY,
    SAID,
    STAY,
    listed,
    raised,
)

PROPOSE = ProposeMatch(
    offer="o-1", need="n-1", match="m-1", allocation=(STAY,), reason="together"
)
PIN = PinPair(offer="o-1", need="n-1", reason="together")
BY_HAND = pytest.mark.parametrize("command", [PROPOSE, PIN], ids=["propose", "pin"])
WHY = "It may be the same as {}; merge them or keep them apart first."


@BY_HAND
def test_a_household_that_may_be_another_is_placed_by_nobody(command):
    twins = raised("n-2"), raised("n-1", similar_to=("n-2",))

    given(DAY, listed(), *twins).when(command).refused(WHY.format("need:n-2"))


@BY_HAND
def test_neither_is_a_home_that_may_be_another(command):
    twins = listed("o-2"), listed("o-1", similar_to=("o-2",))

    given(DAY, *twins, raised()).when(command).refused(WHY.format("offer:o-2"))


@pytest.mark.parametrize(
    "decided",
    [
        NeedUnmerged(said=SAID, need="n-1", other="n-2"),
        NeedMerged(said=SAID, need="n-2", into="n-1"),
        NeedWithdrawn(said=SAID, need="n-2", reason="other"),
    ],
    ids=["apart", "merged", "withdrawn"],
)
@BY_HAND
def test_once_it_is_said_that_they_are_two_or_one_it_is(command, decided):
    twins = raised("n-2"), raised("n-1", similar_to=("n-2",))

    after = given(DAY, listed(), *twins, decided)

    assert after.when(command)._decided()


@BY_HAND
def test_what_the_other_was_merged_into_is_the_same_too(command):
    merged = OfferMerged(said=SAID, offer="o-2", into="o-3")
    homes = listed("o-2"), listed("o-3"), listed("o-1", similar_to=("o-2",))

    history = given(DAY, *homes, merged, raised())

    history.when(command).refused(WHY.format("offer:o-3"))
    apart = OfferUnmerged(said=SAID, offer="o-1", other="o-3")
    assert given(*history.facts, apart).when(command)._decided()
