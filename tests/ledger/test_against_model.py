"""The recorder answers what twenty lines of Python over a list answer."""

import random

import pytest

from services.ledger.recorder import (
    Answer,
    Condition,
    Entry,
    Item,
    NewFact,
    Overtaken,
    Recorded,
    Recorder,
    Repeated,
    fact_id,
)

TAGS = ["a", "b", "c", "ä"]
KINDS = ["one.v1", "two.v1", "three.v1"]


class Model:
    """The ledger as a list: what must be true, without any thought of speed."""

    def __init__(self) -> None:
        self.facts: list[NewFact] = []
        self.known: dict[str, Repeated] = {}

    def record(self, entries: list[Entry]) -> tuple[Answer, ...]:
        asked: dict[str, Answer] = {}
        answers = []
        for entry in entries:
            answer = asked.get(entry.command_id)
            if not isinstance(answer, Overtaken):
                answer = self._one(entry)
            asked[entry.command_id] = answer
            answers.append(answer)
        return tuple(answers)

    def read(self, items: list[Item], after: int) -> list[str]:
        return [
            fact.id
            for position, fact in enumerate(self.facts, start=1)
            if position > after
            and (not items or any(_matches(fact, item) for item in items))
        ]

    def _one(self, entry: Entry) -> Answer:
        if (before := self.known.get(entry.command_id)) is not None:
            return before
        if entry.condition is not None:
            seen = [
                position
                for position, fact in enumerate(self.facts, start=1)
                if position > entry.condition.after
                and any(_matches(fact, item) for item in entry.condition.items)
            ]
            if seen:
                return Overtaken(seen[-1])
        first = len(self.facts) + 1
        self.facts += entry.facts
        self.known[entry.command_id] = Repeated(first, len(self.facts))
        return Recorded(first, len(self.facts))


def _matches(fact: NewFact, item: Item) -> bool:
    typed = not item.types or fact.type in item.types
    return typed and item.tags <= set(fact.tags)


@pytest.mark.parametrize("seed", range(6))
def test_random_batches_are_answered_as_the_model_answers(
    recorder: Recorder, seed: int
):
    dice = random.Random(seed)
    model = Model()

    for _ in range(60):
        entries = [_entry(dice, len(model.facts)) for _ in range(dice.randint(1, 8))]
        assert _told(recorder.record(entries)) == _told(model.record(entries))
        items, after = _items(dice), dice.randint(0, len(model.facts) + 1)
        found = [fact.id for fact in recorder.read(items, after=after)]
        assert found == model.read(items, after)


def _told(answers: tuple[Answer, ...]) -> list[Answer]:
    """Which of several matching facts overtook is not promised, but that one did."""
    return [Overtaken(0) if isinstance(a, Overtaken) else a for a in answers]


def _entry(dice: random.Random, head: int) -> Entry:
    name = f"c{dice.randint(1, 150)}"
    facts = tuple(
        NewFact(
            fact_id(name, n),
            dice.choice(KINDS),
            tuple(dice.sample(TAGS, dice.randint(0, 3))),
            b"",
        )
        for n in range(dice.randint(1, 3))
    )
    unless = None
    if dice.random() < 0.7:
        unless = Condition(tuple(_items(dice)), max(0, head - dice.randint(0, 6)))
    return Entry(name, name.encode(), facts, unless)


def _items(dice: random.Random) -> list[Item]:
    return [
        Item(
            frozenset(dice.sample(KINDS, dice.choice([0, 0, 1, 2]))),
            frozenset(dice.sample(TAGS, dice.choice([0, 1, 1, 2]))),
        )
        for _ in range(dice.randint(0, 3))
    ]
