from datetime import date

from events.arrivals import CapacityHeldBack
from events.kinds.housing import (
    Accepts,
    HousingNeed,
    HousingOffer,
    Linked,
    Location,
    Protection,
)
from events.match import MatchEnded
from events.need import (
    NeedAmended,
    NeedMerged,
    NeedParked,
    NeedPrioritised,
    NeedRaised,
    NeedUnmerged,
    NeedWithdrawn,
)
from events.offer import OfferMerged, OfferUnmerged
from events.pair import PairForbidden, PairPinned, PairReleased
from services.ledger.rules.merging import (
    MergeNeeds,
    MergeOffers,
    UnmergeNeeds,
    UnmergeOffers,
)
from tests.rules.given import given
from tests.rules.world import (
    APRIL,
    BEDS,
    BEDS_WANTED,
    BEFORE,
    DAY,
    FAMILY,
    FLAT,
    JULY,
    LOTS_PLACED,
    PROPOSED,
    SAID,
    TODAY,
    listed,
    proposed,
    raised,
)

OFFERS = (listed(), listed("o-2", similar_to=("o-1",)))
NEEDS = (raised(), raised("n-2", similar_to=("n-1",)))
ONE_HOME = OfferMerged(said=SAID, offer="o-2", into="o-1")
ONE_FAMILY = NeedMerged(said=SAID, need="n-2", into="n-1", waiting_since=BEFORE)
BANNED = PairForbidden(said=SAID, offer="o-1", need="n-2", reason="was there before")


def test_two_offers_are_one():
    facts = given(OFFERS).when(MergeOffers(offer="o-2", into="o-1")).then(ONE_HOME)

    past = facts.past("offer:o-1", "offer:o-2")
    gone, stays = past.offer("o-2"), past.offer("o-1")
    assert (gone.status, gone.merged_into, stays.status) == ("merged", "o-1", "open")


def test_two_offers_are_merged_once():
    given(OFFERS, ONE_HOME).when(MergeOffers(offer="o-2", into="o-1")).then()


def test_an_offer_is_not_merged_with_itself_or_with_goods_or_with_nothing():
    given(OFFERS).when(MergeOffers(offer="o-1", into="o-1")).refused("with itself")
    given(OFFERS).when(MergeOffers(offer="o-1", into="o-9")).refused("no offer o-9")
    given(listed(), listed("o-g", BEDS)).when(
        MergeOffers(offer="o-1", into="o-g")
    ).refused("never one case; choose another number")


def test_the_merged_one_is_worked_on_no_more():
    given(OFFERS, listed("o-3"), ONE_HOME).when(
        MergeOffers(offer="o-2", into="o-3")
    ).refused("It was merged into o-1; work on that one")


def test_a_promised_offer_stays_and_takes_the_other_in():
    given(PROPOSED, listed("o-2")).when(MergeOffers(offer="o-1", into="o-2")).refused(
        "merge the other one into it instead"
    )
    given(PROPOSED, listed("o-2")).when(MergeOffers(offer="o-2", into="o-1")).then(
        ONE_HOME
    )


def test_the_protection_of_a_home_is_not_merged_away():
    women = FLAT.model_copy(update={"accepts": Accepts(women_only=True)})
    hidden = FLAT.model_copy(update={"location": Location(disclosure="protected")})

    for guarded in (women, hidden):
        given(listed(), listed("o-2", guarded)).when(
            MergeOffers(offer="o-2", into="o-1")
        ).refused("It is protected, the other is not; amend the other first")
        given(listed("o-1", guarded), listed("o-2", HousingOffer())).when(
            MergeOffers(offer="o-2", into="o-1")
        ).then(ONE_HOME)


def test_what_was_forbidden_to_the_one_is_forbidden_to_the_other():
    banned = BANNED.model_copy(update={"offer": "o-2"})

    given(OFFERS, raised("n-2"), banned).when(
        MergeOffers(offer="o-2", into="o-1")
    ).then(
        ONE_HOME,
        BANNED.model_copy(update={"reason": "forbidden to o-2, which is the same"}),
    )


def test_offers_are_kept_apart():
    facts = (
        given(OFFERS)
        .when(UnmergeOffers(offer="o-2", other="o-1"))
        .then(OfferUnmerged(said=SAID, offer="o-2", other="o-1"))
    )

    past = facts.past("offer:o-1", "offer:o-2")
    assert past.offer("o-2").similar_to == ()
    assert past.offer("o-1").apart_from == ("o-2",)
    facts.when(UnmergeOffers(offer="o-2", other="o-1")).then()


def test_a_merge_of_offers_is_undone():
    facts = (
        given(OFFERS, ONE_HOME)
        .when(UnmergeOffers(offer="o-1", other="o-2"))
        .then(OfferUnmerged(said=SAID, offer="o-1", other="o-2"))
    )

    past = facts.past("offer:o-1", "offer:o-2")
    assert (past.offer("o-2").status, past.offer("o-2").merged_into) == ("open", None)


def test_a_merge_after_keeping_apart_can_be_undone_again():
    apart = OfferUnmerged(said=SAID, offer="o-2", other="o-1")

    given(OFFERS, apart, ONE_HOME).when(UnmergeOffers(offer="o-2", other="o-1")).then(
        apart
    )


def test_one_offer_is_not_kept_apart_from_itself():
    given(OFFERS).when(UnmergeOffers(offer="o-1", other="o-1")).refused("two numbers")


def test_two_needs_are_one_and_have_waited_as_long_as_the_longer():
    long_ago = date(2022, 2, 25)
    first = FAMILY.model_copy(update={"waiting_since": long_ago})

    facts = (
        given(raised(), raised("n-2", first))
        .when(MergeNeeds(need="n-2", into="n-1"))
        .then(ONE_FAMILY.model_copy(update={"waiting_since": long_ago}))
    )

    assert facts.past("need:n-1").need("n-1").waiting_since == long_ago


def test_two_needs_are_merged_once():
    given(NEEDS, ONE_FAMILY).when(MergeNeeds(need="n-2", into="n-1")).then()


def test_needs_that_cannot_be_one_are_refused():
    gone = NeedWithdrawn(said=SAID, need="n-1", reason="other")

    given(NEEDS).when(MergeNeeds(need="n-1", into="n-1")).refused("with itself")
    given(NEEDS, gone).when(MergeNeeds(need="n-2", into="n-1")).refused("withdrawn")
    given(raised(), raised("n-g", BEDS_WANTED)).when(
        MergeNeeds(need="n-1", into="n-g")
    ).refused("never one case")
    given(PROPOSED, raised("n-2")).when(MergeNeeds(need="n-1", into="n-2")).refused(
        "It has a proposal; merge the other one into it instead"
    )


def test_the_protection_of_a_household_is_not_merged_away():
    def household(protection: Protection) -> NeedRaised:
        details = HousingNeed(persons=2, protection=protection)
        return raised("n-2", details)

    for asked in (
        Protection(women_only=True),
        Protection(confidential_address=True),
        Protection(no_contact=("p-9",)),
    ):
        given(raised(), household(asked)).when(
            MergeNeeds(need="n-2", into="n-1")
        ).refused("It asks for protection, the other does not; amend the other first")


def test_what_was_forbidden_to_one_need_is_forbidden_to_the_other():
    given(NEEDS, listed(), BANNED).when(MergeNeeds(need="n-2", into="n-1")).then(
        ONE_FAMILY,
        PairForbidden(
            said=SAID,
            offer="o-1",
            need="n-1",
            reason="forbidden to n-2, which is the same",
        ),
    )
    given(DAY, listed(), NEEDS, BANNED, proposed()).when(
        MergeNeeds(need="n-2", into="n-1")
    ).refused("may not take; cancel that first")


def test_needs_are_kept_apart_once():
    apart = NeedUnmerged(said=SAID, need="n-2", other="n-1")

    given(NEEDS).when(UnmergeNeeds(need="n-2", other="n-1")).then(apart).when(
        UnmergeNeeds(need="n-2", other="n-1")
    ).then()


def test_a_merged_need_that_was_parked_is_parked_again():
    parked = NeedParked(said=SAID, need="n-2", until=APRIL, reason="in hospital")

    facts = (
        given(NEEDS, parked, ONE_FAMILY)
        .when(UnmergeNeeds(need="n-2", other="n-1"))
        .then(NeedUnmerged(said=SAID, need="n-2", other="n-1"))
    )

    assert facts.past("need:n-2").need("n-2").status == "parked"


def test_a_need_is_not_kept_apart_from_one_that_is_not_there():
    given(NEEDS).when(UnmergeNeeds(need="n-2", other="n-9")).refused("no need n-9")


def test_pieces_that_were_handed_over_are_not_forgotten_in_a_merge():
    over = MatchEnded(
        said=SAID,
        match="m-g",
        offer="o-g",
        need="n-g",
        on=TODAY,
        side="office",
        reason="moved_out",
    )
    given_away = given(
        LOTS_PLACED, over, listed("o-2", BEDS), raised("n-2", BEDS_WANTED)
    )

    given_away.when(MergeOffers(offer="o-g", into="o-2")).refused("merge the other")
    given_away.when(MergeNeeds(need="n-g", into="n-2")).refused("merge the other")
    given_away.when(MergeOffers(offer="o-2", into="o-g")).then(
        OfferMerged(said=SAID, offer="o-2", into="o-g")
    )


PIN = PairPinned(said=SAID, offer="o-2", need="n-1", reason="aunt")


def test_a_need_that_was_pinned_to_the_one_home_is_pinned_to_the_other():
    facts = (
        given(OFFERS, raised(), PIN)
        .when(MergeOffers(offer="o-2", into="o-1"))
        .then(
            ONE_HOME,
            pinned("o-1", "n-1", "pinned to o-2, which is the same"),
            PairReleased(
                said=SAID, offer="o-2", need="n-1", reason="pinned to o-1 instead"
            ),
        )
    )

    assert facts.past("need:n-1").need("n-1").pinned == ("o-1",)


def test_a_need_takes_over_the_home_that_the_other_was_pinned_to():
    pin = PIN.model_copy(update={"need": "n-2"})

    given(NEEDS, listed("o-2"), pin).when(MergeNeeds(need="n-2", into="n-1")).then(
        ONE_FAMILY, pinned("o-2", "n-1", "pinned to n-2, which is the same")
    )
    given(NEEDS, listed("o-2"), pin, PIN).when(MergeNeeds(need="n-2", into="n-1")).then(
        ONE_FAMILY
    )


def test_what_was_decided_otherwise_about_the_two_is_decided_first():
    pin, aunt = PIN.model_copy(update={"need": "n-2"}), pinned("o-1", "n-1", "aunt")
    merge = MergeNeeds(need="n-2", into="n-1")

    given(NEEDS, OFFERS, pin, aunt).when(merge).refused("to two offers; release one")
    given(NEEDS, OFFERS, BANNED, aunt).when(merge).refused("is forbidden to the other")


def test_the_more_urgent_of_two_needs_stays_as_urgent():
    merge = MergeNeeds(need="n-2", into="n-1")

    given(raised(), raised("n-2", priority=3)).when(merge).then(
        ONE_FAMILY,
        NeedPrioritised(
            said=SAID,
            need="n-1",
            priority=3,
            reason="as urgent as n-2, which is the same",
        ),
    )
    given(raised(priority=3), raised("n-2", priority=2)).when(merge).then(ONE_FAMILY)


def family(need: str, *links: Linked, avoids: tuple[str, ...] = ()) -> NeedRaised:
    protection = Protection(no_contact=avoids) if avoids else None
    told = {"linked_households": links or None, "protection": protection}
    return raised(need, FAMILY.model_copy(update=told))


def linked(need: str, *links: Linked) -> NeedAmended:
    changes = HousingNeed(linked_households=links)
    return NeedAmended(said=SAID, need=need, changes=changes)


def test_who_belonged_to_the_one_belongs_to_the_other():
    aunt, friends = Linked(ref="n-3", how="together"), Linked(ref="n-4", how="near")
    near = Linked(ref="n-3", how="near")
    two = (family("n-2", aunt, friends), family("n-3", Linked(ref="n-2", how="near")))
    merge = MergeNeeds(need="n-2", into="n-1")

    given(family("n-1"), two, family("n-4")).when(merge).then(
        ONE_FAMILY,
        linked("n-3", *links_to("near", "n-2"), *links_to("together", "n-1")),
        linked("n-4", *links_to("near", "n-1")),
        linked("n-1", aunt, friends),
    )
    given(family("n-1", near, friends), two, family("n-4")).when(merge).then(
        ONE_FAMILY,
        linked("n-3", *links_to("near", "n-2"), *links_to("together", "n-1")),
        linked("n-1", aunt, friends),
    )
    given(family("n-1", aunt, friends), two, family("n-4")).when(merge).then(ONE_FAMILY)


def links_to(how: str, *needs: str) -> tuple[Linked, ...]:
    return tuple(Linked.model_validate({"ref": need, "how": how}) for need in needs)


def test_a_link_between_the_two_is_none_any_more():
    linked_to_it = family("n-2", Linked(ref="n-1", how="together"))

    given(family("n-1"), linked_to_it).when(MergeNeeds(need="n-2", into="n-1")).then(
        ONE_FAMILY
    )


def test_nobody_is_linked_by_a_merge_with_whom_they_must_not_meet():
    aunt = Linked(ref="n-3", how="together")
    afraid = family("n-3", avoids=("p-of-n-1",))

    given(family("n-1"), family("n-2", aunt), afraid).when(
        MergeNeeds(need="n-2", into="n-1")
    ).refused("must not meet; they cannot be placed together")


def test_rooms_that_are_held_back_are_not_merged_away():
    held = CapacityHeldBack(
        said=SAID,
        hold="h-1",
        arrivals="a-1",
        offer="o-2",
        count=1,
        start=APRIL,
        end=JULY,
        household_min=1,
        after=7,
    )

    given(OFFERS, held).when(MergeOffers(offer="o-2", into="o-1")).refused(
        "held back for expected arrivals; release it first"
    )


def pinned(offer: str, need: str, reason: str) -> PairPinned:
    return PairPinned(said=SAID, offer=offer, need=need, reason=reason)
