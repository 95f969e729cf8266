"""Two rows with one key, two messages with one id: none of them vanishes."""

import json
from typing import Any

import pytest

from services.intake.reasons import Reason
from services.ledger.handle import read
from tests.intake.conftest import SAID
from tests.intake.sheets import NEED, OFFER, as_csv, form

MESSAGE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/partner/muster",
    "type": "offer.submitted.v1",
    "subject": "home-7",
    "data": {
        "details": {"kind": "housing", "beds": 3},
        "contact": {"name": "Erika", "mail": "erika@example.org"},
    },
}


@pytest.fixture
def take(intake, tmp_path):
    """Take rows in as a CSV and return the report."""
    return lambda *rows: intake.submit(as_csv(tmp_path / "a.csv", rows), SAID)


@pytest.fixture
def send(intake, tmp_path):
    """Take messages in as one file of JSON lines and return the report."""

    def send(*messages):
        path = tmp_path / "a.jsonl"
        path.write_text("\n".join(json.dumps(message) for message in messages))
        return intake.submit(path, SAID)

    return send


@pytest.fixture
def kinds(recorder):
    """Return what was recorded, by type."""
    return lambda: [stored.type for stored in recorder.read()]


@pytest.fixture
def beds(recorder):
    """Return the beds of the offers in the order in which they were listed."""

    def beds() -> list[Any]:
        facts: list[Any] = [read(stored).fact for stored in recorder.read()]
        return [f.details.beds for f in facts if type(f).type == "offer.listed.v1"]

    return beds


def told(report) -> tuple[int, int, int, int]:
    return report.read, report.taken, report.unchanged, report.set_aside


def faults(report) -> list[tuple[int, str, str]]:
    return [(row.row, row.field, row.reason) for row in report.rows]


def sent(subject: str, beds: int, **more: str) -> dict[str, Any]:
    details = {"kind": "housing", "beds": beds}
    data = MESSAGE["data"] | {"details": details}
    return MESSAGE | {"subject": subject, "data": data} | more


@pytest.mark.parametrize("other", ["home-7", "home-8"])
def test_of_two_messages_with_one_id_in_a_file_the_second_is_set_aside(
    send, kinds, beds, other
):
    messages = sent("home-7", 3), sent(other, 4)

    first, again = send(*messages), send(*messages)

    assert told(first) == (2, 1, 0, 1)
    assert faults(first) == [(2, "id", Reason.SAME_ID)]
    assert told(again) == (2, 0, 1, 1)
    assert beds() == [3]
    assert kinds() == ["offer.listed.v1", "submission.set_aside.v1"]


def test_the_same_message_twice_in_a_file_is_one(send, kinds):
    report = send(sent("home-7", 3), sent("home-7", 3))

    assert told(report) == (2, 1, 1, 0)
    assert kinds() == ["offer.listed.v1"]


def test_a_message_that_cannot_be_taken_is_kept_once_and_counted_twice(send, kinds):
    nobody = MESSAGE | {"data": MESSAGE["data"] | {"contact": {"name": "Erika"}}}

    report = send(nobody, nobody | {"subject": "home-8"}, nobody)

    assert kinds() == ["submission.set_aside.v1", "submission.set_aside.v1"]
    assert report.read == report.set_aside + report.unchanged == 3


def test_two_messages_that_change_nothing_keep_the_first_ones_id(send, kinds):
    send(sent("home-7", 3), sent("home-8", 4, id="e-2"))
    late = sent("home-7", 3, id="e-3"), sent("home-8", 4, id="e-3")

    first = send(*late)
    again = send(*late)

    assert told(first) == told(again) == (2, 0, 1, 1)
    assert kinds().count("submission.noted.v1") == 1


def test_of_two_states_with_one_subject_the_later_counts(send, beds):
    report = send(sent("home-7", 3), sent("home-7", 4, id="e-2"))

    assert told(report) == (2, 1, 1, 0)
    assert beds() == [4]


def test_strangers_without_a_contact_are_not_one_row(take, kinds):
    nobody = {"e": "", "tel": "", "str": "", "hausn": ""}

    report = take(form(name="Anna", **nobody), form(name="Berta", **nobody))

    assert told(report) == (2, 0, 0, 2)
    assert {why for _, _, why in faults(report)} == {Reason.NO_REACH}
    assert kinds() == ["submission.set_aside.v1"] * 2


def test_households_of_one_name_without_number_and_contact_are_not_one_row(take, kinds):
    nobody = NEED | {"Bedarfs-Nr.": "", "Telefon": ""}

    report = take(nobody, nobody | {"Haushalt": "Mann 71 m", "Personen": "1"})

    assert told(report) == (2, 0, 0, 2)
    assert kinds() == ["submission.set_aside.v1"] * 2


def test_two_homes_of_one_provider_that_look_like_one_go_to_a_person(take, kinds, beds):
    home = OFFER | {"Angebots-Nr.": "", "Stand": ""}
    rows = home, home | {"Betten": "5"}, home | {"Betten": "5"}

    first, again = take(*rows), take(*rows)

    assert told(first) == (3, 1, 1, 1)
    assert faults(first) == [
        (3, "", Reason.REPEATED),
        (2, "reference", Reason.NO_KEY),
    ]
    assert told(again) == (3, 0, 2, 1)
    assert beds() == [5]
    assert kinds() == ["offer.listed.v1", "submission.set_aside.v1"]


def test_a_lower_revision_of_a_row_without_a_number_gives_way(take, beds):
    home = OFFER | {"Angebots-Nr.": ""}

    report = take(home | {"Stand": "2", "Betten": "5"}, home | {"Stand": "1"})

    assert told(report) == (2, 1, 1, 0)
    assert beds() == [5]


def test_one_number_with_two_people_goes_to_a_person(take, beds):
    report = take(OFFER, OFFER | {"Name": "Max", "E-Mail": "max@example.org"})

    assert told(report) == (2, 1, 0, 1)
    assert faults(report) == [(2, "reference", Reason.NO_KEY)]


def test_a_check_is_known_by_its_case_number_alone(take):
    check = {
        "Fall-Nr.": "A-2022-0002", "Prüfung": "visit", "Ergebnis": "passed",
        "Geprüft am": "14.03.2022", "E-Mail": "",
    }  # fmt: skip

    report = take(check, check)

    assert told(report) == (2, 0, 1, 1)
    assert (2, "", Reason.REPEATED) in faults(report)
