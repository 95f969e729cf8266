"""Sentences, days and numbers of each language."""

from datetime import UTC, date, datetime

import pytest

from services.console.words import wished, words

DE, EN = words("de"), words("en")
DAY = date(2022, 3, 18)


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, None, "de"),
        (None, "fr-FR, fr;q=0.9", "de"),
        (None, "en-GB,en;q=0.9,de;q=0.8", "en"),
        (None, "de;q=0.2, en;q=0.7", "en"),
        (None, "en;q=0, de", "de"),
        ("en", "de", "en"),
        ("xx", "en", "en"),
    ],
)
def test_the_chosen_language_wins_then_the_browsers(cookie, accepted, language):
    assert wished(cookie, accepted) == language


def test_days_and_numbers_are_written_as_the_reader_writes_them():
    assert [DE.day(DAY), DE.day_named(DAY), DE.day_short(DAY), DE.day(None)] == [
        "18.03.2022",
        "18. März 2022",
        "18. März",
        "–",
    ]
    assert [EN.day(DAY), EN.day_named(DAY), EN.day_short(DAY)] == [
        "18 Mar 2022",
        "18 March 2022",
        "18 March",
    ]
    assert [DE.number(48211), EN.number(48211)] == ["48.211", "48,211"]
    assert DE.kilometres(1240) == "1,2\u00a0km"
    assert DE.money(45050) == "450,50\u00a0€"
    assert DE.percent(0.000123) == "0,01 %"


def test_a_moment_is_told_in_german_time():
    moment = datetime(2022, 7, 1, 22, 30, tzinfo=UTC)

    assert DE.moment(moment) == "02.07.2022, 00:30"


def test_a_language_is_called_by_its_name():
    assert [DE.language_named("uk"), DE.language_named("zz")] == ["Ukrainisch", "zz"]
    assert DE.language_named("ru-UA") == "Russisch"


def test_a_refusal_is_said_in_the_readers_language_with_its_codes_in_words():
    assert DE.said("There is no offer o-12; check the number.") == (
        "Es gibt kein Angebot o-12; prüfen Sie die Nummer."
    )
    assert DE.said("Still due before this: visit, identity. Record it first.") == (
        "Vorher noch fällig: Vor-Ort-Besuch, Identität. Vermerken Sie das zuerst."
    )
    assert "Beide gefragt oder Beide sagen zu" in DE.said(
        "The proposal is proposed; for this it must be communicated or agreed."
    )


def test_a_sentence_that_nobody_collected_stands_as_it_is():
    assert DE.said("Brand new sentence.") == "Brand new sentence."
