import re

import pytest

from services.bus.names import Names

NAMES = Names("05111000")


def test_names_of_a_realm_are_the_contract():
    assert (
        NAMES.intake("caritas"),
        NAMES.receipts("caritas"),
        NAMES.facts,
        NAMES.group("matching"),
        NAMES.user("caritas"),
    ) == (
        "beistand.05111000.intake.caritas",
        "beistand.05111000.receipts.caritas",
        "beistand.05111000.facts",
        "beistand.05111000.matching",
        "beistand.05111000.channel.caritas",
    )


@pytest.mark.parametrize("channel", ["a", "web-form-2", "0", "a" * 40])
def test_the_topic_says_who_speaks(channel):
    topic = NAMES.intake(channel)

    assert NAMES.channel_of(topic) == channel
    assert re.match(NAMES.intake_pattern, topic)


@pytest.mark.parametrize(
    "topic",
    [
        "beistand.05111000.receipts.caritas",
        "beistand.05111000.facts",
        "beistand.05113000.intake.caritas",
        "beistand.05111000.intake.",
        "beistand.05111000.intake.a.b",
        "beistand.05111000xintake.caritas",
        "caritas",
    ],
)
def test_another_topic_speaks_for_no_channel(topic):
    assert NAMES.channel_of(topic) is None
    assert not re.match(NAMES.intake_pattern, topic)


@pytest.mark.parametrize("channel", ["", "-a", "Caritas", "a.b", "a_b", "a" * 41, "ä"])
def test_a_channel_that_no_topic_can_carry_is_refused(channel):
    with pytest.raises(ValueError, match="is no channel"):
        NAMES.intake(channel)


@pytest.mark.parametrize("realm", ["", "a", "Düsseldorf", "05111000.x", "a" * 41])
def test_a_realm_that_no_topic_can_carry_is_refused(realm):
    with pytest.raises(ValueError, match="is no realm"):
        Names(realm)


def test_the_longest_names_fit_into_kafkas_249_characters():
    assert len(Names("r" * 40).receipts("c" * 40)) <= 249
