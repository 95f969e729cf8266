"""Lists: filters, order and pages in the database, and what is refused."""

from datetime import date

import pytest

from events.kinds.housing import HousingNeed, HousingOffer
from events.need import NeedWithdrawn
from projections import (
    available_offers,
    capacity_by_day,
    case_file,
    cases,
    duplicates,
    flow,
    goods_stock,
    open_needs,
    open_questions,
    personal_log,
    placements,
    plans,
    proposals,
    set_aside,
    situation,
    tasks,
    visits_due,
)
from projections.listing import Ask, WrongAsk, listed, one, some
from tests.projections.facts import SAID, ledger, proposed, raised
from tests.projections.facts import listed as offered

LISTINGS = [
    module.LISTING
    for module in (
        available_offers,
        capacity_by_day,
        case_file,
        cases,
        duplicates,
        flow,
        goods_stock,
        open_needs,
        open_questions,
        personal_log,
        placements,
        plans,
        proposals,
        set_aside,
        situation,
        tasks,
        visits_due,
    )
] + [plans.UNMET_LISTING]


@pytest.fixture
def market(projector, db):
    """Five needs and three homes."""
    projector.apply(
        ledger(
            raised("n1", HousingNeed(persons=2, near="40210"), priority=1),
            raised("n2", HousingNeed(persons=7, near="40211", languages=("uk", "de"))),
            raised("n3", HousingNeed(persons=1), priority=3),
            raised("n4", HousingNeed(persons=4, smokers=True), priority=1),
            raised("n5", HousingNeed(persons=4)),
            NeedWithdrawn(said=SAID, need="n5", reason="disengaged"),
            offered("o1"),
            offered("o2", HousingOffer(dwelling="room", beds=1)),
            offered("o3", HousingOffer(dwelling="house")),
            proposed("m1", ("o1", "n4")),
        )
    )
    return db


def needs(db, sort="", **filters):
    found = listed(db, open_needs.LISTING, Ask(filters, sort))
    return [row.need for row in found.rows]


def test_needs_come_in_the_order_of_the_queue(market):
    assert needs(market) == ["n3", "n1", "n4", "n2", "n5"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "new"}, ["n3", "n1", "n2"]),
        ({"state": "new,proposed"}, ["n3", "n1", "n4", "n2"]),
        ({"state": ""}, []),
        ({"persons_min": "4"}, ["n4", "n2", "n5"]),
        ({"persons_min": "2", "persons_max": "4"}, ["n1", "n4", "n5"]),
        ({"language": "uk"}, ["n2"]),
        ({"postcode_area": "40210,40211"}, ["n1", "n2"]),
        ({"q": "b-2022-0002"}, ["n2"]),
        ({"q": " N3 "}, ["n3"]),
        ({"q": "%"}, []),
        ({"q": "' OR 1=1 --"}, []),
        ({"step_free": "no", "priority_min": "3"}, ["n3"]),
        ({"waiting_since_max": "2022-03-16"}, []),
        ({"waiting_since_min": "2022-03-17"}, ["n3", "n1", "n4", "n2", "n5"]),
    ],
)
def test_filters_narrow_the_list_together(market, filters, found):
    assert needs(market, **filters) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("persons", ["n3", "n1", "n4", "n5", "n2"]),
        ("-persons", ["n2", "n4", "n5", "n1", "n3"]),
        ("-postcode_area", ["n2", "n1", "n3", "n4", "n5"]),
        ("number", ["n1", "n2", "n3", "n4", "n5"]),
    ],
)
def test_a_list_is_sorted_by_any_column_it_names(market, sort, found):
    assert needs(market, sort) == found


def test_pages_show_each_row_once_and_the_total(market):
    pages = [
        listed(market, open_needs.LISTING, Ask(limit=2, offset=offset))
        for offset in (0, 2, 4, 6)
    ]

    shown = [[row.need for row in found.rows] for found in pages]
    assert shown == [["n3", "n1"], ["n4", "n2"], ["n5"], []]
    assert {(found.total, found.position) for found in pages} == {(5, 10)}


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (Ask({"color": "red"}), "There is no filter “color” here; there are: q, "),
        (Ask({"persons_min": "many"}), "“persons_min” takes a whole number, or more."),
        (Ask({"pets": "perhaps"}), "The filter “pets” takes yes or no."),
        (Ask({"waiting_since_max": "tomorrow"}), "takes a day, or earlier."),
        (Ask({"q": "a\0b"}), "The filter “q” takes a part of case_no or need."),
        (Ask(sort="color"), "This list is not sorted by “color”; it can be by: "),
        (Ask(sort='-need"; DROP TABLE cases'), "This list is not sorted by"),
        (Ask(limit=-1), "The limit of a page lies between 0 and 10000."),
        (Ask(limit=10_001), "The limit of a page lies between 0 and 10000."),
        (Ask(offset=-1), "The offset of a page lies between"),
    ],
)
def test_a_wrong_question_is_answered_with_what_can_be_asked(db, ask, sentence):
    with pytest.raises(WrongAsk, match=sentence.replace("(", r"\(")):
        listed(db, open_needs.LISTING, ask)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda found: found.relation.name)
def test_every_filter_and_order_of_every_list_can_be_asked(db, listing):
    tries = ["1", "2022-03-18", "yes"]

    for sort in listing.sorts:
        listed(db, listing, Ask(sort=sort))
        listed(db, listing, Ask(sort=f"-{sort}"))
    for name, known in listing.filters.items():
        taken = []
        for text in tries:
            try:
                known.where(text)
            except ValueError:
                continue
            taken.append(text)
        assert taken, name
        listed(db, listing, Ask({name: taken[0]}))


def test_a_row_that_is_not_there_is_none(market):
    assert one(market, open_needs.TABLE, "n9") is None
    assert some(market, proposals.TABLE, {"need": "n1"}) == ()


def test_the_offers_of_a_size_are_found(market):
    found = listed(market, available_offers.LISTING, Ask({"beds_min": "2"}))

    assert [(row.offer, row.available_from) for row in found.rows] == [
        ("o1", date(2022, 4, 1))
    ]
