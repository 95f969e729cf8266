"""Run the demo: take the files in, match, let people answer, and again.

It may be run again at any time: files that were taken change nothing, orders are
known by their content, and a story that was told to its end is only summed up.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

import matcher
from events.plan import PlanMade
from services import daily
from services.demo.office import Office
from services.demo.people import People
from services.demo.queue import persons_in_turn
from services.demo.story import CLOSING, FIRST, SECOND, one_day
from services.demo.summary import Counted, Summary, summed
from services.demo.sweep import promised_twice
from services.follow import StoredFact
from services.ledger.batch import Item
from services.ledger.handle import Writer, read
from services.ledger.recorder import Recorder
from services.ledger.rules.realm import AdoptPolicy
from services.market import Json, Market
from services.matching import Matching, Run
from services.realm import policy_from

EXAMPLES = Path(__file__).parents[2] / "examples" / "duesseldorf"
SEED = 2022
_ASIDE = "submission.set_aside.v1"
_RESENT = "submission.resent.v1"


class Desk(Protocol):
    """What the demo needs of Beistand."""

    @property
    def writer(self) -> Writer: ...
    @property
    def matching(self) -> Matching: ...
    @property
    def recorder(self) -> Recorder: ...
    def match(self) -> Run: ...


Intake = Callable[[Sequence[Path]], object]
Tell = Callable[[str], object]


def run(desk: Desk, intake: Intake, tell: Tell, *, began: float) -> Summary:
    """Play the story as far as it was not played; return what came of it.

    `began` is `time.monotonic()` when the person pressed the key.
    """
    office, people = Office(desk.writer, desk.matching), People(SEED)
    for day in (FIRST, SECOND, CLOSING):
        if _is_over(desk, day):
            continue
        daily.begin_day(desk.writer, desk.matching, day)
        if day == FIRST:
            policy = policy_from(EXAMPLES / "policy.toml")
            office.do([AdoptPolicy(policy=policy)])
        if came := files(day):
            tell(f"{day:%d.%m.%Y}: {len(came)} files come in")
            intake(came)
        tell(f"{day:%d.%m.%Y}: matching, visits, questions and answers")
        one_day(office, people, desk.match)
    if not _plans(desk):  # somebody let the days go by before there was one
        desk.match()
    tell("Adding up")
    return _summed(desk, people, began)


def files(day: date) -> list[Path]:
    """Return what comes in on a day, in its order."""
    first = {FIRST: "0", SECOND: "1"}.get(day, "none")
    return sorted(path for path in EXAMPLES.iterdir() if path.name.startswith(first))


def _is_over(desk: Desk, day: date) -> bool:
    """Say whether the day was played: a later one began, or the last plan stands."""
    today = desk.matching.catch_up().today
    if today is None or today < day:
        return False
    closed = any(plan.content.today == CLOSING for plan in _plans(desk))
    return today > day or (day == CLOSING and closed)


def _plans(desk: Desk) -> list[PlanMade]:
    kind = Item(types=frozenset({PlanMade.type}))
    facts = (read(stored).fact for stored in desk.recorder.read((kind,)))
    return [fact for fact in facts if isinstance(fact, PlanMade)]


def _summed(desk: Desk, people: People, began: float) -> Summary:
    facts = desk.recorder.read()
    plans = _plans(desk)
    kinds = Counter(fact.type for fact in facts)
    told = [plan for plan in plans if plan.content.today <= CLOSING]
    counted = Counted(
        first_come_persons=persons_in_turn(
            list(_mornings(facts, told)), people, matcher.first_come
        ),
        set_aside=kinds[_ASIDE] - kinds[_RESENT],
        promised_twice=len(promised_twice(facts)),
        seconds=time.monotonic() - began,
    )
    return summed(desk.matching.catch_up(), plans[-1], counted)


def _mornings(facts: Sequence[StoredFact], plans: Iterable[PlanMade]) -> Iterator[Json]:
    """Yield the market of each day as its first plan saw it."""
    market = Market()
    for position in _seen_first(plans):
        market.apply(read(fact) for fact in facts[market.position : position])
        yield market.document()


def _seen_first(plans: Iterable[PlanMade]) -> Iterable[int]:
    seen: dict[date, int] = {}
    for plan in plans:
        seen.setdefault(plan.content.today, plan.content.position)
    return seen.values()
