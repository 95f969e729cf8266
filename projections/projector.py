"""Applying pages of facts: lives go on, rows are replaced, all in one transaction."""

from collections.abc import Iterable, Iterator, Sequence

import psycopg

from events.base import Recorded
from events.desk import TaskAssigned
from events.plan import PlanMade
from events.realm import DayBegan
from projections.catalogue import MODELS
from projections.checkpoint import LIVES
from projections.life import REALM, about, confidential
from projections.listing import Db
from projections.lives import Lives
from projections.step import DEFAULT_POLICY, Cur, Known, ReadModel, Step

POISON = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    psycopg.DataError,
    psycopg.IntegrityError,
)
"""What a read model raises when a fact is more than it can take."""
MANY = 2_000
"""Lives whose rows are replaced at once when all have to be."""


class Gap(Exception):
    """Facts are missing between the read models and the page; nothing was applied."""


class Poisoned(Exception):
    """One read model cannot apply a page; the others could."""

    def __init__(self, model: str, reason: str) -> None:
        self.model, self.reason = model, reason
        super().__init__(f"the read model {model} cannot go on: {reason}")


class Projector:
    """Brings the read models on, page by page, where the connection's path leads.

    One connection, one projector. What a page leads to is committed with its last
    position or not at all; facts that were applied before change nothing.
    """

    def __init__(self, db: Db, models: Sequence[ReadModel] = MODELS) -> None:
        self._db = db
        self._models = models
        self._lives = Lives()
        self._stands: tuple[int, int] | None = None

    def apply(self, facts: Iterable[Recorded]) -> int:
        """Take a page in and return the position; raise `Gap` or `Poisoned`."""
        remembered, self._stands = self._stands, None
        with self._db.transaction(), self._db.cursor() as cursor:
            stands, following = _locked(cursor, self._models)
            if stands != remembered:
                self._lives.forget()
            position, rebuilt = stands
            fresh = [recorded for recorded in facts if recorded.position > position]
            _refuse_gap(position, fresh)
            self._lives.load(cursor, ())
            for part, ends_day in self._parts(fresh):
                self._step(cursor, part, following, ends_day=ends_day)
            position += len(fresh)
            _reached(cursor, position, following)
        self._stands = position, rebuilt
        return position

    def _parts(
        self, facts: Sequence[Recorded]
    ) -> Iterator[tuple[Sequence[Recorded], bool]]:
        """Cut a page where a business day ends, so that the day can be closed."""
        today, part = self._lives.realm.today, list[Recorded]()
        for recorded in facts:
            if isinstance(recorded.fact, DayBegan):
                ends_day = today not in {None, recorded.fact.day}
                if part or ends_day:
                    yield part, ends_day
                today, part = recorded.fact.day, []
            part.append(recorded)
        if part:
            yield part, False

    def _step(
        self,
        cursor: Cur,
        facts: Sequence[Recorded],
        following: Sequence[ReadModel],
        *,
        ends_day: bool,
    ) -> None:
        groups = self._evolved(cursor, facts)
        for number, touched in enumerate(groups):
            step = self._shown(
                cursor,
                facts if number == 0 else (),
                touched,
                ends_day=ends_day and number == len(groups) - 1,
            )
            for model in following:
                try:
                    model.apply(cursor, step)
                except POISON as error:
                    reason = f"{type(error).__name__} in {_span(facts)}"
                    raise Poisoned(model.name, reason) from error
        self._lives.trim()

    def _evolved(self, cursor: Cur, facts: Sequence[Recorded]) -> list[list[str]]:
        """Let the lives go on; return those whose rows change, in groups."""
        lives = self._lives
        refs = [about(recorded.fact) for recorded in facts]
        lives.load(cursor, (ref for names in refs for ref in names))
        before = lives.realm.policy
        shy = _shy(lives, refs)
        touched = {
            ref: None
            for names, recorded in zip(refs, facts, strict=True)
            for ref in lives.evolve(names, recorded)
        }
        lives.save(cursor)
        if persons := shy ^ _shy(lives, refs):
            touched |= dict.fromkeys(_neighbours(cursor, lives, persons))
        if before == lives.realm.policy:
            return [list(touched)]
        rest = [ref for ref in _all_offers(cursor) if ref not in touched]
        return [
            list(touched),
            *(rest[start : start + MANY] for start in range(0, len(rest), MANY)),
        ]

    def _shown(
        self,
        cursor: Cur,
        facts: Sequence[Recorded],
        touched: Sequence[str],
        *,
        ends_day: bool,
    ) -> Step:
        lives = self._lives
        lives.load(cursor, touched)
        offers, needs = lives.offers(touched), lives.needs(touched)
        matches = [match for life in offers for match in life.state.matches.values()]
        cases = {f"need:{match.need}" for match in matches} | set(_named(facts))
        persons = {match.household for match in matches}
        persons |= {life.state.person for life in needs}
        return Step(
            facts=facts,
            realm=lives.realm,
            realm_changed=REALM in touched,
            offers=offers,
            needs=needs,
            known=Known(
                policy=lives.realm.policy or DEFAULT_POLICY,
                cases=_numbers(cursor, cases),
                hidden=_hidden(cursor, persons),
            ),
            ends_day=ends_day,
        )


def park(db: Db, poison: Poisoned) -> None:
    """Let a read model stand still, visibly, so that the others can go on."""
    db.execute(
        "UPDATE checkpoint SET parked = %s WHERE read_model = %s",
        (poison.reason, poison.model),
    )


def _locked(
    cursor: Cur, models: Sequence[ReadModel]
) -> tuple[tuple[int, int], list[ReadModel]]:
    """Hold the checkpoint until the commit; return where the lives are, who follows."""
    cursor.execute(
        "SELECT read_model, position, rebuilt, parked FROM checkpoint"
        " ORDER BY read_model FOR UPDATE"
    )
    found = {str(name): (position, again, why) for name, position, again, why in cursor}
    position, rebuilt, _ = found[LIVES]
    if not isinstance(position, int) or not isinstance(rebuilt, int):
        raise TypeError("the checkpoint holds no numbers")
    following = [
        model
        for model in models
        if found[model.name][0] == position and found[model.name][2] is None
    ]
    return (position, rebuilt), following


def _reached(cursor: Cur, position: int, following: Sequence[ReadModel]) -> None:
    names = [LIVES, *(model.name for model in following)]
    cursor.execute(
        "UPDATE checkpoint SET position = %s WHERE read_model = ANY(%s)",
        (position, names),
    )


def _refuse_gap(position: int, facts: Sequence[Recorded]) -> None:
    for expected, recorded in enumerate(facts, start=position + 1):
        if recorded.position != expected:
            raise Gap(
                f"fact {recorded.position} came where {expected} was expected: "
                "facts are missing, so the read models stay as they are"
            )


def _shy(lives: Lives, refs: Iterable[Sequence[str]]) -> set[str]:
    """Return the persons behind these needs whose homes nothing may locate."""
    needs = lives.needs({ref for names in refs for ref in names})
    return {need.state.person for need in needs if confidential(need)}


def _neighbours(cursor: Cur, lives: Lives, persons: set[str]) -> list[str]:
    """Return the cases of these persons, and the offers that are held for them."""
    cursor.execute("SELECT life FROM lives WHERE person = ANY(%s)", (list(persons),))
    own = [str(ref) for (ref,) in cursor]
    lives.load(cursor, own)
    homes = [f"offer:{m.offer}" for n in lives.needs(own) for m in n.state.living]
    return own + homes


def _all_offers(cursor: Cur) -> list[str]:
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


def _span(facts: Sequence[Recorded]) -> str:
    if not facts:
        return "no fact"
    return f"facts {facts[0].position} to {facts[-1].position}"
