import pytest

from services.bus import layout
from services.bus.layout import Right
from services.bus.names import Names

NAMES = Names("05111000")
# One channel's name is the beginning of another's, so a prefix would show.
CHANNELS = ("web", "web-form", "we")
RIGHTS = layout.rights(NAMES, CHANNELS)


def covers(right: Right, kind, name):
    begins = right.prefixed and name.startswith(right.name)
    return right.kind == kind and (begins or right.name == name)


def may(operation, kind, name):
    """Everybody who may do this."""
    return {
        right.user
        for right in RIGHTS
        if right.operation == operation and covers(right, kind, name)
    }


def users(*parts):
    return {NAMES.group(part) for part in parts}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channels_topics_are_its_own_and_intakes(channel):
    intake, receipts = NAMES.intake(channel), NAMES.receipts(channel)

    assert may("WRITE", "topic", intake) == {NAMES.user(channel)}
    assert may("READ", "topic", intake) == users("intake", "office")
    assert may("WRITE", "topic", receipts) == users("intake", "office")
    assert may("READ", "topic", receipts) == {NAMES.user(channel)}
    assert may("READ", "group", NAMES.user(channel)) == {NAMES.user(channel)}


def test_facts_are_written_by_the_relay_and_read_by_all_of_the_office_but_intake():
    assert may("WRITE", "topic", NAMES.facts) == users("relay", "office")
    assert may("READ", "topic", NAMES.facts) == users(*layout.PARTS) - users("intake")


def test_every_part_has_a_group_of_its_own():
    assert {
        part: may("READ", "group", NAMES.group(part)) for part in layout.FOLLOWERS
    } == {part: users(part, "office") for part in layout.FOLLOWERS}


def test_nothing_of_another_realm_is_touched():
    assert {right.name.split(".")[1] for right in RIGHTS} == {"05111000"}


def test_a_right_is_a_sentence():
    said = {str(right) for right in layout.channel_rights(NAMES, "web")}

    assert said == {
        f"{NAMES.user('web')} may WRITE topic {NAMES.intake('web')}",
        f"{NAMES.user('web')} may READ topic {NAMES.receipts('web')}",
        f"{NAMES.user('web')} may READ group {NAMES.user('web')}",
    }
    assert (
        Right("u", "READ", "topic", "a.", prefixed=True).where,
        Right("u", "READ", "topic", "a.").where,
    ) == ("a.*", "a.")


def test_intake_is_gone_after_three_days_at_most():
    broker_looks_every = 5 / 60
    hours = (
        layout.INTAKE_RETENTION + layout.INTAKE_SEGMENT
    ).total_seconds() / 3600 + broker_looks_every

    assert hours < 72
