"""Absent, unknown and none are three things; a person's word outlives a message."""

from datetime import UTC, datetime

import pytest

from events.case import Private
from events.desk import CaseLikened
from events.kinds.goods import GoodsNeed
from events.kinds.housing import (
    Accepts,
    Available,
    Capacity,
    HousingNeed,
    HousingOffer,
    Location,
    Protection,
    Rent,
    Unit,
)
from events.need import NeedAmended
from events.offer import OfferAmended, OfferUnmerged
from events.values import OpenQuestion, Origin, Span
from services.ledger.rules.base import Question, Told
from services.ledger.rules.needs import AmendNeed
from services.ledger.rules.offers import AmendOffer, ListOffer
from tests.rules.given import given
from tests.rules.world import (
    APRIL,
    BEFORE,
    FLAT,
    HOTEL,
    JULY,
    SAID,
    TODAY,
    box,
    listed,
    raised,
)

HOME = HousingOffer(
    beds=3,
    accepts=Accepts(women_only=True, pets=("cat",)),
    location=Location(postcode="40210", disclosure="protected"),
    available=Available(start=TODAY, min_days=90),
    rent=Rent(kind="rent", cold=50_000, operating=9_000),
)


def told(**changes: object) -> HousingOffer:
    return HousingOffer.model_validate(changes)


def amended(changes: HousingOffer | None = None, **beside: object) -> OfferAmended:
    return OfferAmended.model_validate(
        {"said": SAID, "offer": "o-1", "changes": changes or HousingOffer(), **beside}
    )


def origin(digest: str, revision: int | None = None, row: str = "rk-1") -> Origin:
    return Origin(
        channel="form",
        source="/form",
        id="e-1",
        row_key=row,
        digest=digest,
        revision=revision,
        received_at=datetime(2022, 3, 18, tzinfo=UTC),
    )


def asked(field: str, mark: str = "m-1") -> OpenQuestion:
    return OpenQuestion(field=field, reason="unclear", raw=box("question", mark))


def question(field: str, mark: str = "m-1") -> Question:
    return Question(field=field, reason="unclear", raw=box("question", mark))


def test_what_is_known_already_is_no_news():
    given(listed("o-1", HOME)).when(AmendOffer(offer="o-1", changes=HOME)).then()


def test_what_an_amendment_does_not_name_stays():
    given(listed("o-1", HOME)).when(
        AmendOffer(offer="o-1", changes=told(accepts=Accepts(pets=("dog",))))
    ).then(amended(told(accepts=Accepts(women_only=True, pets=("dog",)))))


def test_a_new_postcode_does_not_lift_the_protection_of_an_address():
    given(listed("o-1", HOME)).when(
        AmendOffer(offer="o-1", changes=told(location=Location(postcode="40227")))
    ).then(amended(told(location=Location(postcode="40227", disclosure="protected"))))


def test_the_protection_of_an_address_is_lifted_by_name():
    given(listed("o-1", HOME)).when(
        AmendOffer(offer="o-1", changes=told(location=Location(disclosure="area")))
    ).then(amended(told(location=Location(postcode="40210", disclosure="area"))))


def test_whom_a_household_must_not_meet_is_not_forgotten_by_the_way():
    before = HousingNeed(protection=Protection(no_contact=("p-9",)))

    given(raised("n-1", before)).when(
        AmendNeed(
            need="n-1",
            changes=HousingNeed(protection=Protection(women_only=True)),
        )
    ).then(
        NeedAmended(
            said=SAID,
            need="n-1",
            changes=HousingNeed(
                protection=Protection(women_only=True, no_contact=("p-9",))
            ),
        )
    )


def test_a_rent_or_a_span_is_told_as_a_whole():
    free = Rent(kind="free")

    given(listed("o-1", HOME)).when(
        AmendOffer(offer="o-1", changes=told(rent=free))
    ).then(amended(told(rent=free)))


def test_none_at_all_is_not_unknown():
    given(listed("o-1", HOME)).when(
        AmendOffer(offer="o-1", changes=told(accepts=Accepts(pets=())))
    ).then(amended(told(accepts=Accepts(women_only=True, pets=()))))


def test_a_field_is_made_unknown_by_name():
    facts = (
        given(listed("o-1", HOME))
        .when(AmendOffer(offer="o-1", changes=HousingOffer(), unset=("beds",)))
        .then(amended(unset=("beds",)))
    )

    assert facts.past("offer:o-1").offer("o-1").details == HOME.model_copy(
        update={"beds": None}
    )


def test_a_part_of_a_field_is_made_unknown_by_its_path():
    given(listed("o-1", HOME)).when(
        AmendOffer(
            offer="o-1",
            changes=told(available=Available(end=JULY)),
            unset=("accepts.pets", "available.from", "available.max_days"),
        )
    ).then(
        amended(
            told(
                accepts=Accepts(women_only=True),
                available=Available(end=JULY, min_days=90),
            )
        )
    )


def test_what_is_unknown_already_is_not_made_unknown():
    given(listed("o-1", HOME)).when(
        AmendOffer(
            offer="o-1", changes=HousingOffer(), unset=("floor", "residents.pets")
        )
    ).then()


@pytest.mark.parametrize(
    "path", ["kind", "bed", "accepts.cats", "rent.kind", "beds.all", "kind.of"]
)
def test_no_field_of_that_name_can_be_unset(path: str):
    given(listed("o-1", HOME)).when(
        AmendOffer(offer="o-1", changes=HousingOffer(), unset=(path,))
    ).refused("see the schema of the command")


def test_a_field_is_not_told_and_unset_at_once():
    given(listed("o-1", HOME)).when(
        AmendOffer(offer="o-1", changes=told(beds=4), unset=("beds",))
    ).refused("The field beds is told and unset at once; choose one")


def test_parts_that_do_not_fit_are_sent_together():
    suite = (Unit(ref="suite", type="family", sleeps=4),)
    rooms = (Capacity(unit="suite", span=Span(start=APRIL), count=1),)

    given(listed("o-1", HOTEL)).when(
        AmendOffer(offer="o-1", changes=told(units=suite))
    ).refused("The parts do not fit: capacity names the unit double.*; send both")
    given(listed("o-1", HOTEL)).when(
        AmendOffer(offer="o-1", changes=told(units=suite, capacity=rooms))
    ).then(amended(told(units=suite, capacity=rooms)))


def test_housing_does_not_become_goods():
    given(raised()).when(AmendNeed(need="n-1", changes=GoodsNeed(quantity=1))).refused(
        "Housing cannot become goods; withdraw it and enter it anew"
    )


def test_sealed_parts_are_compared_by_their_marks():
    before = listed("o-1", FLAT, private=Private(contact=box(mark="m-1")))
    same, other = box(mark="m-1"), box(mark="m-2")

    given(before).when(
        AmendOffer(offer="o-1", changes=HousingOffer(), told=Told(contact=same))
    ).then()
    given(before).when(
        AmendOffer(offer="o-1", changes=HousingOffer(), told=Told(contact=other))
    ).then(amended(private=Private(contact=other)))


def test_an_open_question_is_asked_once_and_settled_by_telling_its_field():
    doubt = AmendOffer(
        offer="o-1", changes=HousingOffer(), questions=(question("beds"),)
    )
    facts = (
        given(listed("o-1", HousingOffer()))
        .when(doubt)
        .then(amended(open_questions=(asked("beds"),)))
    )

    facts.when(doubt).then()
    after = facts.when(AmendOffer(offer="o-1", changes=told(beds=3))).then(
        amended(told(beds=3), settled=("beds",))
    )

    assert after.past("offer:o-1").offer("o-1").questions == ()


@pytest.mark.parametrize(
    ("field", "command"),
    [
        (
            "available.from",
            AmendOffer(
                offer="o-1", changes=told(available=Available(start=APRIL, min_days=90))
            ),
        ),
        (
            "postcode",
            AmendOffer(offer="o-1", changes=told(location=Location(postcode="40210"))),
        ),
        ("status", AmendOffer(offer="o-1", changes=told(), settled=("status",))),
        ("floor", AmendOffer(offer="o-1", changes=told(), unset=("floor",))),
        ("beds", AmendOffer(offer="o-1", changes=told(beds=3))),
        (
            "contact",
            AmendOffer(offer="o-1", changes=told(), told=Told(contact=box())),
        ),
    ],
)
def test_an_answer_settles_its_question_even_when_nothing_else_is_new(
    field: str, command: AmendOffer
):
    before = listed("o-1", HOME, private=Private(contact=box()))
    before = before.model_copy(update={"open_questions": (asked(field), asked("m2"))})
    facts = given(before)

    past = facts.past("offer:o-1")
    fact = command.decide(past, SAID)[0]

    assert isinstance(fact, OfferAmended)
    assert fact.settled == (field,)


def test_a_question_that_is_asked_again_stays_open():
    before = listed("o-1", HOME).model_copy(update={"open_questions": (asked("beds"),)})

    facts = (
        given(before)
        .when(
            AmendOffer(offer="o-1", changes=told(beds=2), questions=(question("beds"),))
        )
        .then(amended(told(beds=2), open_questions=(asked("beds"),)))
    )

    assert facts.past("offer:o-1").offer("o-1").questions == (asked("beds"),)


def test_every_state_of_a_row_is_an_amendment_of_its_own():
    first = listed().model_copy(update={"origin": origin("A")})

    def row(digest: str, beds: int) -> AmendOffer:
        return AmendOffer(offer="o-1", changes=told(beds=beds), origin=origin(digest))

    given(first).when(row("A", 4)).then()
    given(first).when(row("B", 5)).then(amended(told(beds=5), origin=origin("B"))).when(
        row("A", 4)
    ).then(amended(told(beds=4), origin=origin("A"))).when(row("A", 4)).then()


def test_a_lower_revision_never_overwrites_a_higher():
    first = listed().model_copy(update={"origin": origin("B", 5)})

    def row(revision: int, key: str = "rk-1") -> AmendOffer:
        return AmendOffer(
            offer="o-1", changes=told(beds=9), origin=origin("C", revision, key)
        )

    given(first).when(row(4)).refused("Revision 5 of this row was taken already")
    given(first).when(row(6)).then(amended(told(beds=9), origin=origin("C", 6)))
    given(first).when(row(1, "rk-2")).then(
        amended(told(beds=9), origin=origin("C", 1, "rk-2"))
    )


def test_the_row_as_it_came_is_kept_with_its_origin():
    row = box("row")

    given().when(
        ListOffer(
            offer="o-1",
            provider="p-of-o-1",
            details=FLAT,
            origin=origin("A"),
            raw=row,
        )
    ).then(
        listed().model_copy(
            update={"origin": origin("A").model_copy(update={"raw": row})}
        )
    )
    given().when(ListOffer(offer="o-1", provider="p-1", details=FLAT, raw=row)).refused(
        "came without its origin; send both"
    )


def test_twins_that_a_person_kept_apart_stay_apart():
    apart = OfferUnmerged(said=SAID, offer="o-1", other="o-2")

    given(listed(), listed("o-2"), apart).when(
        AmendOffer(offer="o-1", changes=told(), similar_to=("o-2", "o-1", "o-3", "o-3"))
    ).then(
        amended(similar_to=("o-3",)),
        CaseLikened(said=SAID, case="offer:o-1", to=("offer:o-3",)),
    ).when(AmendOffer(offer="o-1", changes=told(), similar_to=("o-3",))).then()


def test_a_need_told_later_keeps_its_place_in_the_queue():
    facts = (
        given(raised())
        .when(AmendNeed(need="n-1", changes=HousingNeed(smokers=False)))
        .then(NeedAmended(said=SAID, need="n-1", changes=HousingNeed(smokers=False)))
    )

    assert facts.past("need:n-1").need("n-1").waiting_since == BEFORE
