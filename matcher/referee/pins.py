"""Pins, replayed: each settled in its turn, before anything is chosen.

The earliest raised comes first; it gets the best stay that its pin allows and that
those before it left. What it takes is a promise to everyone after it.
"""

from collections.abc import Iterator

from matcher.plan import Plan, Stay
from matcher.referee.hall import Hall
from matcher.referee.housing import as_promise
from matcher.referee.reading import Asked
from matcher.referee.worths import worth


def settle(hall: Hall, plan: Plan) -> Iterator[str]:
    """Yield pinned needs that could have had more; promise the stays of all."""
    stays = {stay.need: stay for stay in plan.stays if stay.need in hall.pinned}
    parties = [asked for asked in hall.parties() if asked.id in hall.pinned]
    for asked in sorted(parties, key=lambda asked: (asked.raised, asked.id)):
        stay = stays.get(asked.id)
        yield from _turn_faults(hall, asked, stay)
        if stay is not None:
            hall.promise(as_promise(hall, stay))


def _turn_faults(hall: Hall, asked: Asked, stay: Stay | None) -> Iterator[str]:
    given = [hall.given[o] for o in hall.pinned[asked.id] if o in hall.given]
    places = [hall.places[one.id, unit] for one in given for unit in one.places]
    best = max(
        (
            worth(hall.court, asked, e.place.given, e.place.unit, e.rooms)[-1]
            for e in hall.edges(asked, places)
        ),
        default=None,
    )
    if stay is None and best is not None:
        yield f"need {asked.id} is pinned to an offer that it could have"
    if stay is None or best is None:
        return
    if stay.worth[-1] + hall.lost.get(asked.id, 0) < best:
        yield f"need {asked.id} has a better place where it is pinned, worth {best}"
