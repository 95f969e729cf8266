"""Filling empty tables: the ledger is folded first, rows are written once, at the end.

Nobody reads these tables before they are full, so nothing is saved from page to page:
a life goes to its table when memory has no place for it any more, and the rows that
are functions of lives are made of what the lives came to.
"""

from collections.abc import Callable, Iterator, Sequence

from events.base import Recorded
from projections.around import look_around
from projections.collecting import uncollected
from projections.folding import Folded, fold
from projections.life import SIDES, NeedLife, OfferLife
from projections.listing import Db
from projections.lives import Lives
from projections.projector import Gap, count, naming, reached, span
from projections.step import ReadModel, Step
from projections.table import Cur

PAGE = 10_000
"""Facts that are taken at a time: there is nobody to be in time for."""
WRITTEN = 8_000
"""Lives whose rows are written at a time: a table takes rows in while the next are
made, so what is waited for is its last few, whatever their number."""
Read = Callable[[int, int], Sequence[Recorded]]
"""Read facts after a position, so many at most, in order."""


def fill(
    db: Db,
    models: Sequence[ReadModel],
    read: Read,
    *,
    upto: int,
    sides: tuple[str, ...] = SIDES,
) -> None:
    """Fill the empty tables where the connection's path leads, up to a position.

    Lives of these sides go with them; the read models must depend on no others.
    """
    lives = Lives(sides=sides)
    with uncollected():
        for facts in pages(read, 0, upto=upto):
            with db.transaction(), db.cursor() as cursor:
                _page(cursor, lives, facts, models)
        with db.transaction(), db.cursor() as cursor:
            lives.save(cursor)
            _rows(cursor, lives, models, upto)
            reached(cursor, upto, models)


def pages(read: Read, after: int, *, upto: int) -> Iterator[Sequence[Recorded]]:
    """Yield the facts after a position up to another; raise `Gap` when some miss."""
    while after < upto:
        facts = [f for f in read(after, PAGE) if f.position <= upto]
        if not facts:
            raise Gap(f"the ledger ends at {after}, but read models stand at {upto}")
        after = facts[-1].position
        yield facts


def _page(
    cursor: Cur, lives: Lives, facts: Sequence[Recorded], models: Sequence[ReadModel]
) -> None:
    for day in fold(cursor, lives, facts, Folded()):
        count(cursor, day, facts, models)
    step = Step(
        facts=facts,
        realm=lives.realm,
        realm_changed=True,
        offers=(),
        needs=(),
        known=look_around(cursor, lives, (), facts),
    )
    for model in models:
        if model.apply is not None:
            with naming(model, span(facts)):
                model.apply(cursor, step)
    lives.trim(cursor)


def _rows(cursor: Cur, lives: Lives, models: Sequence[ReadModel], upto: int) -> None:
    if all(model.lives is None for model in models):
        return
    for some in lives.all(cursor, WRITTEN):
        cases = [life for life in some if isinstance(life, OfferLife | NeedLife)]
        known = look_around(cursor, lives, cases, ())
        for model in models:
            if model.lives is not None:
                with naming(model, (1, upto)):
                    model.lives.fill(cursor, cases, known)
