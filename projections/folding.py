"""Folding a page into the lives, business day by business day."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from events.base import Recorded
from events.realm import DayBegan
from projections.around import neighbours
from projections.day import Day, Move
from projections.life import Life, NeedLife, OfferLife, about
from projections.lives import Lives
from projections.table import Cur
from projections.veil import hides


@dataclass
class Folded:
    """What a page changed: lives as they were, and those that it only touched."""

    before: dict[str, Life | None] = field(default_factory=dict)
    around: dict[str, None] = field(default_factory=dict)


def days_of(
    facts: Sequence[Recorded], today: date | None
) -> Iterator[tuple[Sequence[Recorded], bool]]:
    """Cut a page where a business day ends, so that each day has its own numbers."""
    part = list[Recorded]()
    for recorded in facts:
        if isinstance(recorded.fact, DayBegan):
            ends = today not in {None, recorded.fact.day}
            if part or ends:
                yield part, ends
            today, part = recorded.fact.day, []
        part.append(recorded)
    if part:
        yield part, False


def fold(
    cursor: Cur, lives: Lives, facts: Sequence[Recorded], page: Folded
) -> Iterator[Day]:
    """Let the lives go on; yield each business day once it is folded."""
    names = {r.position: about(r.fact, lives.sides) for r in facts}
    lives.load(cursor, dict.fromkeys(ref for refs in names.values() for ref in refs))
    for part, ends in days_of(facts, lives.realm.today):
        before = dict[str, Life | None]()
        for recorded in part:
            if refs := names[recorded.position]:
                for ref in refs:
                    before.setdefault(ref, lives.get(ref))
                lives.evolve(refs, recorded)
        moved = {
            ref: life for ref, life in before.items() if lives.get(ref) is not life
        }
        hidden_before: Collection[str] = lives.hidden
        around = dict[str, None]()
        if flipped := lives.flipped():
            around = dict.fromkeys(neighbours(cursor, lives, flipped))
            hidden_before = flipped ^ set(lives.hidden)
        page.before = moved | page.before
        page.around |= around
        was = {ref: lives.get(ref) for ref in around} | moved
        pairs = [(lives.get(ref), old) for ref, old in was.items()]
        moves = partial(_moves, pairs, lives.hidden, hidden_before)
        yield Day(lives.realm, part, moves, ends)


def _moves(
    pairs: Sequence[tuple[Life | None, Life | None]],
    hidden: Collection[str],
    hidden_before: Collection[str],
) -> list[Move]:
    """Return the moves of lives, each with what it was."""
    moves = []
    for life, before in pairs:
        if not isinstance(life, OfferLife | NeedLife):
            continue
        if before is not None and not isinstance(before, type(life)):
            raise TypeError(f"{life.state.id} is not the life that it was")
        shy = before is not None and hides(before, hidden_before)
        moves.append(Move(life, before, hides(life, hidden), shy))
    return moves
