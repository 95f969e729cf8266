"""Applying pages of facts: lives go on, rows are replaced, all in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import psycopg

from events.base import Recorded
from events.realm import DayBegan
from projections.around import (
    all_offers,
    changed,
    confidential_persons,
    look_around,
    neighbours,
)
from projections.catalogue import MODELS
from projections.checkpoint import LIVES
from projections.life import REALM, Life, NeedLife, OfferLife, about
from projections.listing import Db
from projections.lives import Lives
from projections.step import (
    Cur,
    ReadModel,
    Step,
)

Before = Mapping[str, Life | None]
"""Lives as they were before the facts; one that is not here did not change itself."""
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
        groups = list(self._evolved(cursor, facts))
        for number, (touched, before) in enumerate(groups):
            step = self._shown(
                cursor,
                facts if number == 0 else (),
                touched,
                before=before,
                ends_day=ends_day and number == len(groups) - 1,
            )
            for model in following:
                try:
                    model.apply(cursor, step)
                except POISON as error:
                    reason = f"{type(error).__name__} in {_span(facts)}"
                    raise Poisoned(model.name, reason) from error
        self._lives.trim()

    def _evolved(
        self, cursor: Cur, facts: Sequence[Recorded]
    ) -> Iterator[tuple[Sequence[str], Before]]:
        """Let the lives go on; return those whose rows change, in groups."""
        lives = self._lives
        names = [about(recorded.fact) for recorded in facts]
        refs = list(dict.fromkeys(ref for about_it in names for ref in about_it))
        lives.load(cursor, refs)
        before = {ref: lives.get(ref) for ref in refs}
        policy = lives.realm.policy
        shy = confidential_persons(lives, refs)
        for about_it, recorded in zip(names, facts, strict=True):
            lives.evolve(about_it, recorded)
        touched = [ref for ref in refs if lives.get(ref) is not before[ref]]
        lives.save(cursor)
        yield touched, before
        around: list[str] = []
        if persons := shy ^ confidential_persons(lives, refs):
            around += neighbours(cursor, lives, persons)
        if policy != lives.realm.policy:
            around += all_offers(cursor)
        for start in range(0, len(around), MANY):
            yield around[start : start + MANY], {}

    def _shown(
        self,
        cursor: Cur,
        facts: Sequence[Recorded],
        touched: Sequence[str],
        *,
        before: Before,
        ends_day: bool,
    ) -> Step:
        lives = self._lives
        lives.load(cursor, touched)
        now = {ref: lives.get(ref) for ref in touched}
        known = look_around(cursor, lives.realm, now.values(), facts)
        return Step(
            facts=facts,
            realm=lives.realm,
            realm_changed=REALM in now,
            offers=[
                changed(life, before.get(ref, life), known)
                for ref, life in now.items()
                if isinstance(life, OfferLife)
            ],
            needs=[
                changed(life, before.get(ref, life), known)
                for ref, life in now.items()
                if isinstance(life, NeedLife)
            ],
            known=known,
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


def _span(facts: Sequence[Recorded]) -> str:
    if not facts:
        return "no fact"
    return f"facts {facts[0].position} to {facts[-1].position}"
