"""Applying pages of facts: lives go on, rows are replaced, all in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg

from events.base import Recorded
from projections.around import Before, all_offers, changed, look_around
from projections.catalogue import MODELS
from projections.checkpoint import LIVES
from projections.collecting import uncollected
from projections.day import Day
from projections.folding import Folded, fold
from projections.life import REALM, NeedLife, OfferLife
from projections.listing import Db
from projections.lives import Lives
from projections.schema import outdated
from projections.step import Change, ReadModel, Step
from projections.table import Cur, Value

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


class Outdated(Exception):
    """Another release has made the tables anew; nothing was applied."""


class Poisoned(Exception):
    """One read model cannot apply a page; the others could."""

    def __init__(self, model: str, reason: str) -> None:
        self.model, self.reason = model, reason
        super().__init__(f"the read model {model} cannot go on: {reason}")

    def __reduce__(self) -> tuple[type["Poisoned"], tuple[str, str]]:
        """Travel between processes whole."""
        return Poisoned, (self.model, self.reason)


class Projector:
    """Brings the read models on, page by page, where the connection's path leads.

    One connection, one projector. What a page leads to is committed with its last
    position or not at all; facts that were applied before change nothing. Who follows
    with some of the read models leaves the others behind, to be rebuilt before they
    follow; lives that none of the some depends on are then left out too.
    """

    def __init__(
        self,
        db: Db,
        models: Sequence[ReadModel] = MODELS,
        lives: Lives | None = None,
    ) -> None:
        self._db = db
        self._models = models
        sides = {side for model in models for side in model.sides}
        self._lives = lives or Lives(sides=tuple(sorted(sides)))
        self._stands: tuple[int, int] | None = None

    def apply(self, facts: Iterable[Recorded]) -> int:
        """Take a page in and return the position.

        Raises `Gap`, `Outdated` or `Poisoned`.
        """
        remembered, self._stands = self._stands, None
        with uncollected(), self._db.transaction(), self._db.cursor() as cursor:
            stands, following = _locked(cursor, self._models)
            if stands != remembered:
                self._lives.forget()
            position, rebuilt = stands
            fresh = [recorded for recorded in facts if recorded.position > position]
            _refuse_gap(position, fresh)
            if fresh:
                self._page(cursor, fresh, following)
            position += len(fresh)
            reached(cursor, position, following)
        self._stands = position, rebuilt
        return position

    def _page(
        self, cursor: Cur, facts: Sequence[Recorded], following: Sequence[ReadModel]
    ) -> None:
        lives, page = self._lives, Folded()
        lives.load(cursor, ())
        policy = lives.realm.policy
        for day in fold(cursor, lives, facts, page):
            count(cursor, day, facts, following)
        lives.save(cursor)
        if policy != lives.realm.policy:
            page.around |= dict.fromkeys(all_offers(cursor))
        step = self._step(cursor, facts, page.before)
        _show(cursor, step, facts, following)
        around = list(page.around)
        for start in range(0, len(around), MANY):
            lives.trim(cursor)
            lives.load(cursor, group := around[start : start + MANY])
            step = self._step(cursor, (), {ref: lives.get(ref) for ref in group})
            _show(cursor, step, facts, following)
        lives.trim(cursor)

    def _step(self, cursor: Cur, facts: Sequence[Recorded], before: Before) -> Step:
        """Return what changed since `before`, or what is around it."""
        lives = self._lives
        now = {ref: lives.get(ref) for ref in before}
        known = look_around(cursor, lives, now.values(), facts)
        offers, needs = list[Change[OfferLife]](), list[Change[NeedLife]]()
        for ref, life in now.items():
            if isinstance(life, OfferLife):
                offers.append(changed(life, before[ref], known))
            elif isinstance(life, NeedLife):
                needs.append(changed(life, before[ref], known))
        return Step(facts, lives.realm, REALM in now, offers, needs, known)


def count(
    cursor: Cur, day: Day, facts: Sequence[Recorded], models: Sequence[ReadModel]
) -> None:
    """Let those read models count a day of a page that count."""
    for model in models:
        if model.count is not None:
            with naming(model, span(facts)):
                model.count(cursor, day)


def _show(
    cursor: Cur, step: Step, facts: Sequence[Recorded], models: Sequence[ReadModel]
) -> None:
    for model in models:
        with naming(model, span(facts)):
            if model.lives is not None:
                model.lives.replace(cursor, step)
            if model.apply is not None:
                model.apply(cursor, step)


@contextmanager
def naming(model: ReadModel, span: tuple[int, int]) -> Iterator[None]:
    """Say which read model it was that could not go on, and in which facts."""
    try:
        yield
    except POISON as error:
        where = f"facts {span[0]} to {span[1]}"
        raise Poisoned(model.name, f"{type(error).__name__} in {where}") from error


def span(facts: Sequence[Recorded]) -> tuple[int, int]:
    """Return the positions of the first and the last fact of a page."""
    return facts[0].position, facts[-1].position


def park(db: Db, poison: Poisoned) -> None:
    """Let a read model stand still, visibly, so that the others can go on."""
    db.execute(
        "UPDATE checkpoint SET parked = %s WHERE read_model = %s",
        (poison.reason, poison.model),
    )


_SOON = "SET LOCAL synchronous_commit TO off"
"""Do not wait for the disk: what a crash of the server takes from the read models is
a whole page with its position, and the ledger has its facts."""


def _locked(
    cursor: Cur, models: Sequence[ReadModel]
) -> tuple[tuple[int, int], list[ReadModel]]:
    """Hold the checkpoint until the commit; return where the lives are, who follows."""
    cursor.execute(_SOON)
    cursor.execute(
        "SELECT read_model, position, rebuilt, parked, shape FROM checkpoint"
        " ORDER BY read_model FOR UPDATE"
    )
    found = {str(name): told for name, *told in cursor}
    _refuse_another(found)
    position, rebuilt, *_ = found[LIVES]
    if not isinstance(position, int) or not isinstance(rebuilt, int):
        raise TypeError("the checkpoint holds no numbers")
    following = [
        model
        for model in models
        if found[model.name][0] == position and found[model.name][2] is None
    ]
    return (position, rebuilt), following


def _refuse_another(found: Mapping[str, Sequence[Value]]) -> None:
    """Raise for tables of another release: it would not notice what is missing there.

    Lives say at which fact they stand, and not by which release they came there.
    """
    if names := outdated({name: str(told[-1]) for name, told in found.items()}):
        raise Outdated(
            f"Another release of Beistand has made {', '.join(names)} anew while this "
            "one ran: end this one, and leave the read models to the other."
        )


def reached(cursor: Cur, position: int, following: Sequence[ReadModel]) -> None:
    """Note in the checkpoint how far the lives and these read models are."""
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
