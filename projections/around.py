"""What rows may depend on beside their own life, and who else is touched by it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from events.base import Recorded
from events.desk import TaskAssigned
from events.plan import PlanMade
from projections.day import Cur
from projections.life import Life, NeedLife, OfferLife, RealmLife
from projections.lives import SAVED, Lives, Unsaved
from projections.step import DEFAULT_POLICY, AnyLife, Change, Known

Before = Mapping[str, Life | None]
"""Lives as they were; one that is not here did not change itself."""


def look_around(
    cursor: Cur,
    realm: RealmLife,
    lives: Collection[Life | None],
    facts: Sequence[Recorded],
) -> Known:
    """Look up what the rows of these lives and facts may depend on."""
    offers = [life for life in lives if isinstance(life, OfferLife)]
    matches = [match for life in offers for match in life.state.matches.values()]
    cases = {f"need:{match.need}" for match in matches} | set(_named(facts))
    return Known(
        policy=realm.policy or DEFAULT_POLICY,
        cases=_numbers(cursor, cases),
        hidden=hidden_persons(cursor, persons_of(lives), SAVED),
    )


def changed(life: AnyLife, before: Life | None, known: Known) -> Change[AnyLife]:
    """Say how a life changed; where it did not, what is around it did."""
    if before is None:
        return Change(life, None, around=False)
    if not isinstance(before, type(life)):
        raise TypeError(f"{life.state.id} is not the life that it was")
    around = before is life or known.hides(before) != known.hides(life)
    return Change(life, before, around)


def persons_of(lives: Iterable[Life | None]) -> set[str]:
    """Return the persons whose confidentiality may hide one of these lives."""
    persons: set[str] = set()
    for life in lives:
        if isinstance(life, NeedLife):
            persons.add(life.state.person)
        elif isinstance(life, OfferLife):
            persons.update(m.household for m in life.state.matches.values())
    return persons


def hidden_persons(cursor: Cur, persons: set[str], unsaved: Unsaved) -> frozenset[str]:
    """Return those of the persons whose homes nothing may locate.

    What is unsaved counts in the place of what the table says.
    """
    if not persons:
        return frozenset()
    cursor.execute(
        "SELECT life, person FROM lives WHERE confidential AND person = ANY(%s)",
        (sorted(persons),),
    )
    stored = {str(person) for life, person in cursor if life not in unsaved.refs}
    return frozenset(stored | persons.intersection(unsaved.confidential.values()))


def neighbours(cursor: Cur, lives: Lives, persons: Collection[str]) -> list[str]:
    """Return the needs of these persons, and the offers that are held for them."""
    cursor.execute("SELECT life FROM lives WHERE person = ANY(%s)", (list(persons),))
    own = [str(ref) for (ref,) in cursor]
    lives.load(cursor, own)
    unsaved = lives.unsaved()
    found = {ref: lives.get(ref) for ref in (*own, *unsaved.refs)}
    needs = {
        ref: life
        for ref, life in found.items()
        if isinstance(life, NeedLife) and life.state.person in persons
    }
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


def _numbers(cursor: Cur, cases: set[str]) -> dict[str, str]:
    if not cases:
        return {}
    cursor.execute(
        "SELECT life, case_no FROM lives WHERE life = ANY(%s)", (sorted(cases),)
    )
    return {str(life): str(case_no) for life, case_no in cursor}
