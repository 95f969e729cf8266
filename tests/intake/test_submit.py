"""Files against a real ledger: once, amended by what changed, nothing lost."""

from datetime import date, timedelta
from typing import Any

import pytest

from events.case import Private
from events.kinds.housing import Available, HousingOffer
from events.lives import fold_need, fold_offer
from events.offer import OfferAmended, OfferChecked, OfferListed
from events.submission import NeedSubmission
from services.intake.reasons import Reason
from services.intake.report import together
from services.ledger.handle import Order, read
from services.ledger.rules.base import Refused
from services.ledger.rules.merging import UnmergeOffers
from services.ledger.rules.offers import AmendOffer, WithdrawOffer
from services.ledger.rules.realm import BeginDay
from tests.intake.conftest import SAID
from tests.intake.sheets import FORM, NEED, OFFER, as_csv, form

COUNTS = (
    "read", "taken", "unchanged", "amended", "set_aside", "open_questions",
    "duplicates",
)  # fmt: skip


@pytest.fixture
def take(intake, tmp_path):
    """Take rows in as a CSV and return the report."""

    def take(*rows, **how):
        return intake.submit(as_csv(tmp_path / "a.csv", rows), SAID, **how)

    return take


@pytest.fixture
def facts(recorder):
    def facts() -> list[Any]:
        return [read(stored).fact for stored in recorder.read()]

    return facts


@pytest.fixture
def offers(recorder):
    """Return the folded offers in the order in which they were listed."""

    def offers() -> list[Any]:
        told: list[Any] = [read(stored) for stored in recorder.read()]
        ids = [r.fact.offer for r in told if isinstance(r.fact, OfferListed)]
        return [
            fold_offer(offer, [r for r in told if f"offer:{offer}" in r.fact.tags()])
            for offer in ids
        ]

    return offers


def counts(report) -> dict[str, int]:
    told = report.as_json()
    return {name: told[name] for name in COUNTS if told[name]}


def faults(report) -> list[tuple[int, str, str]]:
    return [(row.row, row.field, row.reason) for row in report.rows]


def test_the_same_file_twice_changes_nothing(take, recorder):
    rows = [FORM, form(Verf="2 (+2 Children)", E="b@example.org"), form(E="", Tel="")]

    first = take(*rows)
    head = recorder.head()
    again = take(*rows)

    assert counts(first) == {
        "read": 3,
        "taken": 2,
        "set_aside": 1,
        "open_questions": 1,
        "duplicates": 1,
    }
    assert counts(again) == {"read": 3, "unchanged": 2, "set_aside": 1}
    assert recorder.head() == head == 4  # two cases, their likeness, a row aside


def test_a_row_leads_to_one_fact_with_where_it_came_from(take, facts):
    take(form(Verf="ca. 3-4"))

    (fact,) = facts()

    assert type(fact).type == OfferListed.type
    assert fact.said == SAID
    assert fact.details.beds is None
    assert [(q.field, q.reason) for q in fact.open_questions] == [
        ("beds", Reason.ABOUT)
    ]
    assert fact.origin is not None
    assert fact.origin.channel == "web-form"
    assert fact.origin.profile == "german-form@1"
    assert fact.origin.raw is not None
    assert fact.provider.startswith("p-")
    assert fact.open_questions[0].raw is not None


def test_a_changed_row_amends_what_it_says_anew_and_nothing_else(take, facts):
    take(OFFER)
    report = take(OFFER | {"Betten": "4", "Stand": "2"})

    amended = facts()[-1]

    assert counts(report) == {"read": 1, "amended": 1}
    assert isinstance(amended, OfferAmended)
    assert amended.changes == HousingOffer(beds=4)
    assert amended.private == Private()


def test_there_and_back_are_two_amendments(take, facts, offers):
    other = OFFER | {"Betten": "4"}

    reports = [counts(take(row)) for row in (OFFER, other, OFFER, OFFER)]

    assert reports[1:] == [
        {"read": 1, "amended": 1},
        {"read": 1, "amended": 1},
        {"read": 1, "unchanged": 1},
    ]
    assert len(facts()) == 3
    assert offers()[0].details.beds == 3


def test_a_lower_revision_never_overwrites_a_higher(take, offers):
    take(OFFER | {"Stand": "3", "Betten": "5"})
    report = take(OFFER | {"Stand": "2", "Betten": "4"})

    assert counts(report) == {"read": 1, "unchanged": 1}
    assert faults(report) == [(2, "revision", Reason.OLDER_REVISION)]
    assert offers()[0].details.beds == 5


def test_a_revision_without_news_still_stops_older_ones(take, offers):
    take(OFFER | {"Stand": "1"})
    take(OFFER | {"Stand": "3"})
    report = take(OFFER | {"Stand": "2", "Betten": "9"})

    assert faults(report) == [(2, "revision", Reason.OLDER_REVISION)]
    assert offers()[0].details.beds == 3


def test_of_a_row_that_stands_twice_the_later_counts_every_time(take, offers):
    rows = [OFFER | {"Betten": "2"}, OFFER | {"Betten": "4"}]

    first, again = take(*rows), take(*rows)

    assert counts(first) == {"read": 2, "taken": 1, "unchanged": 1}
    assert faults(first) == [(2, "", Reason.REPEATED)]
    assert counts(again) == {"read": 2, "unchanged": 2}
    assert offers()[0].details.beds == 4


def test_of_two_revisions_in_one_file_the_higher_counts(take, offers):
    take(OFFER | {"Stand": "2", "Betten": "5"}, OFFER | {"Stand": "1"})

    assert offers()[0].details.beds == 5


def test_a_row_that_is_missing_later_is_told_and_not_withdrawn(take, offers):
    second = OFFER | {"Angebots-Nr.": "A-2", "E-Mail": "b@example.org"}
    take(OFFER, second)
    report = take(second)

    assert report.missing == 1
    assert [offer.status for offer in offers()] == ["open", "open"]


def test_rows_of_another_channel_are_not_missing(take):
    take(OFFER)

    assert take(FORM).missing == 0


def test_an_answer_in_the_sheet_closes_the_question(take, offers):
    take(OFFER | {"Betten": "2-3", "Etage": "ganz oben"})
    report = take(OFFER | {"Betten": "3", "Etage": ""})

    (offer,) = offers()
    assert counts(report) == {"read": 1, "amended": 1}
    assert offer.details.beds == 3
    assert offer.questions == ()


def test_a_cell_that_becomes_uncertain_keeps_what_was_certain(take, offers):
    take(OFFER)
    take(OFFER | {"Betten": "3-4"})

    (offer,) = offers()
    assert offer.details.beds == 3
    assert [q.field for q in offer.questions] == ["beds"]


def test_an_emptied_cell_is_unknown_again_and_a_missing_column_is_not(take, offers):
    take(OFFER | {"Etage": "2", "Verfügbar bis (Auszugstag)": "01.10.2022"})
    without = {k: v for k, v in OFFER.items() if k != "PLZ"}
    take(without | {"Etage": "", "Verfügbar bis (Auszugstag)": "", "Stand": "2"})

    details = offers()[0].details
    assert details.floor is None
    assert details.available == Available.model_validate({"from": date(2022, 3, 20)})
    assert details.location is not None
    assert details.location.postcode == "40210"


def test_what_was_corrected_at_the_desk_is_not_taken_back(take, offers, writer):
    take(OFFER)
    (offer,) = offers()
    change = AmendOffer(offer=offer.id, changes=HousingOffer(beds=2))
    writer.do(Order(id="by-hand", said=SAID, command=change))
    take(OFFER | {"Etage": "EG"})

    (offer,) = offers()
    assert (offer.details.beds, offer.details.floor) == (2, 0)


def test_a_row_of_a_withdrawn_offer_is_told_and_changes_nothing(take, offers, writer):
    take(OFFER)
    (offer,) = offers()
    command = WithdrawOffer(offer=offer.id, reason="provider_withdrew")
    writer.do(Order(id="gone", said=SAID, command=command))

    report = take(OFFER | {"Betten": "4"})

    assert counts(report) == {"read": 1, "unchanged": 1}
    assert faults(report) == [(2, "", Reason.WITHDRAWN)]


def test_a_dry_run_says_the_same_and_writes_nothing(intake, tmp_path, recorder, vault):
    rows = [FORM, form(Verf="viele", Hausn="99"), form(E="", Tel=""), FORM]
    path = as_csv(tmp_path / "a.csv", rows)

    before = intake.preview(path)

    assert recorder.head() == 0
    assert before.is_dry_run
    after = intake.submit(path, SAID)
    assert before.as_json() == after.as_json()
    assert counts(after)["duplicates"] == 1


def test_likely_duplicates_name_the_earlier_case_only(take, offers):
    report = take(
        FORM, form(Hausn="14"), form(E="c@x.org", Tel="0211 4710009", Hausn="9")
    )

    first, second, third = offers()
    assert (first.similar_to, second.similar_to) == ((), (first.id,))
    assert third.similar_to == ()
    assert faults(report) == [(3, "contact", Reason.SIMILAR)]
    assert first.person == second.person != third.person


def test_twins_that_were_kept_apart_are_not_proposed_again(take, offers, writer):
    other = OFFER | {"Angebots-Nr.": "A-2"}
    take(OFFER, other)
    first, second = offers()
    apart = UnmergeOffers(offer=second.id, other=first.id)
    writer.do(Order(id="apart", said=SAID, command=apart))

    report = take(OFFER, other | {"Betten": "4"})

    assert counts(report) == {"read": 2, "unchanged": 1, "amended": 1}
    assert offers()[1].similar_to == ()


def test_a_home_and_a_household_with_one_phone_are_no_duplicates(take):
    take(FORM)

    assert take(NEED | {"Telefon": "0211 4710001"}).duplicates == 0


def test_a_set_aside_row_is_mended_and_taken_once(take, intake, facts, offers):
    take(form(E="", Tel=""))
    (aside,) = facts()
    opened = {name: cell for name, cell in FORM.items() if name[0] not in "ET"}

    asked = intake.to_mend(aside.submission, opened)
    still = intake.resend(aside.submission, asked, SAID)
    done = intake.resend(
        aside.submission, asked | {"E-Mail": "erika@example.org"}, SAID
    )

    assert asked["E-Mail"] == asked["Telefonnummer"] == ""
    assert (still.set_aside, faults(still)) == (1, [(2, "contact", Reason.NO_REACH)])
    assert counts(done) == {"read": 1, "taken": 1}
    assert [type(fact).type for fact in facts()] == [
        "submission.set_aside.v1",
        "offer.listed.v1",
        "submission.resent.v1",
    ]
    assert facts()[-1].case == f"offer:{offers()[0].id}"
    again = take(form(E="", Tel=""))
    assert (counts(again), again.rows) == ({"read": 1, "unchanged": 1}, [])
    assert counts(take(FORM)) in (
        {"read": 1, "unchanged": 1},
        {"read": 1, "amended": 1},
    )
    assert len(offers()) == 1
    with pytest.raises(Refused, match="settled already"):
        intake.resend(aside.submission, asked, SAID)


def test_a_mended_contract_keeps_all_its_rows(take, intake, facts, offers):
    row = {
        "Vertrag": "V-1", "Hotel": "Muster", "Telefon": "", "Zimmertyp": "EZ",
        "Zimmer": "3", "Von": "15.03.2022",
    }  # fmt: skip
    take(row, row | {"Zimmertyp": "DZ"})
    (aside,) = facts()
    opened = {
        f"{number}: {name}": cell
        for number, kind in ((2, "EZ"), (3, "DZ"))
        for name, cell in (row | {"Zimmertyp": kind}).items()
        if cell
    }

    mended = opened | {"2: Telefon": "0211 4710001"}
    report = intake.resend(aside.submission, mended, SAID)

    assert counts(report) == {"read": 1, "taken": 1}
    assert len(offers()[0].details.units) == 2


def test_checks_find_their_offer_by_mail_or_number(take, offers, facts):
    hotel = {
        "Vertrag": "V-1", "Hotel": "Muster", "E-Mail": "h@example.org",
        "Zimmertyp": "EZ", "Zimmer": "3", "Von": "15.03.2022",
    }  # fmt: skip
    take(OFFER)
    take(hotel)
    check = {"Prüfung": "visit", "Ergebnis": "passed", "Geprüft am": "14.03.2022"}
    rows = [
        check | {"E-Mail": "erika@example.org", "Fall-Nr.": ""},
        check | {"E-Mail": "h@example.org", "Fall-Nr.": ""},
        check | {"Fall-Nr.": "A-2022-0002", "Prüfung": "Identität"},
        check | {"Fall-Nr.": "A-2022-0009"},
        check | {"E-Mail": "niemand@example.org"},
    ]

    first, again = take(*rows), take(*rows)

    known = [fact for fact in facts() if isinstance(fact, OfferChecked)]
    home, contingent = offers()
    assert [(fact.offer, fact.check) for fact in known] == [
        (home.id, "visit"),
        (contingent.id, "visit"),
        (contingent.id, "identity"),
    ]
    assert counts(first) == {"read": 5, "taken": 3, "set_aside": 2}
    assert counts(again) == {"read": 5, "unchanged": 3, "set_aside": 2}
    assert faults(first) == [
        (5, "case_no", Reason.NO_OFFER),
        (6, "mail", Reason.NO_OFFER),
    ]


def test_ages_are_as_of_business_today_and_no_news_by_themselves(take, facts, writer):
    begun = BeginDay(day=date(2022, 3, 21))
    writer.do(Order(id="day", said=SAID, command=begun))
    take(NEED)
    writer.do(Order(id="day2", said=SAID, command=BeginDay(day=date(2022, 4, 1))))
    take(NEED | {"Ab": "01.04.2022"})

    raised, amended = [f for f in facts() if "day" not in type(f).type]
    assert {m.as_of for m in raised.details.members} == {date(2022, 3, 21)}
    assert amended.changes.members is None
    assert amended.changes.period.start == date(2022, 4, 1)


def test_people_and_linked_households_are_named_by_opaque_refs(take, recorder):
    other = NEED | {"Bedarfs-Nr.": "N-2", "Telefon": "+380671234568"}
    take(
        NEED | {"Kein Kontakt zu": "erika@example.org", "Verbunden mit": "N-2 (nahe)"},
        other,
    )
    take(FORM)

    told: list[Any] = [read(stored) for stored in recorder.read()]
    first, second, home = (r.fact for r in told)
    state: Any = fold_need(first.need, told[:1])
    assert state.details.protection.no_contact == (home.provider,)
    assert state.details.linked_households[0].ref == second.need


MAX = form(E="max@example.org", Tel="0211 4710077", Hausn="7")
"""Somebody with two ways to be reached; his case is known by the mail."""


@pytest.mark.parametrize("named", ["max@example.org", "0211 4710077"])
@pytest.mark.parametrize("first", ["need", "home"])
def test_who_must_not_be_met_is_one_ref_whichever_way_and_order_they_came(
    take, facts, named, first
):
    need = NEED | {"Kein Kontakt zu": named}
    for row in (need, MAX) if first == "need" else (MAX, need):
        take(row)

    told = {type(fact).type: fact for fact in facts()}
    protection = told["need.raised.v2"].details.protection
    assert told["offer.listed.v1"].provider in protection.no_contact


def test_who_must_not_be_met_may_come_in_the_same_file(take, facts):
    other = NEED | {
        "Bedarfs-Nr.": "N-2",
        "E-Mail": "max@example.org",
        "Telefon": "0211 4710077",
    }
    take(NEED | {"Kein Kontakt zu": "0211 4710077", "E-Mail": ""}, other)

    need, kept_away = facts()
    assert kept_away.household in need.details.protection.no_contact


def test_what_was_entered_by_hand_is_one_case_an_order(intake, facts):
    body = NeedSubmission.model_validate_json(
        '{"details": {"kind": "housing", "persons": 2}, "priority": 1,'
        ' "contact": {"name": "Olena", "phone": "+380671234567"}}'
    )

    case = intake.enter(body, SAID, order="o-1")

    assert intake.enter(body, SAID, order="o-1") == case
    (fact,) = facts()
    assert case == f"need:{fact.need}"
    assert (fact.details.persons, fact.priority) == (2, 1)
    with pytest.raises(Refused, match="no way to reach anyone"):
        intake.enter(body.model_copy(update={"contact": {}}), SAID, order="o-2")


def test_nobody_is_named_outside_the_sealed_parts(take, recorder):
    report = take(form(Verf="Erika sagt 3-4"), form(Hausn="14"), form(E="", Tel=""))

    told = b"".join(stored.data for stored in recorder.read())
    shown = str(report.rows)
    for planted in ("Erika", "erika@example.org", "4710001", "Musterstr"):
        assert planted.encode() not in told
        assert planted not in shown


def test_several_files_are_added_up_and_each_row_names_its_own(take, intake, tmp_path):
    one = take(form(Verf="viele"))
    two = intake.submit(as_csv(tmp_path / "b.csv", [OFFER | {"Betten": "2-3"}]), SAID)

    told: dict[str, Any] = together([one, two]).as_json()

    assert together([one]).as_json() == one.as_json()
    assert (told["read"], told["taken"], told["open_questions"]) == (2, 2, 2)
    assert [(row["file"], row["row"]) for row in told["rows"]] == [
        ("a.csv", 2),
        ("b.csv", 2),
        ("b.csv", 2),
    ]


def test_progress_is_told_from_nothing_to_all(intake, tmp_path):
    rows = [
        OFFER | {"Angebots-Nr.": f"A-{n}", "E-Mail": f"a{n}@example.org"}
        for n in range(1_100)
    ]
    told: list[tuple[int, int]] = []

    intake.submit(
        as_csv(tmp_path / "a.csv", rows),
        SAID,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(500, 1_100), (1_000, 1_100), (1_100, 1_100)]


def test_rows_ask_for_nothing_that_a_later_day_would_answer_otherwise(take, facts):
    take(form(früh="ab sofort"))

    (fact,) = facts()
    assert fact.open_questions == ()
    assert fact.details.available.start is None
    assert timedelta(days=fact.details.available.max_days) == timedelta(days=180)
