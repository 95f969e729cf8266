"""What an offer's living matches hold, and which of them no longer fit."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise

from events.base import Fact, Said
from events.desk import TaskAssigned, What
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Available, Capacity, HousingOffer
from events.match import Consequence, MatchCancelled, MatchState, ReasonCode
from events.offer import OfferState
from services.lasting import stays_on

FAR = date(9999, 1, 1)
_FIRST_TO_GO = ("proposed", "communicated", "agreed", "confirmed", "begun")
POOLED = ("hotel_unit", "shelter")


def fits(
    details: HousingOffer | GoodsOffer,
    held: Iterable[MatchState],
    *,
    since: date = date.min,
) -> bool:
    """Say whether the offer can hold all of these matches at once.

    Rooms are counted from `since` on: what was had on days gone by is not looked at.
    """
    matches = tuple(held)
    if isinstance(details, GoodsOffer):
        return sum(match.taken for match in matches) <= (details.quantity or 0)
    if not all(within(details.available, match) for match in matches):
        return False
    if details.dwelling in POOLED:
        return _rooms_suffice(details, matches, since)
    return _one_after_another(matches)


def within(available: Available | None, match: MatchState) -> bool:
    """Say whether a stay lies where the home can be had, neither short nor long.

    Who lives there already is not asked about the first day again.
    """
    start, end = stay(match)
    if available is None or match.state == "ended":
        return True
    begun = match.state == "begun" or available.start is None
    days = (end - start).days
    return (
        (begun or start >= (available.start or start))
        and end <= (available.end or FAR)
        and days >= (available.min_days or 0)
        and (available.max_days is None or days <= available.max_days)
    )


def stay(match: MatchState) -> tuple[date, date]:
    """Return the first day and the day of leaving over all lines of a match."""
    starts = [line.start or date.min for line in match.allocation]
    ends = [line.end or FAR for line in match.allocation]
    return min(starts, default=date.min), max(ends, default=FAR)


def lived_in(offer: OfferState, match: MatchState, day: date) -> bool:
    """Say whether those who have moved in leave no room for a match on a day.

    A stay that should be over is one as long as nobody has recorded its end; who is
    placed together makes room for each other.
    """
    details = offer.details
    if isinstance(details, GoodsOffer):
        return False
    others = [
        one
        for one in offer.living
        if one.state == "begun" and one.id != match.id
        if match.bundle is None or one.bundle != match.bundle
    ]
    if details.dwelling not in POOLED:
        return bool(others)
    taken = Counter[str | None]()
    for line in (line for one in others for line in one.allocation):
        taken[line.unit] += line.count
    return any(
        0 < taken[line.unit] > rooms(details, line.unit, day) - line.count
        for line in match.allocation
    )


def has_room(offer: OfferState, match: MatchState, today: date) -> bool:
    """Say whether a match fits beside all others, also those who live on and on."""
    details = offer.details
    if not fits(details, [*offer.holding, match]):
        return False
    if isinstance(details, GoodsOffer):
        return True
    lasting = [*(_lasting(one, today) for one in offer.holding), match]
    if details.dwelling in POOLED:
        return _rooms_suffice(details, lasting, today)
    return _one_after_another(lasting)


def _lasting(match: MatchState, today: date) -> MatchState:
    lines = [
        line.model_copy(update={"end": None}) if stays_on(match, line, today) else line
        for line in match.allocation
    ]
    return match.model_copy(update={"allocation": tuple(lines)})


def broken(
    details: HousingOffer | GoodsOffer,
    holding: Iterable[MatchState],
    *,
    today: date | None,
) -> tuple[MatchState, ...]:
    """Return the matches that must go so that the rest fits the details."""
    since = today or date.min
    return must_go(holding, lambda kept: fits(details, kept, since=since))


def surplus(quantity: int, holding: Iterable[MatchState]) -> tuple[MatchState, ...]:
    """Return the matches that bring more pieces than are needed now."""
    return must_go(holding, lambda kept: sum(m.brought for m in kept) <= quantity)


def must_go(
    holding: Iterable[MatchState], fit: Callable[[Sequence[MatchState]], bool]
) -> tuple[MatchState, ...]:
    """Return the matches that must go so that the rest fits.

    What is over stays counted; then the least promised go first, the latest of them
    before the others.
    """
    gone: list[MatchState] = []
    kept: list[MatchState] = []
    for match in sorted(holding, key=lambda m: (-_rank(m), m.position)):
        stays = not match.living or fit([*kept, match])
        (kept if stays else gone).append(match)
    return tuple(gone)


def rooms(details: HousingOffer, unit: str | None, day: date) -> int:
    """Return how many of a unit can be had on a day; a whole home is one."""
    if details.dwelling not in POOLED:
        return 1
    lines = (line for line in details.capacity or () if line.unit == unit)
    return max(0, sum(ln.count - ln.blocked for ln in lines if _covers(ln, day)))


def let_go(
    matches: Iterable[MatchState],
    said: Said,
    *,
    reason: ReasonCode,
    consequence: Consequence = "requeue",
    task: What = "rehouse",
) -> list[Fact]:
    """Cancel what is not confirmed yet; lay the rest before a person."""
    return [
        task_about(match, said, task)
        if match.state in {"confirmed", "begun"}
        else MatchCancelled(
            said=said,
            match=match.id,
            offer=match.offer,
            need=match.need,
            reason=reason,
            consequence=consequence,
        )
        for match in matches
    ]


def review(matches: Iterable[MatchState], said: Said) -> list[Fact]:
    """Ask a person to look at matches whose ground has changed."""
    return [task_about(match, said, "review_match") for match in matches]


def named(matches: Iterable[MatchState]) -> tuple[str, ...]:
    return tuple(match.id for match in matches)


def task_about(match: MatchState, said: Said, what: What) -> TaskAssigned:
    """Lay a match before a person, with the case of the need."""
    return TaskAssigned(
        said=said,
        task=f"{what}-{match.id}",
        case=f"need:{match.need}",
        what=what,
        match=match.id,
    )


def _rank(match: MatchState) -> int:
    return _FIRST_TO_GO.index(match.state) if match.living else len(_FIRST_TO_GO)


def _one_after_another(matches: Iterable[MatchState]) -> bool:
    """A home takes one household at a time, whichever of its rooms a match names.

    Households that are placed together are one.
    """
    together: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for match in matches:
        together[match.bundle or match.id].append(stay(match))
    stays = sorted(
        (min(start for start, _ in some), max(end for _, end in some))
        for some in together.values()
    )
    return all(before[1] <= after[0] for before, after in pairwise(stays))


def _rooms_suffice(
    details: HousingOffer, matches: Iterable[MatchState], since: date
) -> bool:
    """Sweep each unit's days: where a stay begins or ends, where capacity changes."""
    changes: dict[str | None, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for match in matches:
        for line in match.allocation:
            changes[line.unit][line.start or date.min] += line.count
            changes[line.unit][line.end or FAR] -= line.count
    edges = {
        day
        for line in details.capacity or ()
        for day in (line.span.start, line.span.end)
        if day is not None
    }
    for unit, steps in changes.items():
        load = 0
        for day in sorted(edges | steps.keys() | {since}):
            load += steps.get(day, 0)
            if day >= since and load > rooms(details, unit, day):
                return False
    return True


def _covers(line: Capacity, day: date) -> bool:
    return line.span.start <= day and (line.span.end is None or day < line.span.end)
