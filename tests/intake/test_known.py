"""A row is compared with itself: what a person said at the desk outlives it."""

from datetime import UTC, datetime

from events.base import Fact
from events.kinds.housing import Available, HousingOffer, Location
from events.offer import OfferAmended, OfferListed, OfferState
from events.values import Origin
from services.intake.known import Difference, difference, known
from services.ledger.rules.offers import AmendOffer
from tests.rules.given import Given, given, recorded
from tests.rules.world import CHANNEL, SAID, listed

COVERED = frozenset(("beds", "location", "available"))
FIRST = HousingOffer(
    beds=2,
    location=Location(postcode="40210"),
    available=Available(min_days=30, max_days=90),
)


def origin(digest: str) -> Origin:
    return Origin(
        channel="form",
        source="/form",
        id="e-1",
        row_key="rk-1",
        digest=digest,
        received_at=datetime(2022, 3, 18, tzinfo=UTC),
    )


def taken(digest: str = "A") -> OfferListed:
    return listed("o-1", FIRST).model_copy(update={"origin": origin(digest)})


def sent(facts: Given, row: HousingOffer, digest: str) -> tuple[Difference, Given]:
    """Let the row come again: what it says otherwise, and what follows."""
    case = known("offer:o-1", recorded(facts.facts), "rk-1")
    assert case is not None
    found = difference(case.told, row, covered=COVERED, unsure=frozenset())
    command = AmendOffer.model_validate(
        {
            "offer": "o-1",
            "changes": found.changes,
            "unset": found.unset,
            "origin": origin(digest),
        }
    )
    new = facts.when(command, CHANNEL)._decided()
    return found, given(facts.facts, new)


def by_the_desk(changes: HousingOffer) -> Fact:
    return OfferAmended(said=SAID, offer="o-1", changes=changes)


def details(facts: Given) -> HousingOffer:
    offer = facts.past("offer:o-1").offer("o-1")
    assert isinstance(offer, OfferState)
    assert isinstance(offer.details, HousingOffer)
    return offer.details


def test_a_row_that_moves_does_not_lift_the_protection_of_the_address():
    protected = Location(postcode="40210", disclosure="protected")
    start = given(taken(), by_the_desk(HousingOffer(location=protected)))
    moved = FIRST.model_copy(update={"location": Location(postcode="40227")})

    _, after = sent(start, moved, "B")
    assert details(after).location == Location(postcode="40227", disclosure="protected")

    more = moved.model_copy(update={"beds": 3})
    found, later = sent(after, more, "C")
    assert found.changes == HousingOffer(beds=3)
    assert details(later).location == Location(postcode="40227", disclosure="protected")


def test_a_row_that_says_so_itself_lifts_what_it_said():
    hidden = Location(postcode="40210", disclosure="protected")
    first = FIRST.model_copy(update={"location": hidden})
    start = given(taken().model_copy(update={"details": first}))

    _, after = sent(start, FIRST, "B")

    assert details(after).location == Location(postcode="40210")


def test_a_cell_that_was_emptied_makes_its_part_unknown_and_no_other():
    start = given(
        taken(),
        by_the_desk(HousingOffer(available=Available(min_days=60, max_days=90))),
    )
    emptied = FIRST.model_copy(update={"available": Available(min_days=30)})

    found, after = sent(start, emptied, "B")

    assert found.unset == ("available.max_days",)
    assert details(after).available == Available(min_days=60)


def test_a_row_that_comes_back_to_its_first_state_is_an_amendment_of_its_own():
    start = given(taken())
    more = FIRST.model_copy(update={"beds": 3})

    _, after = sent(start, more, "B")
    found, back = sent(after, FIRST, "A")

    assert found.changes == HousingOffer(beds=2)
    assert details(back).beds == 2
