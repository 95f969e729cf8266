"""The summary of the demo: what was placed, what was not and why, and the proof."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from events.match import MatchState
from events.need import NeedState
from events.offer import OfferState, missing
from events.plan import PlanMade
from services.market import Market

Case = OfferState | NeedState
_SETTLED = frozenset(("withdrawn", "merged"))


@dataclass(frozen=True)
class Kind:
    """The cases of one kind: needs = placed + unmet."""

    offers: int
    needs: int
    placed: int


@dataclass(frozen=True)
class Summary:
    """What `beistand demo --once --json` prints. Cases are of every kind together.

    `unmet` counts needs by the main reason; `gap` is (bound − worth) / max(1, bound)
    of the last plan; `first_come_persons` is what the queue would have placed.
    """

    offers: int
    needs: int
    placed: int
    provisional: int
    confirmed: int
    persons_placed: int
    first_come_persons: int
    unmet: dict[str, int]
    open_questions: int
    set_aside: int
    promised_twice: int
    worth: int
    bound: int
    gap: float
    position: int
    seconds: float
    housing: Kind
    goods: Kind


@dataclass(frozen=True)
class Counted:
    """What is counted elsewhere: from the ledger's bytes, and by the reckoning."""

    first_come_persons: int
    set_aside: int
    promised_twice: int
    seconds: float


def summed(market: Market, plan: PlanMade, counted: Counted) -> Summary:
    """Return the summary of the market as it is now, after its last plan."""
    living = [match for need in market.needs.values() for match in need.living]
    housing, goods = (_kind(market, housing=housing) for housing in (True, False))
    return Summary(
        offers=housing.offers + goods.offers,
        needs=housing.needs + goods.needs,
        placed=housing.placed + goods.placed,
        provisional=sum(_provisional(market, match) for match in living),
        confirmed=sum(match.state in {"confirmed", "begun"} for match in living),
        persons_placed=sum(match.persons for match in living),
        first_come_persons=counted.first_come_persons,
        unmet=_unmet(market, plan),
        open_questions=sum(len(case.questions) for case in _cases(market)),
        set_aside=counted.set_aside,
        promised_twice=counted.promised_twice,
        worth=plan.worth,
        bound=plan.bound,
        gap=(plan.bound - plan.worth) / max(1, plan.bound),
        position=market.position,
        seconds=round(counted.seconds, 2),
        housing=housing,
        goods=goods,
    )


def lines(summary: Summary) -> Iterator[str]:
    """Say it in sentences, for a person."""
    homes, goods = summary.housing, summary.goods
    yield (
        f"{homes.placed} of {homes.needs} households are placed "
        f"({summary.persons_placed} people) in {homes.offers} homes and contingents; "
        f"first come, first served would have placed "
        f"{summary.first_come_persons} people."
    )
    yield (
        f"{summary.provisional} of these proposals are provisional: checks are due. "
        f"{summary.confirmed} matches are confirmed."
    )
    yield f"{goods.placed} of {goods.needs} requests for goods get something."
    told = ", ".join(f"{code} {count}" for code, count in summary.unmet.items())
    yield f"Not placed, by the main reason: {told or 'none'}."
    yield (
        f"Worth {summary.worth}, bound {summary.bound}, gap {summary.gap:.4%}: "
        "no plan can be better by more than that."
    )
    yield f"Promised twice: {summary.promised_twice}."
    yield (
        f"{summary.open_questions} open questions and {summary.set_aside} rows set "
        "aside wait for a person."
    )


def _kind(market: Market, *, housing: bool) -> Kind:
    offers, needs = (
        [case for case in _wanted(cases) if _is_housing(case) == housing]
        for cases in (market.offers.values(), market.needs.values())
    )
    placed = sum(bool(case.living) for case in needs)
    return Kind(offers=len(offers), needs=len(needs), placed=placed)


def _provisional(market: Market, match: MatchState) -> bool:
    return match.state == "proposed" and bool(
        missing(market.offers[match.offer], match)
    )


def _unmet(market: Market, plan: PlanMade) -> dict[str, int]:
    """Count the needs without a match by reason, the most frequent first."""
    reasons = {unmet.need: unmet.reason for unmet in plan.content.unmet}
    found = Counter(
        _reason(need, reasons)
        for need in market.needs.values()
        if need.status not in _SETTLED and not need.living
    )
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _reason(need: NeedState, reasons: dict[str, str]) -> str:
    if need.status == "parked":
        return "parked"
    return reasons.get(need.id, "not_matched_yet")


def _cases(market: Market) -> Iterator[Case]:
    yield from _wanted(market.offers.values())
    yield from _wanted(market.needs.values())


def _wanted(cases: Iterable[Case]) -> Iterator[Case]:
    """Leave out what was withdrawn, or stands under another number."""
    return (case for case in cases if case.status not in _SETTLED)


def _is_housing(case: Case) -> bool:
    return case.details.kind == "housing"
