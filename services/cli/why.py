"""`beistand why`: why a need has its pair, or why it has none, in words and numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from matcher import Change, Other, Served, Today, Why, WhyNot
from projections import cases, plans, proposals
from projections.cases import Case
from projections.listing import Ask, Db, listed, one, some
from projections.plans import Plan
from projections.proposals import Proposal
from services.assemble import Beistand
from services.cli.options import (
    REFUSED,
    AsJson,
    Demo,
    Home,
    WrongUse,
    fail,
    opened,
    result,
    say,
    told,
)
from services.console.labels import LABELS
from services.database import Role
from services.hindsight import Hindsight
from services.ledger.rules.base import Refused

Reason = Why | WhyNot | Served
_TIERS = ("acute", "persons", "points")
_KINDS = {Why: "why", WhyNot: "why_not", Served: "served"}


@told
def why(
    need: Annotated[str, typer.Argument(help="A need: B-2022-0012, or its id.")],
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Say why a need has its pair, or why not and what would help."""
    with opened(home, demo=demo) as engine:
        engine.project()
        with engine.server.connect(Role.DESK) as db:
            case = _case(db, need)
            answer = _answer(db, engine.matching.hindsight, case)
            today = _today(engine, answer)
            for line in (*_lines(answer, _Names(db)), *_now(today)):
                say(line)
    if as_json:
        now = {} if today is None else {"today": asdict(today)}
        result({**_plain(answer), **now})


@dataclass(frozen=True)
class _Answer:
    """A need, the match that goes on, and what the plan says of it."""

    case: Case
    match: Proposal | None
    plan: Plan | None
    reason: Reason | None


def _case(db: Db, name: str) -> Case:
    asked = {"side": "need", "id": name.strip().removeprefix("need:")}
    number = {"side": "need", "case_no": name.strip().upper()}
    found = some(db, cases.TABLE, number) or some(db, cases.TABLE, asked)
    offer = {"side": "offer", "case_no": name.strip().upper()}
    if not found and some(db, cases.TABLE, offer):
        raise WrongUse(f"{name} is an offer; ask for the need that it goes to.")
    if not found:
        raise WrongUse(f"No need is called {name}; `beistand export cases` lists all.")
    return found[0]


def _answer(db: Db, hindsight: Hindsight, case: Case) -> _Answer:
    """Ask the newest plan; where a pair is older, the plan that proposed it."""
    living = Ask({"need": case.id, "living": "yes"}, limit=1)
    match = next(iter(listed(db, proposals.LISTING, living).rows), None)
    if match is not None and match.by_hand:
        return _Answer(case, match, None, None)
    for plan in _plans(db, match):
        try:
            reason = hindsight.reasons(plan.plan, plan.position).of(case.id)
        except LookupError:
            continue
        if match is None or isinstance(reason, Served) or _speaks_of(reason, match):
            return _Answer(case, match, plan, reason)
    if match is None:
        raise fail(_silence(case), REFUSED)
    return _Answer(case, match, None, None)


def _today(engine: Beistand, answer: _Answer) -> Today | None:
    """Ask the market as it is now, beside a plan that left the household open."""
    if not isinstance(answer.reason, WhyNot):
        return None
    try:
        return engine.todays.of(answer.case.id)
    except Refused:
        return None


def _speaks_of(reason: Reason, match: Proposal) -> bool:
    """Whether it is this pair that the plan speaks of."""
    return isinstance(reason, Why) and reason.offer == match.offer


def _plans(db: Db, match: Proposal | None) -> Iterator[Plan]:
    yield from listed(db, plans.LISTING, Ask(limit=1)).rows
    if match is not None and match.plan is not None:
        older = one(db, plans.TABLE, match.plan)
        yield from () if older is None else (older,)


def _silence(case: Case) -> str:
    if case.status != "open":
        return f"{case.case_no} is {case.status}, and no plan looks at it."
    return f"No plan has looked at {case.case_no}; `beistand match` makes one."


class _Names:
    """Offers by the number that people say."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def of(self, offer: str) -> str:
        case = one(self._db, cases.TABLE, f"offer:{offer}")
        return offer if case is None else case.case_no


def _lines(answer: _Answer, names: _Names) -> Iterator[str]:
    number, match = answer.case.case_no, answer.match
    if answer.plan is not None:
        yield f"As of {answer.plan.plan} of {answer.plan.made_on.isoformat()}:"
    match answer.reason:
        case Why() as found:
            yield from _pair(number, found, names)
        case WhyNot() as found:
            yield from _no_pair(number, found, names)
        case Served() as found:
            yield from _goods(number, found, names)
        case None if match is not None:
            how = f"by hand: {match.reason_by_hand}" if match.by_hand else "by a plan"
            yield f"{number} goes to {match.offer_case} ({match.state}), {how}."
        case None:
            pass


def _pair(number: str, found: Why, names: _Names) -> Iterator[str]:
    unit = "" if found.unit is None else f", {found.unit}"
    yield f"{number} goes to {names.of(found.offer)}{unit}."
    for code, points in found.points:
        yield f"  {points:+} points: {_word('why', code)}"
    if found.metres is not None:
        yield f"  {found.metres / 1000:.1f} km from the wished place"
    if found.due:
        yield f"  provisional, still due: {', '.join(found.due)}"
    yield f"  worth: {_tiers(found.worth)}"
    yield f"  the place is worth to others: {_tiers(found.price)}"
    yield f"  {_waited(found)}"
    yield f"  {_many(found.compatible, 'offer')} would fit"
    if found.runner_up is not None:
        other = names.of(found.runner_up.offer)
        yield f"  next best: {other}, {found.behind} points worse for all together"


def _no_pair(number: str, found: WhyNot, names: _Names) -> Iterator[str]:
    yield f"{number} has no proposal: {_word('unmet', found.reason)}."
    yield f"  {_waited(found)}"
    for code, offers in found.blocked:
        yield f"  {_many(offers, 'offer')} of {found.offers}: {_word('unmet', code)}"
    if found.compatible:
        yield f"  {_many(found.compatible, 'offer')} would fit, but went to others"
    if found.outbid is not None:
        yield f"  closest: {_outbid(found.outbid, names)}"
    for change in found.changes:
        yield f"  would help: {_help(change)}"


def _now(today: Today | None) -> Iterator[str]:
    if today is None:
        return
    yield "As of today:"
    if today.compatible:
        many = _many(today.compatible, "offer")
        yield f"  {many} would fit; the next run decides whether others weigh more"
    else:
        yield f"  {_word('unmet', today.reason)}"
    for code, offers in today.blocked:
        yield f"  {_many(offers, 'offer')} of {today.offers}: {_word('unmet', code)}"
    for change in today.changes:
        yield f"  would help: {_help(change)}"


def _goods(number: str, found: Served, names: _Names) -> Iterator[str]:
    for lot, pieces, _ in found.lots:
        yield f"{number} gets {_many(pieces, 'piece')} of {names.of(lot)}."
    if found.missing:
        reason = _word("unmet", found.reason or "outbid")
        yield f"  {_many(found.missing, 'piece')} missing: {reason}"


def _waited(found: Why | WhyNot) -> str:
    days = _many(found.waited, "day")
    return f"waited {days}; each person counts {found.weight} in the first tier"


def _outbid(other: Other, names: _Names) -> str:
    worth, price = _tiers(other.worth), _tiers(other.price)
    return f"{names.of(other.offer)}, worth here: {worth}; to others: {price}"


def _help(change: Change) -> str:
    enough = {
        "distance": f", from {change.value / 1000:.1f} km",
        "rent": f", from {change.value / 100:.2f} EUR above the limit",
        "no_dates": f", from {_many(change.value, 'day')} later",
    }
    more = enough.get(change.code, "") if change.value else ""
    fit = f"{_many(change.offers, 'offer')} more would fit"
    return f"{_word('help', change.code)}{more} ({fit})"


def _tiers(values: tuple[int, ...]) -> str:
    """Return a worth tier by tier; only of what is worth anything."""
    named = zip(_TIERS, values, strict=True)
    told = [f"{name} {value}" for name, value in named if value]
    return ", ".join(told) or "nothing"


def _word(family: str, code: str) -> str:
    return LABELS[family].get(code, code.replace("_", " "))


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _plain(answer: _Answer) -> Mapping[str, object]:
    reason, match, plan = answer.reason, answer.match, answer.plan
    return {
        "case_no": answer.case.case_no,
        "plan": None if plan is None else plan.plan,
        "as_of": None if plan is None else plan.saw,
        "match": None if match is None else match.match,
        "state": None if match is None else match.state,
        "kind": "pair" if reason is None else _KINDS[type(reason)],
        **({"need": answer.case.id} if reason is None else asdict(reason)),
    }


COMMANDS = (why,)
