from dataclasses import replace
from datetime import date

import pytest

from events.kinds.housing import (
    Accepts,
    Available,
    HousingOffer,
    Location,
    Rent,
    Unit,
)
from events.match import Allocation, Due, MatchCancelled, MatchEnded
from events.need import NeedAmended
from events.offer import (
    OfferAmended,
    OfferCapacityChanged,
    OfferMerged,
    OfferReconfirmed,
    OfferWithdrawn,
)
from events.policy import Checks, Policy
from events.realm import PolicyAdopted
from events.values import OpenQuestion
from projections import available_offers, capacity_by_day, goods_stock, visits_due
from projections.available_offers import AvailableOffer
from projections.capacity_by_day import CapacityRun
from projections.goods_stock import GoodsStock
from projections.listing import some
from projections.visits_due import VisitDue
from tests.projections.facts import (
    DAY,
    HIDDEN,
    HOME,
    SAID,
    about,
    began,
    checked,
    hotel,
    ledger,
    listed,
    lot,
    placed,
    proposed,
    raised,
    request,
    the,
)

TOLD = date(2022, 3, 17)
STANDING = AvailableOffer(
    offer="o1",
    case_no="A-2022-0001",
    number=1,
    kind="housing",
    state="new",
    dwelling="flat",
    beds=4,
    postcode_area="40210",
    protected=False,
    available_from=date(2022, 4, 1),
    available_to=date(2022, 10, 1),
    checks_due=("identity", "visit"),
    reserved=0,
    questions=0,
    matches=0,
    persons_held=0,
    channel=None,
    confirmed_on=TOLD,
    told_on=TOLD,
    position=2,
)


def shown(singly, db, *facts):
    singly.apply(ledger(*facts))
    return the(db, available_offers.TABLE, "o1")


def test_an_offer_stands_as_it_was_listed(singly, db):
    assert shown(singly, db, began(), listed()) == STANDING


def test_every_coded_part_of_a_home_has_its_column(singly, db):
    home = HousingOffer(
        provider_kind="citizen",
        dwelling="house",
        units=(
            Unit(ref="a", type="double", sleeps=2),
            Unit(ref="b", type="family", sleeps=3),
        ),
        m2=80,
        floor=1,
        lift=False,
        step_free="some",
        accepts=Accepts(pets=("dog",), women_only=True, families=True),
        languages=("de", "uk"),
        available=Available(start=DAY, min_days=90, max_days=365),
        rent=Rent(kind="free"),
        location=Location(postcode="40211"),
    )

    assert shown(singly, db, began(), listed(details=home)) == replace(
        STANDING,
        provider_kind="citizen",
        dwelling="house",
        beds=5,
        m2=80,
        floor=1,
        lift=False,
        step_free="some",
        pets=True,
        women_only=True,
        families=True,
        postcode_area="40211",
        available_from=DAY,
        available_to=None,
        min_days=90,
        max_days=365,
        rent="free",
        languages=("de", "uk"),
    )


def test_a_lot_says_how_much_of_it_is_promised(singly, db):
    pair = ("g1", "r1")

    singly.apply(
        ledger(
            began(),
            lot(),
            request(),
            proposed("m1", pair, allocation=(Allocation(quantity=4),), persons=0),
        )
    )

    assert the(db, available_offers.TABLE, "g1") == AvailableOffer(
        offer="g1",
        case_no="A-2022-0001",
        number=1,
        kind="goods",
        state="proposed",
        postcode_area=None,
        protected=False,
        checks_due=(),
        item="bed-90",
        category="FURNITURE",
        quantity=10,
        reserved=4,
        questions=0,
        matches=1,
        persons_held=0,
        channel=None,
        confirmed_on=TOLD,
        told_on=TOLD,
        position=2,
    )


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ([listed()], "new"),
        (
            [listed(open_questions=(OpenQuestion(field="beds", reason="unclear"),))],
            "clarify",
        ),
        ([listed(), raised(), proposed()], "proposed"),
        ([listed(), raised(), proposed(), *placed()[:4]], "placed"),
        (
            [
                listed(),
                raised(),
                proposed(),
                MatchCancelled(**about(), reason="filled_by_other"),
            ],
            "new",
        ),
        (
            [
                listed(),
                OfferWithdrawn(said=SAID, offer="o1", reason="provider_withdrew"),
            ],
            "withdrawn",
        ),
        (
            [listed("o0"), listed(), OfferMerged(said=SAID, offer="o1", into="o0")],
            "merged",
        ),
    ],
)
def test_an_offer_says_in_a_word_how_far_it_came(singly, db, facts, state):
    assert shown(singly, db, *facts).state == state


def test_a_reconfirmed_offer_is_fresh_again(singly, db):
    row = shown(
        singly,
        db,
        began(),
        listed(),
        OfferReconfirmed(said=SAID, offer="o1", on=DAY),
    )

    assert row == replace(STANDING, confirmed_on=DAY)


def test_what_is_known_no_more_is_empty_again(singly, db):
    amended = OfferAmended(
        said=SAID, offer="o1", changes=HousingOffer(m2=60), unset=("beds",)
    )

    assert shown(singly, db, began(), listed(), amended) == replace(
        STANDING, m2=60, beds=None
    )


def test_a_home_that_houses_a_confidential_household_has_no_place(singly, db):
    first = ledger(began(), listed(), raised(), proposed())
    told = ledger(raised("n2", HIDDEN), proposed("m2", ("o1", "n2")), after=4)
    gone = ledger(
        MatchCancelled(**about("m2", ("o1", "n2")), reason="superseded"), after=6
    )

    singly.apply(first)
    before = the(db, available_offers.TABLE, "o1").postcode_area
    singly.apply(told)
    meanwhile = the(db, available_offers.TABLE, "o1")
    singly.apply(gone)

    assert before == "40210"
    assert (meanwhile.postcode_area, meanwhile.protected) == (None, True)
    assert the(db, available_offers.TABLE, "o1").postcode_area == "40210"


def test_protection_told_afterwards_hides_the_home_at_once(singly, db):
    singly.apply(ledger(listed(), raised(), proposed()))
    protected = NeedAmended(said=SAID, need="n1", changes=HIDDEN)

    singly.apply(ledger(protected, after=3))

    row = the(db, available_offers.TABLE, "o1")
    assert (row.postcode_area, row.protected) == (None, True)


def test_a_policy_that_asks_for_more_checks_reaches_every_offer(singly, db):
    strict = Policy(name="strict", checks=Checks(confirm=("identity", "documents")))

    row = shown(
        singly,
        db,
        began(),
        listed(),
        checked("identity"),
        PolicyAdopted(said=SAID, policy=strict),
    )

    assert row == replace(STANDING, checks_due=("documents",))


def test_visits_are_due_for_those_whom_they_would_place(singly, db):
    facts = ledger(
        began(),
        listed(),
        raised(),
        proposed(due=("identity", "visit", "background")),
        checked("identity"),
        checked("background", "expired"),
        listed("o2"),
        checked("visit", "failed", "o2"),
    )

    singly.apply(facts)

    due = VisitDue(
        offer="o1",
        case_no="A-2022-0001",
        check_kind="visit",
        state="missing",
        persons=3,
        proposals=1,
        due_by=None,
        beds=4,
        dwelling="flat",
        postcode_area="40210",
        told_on=TOLD,
    )
    other = replace(due, offer="o2", case_no="A-2022-0002", persons=0, proposals=0)
    assert some(db, visits_due.TABLE, {}) == (
        replace(due, check_kind="background", state="expired"),
        due,
        replace(other, check_kind="identity"),
        replace(other, state="failed"),
    )


def test_a_check_that_ends_before_the_stay_is_due_again(singly, db):
    facts = ledger(
        listed(),
        raised(),
        checked("visit", valid_until=date(2022, 6, 29)),
        checked("identity", valid_until=date(2022, 6, 30)),
        proposed(due=("identity", "visit")),
    )

    singly.apply(facts)

    (due,) = some(db, visits_due.TABLE, {})
    assert (due.check_kind, due.state, due.persons) == ("visit", "too_short", 3)


def test_a_confirmed_placement_waits_for_no_visit(singly, db):
    facts = ledger(listed(), raised(), proposed(due=("background",)), *placed())

    singly.apply(facts)

    kinds = [due.check_kind for due in some(db, visits_due.TABLE, {})]
    assert kinds == ["identity", "visit"]


def test_a_withdrawn_offer_is_visited_no_more(singly, db):
    singly.apply(
        ledger(
            listed(), OfferWithdrawn(said=SAID, offer="o1", reason="provider_withdrew")
        )
    )

    assert some(db, visits_due.TABLE, {}) == ()
    assert some(db, capacity_by_day.TABLE, {}) == ()


def run(*days_and_rooms, number=1, unit="", sleeps=4, area="40210"):
    start, end, rooms, held = days_and_rooms
    return CapacityRun(
        offer="o1",
        case_no="A-2022-0001",
        unit=unit,
        run=number,
        from_day=start,
        to_day=end,
        rooms=rooms,
        held=held,
        free=rooms - held,
        sleeps=sleeps,
        postcode_area=area,
    )


def test_a_home_is_free_before_and_after_a_stay(singly, db):
    stay = Allocation(start=date(2022, 5, 1), end=date(2022, 7, 1), count=1)

    singly.apply(ledger(listed(), raised(), proposed(allocation=(stay,))))

    assert some(db, capacity_by_day.TABLE, {}) == (
        run(date(2022, 4, 1), date(2022, 5, 1), 1, 0),
        run(date(2022, 5, 1), date(2022, 7, 1), 1, 1, number=2),
        run(date(2022, 7, 1), date(2022, 10, 1), 1, 0, number=3),
    )


def test_a_home_of_unknown_days_is_free_for_ever(singly, db):
    home = HousingOffer(dwelling="room", beds=4, location=HOME.location)

    singly.apply(ledger(listed(details=home)))

    assert some(db, capacity_by_day.TABLE, {}) == (run(None, None, 1, 0),)


def test_a_contingent_changes_in_april_and_holds_several_stays(singly, db):
    rooms = hotel(
        (date(2022, 3, 1), date(2022, 4, 1), 25), (date(2022, 4, 1), None, 20)
    )
    first = Allocation(
        unit="double", start=date(2022, 3, 20), end=date(2022, 4, 10), count=2
    )
    second = Allocation(unit="double", start=date(2022, 4, 1), count=1)

    singly.apply(
        ledger(
            listed(details=rooms),
            raised(),
            raised("n2"),
            proposed(allocation=(first,)),
            proposed("m2", ("o1", "n2"), allocation=(second,)),
        )
    )

    hotel_run = {"unit": "double", "sleeps": 2, "area": "40212"}
    assert some(db, capacity_by_day.TABLE, {}) == (
        run(date(2022, 3, 1), date(2022, 3, 20), 25, 0, **hotel_run),
        run(date(2022, 3, 20), date(2022, 4, 1), 25, 2, number=2, **hotel_run),
        run(date(2022, 4, 1), date(2022, 4, 10), 20, 3, number=3, **hotel_run),
        run(date(2022, 4, 10), None, 20, 1, number=4, **hotel_run),
    )
    assert the(db, available_offers.TABLE, "o1").beds == 50


def test_a_reduced_contingent_shows_what_is_promised_too_often(singly, db):
    rooms = hotel((date(2022, 4, 1), date(2022, 5, 1), 2))
    fewer = OfferCapacityChanged(
        said=SAID,
        offer="o1",
        capacity=hotel((date(2022, 4, 1), date(2022, 5, 1), 1)).capacity,
    )
    stay = Allocation(
        unit="double", start=date(2022, 4, 1), end=date(2022, 5, 1), count=2
    )

    singly.apply(
        ledger(listed(details=rooms), raised(), proposed(allocation=(stay,)), fewer)
    )

    (found,) = some(db, capacity_by_day.TABLE, {})
    assert (found.rooms, found.held, found.free) == (1, 2, -1)


def test_rooms_that_are_gone_altogether_show_whom_they_held(singly, db):
    rooms = hotel((date(2022, 4, 1), date(2022, 5, 1), 2))
    none = OfferCapacityChanged(said=SAID, offer="o1", capacity=())
    stay = Allocation(
        unit="double", start=date(2022, 4, 1), end=date(2022, 5, 1), count=2
    )

    singly.apply(
        ledger(listed(details=rooms), raised(), proposed(allocation=(stay,)), none)
    )

    assert some(db, capacity_by_day.TABLE, {}) == (
        run(
            date(2022, 4, 1),
            date(2022, 5, 1),
            0,
            2,
            unit="double",
            sleeps=2,
            area="40212",
        ),
    )


def test_a_contingent_is_had_while_the_offer_stands_only(singly, db):
    window = Available(start=date(2022, 4, 1), end=date(2022, 4, 15))
    rooms = hotel((date(2022, 3, 1), None, 2)).model_copy(update={"available": window})

    singly.apply(ledger(listed(details=rooms)))

    (found,) = some(db, capacity_by_day.TABLE, {})
    assert (found.from_day, found.to_day) == (date(2022, 4, 1), date(2022, 4, 15))


def test_an_ended_stay_gives_the_home_back(singly, db):
    it = about()
    over = MatchEnded(**it, on=DAY, side="household", reason="moved_out")

    singly.apply(ledger(listed(), raised(), proposed(), *placed(), over))

    assert some(db, capacity_by_day.TABLE, {}) == (
        run(date(2022, 4, 1), date(2022, 10, 1), 1, 0),
    )


def test_stock_adds_up_offers_and_requests_of_an_item(singly, db):
    pair = ("g1", "r1")

    singly.apply(
        ledger(
            lot("g1", 10),
            lot("g2", 5),
            lot("g3", 7, "pram"),
            request("r1", 6),
            request("r2", 20),
            proposed("m1", pair, allocation=(Allocation(quantity=4),)),
            proposed("m2", pair, allocation=(Allocation(quantity=2),)),
            MatchCancelled(**about("m2", pair), reason="superseded"),
            OfferWithdrawn(said=SAID, offer="g2", reason="provider_withdrew"),
        )
    )

    beds = GoodsStock(
        item="bed-90",
        category="FURNITURE",
        unit="piece",
        lots=1,
        offered=10,
        promised=4,
        reserved=0,
        dispatched=0,
        received=0,
        requests=2,
        needed=26,
        covered=4,
        lacking=22,
        left=6,
    )
    prams = replace(
        beds, item="pram", offered=7, promised=0, requests=0, needed=0, covered=0,
        lacking=0, left=7,
    )  # fmt: skip
    assert some(db, goods_stock.VIEW, {}) == (beds, prams)


def test_a_check_that_is_due_by_a_day_says_so(singly, db):
    due = Due(check="visit", due=date(2022, 3, 25))
    wanted = proposed().model_copy(update={"conditions": (due,)})

    singly.apply(ledger(listed(), raised(), wanted))

    (visit,) = some(db, visits_due.TABLE, {"check_kind": "visit"})
    assert visit.due_by == date(2022, 3, 25)
