import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from psycopg import sql

from services.database import Role, Server
from services.follow import StoredFact
from services.ledger.recorder import Recorder
from services.ledger.tree import fits, leaf
from tests.ledger.samples import entry

FACT = StoredFact(
    position=7,
    id="c-1.0",
    command_id="c-1",
    type="offer.listed.v1",
    tags=("offer:ä", "x"),
    data=b'{"beds":2}',
    recorded_us=1_795_367_750_233_119,
    leaf=bytes.fromhex(
        "dee796a5e5e661aa2cae2d3accc0965a971b67d3bf3928c9552e609e46042d06"
    ),
)
COLUMNS = {
    "position": "position + 1",
    "recorded_us": "recorded_us + 1",
    "id": "id || '0'",
    "command_id": "command_id || '0'",
    "type": "type || '0'",
    "tags": "array_append(tags, 'y')",
    "data": "set_byte(data, 0, get_byte(data, 0) # 1)",
    "leaf": "set_byte(leaf, 31, get_byte(leaf, 31) # 1)",
}


def test_the_leaf_of_a_known_fact_is_this_for_ever():
    assert leaf(FACT).hex() == FACT.leaf.hex()


def test_database_and_python_compute_the_same_leaf(recorder: Recorder):
    dice = random.Random(1)
    words = ["_", "ä" * 50, "offer:1", "𝄞", "tag with blank", "Z", "a"]
    recorder.record(
        [
            entry(
                f"c-{n}-ü",
                *dice.sample(words, dice.randint(0, 5)),
                kind=dice.choice(words),
                data=dice.randbytes(dice.choice([0, 1, 5000])),
                count=dice.randint(1, 3),
            )
            for n in range(200)
        ]
    )

    facts = recorder.read()

    assert len(facts) > 200
    assert all(fits(fact) for fact in facts)


def test_any_byte_changed_is_seen():
    changed = list(_changed(FACT))

    assert len(changed) == 8 + 8 + 5 + 3 + 15 + 8 + 10 + 32
    assert [other for other in changed if fits(other)] == []


def test_bytes_moved_from_one_part_to_the_next_are_seen():
    fact = FACT
    moved = [
        replace(fact, tags=("x", "offer:ä")),
        replace(fact, tags=("offer:äx",)),
        replace(fact, tags=("offer:ä", "x", "")),
        replace(fact, tags=("offer:ä\x1fx",)),
        replace(fact, tags=("", "offer:ä\x1fx")),
        replace(fact, id="c-1.0c", command_id="-1"),
        replace(fact, type="offer.listed.v", tags=("1", "offer:ä", "x")),
        replace(fact, position=fact.recorded_us, recorded_us=fact.position),
    ]

    assert [other for other in moved if fits(other)] == []


@pytest.mark.parametrize("column", COLUMNS)
def test_a_row_rewritten_by_the_administrator_is_seen(
    database: Server, recorder: Recorder, column: str
):
    recorder.record([entry("a", count=3)])

    _rewrite(database, column)

    assert [fits(fact) for fact in recorder.read()].count(False) == 1


def _rewrite(database: Server, column: str) -> None:
    """Change one column of the last fact as only a superuser can."""
    query = sql.SQL("UPDATE ledger.facts SET {} = {} WHERE position = 3").format(
        sql.Identifier(column), sql.SQL(COLUMNS[column])
    )
    with database.connect(Role.ADMIN) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(query)


def _changed(fact: StoredFact) -> Iterator[StoredFact]:
    """Give the fact once for each of its bytes with that byte changed."""
    for bit in range(0, 64, 8):
        yield replace(fact, position=fact.position ^ (1 << bit))
        yield replace(fact, recorded_us=fact.recorded_us ^ (1 << bit))
    for other in _texts(fact.id):
        yield replace(fact, id=other)
    for other in _texts(fact.command_id):
        yield replace(fact, command_id=other)
    for other in _texts(fact.type):
        yield replace(fact, type=other)
    for n, tag in enumerate(fact.tags):
        for other in _texts(tag):
            yield replace(fact, tags=(*fact.tags[:n], other, *fact.tags[n + 1 :]))
    for n, byte in enumerate(fact.data):
        data = fact.data[:n] + bytes([byte ^ 1]) + fact.data[n + 1 :]
        yield replace(fact, data=data)
    for n, byte in enumerate(fact.leaf):
        yield replace(fact, leaf=fact.leaf[:n] + bytes([byte ^ 1]) + fact.leaf[n + 1 :])


def _texts(text: str) -> Iterator[str]:
    for n, sign in enumerate(text):
        yield text[:n] + chr(ord(sign) ^ 1) + text[n + 1 :]
