"""Everything a page may say stands in the catalogues, translated, and nothing else."""

import re

import pytest

from services.console.catalogues import collected, kept, template, told
from services.console.labels import LABELS
from services.console.sentences import Interpreter, Sentence, sentences
from services.console.words import LANGUAGES

GAP = re.compile(r"%\(\w+\)s|\{\w+\}")
HOW = "run `python -m services.console.catalogues` and translate what it leaves empty"


def ids(catalogue):
    return {message.id for message in catalogue if message.id}


def test_the_template_holds_what_the_code_says():
    assert ids(template()) == ids(collected()), HOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language):
    catalogue = kept(language)

    assert ids(catalogue) == ids(template()), HOW
    assert [m.id for m in catalogue if m.id and not told(m.string)] == [], HOW
    assert [m.id for m in catalogue if m.fuzzy and m.id] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_gaps_of_its_message(language):
    wrong = [
        message.id
        for message in kept(language)
        if message.id
        for form in (
            [message.string]
            if isinstance(message.string, str)
            else message.string or ()
        )
        if set(GAP.findall(form))
        != set(
            GAP.findall(message.id if isinstance(message.id, str) else message.id[1])
        )
    ]

    assert wrong == []


def test_german_is_german():
    same = {
        message.id
        for message in kept("de")
        if isinstance(message.id, str) and message.id and message.string == message.id
    }

    assert {m for m in same if " " in m and "%" not in m} == set()


def test_every_code_has_a_word():
    assert all(message for family in LABELS.values() for message in family.values())


def test_refusals_are_collected_with_gaps_for_their_values():
    source = (
        "raise Refused(f'There is no offer {self.offer}; check {len(x)} of it.')\n"
        "raise ValueError('not for people')\n"
        "raise base.Refused('Plain.')\n"
    )

    found = list(sentences(source))

    assert found == [
        Sentence("There is no offer {offer}; check {x} of it.", 1),
        Sentence("Plain.", 3),
    ]


def test_the_most_telling_message_is_the_one_that_is_translated():
    speaker = Interpreter(
        {"No {thing}.": "Kein {thing}.", "No {a} for {b}.": "{b}: kein {a}."}
    )

    assert speaker.say("No bed for Kim.", lambda _, text: text) == "Kim: kein bed."
    assert speaker.say("No bed.", lambda _, text: text.upper()) == "Kein BED."
    assert speaker.say("Yes.", lambda _, text: text) == "Yes."
