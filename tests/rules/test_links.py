import pytest

from events.kinds.housing import HousingNeed, Linked, Protection
from events.match import Allocation, MatchCancelled, MatchProposed
from events.need import NeedAmended, NeedWithdrawn
from services.ledger.rules.answers import LapseMatch, RefuseMatch
from services.ledger.rules.endings import CancelMatch
from services.ledger.rules.holding import fits
from services.ledger.rules.links import LinkNeeds, UnlinkNeeds
from services.ledger.rules.matches import ConfirmMatch
from services.market import Market
from tests.rules.given import given, recorded
from tests.rules.test_offers import task
from tests.rules.world import (
    APRIL,
    BEDS_WANTED,
    DAY,
    FLAT,
    JULY,
    OCTOBER,
    SAID,
    Told,
    agreed,
    checked,
    communicated,
    confirmed,
    listed,
    of,
    proposed,
    raised,
)

ONE, TWO = raised("n-1"), raised("n-2")
LINK = LinkNeeds(need="n-1", other="n-2", how="together")


def linked(need: str, *links: Linked) -> NeedAmended:
    changes = HousingNeed(linked_households=links or None)
    unset = () if links else ("linked_households",)
    return NeedAmended(said=SAID, need=need, changes=changes, unset=unset)


def to(need: str, how: str = "together") -> Linked:
    return Linked.model_validate({"ref": need, "how": how})


BOTH = (linked("n-1", to("n-2")), linked("n-2", to("n-1")))


def test_households_are_linked_once_from_both_sides():
    given(ONE, TWO).when(LinkNeeds(need="n-1", other="n-2", how="together")).then(
        BOTH
    ).when(LINK).then()


def test_a_link_told_in_another_way_replaces_the_first():
    near = LINK.model_copy(update={"how": "near"})

    given(ONE, TWO, BOTH).when(near).then(
        linked("n-1", to("n-2", "near")), linked("n-2", to("n-1", "near"))
    )


def test_what_are_no_two_households_is_not_linked():
    gone = NeedWithdrawn(said=SAID, need="n-2", reason="other")
    goods = raised("n-2", BEDS_WANTED)

    given(ONE).when(LinkNeeds(need="n-1", other="n-2", how="near")).refused("no need")
    given(ONE).when(LINK.model_copy(update={"other": "n-1"})).refused("itself")
    given(ONE, TWO, gone).when(LINK).refused("withdrawn")
    given(ONE, goods).when(LINK).refused("Only households")


def test_who_must_not_meet_is_not_linked():
    afraid = raised("n-2", HousingNeed(protection=Protection(no_contact=("p-of-n-1",))))

    given(ONE, afraid).when(LINK).refused("must not meet")
    given(ONE, afraid).when(LINK.model_copy(update={"how": "near"})).then(
        linked("n-1", to("n-2", "near")), linked("n-2", to("n-1", "near"))
    )


def test_a_link_is_undone_and_others_stay():
    third = raised("n-3")
    more = linked("n-1", to("n-2"), to("n-3", "near"))

    given(ONE, TWO, third, BOTH, more).when(UnlinkNeeds(need="n-1", other="n-2")).then(
        linked("n-1", to("n-3", "near")), linked("n-2")
    ).when(UnlinkNeeds(need="n-1", other="n-2")).then()


def test_a_link_to_nobody_is_not_undone():
    given(ONE).when(UnlinkNeeds(need="n-1", other="n-9")).refused("no need")


STAY = Allocation(start=APRIL, end=JULY, count=1)


def placed(need: str, match: str, bundle: str | None = "b-1") -> MatchProposed:
    """A proposal of a plan for one of several who are placed together."""
    return proposed(match, need=need).model_copy(update={"bundle": bundle})


FIRST, SECOND = placed("n-1", "m-1"), placed("n-2", "m-2")
TOGETHER = (DAY, listed(), checked("visit"), checked("identity"), ONE, TWO, BOTH,
            FIRST, SECOND)  # fmt: skip
ASKED = (*TOGETHER, communicated(), communicated(**of("m-2", "o-1", "n-2")))


def gone(match: str, need: str, reason: str) -> MatchCancelled:
    return MatchCancelled.model_validate(
        {"said": SAID, "match": match, "offer": "o-1", "need": need, "reason": reason}
    )


def test_a_home_holds_all_who_are_placed_there_together_and_nobody_else():
    def matches(*facts: Told) -> bool:
        past = given(TOGETHER[:-2], *facts).past("offer:o-1")
        return fits(FLAT, past.offer("o-1").holding)

    assert matches(FIRST, SECOND)
    assert not matches(FIRST, placed("n-2", "m-2", bundle=None))
    assert not matches(FIRST, placed("n-2", "m-2", bundle="b-2"))


def test_when_one_of_them_says_no_the_others_fall_with_it():
    refuse = RefuseMatch(**of(), side="provider", reason="landlord_refused")

    decided = refuse.decide(given(ASKED).past("offer:o-1", "need:n-1"), SAID)

    assert decided[1:] == [gone("m-2", "n-2", "landlord_refused")]


def test_when_one_of_them_is_taken_back_or_lapses_so_are_the_others():
    cancel = CancelMatch(**of(), reason="provider_withdrew")
    lapse = LapseMatch(**of("m-2", "o-1", "n-2"))
    late = DAY.model_copy(update={"day": OCTOBER})

    cancelled = cancel.decide(given(TOGETHER).past("offer:o-1", "need:n-1"), SAID)
    lapsed = lapse.decide(given(ASKED, late).past("offer:o-1", "need:n-2"), SAID)

    assert cancelled[1:] == [gone("m-2", "n-2", "provider_withdrew")]
    assert lapsed[-1] == gone("m-1", "n-1", "expired_without_interaction")


def test_who_lives_there_already_is_laid_before_a_person():
    settled = (*ASKED, confirmed("m-2", "o-1", "n-2"))
    cancel = CancelMatch(**of(), reason="provider_withdrew")

    decided = cancel.decide(given(settled).past("offer:o-1", "need:n-1"), SAID)

    assert decided[1:] == [task("review_match", "m-2", "n-2")]


def test_they_are_confirmed_when_all_of_them_have_agreed():
    mine = (agreed("household"), agreed("provider"))
    others = [
        agreed(side, **of("m-2", "o-1", "n-2")) for side in ("household", "provider")
    ]
    confirm = ConfirmMatch(**of())

    given(ASKED, mine, others).when(confirm).then(confirmed())
    given(ASKED, mine).when(confirm).refused("not all agreed")


@pytest.mark.parametrize("why", ["household_changed", "refused_offer", "other"])
def test_of_those_who_were_to_come_together_nobody_is_confirmed_alone(why: str):
    mine = (agreed("household"), agreed("provider"))
    left = gone("m-2", "n-2", why)
    confirm, alone = ConfirmMatch(**of()), given(ASKED, mine, left)

    alone.when(confirm).refused("no longer are; cancel this one too")
    again = placed("n-2", "m-3"), communicated(**of("m-3", "o-1", "n-2"))
    yes = [
        agreed(side, **of("m-3", "o-1", "n-2")) for side in ("household", "provider")
    ]
    given(ASKED, mine, left, again, yes).when(confirm).then(confirmed())


def test_who_wants_nothing_any_more_holds_up_nobody():
    mine = (agreed("household"), agreed("provider"))
    left = gone("m-2", "n-2", "other")
    withdrawn = NeedWithdrawn(said=SAID, need="n-2", reason="other")

    given(ASKED, mine, left, withdrawn).when(ConfirmMatch(**of())).then(confirmed())


def test_nobody_of_them_is_moved_once_one_was_asked():
    def wanted(*facts: Told) -> list[str]:
        market = Market()
        market.apply(recorded(given(facts).facts))
        needs = market.document()["needs"]
        assert isinstance(needs, list)
        return [need["id"] for need in needs]

    asked = communicated()

    assert wanted(*TOGETHER) == ["n-1", "n-2"]
    assert wanted(*TOGETHER, asked) == []
    alone = placed("n-2", "m-2", bundle=None)
    assert wanted(*TOGETHER[:-1], alone, asked) == ["n-2"]
