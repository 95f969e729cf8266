import pytest
from psycopg import errors

from services.database import Role, Server
from services.ledger import statements
from services.ledger.batch import arrays
from services.ledger.recorder import (
    Condition,
    Conflicting,
    Entry,
    Item,
    NewFact,
    Overtaken,
    Recorded,
    Recorder,
    Repeated,
)
from tests.ledger.samples import entry, since


def test_facts_get_contiguous_positions_in_their_order(recorder: Recorder):
    first = recorder.record([entry("a", count=2), entry("b")])
    second = recorder.record([entry("c")])

    assert (first, second) == ((Recorded(1, 2), Recorded(3, 3)), (Recorded(4, 4),))
    assert [(f.position, f.id) for f in recorder.read()] == [
        (1, "a.0"),
        (2, "a.1"),
        (3, "b.0"),
        (4, "c.0"),
    ]


def test_a_fact_is_read_as_it_was_recorded(recorder: Recorder):
    recorder.record(
        [entry("a", "zwei", "eins", "zwei", kind="kind.v1", data=b"\0\xff")]
    )

    (fact,) = recorder.read()

    assert (fact.id, fact.command_id, fact.type, fact.tags, fact.data) == (
        "a.0",
        "a",
        "kind.v1",
        ("eins", "zwei"),
        b"\0\xff",
    )


def test_recorded_times_never_fall(recorder: Recorder):
    for n in range(20):
        recorder.record([entry(f"c{n}")])

    times = [fact.recorded_us for fact in recorder.read()]

    assert times == sorted(times)
    assert times[0] > 1_700_000_000_000_000


def test_the_same_command_again_gets_the_first_answer(recorder: Recorder):
    recorder.record([entry("a", count=3)])

    again = recorder.record([entry("a", count=3)])

    assert again == (Repeated(1, 3),)
    assert recorder.head() == 3


def test_a_command_met_twice_in_one_batch_is_recorded_once(recorder: Recorder):
    answers = recorder.record([entry("a"), entry("b"), entry("a")])

    assert answers == (Recorded(1, 1), Recorded(2, 2), Repeated(1, 1))


def test_an_id_used_for_other_content_is_refused_with_the_whole_batch(
    recorder: Recorder,
):
    recorder.record([entry("a", data=b"1")])

    with pytest.raises(Conflicting, match="a was recorded before") as refused:
        recorder.record([entry("new"), entry("a", data=b"2")])

    assert (refused.value.command_id, recorder.head()) == ("a", 1)


def test_an_id_used_twice_in_one_batch_for_other_content_is_refused(
    recorder: Recorder,
):
    with pytest.raises(Conflicting):
        recorder.record([entry("a", data=b"1"), entry("a", data=b"2")])

    assert recorder.head() == 0


def test_recorded_repeated_and_overtaken_stand_side_by_side(recorder: Recorder):
    recorder.record([entry("before", "offer:1"), entry("other", "offer:2")])

    answers = recorder.record(
        [
            entry("late", "offer:1", unless=since(0, "offer:1")),
            entry("before", "offer:1"),
            entry("in time", "offer:1", unless=since(2, "offer:1")),
            entry("free", "offer:3", count=2),
        ]
    )

    assert answers == (
        Overtaken(1),
        Repeated(1, 1),
        Recorded(3, 3),
        Recorded(4, 5),
    )


def test_an_earlier_command_of_the_batch_overtakes_a_later_one(recorder: Recorder):
    answers = recorder.record(
        [
            entry("a", "offer:1", unless=since(0, "offer:1")),
            entry("b", "offer:1", unless=since(0, "offer:1")),
            entry("c", "offer:2", unless=since(0, "offer:2")),
        ]
    )

    assert answers == (Recorded(1, 1), Overtaken(1), Recorded(2, 2))


def test_what_was_itself_overtaken_overtakes_nobody(recorder: Recorder):
    answers = recorder.record(
        [
            entry("a", "x"),
            entry("b", "y", unless=since(0, "x")),
            entry("c", "z", unless=since(0, "y")),
        ]
    )

    assert answers == (Recorded(1, 1), Overtaken(1), Recorded(2, 2))


def test_a_command_does_not_overtake_itself(recorder: Recorder):
    answers = recorder.record([entry("a", "x", count=3, unless=since(0, "x"))])

    assert answers == (Recorded(1, 3),)


@pytest.mark.parametrize(
    ("unless", "answer"),
    [
        (since(0, "x", "y"), Overtaken(1)),
        (since(0, "x", "z"), Recorded(2, 2)),
        (since(0, "x", kinds=("said.v1", "other.v1")), Overtaken(1)),
        (since(0, "x", kinds=("other.v1",)), Recorded(2, 2)),
        (since(0, kinds=("said.v1",)), Overtaken(1)),
        (since(0, kinds=("other.v1",)), Recorded(2, 2)),
        (since(0), Overtaken(1)),
        (since(1), Recorded(2, 2)),
        (Condition((), 0), Recorded(2, 2)),
        (
            Condition((Item(tags=frozenset({"z"})), Item(tags=frozenset({"y"}))), 0),
            Overtaken(1),
        ),
    ],
)
def test_a_condition_looks_at_all_tags_and_any_type(
    recorder: Recorder, unless: Condition, answer: Recorded | Overtaken
):
    recorder.record([entry("first", "x", "y")])

    assert recorder.record([entry("second", "q", unless=unless)]) == (answer,)


def test_answered_says_where_a_command_stands(recorder: Recorder):
    recorder.record([entry("a"), entry("b", count=2)])
    known = entry("b", count=2)

    assert recorder.answered("b", known.digest) == Repeated(2, 3)
    assert recorder.answered("c", b"") is None
    with pytest.raises(Conflicting):
        recorder.answered("b", b"other")


def test_reading_keeps_to_its_bounds(recorder: Recorder):
    recorder.record([entry(f"c{n}", "even" if n % 2 else "odd") for n in range(10)])
    even = [Item(tags=frozenset({"even"}))]

    def positions(**bounds: int) -> list[int]:
        return [fact.position for fact in recorder.read(even, **bounds)]

    assert positions() == [2, 4, 6, 8, 10]
    assert positions(after=4) == [6, 8, 10]
    assert positions(after=2, upto=8) == [4, 6, 8]
    assert positions(after=2, limit=2) == [4, 6]
    assert positions(upto=0) == []


def test_waiting_ends_with_the_next_fact_or_the_time(recorder: Recorder):
    assert recorder.wait(0, 0.05) == 0

    recorder.record([entry("a")])

    assert recorder.wait(0, 30) == 1


def test_an_entry_that_cannot_be_recorded_cannot_be_built():
    with pytest.raises(ValueError, match="nothing to record"):
        Entry("a", b"", ())
    with pytest.raises(ValueError, match="not fact 0 of a"):
        Entry("a", b"", (NewFact("a.1", "t", ("x",), b""),))
    for tag in ("x\x1fy", "x\0", ""):
        with pytest.raises(ValueError, match="a tag is empty or has a control sign"):
            Entry("a", b"", (NewFact("a.0", "t", (tag,), b""),))


def test_a_batch_has_at_most_a_thousand_facts(database: Server, recorder: Recorder):
    too_many = [entry(f"c{n}", count=101) for n in range(10)]

    with pytest.raises(ValueError, match="1000"):
        recorder.record(too_many)
    with (
        database.connect(Role.WRITER) as writer,
        pytest.raises(errors.ProgramLimitExceeded),
    ):
        writer.execute(statements.RECORD, arrays(too_many))

    assert recorder.record([entry("most", count=1000)]) == (Recorded(1, 1000),)
