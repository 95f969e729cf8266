"""What rows may depend on beside their own life, and who else is touched by it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from events.base import Recorded
from events.desk import TaskAssigned
from events.plan import PlanMade
from projections.life import Life, NeedLife, OfferLife
from projections.lives import Lives
from projections.step import DEFAULT_POLICY, AnyLife, Change, Known
from projections.table import Cur

Before = Mapping[str, Life | None]
"""Lives as they were; one that is not here did not change itself."""


def look_around(
    cursor: Cur,
    lives: Lives,
    shown: Collection[Life | None],
    facts: Sequence[Recorded],
) -> Known:
    """Look up what the rows of the lives to be shown and of facts may depend on."""
    offers = [life for life in shown if isinstance(life, OfferLife)]
    matches = [match for life in offers for match in life.state.matches.values()]
    cases = {f"need:{match.need}" for match in matches} | set(_named(facts))
    return Known(
        policy=lives.realm.policy or DEFAULT_POLICY,
        cases=lives.case_numbers(cursor, cases),
        hidden=lives.hidden,
    )


def changed(life: AnyLife, before: Life | None, known: Known) -> Change[AnyLife]:
    """Say how a life changed; where it did not, what is around it did."""
    if before is None:
        return Change(life, None, around=False)
    if not isinstance(before, type(life)):
        raise TypeError(f"{life.state.id} is not the life that it was")
    around = before is life or known.hides(before) != known.hides(life)
    return Change(life, before, around)


def neighbours(cursor: Cur, lives: Lives, persons: Collection[str]) -> list[str]:
    """Return the needs of these persons, and the offers that are held for them."""
    own = lives.of_persons(cursor, persons)
    lives.load(cursor, own)
    found = {ref: lives.get(ref) for ref in own}
    needs = {ref: life for ref, life in found.items() if isinstance(life, NeedLife)}
    homes = [f"offer:{m.offer}" for n in needs.values() for m in n.state.living]
    lives.load(cursor, homes)
    return list(dict.fromkeys((*needs, *homes)))


def all_offers(cursor: Cur) -> list[str]:
    """Return every offer, by its number."""
    cursor.execute("SELECT life FROM lives WHERE side = 'offer' ORDER BY number")
    return [str(ref) for (ref,) in cursor]


def _named(facts: Sequence[Recorded]) -> Iterator[str]:
    for recorded in facts:
        match recorded.fact:
            case TaskAssigned(case=case):
                yield case
            case PlanMade(content=content):
                yield from (f"need:{left.need}" for left in content.unmet)
            case _:
                pass
