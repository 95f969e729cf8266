from services.bus import topics
from services.bus.cluster import opened
from services.bus.layout import Topic
from services.bus.names import Names

SETTLED = ("retention.ms", "segment.ms", "message.timestamp.type", "cleanup.policy")


def settled(topic):
    return topic.partitions, {key: topic.settings[key] for key in SETTLED}


def test_a_plan_says_what_apply_does_and_a_second_one_has_nothing_to_say(
    kafka, own_realm
):
    names = Names(own_realm)
    with opened(kafka) as there:
        first = topics.plan(there, names, ["caritas", "web-form"])
        topics.apply(there, first)
        found = there.topics()
        second = topics.plan(there, names, ["caritas", "web-form"])

    assert [str(step) for step in first.steps] == [
        f"create topic {names.facts} (1 partitions)",
        f"create topic {names.intake('caritas')} (3 partitions)",
        f"create topic {names.receipts('caritas')} (1 partitions)",
        f"create topic {names.intake('web-form')} (3 partitions)",
        f"create topic {names.receipts('web-form')} (1 partitions)",
    ]
    assert (second.fits, second.steps) == (True, ())
    assert second.notes == (topics.NO_RIGHTS,)
    # Three days at most, by the broker's clock, however far ahead a writer's is.
    assert settled(found[names.intake("caritas")]) == (
        3,
        {
            "retention.ms": str(70 * 60 * 60 * 1000),
            "segment.ms": str(60 * 60 * 1000),
            "message.timestamp.type": "LogAppendTime",
            "cleanup.policy": "delete",
        },
    )
    assert found[names.facts].settings["retention.ms"] == "-1"


def test_what_was_changed_by_hand_is_put_right(kafka, own_realm):
    names = Names(own_realm)
    bare = Topic(names.intake("caritas"), 1, {"retention.ms": "1000"})
    with opened(kafka) as there:
        there.create(bare)
        wanted = topics.plan(there, names, ["caritas"])
        topics.apply(there, wanted)
        again = topics.plan(there, names, ["caritas"])

    said = [str(step) for step in wanted.steps]
    assert f"widen topic {bare.name} to 3 partitions" in said
    assert f"set retention.ms of {bare.name} to 252000000 (is 1000)" in said
    assert again.fits


def test_facts_in_two_partitions_have_no_order_and_no_apply_mends_that(
    kafka, own_realm
):
    names = Names(own_realm)
    with opened(kafka) as there:
        there.create(Topic(names.facts, 2, {}))
        topics.apply(there, topics.plan(there, names, []))
        found = topics.plan(there, names, [])

    assert not found.fits
    assert found.steps == ()
    (fault,) = found.faults
    assert fault.startswith(f"Topic {names.facts} has 2 partitions and must have one")
