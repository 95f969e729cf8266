"""What first come, first served would have placed: the same days, the same people.

The office of this reckoning serves the queue in its order, each household the first
home that fits; it visits as many homes a day, and everybody answers as in the story.
Nothing of it is recorded.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from events.match import Side
from matcher import Plan
from matcher.plan import Stay
from services.demo.people import GONE, Answering
from services.demo.story import VISITS_A_DAY
from services.market import Json

Serve = Callable[[Json], Plan]
_SIDES: tuple[Side, ...] = ("household", "provider")


@dataclass
class _Promise:
    stay: Stay
    due: set[str]
    asked: date | None = None


@dataclass
class _Queue:
    """The office of the reckoning: who wants what, and what was promised."""

    people: Answering
    needs: dict[str, Json] = field(default_factory=dict)
    offers: dict[str, Json] = field(default_factory=dict)
    forbidden: list[Json] = field(default_factory=list)
    promises: dict[str, _Promise] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)


def persons_in_turn(documents: Sequence[Json], people: Answering, serve: Serve) -> int:
    """Return how many people have a home promised at the end of the last day.

    `documents` are the market of each day before it was matched.
    """
    queue = _Queue(people)
    for number, document in enumerate(documents):
        today = date.fromisoformat(str(document["today"]))
        _news(queue, document)
        if number:
            _visit(queue)
        plan = serve(_document(queue, document))
        for stay in plan.stays:
            queue.promises[stay.need] = _Promise(stay, set(stay.due))
        if number + 1 < len(documents):
            _answers(queue, today)
    return sum(promise.stay.persons for promise in queue.promises.values())


def _news(queue: _Queue, document: Json) -> None:
    """Take in the homes and households that this day's market shows first."""
    for name, known in (("offers", queue.offers), ("needs", queue.needs)):
        for row in _rows(document, name):
            housing = _part(row, "details").get("kind") == "housing"
            if housing and row["id"] not in queue.closed:
                known.setdefault(str(row["id"]), row)


def _document(queue: _Queue, document: Json) -> Json:
    """Return the day's market as the queue has left it: promises stay promised."""
    waiting = [
        {**row, "current": None}
        for name, row in queue.needs.items()
        if name not in queue.promises
    ]
    return document | {
        "offers": list(queue.offers.values()),
        "needs": waiting,
        "held": [_held(promise.stay) for promise in queue.promises.values()],
        "pinned": [],
        "forbidden": queue.forbidden,
    }


def _held(stay: Stay) -> Json:
    return {
        "match": f"queue-{stay.need}",
        "offer": stay.offer,
        "need": stay.need,
        "household": None,
        "no_contact": [],
        "count": stay.count,
        "quantity": 0,
        "unit": stay.unit,
        "from": stay.start.isoformat(),
        "to": stay.end.isoformat(),
    }


def _visit(queue: _Queue) -> None:
    """Do the checks of the homes that would place most persons."""
    waiting: dict[str, int] = {}
    for promise in queue.promises.values():
        if promise.due:
            offer = promise.stay.offer
            waiting[offer] = waiting.get(offer, 0) + promise.stay.persons
    order = sorted(waiting, key=lambda name: (-waiting[name], _listed(queue, name)))
    for offer in order[:VISITS_A_DAY]:
        for check in _due(queue, offer):
            _check(queue, offer, check)


def _check(queue: _Queue, offer: str, check: str) -> None:
    passed = queue.people.passes(offer, check)
    done = {
        "kind": check,
        "state": "passed" if passed else "failed",
        "valid_until": None,
    }
    row = queue.offers[offer]
    queue.offers[offer] = row | {"checks": [*_rows(row, "checks"), done]}
    for need, promise in _at(queue, offer):
        if not passed and check in promise.due:
            del queue.promises[need]
        promise.due.discard(check)


def _answers(queue: _Queue, today: date) -> None:
    """Ask where the home was visited; let everybody answer who answers by today."""
    for need, promise in list(queue.promises.items()):
        if "visit" in promise.due:
            continue
        promise.asked = promise.asked or today
        waited = (today - promise.asked).days
        for side in _SIDES:
            if queue.people.takes_days(need, promise.stay.offer, side) <= waited:
                _answer(queue, need, promise.stay.offer, side)


def _answer(queue: _Queue, need: str, offer: str, side: Side) -> None:
    no = queue.people.refuses(need, offer, side)
    if no is None or need not in queue.promises:
        return
    del queue.promises[need]
    queue.forbidden.append({"offer": offer, "need": need})
    if side == "household" and no.consequence in {"none", "park"}:
        queue.needs.pop(need, None)
        queue.closed.add(need)
    units = _part(queue.offers[offer], "details").get("units")
    if no.reason in GONE and not units:
        queue.offers.pop(offer)
        queue.closed.add(offer)
        for other, _ in _at(queue, offer):
            del queue.promises[other]


def _at(queue: _Queue, offer: str) -> list[tuple[str, _Promise]]:
    return [
        (need, promise)
        for need, promise in queue.promises.items()
        if promise.stay.offer == offer
    ]


def _due(queue: _Queue, offer: str) -> list[str]:
    due = {check for _, promise in _at(queue, offer) for check in promise.due}
    order = ("identity", "documents", "background", "visit")
    return [check for check in order if check in due]


def _listed(queue: _Queue, offer: str) -> int:
    listed = queue.offers[offer]["listed"]
    return listed if isinstance(listed, int) else 0


def _rows(document: Json, name: str) -> Iterator[Json]:
    rows = document.get(name)
    if isinstance(rows, Iterable):
        yield from (row for row in rows if isinstance(row, dict))


def _part(document: Json, name: str) -> Json:
    part = document.get(name)
    return part if isinstance(part, dict) else {}
