"""What an offer's living matches hold, and which of them no longer fit."""

from collections.abc import Iterable
from datetime import date

from events.base import Fact, Said
from events.desk import TaskAssigned
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Capacity, HousingOffer
from events.match import Allocation, MatchCancelled, MatchState, ReasonCode

FAR = date(9999, 1, 1)
_FIRST_TO_GO = ("proposed", "communicated", "agreed", "confirmed", "begun")
POOLED = ("hotel_unit", "shelter")


def fits(details: HousingOffer | GoodsOffer, held: Iterable[MatchState]) -> bool:
    """Say whether the offer can hold all of these matches at once."""
    lines = [line for match in held for line in match.allocation]
    if isinstance(details, GoodsOffer):
        return sum(line.quantity for line in lines) <= (details.quantity or 0)
    return all(_available(details, line) for line in lines) and all(
        _load(lines, unit, day) <= rooms(details, unit, day)
        for unit, day in {(line.unit, line.start or date.min) for line in lines}
        | _steps(details, lines)
    )


def broken(
    details: HousingOffer | GoodsOffer, holding: Iterable[MatchState]
) -> tuple[MatchState, ...]:
    """Return the matches that must go so that the rest fits the details.

    What is over stays counted; then the least promised go first, the latest of them
    before the others.
    """
    kept = sorted(holding, key=lambda m: (-_rank(m), m.position))
    gone: list[MatchState] = []
    fitting: list[MatchState] = []
    for match in kept:
        stays = not match.living or fits(details, [*fitting, match])
        (fitting if stays else gone).append(match)
    return tuple(gone)


def _rank(match: MatchState) -> int:
    return _FIRST_TO_GO.index(match.state) if match.living else len(_FIRST_TO_GO)


def rooms(details: HousingOffer, unit: str | None, day: date) -> int:
    """Return how many of a unit can be had on a day; a whole home is one."""
    if details.dwelling not in POOLED:
        return 1
    return sum(
        line.count - line.blocked
        for line in details.capacity or ()
        if line.unit == unit and _covers(line, day)
    )


def let_go(
    matches: Iterable[MatchState], said: Said, *, reason: ReasonCode
) -> list[Fact]:
    """Cancel what is not confirmed yet; lay the rest before a person."""
    return [_one_let_go(match, said, reason) for match in matches]


def review(matches: Iterable[MatchState], said: Said) -> list[Fact]:
    """Ask a person to look at matches whose ground has changed."""
    return [_task(match, said, "review_match") for match in matches]


def _one_let_go(match: MatchState, said: Said, reason: ReasonCode) -> Fact:
    if match.state in {"confirmed", "begun"}:
        return _task(match, said, "rehouse")
    return MatchCancelled(
        said=said, match=match.id, offer=match.offer, need=match.need, reason=reason
    )


def _task(match: MatchState, said: Said, what: str) -> Fact:
    return TaskAssigned.model_validate(
        {
            "said": said,
            "task": f"{what}-{match.id}",
            "case": f"need:{match.need}",
            "what": what,
            "match": match.id,
        }
    )


def _available(details: HousingOffer, line: Allocation) -> bool:
    span = details.available
    if span is None:
        return True
    starts = span.start is None or (line.start or date.min) >= span.start
    return starts and (span.end is None or (line.end or FAR) <= span.end)


def _steps(
    details: HousingOffer, lines: list[Allocation]
) -> set[tuple[str | None, date]]:
    """The days on which capacity may fall while a stay is under way."""
    edges = {
        day
        for capacity in details.capacity or ()
        for day in (capacity.span.start, capacity.span.end)
        if day is not None
    }
    return {
        (line.unit, day)
        for line in lines
        for day in edges
        if (line.start or date.min) <= day < (line.end or FAR)
    }


def _load(lines: list[Allocation], unit: str | None, day: date) -> int:
    return sum(
        line.count
        for line in lines
        if line.unit == unit and (line.start or date.min) <= day < (line.end or FAR)
    )


def _covers(line: Capacity, day: date) -> bool:
    return line.span.start <= day and (line.span.end is None or day < line.span.end)
