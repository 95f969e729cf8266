"""What rows may depend on beside their own life, and who is touched by it."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from events.base import Recorded
from events.desk import TaskAssigned
from events.plan import PlanMade
from projections.life import Life, NeedLife, OfferLife, RealmLife, confidential
from projections.lives import Lives
from projections.step import DEFAULT_POLICY, AnyLife, Change, Cur, Known


def look_around(
    cursor: Cur,
    realm: RealmLife,
    lives: Collection[Life | None],
    facts: Sequence[Recorded],
) -> Known:
    """Look up what the rows of these lives and facts may depend on."""
    offers = [life for life in lives if isinstance(life, OfferLife)]
    needs = [life for life in lives if isinstance(life, NeedLife)]
    matches = [match for life in offers for match in life.state.matches.values()]
    cases = {f"need:{match.need}" for match in matches} | set(_named(facts))
    persons = {match.household for match in matches}
    persons |= {life.state.person for life in needs}
    return Known(
        policy=realm.policy or DEFAULT_POLICY,
        cases=_numbers(cursor, cases),
        hidden=_hidden(cursor, persons),
    )


def changed(life: AnyLife, before: Life | None, known: Known) -> Change[AnyLife]:
    """Say how a life changed; where it did not, what is around it did."""
    if before is None:
        return Change(life, None, around=False)
    if not isinstance(before, type(life)):
        raise TypeError(f"{life.state.id} is not the life that it was")
    around = before is life or known.hides(before) != known.hides(life)
    return Change(life, before, around)


def confidential_persons(lives: Lives, refs: Iterable[str]) -> set[str]:
    """Return the persons behind these needs whose homes nothing may locate."""
    needs = [life for ref in refs if isinstance(life := lives.get(ref), NeedLife)]
    return {need.state.person for need in needs if confidential(need)}


def neighbours(cursor: Cur, lives: Lives, persons: set[str]) -> list[str]:
    """Return the cases of these persons, and the offers that are held for them."""
    cursor.execute("SELECT life FROM lives WHERE person = ANY(%s)", (list(persons),))
    own = [str(ref) for (ref,) in cursor]
    lives.load(cursor, own)
    needs = [life for ref in own if isinstance(life := lives.get(ref), NeedLife)]
    homes = (f"offer:{match.offer}" for need in needs for match in need.state.living)
    return list(dict.fromkeys((*own, *homes)))


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


def _hidden(cursor: Cur, persons: set[str]) -> frozenset[str]:
    if not persons:
        return frozenset()
    cursor.execute(
        "SELECT person FROM lives WHERE confidential AND person = ANY(%s)",
        (sorted(persons),),
    )
    return frozenset(str(person) for (person,) in cursor)
