"""The ledger in memory is the ledger: PostgreSQL answers the same, word for word.

Random batches of commands, repeats, conditions and conflicts go to both. Everything is
compared that a handler could see: answers, facts, look-ups, heads.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from events.values import Plain
from services.follow import LedgerFeed, StoredFact
from services.ledger.recorder import (
    Answer,
    Condition,
    Conflicting,
    Entry,
    Item,
    NewFact,
    Recorder,
    fact_id,
)
from services.ledger.tree import fits
from services.ledger.vault import Contact, Vault
from tests.model.ledger import Ledger, MemoryFeed, MemoryRecorder
from tests.model.turns import Turns
from tests.model.vault import Keys, MemoryVault

TAGS = ["a", "b", "c", "ä", "offer:o-1"]
KINDS = ["one.v1", "two.v1", "three.v1"]


@pytest.mark.parametrize("seed", range(8))
def test_postgresql_answers_as_the_ledger_in_memory_does(recorder: Recorder, seed: int):
    dice = random.Random(seed)
    memory = MemoryRecorder(Ledger())

    for _ in range(50):
        entries = [_entry(dice, memory.head()) for _ in range(dice.randint(1, 7))]
        assert _recorded(recorder, entries) == _recorded(memory, entries)
        assert _seen(recorder, random.Random(seed)) == _seen(
            memory, random.Random(seed)
        )


def test_facts_and_their_pages_are_the_same(recorder: Recorder, database):
    dice = random.Random(11)
    ledger = Ledger(now_us=1)
    memory = MemoryRecorder(ledger)
    for _ in range(20):
        entries = [_entry(dice, memory.head()) for _ in range(dice.randint(1, 7))]
        _recorded(recorder, entries)
        _recorded(memory, entries)
    feed, copy = LedgerFeed(database), MemoryFeed(ledger, Turns())

    pages = [(feed.read(n, 5), copy.read(n, 5)) for n in range(0, ledger.head + 2, 3)]
    feed.close()

    assert all(fits(fact) for fact in ledger.facts)
    assert [(_bare(real.facts), real.head) for real, _ in pages] == [
        (_bare(kept.facts), kept.head) for _, kept in pages
    ]


def test_a_batch_that_conflicts_leaves_nothing_in_either(recorder: Recorder):
    memory = MemoryRecorder(Ledger())
    first, other = _plain("c-1", b"1"), replace(_plain("c-1", b"1"), digest=b"2")
    for ledger in (recorder, memory):
        ledger.record([first])
        with pytest.raises(Conflicting):
            ledger.record([_plain("c-2", b"1"), other])
        with pytest.raises(Conflicting):
            ledger.answered_all([("c-1", b"2")])

    assert (recorder.head(), memory.head()) == (1, 1)


def test_the_vault_in_memory_knows_contacts_as_the_vault_does(vault: Vault):
    dice = random.Random(5)
    memory = MemoryVault(Keys())
    contacts = [Contact("mail", f"{n}@example.org") for n in range(5)]
    cases = [f"offer:o-{n}" for n in range(6)]

    for _ in range(20):
        marks = [(dice.choice(cases), "p-1", dice.choice(contacts)) for _ in range(2)]
        vault.remember(marks)
        memory.remember(marks)
        asked = dice.choices(contacts, k=3)
        assert vault.known(asked) == memory.known(asked)


def test_the_vault_in_memory_marks_equal_contents_equally(vault: Vault):
    plains = [Plain(purpose="note", content={"text": text}) for text in ("a", "a", "b")]
    parts = [(plain, "p-1", f"c-{n}") for n, plain in enumerate(plains)]

    for each in (vault, MemoryVault(Keys())):
        one, same, other = (sealed.mark for sealed in each.seal_many(parts))
        assert (one == same, one == other) == (True, False)


def _recorded(recorder: Recorder, entries: Sequence[Entry]) -> tuple[Answer, ...] | str:
    try:
        return recorder.record(entries)
    except Conflicting as error:
        return str(error)


def _seen(recorder: Recorder, dice: random.Random) -> list[object]:
    """Return what a handler would see that asks about all sorts of things."""
    head = recorder.head()
    names = [f"c{dice.randint(1, 60)}" for _ in range(5)]
    after, upto = dice.randint(0, head + 1), dice.randint(0, head + 1)
    items = _items(dice)
    return [
        head,
        _bare(recorder.read(items, after=after)),
        _bare(recorder.read(items, after=after, upto=upto, limit=dice.randint(1, 5))),
        recorder.answered_all([(name, b"1") for name in names if _even(name)]),
        {n: _bare([fact]) for n, fact in recorder.led_to(names).items()},
        recorder.began(TAGS),
        [place[:2] for place in recorder.places(KINDS[:2], after=after, upto=upto)],
    ]


def _bare(facts: Sequence[StoredFact]) -> list[StoredFact]:
    """Leave out what no two ledgers share: the time, and the leaf over it."""
    return [replace(fact, recorded_us=0, leaf=b"") for fact in facts]


def _entry(dice: random.Random, head: int) -> Entry:
    name = f"c{dice.randint(1, 60)}"
    facts = tuple(
        NewFact(
            fact_id(name, n),
            dice.choice(KINDS),
            tuple(dice.sample(TAGS, dice.randint(0, 3))),
            dice.randbytes(3),
        )
        for n in range(dice.randint(1, 3))
    )
    unless = None
    if dice.random() < 0.7:
        unless = Condition(tuple(_items(dice)), max(0, head - dice.randint(0, 6)))
    digest = b"1" if _even(name) or dice.random() < 0.9 else b"2"
    return Entry(name, digest, facts, unless)


def _even(name: str) -> bool:
    """Half of the commands never say anything else under their name."""
    return int(name[1:]) % 2 == 0


def _items(dice: random.Random) -> list[Item]:
    return [
        Item(
            frozenset(dice.sample(KINDS, dice.choice([0, 0, 1, 2]))),
            frozenset(dice.sample(TAGS, dice.choice([0, 1, 1, 2]))),
        )
        for _ in range(dice.randint(0, 3))
    ]


def _plain(name: str, digest: bytes) -> Entry:
    return Entry(name, digest, (NewFact(fact_id(name, 0), "one.v1", ("a",), b"{}"),))
