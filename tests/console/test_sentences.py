"""Sentences that a ledger holds in English: pages say, find and keep them in German."""

import re
from pathlib import Path

import pytest

from services.console.words import words
from services.intake.reasons import Reason, Retired
from services.ledger.rules import suiting
from tests.console.whole_office import opened

OLD = Path(__file__).parents[1] / "operations/state-0.1.0/ledger.sql"
DE = words("de")
DATE = Reason.NO_DATE.value
BEDS = Reason.MANY_NUMBERS.value
ROW = {"purpose": "row", "content": {"Betten": "2 oder 3"}}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        for number, reason in enumerate((DATE, BEDS), start=1):
            found.do(
                "set-aside", submission=f"s-{number}", channel="sheet", source="a.csv",
                row=number, field="beds", reason=reason, raw=ROW,
            )  # fmt: skip
        yield found


@pytest.fixture
def desk(office):
    return office.client()


def rows(text):
    """Return the text of each row of the page's list."""
    body = text.rpartition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub(r"<[^>]*>|\s+", " ", row) for row in body.split("</tr>")[:-1]]


def test_what_the_first_release_recorded_is_said_in_german():
    facts = re.findall(r"\\x([0-9a-f]{2,})", OLD.read_text())
    told = [bytes.fromhex(fact).decode("utf-8", "ignore") for fact in facts]
    reasons = {r for text in told for r in re.findall(r'"reason":"([A-Z][^"]+)"', text)}

    assert reasons
    assert {r for r in reasons if DE.said(r) == r} == set()


def test_every_reason_of_intake_is_said_in_german():
    reasons = [str(reason) for reason in (*Reason, *Retired)]

    assert [reason for reason in reasons if DE.said(reason) == reason] == []


def test_every_rule_against_a_pair_is_said_in_german():
    rules = [str(reason) for reason in suiting.Reason]

    assert [rule for rule in rules if DE.said(rule) == rule] == []


def test_what_was_set_aside_is_narrowed_to_a_reason_with_commas_in_it(desk):
    text = desk.get("/set-aside").text

    assert f'<option value="{DATE}">' in text
    assert DE.said(DATE) in text
    (row,) = rows(desk.get("/set-aside", params={"reason": DATE}).text)
    assert DE.said(DATE) in row


def test_open_questions_are_narrowed_to_fields_and_reasons_that_there_are(desk):
    text = desk.get("/questions").text

    assert '<option value="beds">Betten insgesamt</option>' in text
    assert f'<option value="{BEDS}">{DE.said(BEDS)}</option>' in text
    assert len(rows(desk.get("/questions", params={"reason": BEDS}).text)) == 1


def test_two_that_may_be_one_are_shown_with_what_they_are(desk):
    (row,) = rows(desk.get("/duplicates").text)

    assert "Zimmer, geschützter Ort" in row
    assert "Zimmer, 2 Betten, 40227, ab 01.03.2022" in row


def test_what_has_not_changed_since_the_plan_is_not_told_twice(office, desk):
    before = desk.get("/needs/many/today").text
    office.do("withdraw-offer", offer="coats", reason="provider_withdrew")
    office.do("withdraw-offer", offer="late", reason="provider_withdrew")
    after = desk.get("/needs/many/today").text

    assert "Dasselbe: Seit diesem Plan" in before
    assert "Welche Regel" not in before
    assert "Dasselbe" not in after
    assert "Welche Regel" in after
