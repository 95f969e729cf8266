"""By hand nothing is promised to one of two cases that may be the same."""

import pytest

from events.kinds.housing import HousingNeed
from events.need import NeedMerged, NeedUnmerged, NeedWithdrawn
from events.offer import OfferMerged, OfferUnmerged
from services.ledger.rules.matches import ProposeMatch
from services.ledger.rules.needs import AmendNeed, RaiseNeed
from services.ledger.rules.offers import ListOffer
from services.ledger.rules.pairs import PinPair
from tests.rules.given import given
from tests.rules.world import (
    DAY,
    FAMILY,
    FLAT,
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


@BY_HAND
@pytest.mark.parametrize("side", ["offer", "need"])
def test_the_earlier_of_two_is_promised_as_little_as_the_later(command, side):
    later = {
        "offer": ListOffer(
            offer="o-2", provider="p-2", details=FLAT, similar_to=("o-1",)
        ),
        "need": RaiseNeed(
            need="n-2", household="h-2", details=FAMILY, similar_to=("n-1",)
        ),
    }[side]
    history = given(DAY, listed(), raised())
    assert history.when(command)._decided()

    after = given(*history.facts, *history.when(later)._decided())

    other = "offer:o-2" if side == "offer" else "need:n-2"
    after.when(command).refused(WHY.format(other))
    apart = {
        "offer": OfferUnmerged(said=SAID, offer="o-2", other="o-1"),
        "need": NeedUnmerged(said=SAID, need="n-2", other="n-1"),
    }[side]
    assert given(*after.facts, apart).when(command)._decided()


@BY_HAND
def test_an_earlier_one_that_a_later_telling_made_alike_waits_too(command):
    history = given(DAY, listed(), raised(), raised("n-2"))
    alike = AmendNeed(need="n-2", changes=HousingNeed(), similar_to=("n-1",))

    after = given(*history.facts, *history.when(alike)._decided())

    after.when(command).refused(WHY.format("need:n-2"))
    gone = NeedWithdrawn(said=SAID, need="n-2", reason="other")
    assert given(*after.facts, gone).when(command)._decided()


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
