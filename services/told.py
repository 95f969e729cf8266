"""What both sides were asked about moves only for a gain that the policy names. Pure.

It holds its rooms in a run. Where the policy names a gain, the same market is solved
once more with those free to move whom nobody has answered for, and the second plan is
taken only if so many persons more have a home by it, and no fewer of acute needs.
"""

from collections.abc import Iterator

from events.kinds.housing import HousingNeed
from events.match import MatchState
from matcher import Plan
from services.market import Market
from services.moving import HEARD, UNHEARD, movable, same


def told(market: Market) -> tuple[MatchState, ...]:
    """Return what might move: communicated, or placed together with such a one."""
    return tuple(_told(market))


def gains(market: Market, before: Plan, after: Plan) -> bool:
    """Say whether moving is worth what the policy asks for.

    `before` is the plan in which what was told holds its rooms, `after` the one in
    which it took part.
    """
    least, waited = market.policy.told_gain, told(market)
    if least is None or not waited or not _keeps_days(after, waited):
        return False
    acute, persons = _placed(after, market)
    acute_before, persons_before = _placed(before, market)
    for match in waited:
        persons_before += match.persons
        acute_before += match.persons * _is_acute(market, match.need)
    return acute >= acute_before and persons >= persons_before + least


def _told(market: Market) -> Iterator[MatchState]:
    for need in market.needs.values():
        for match in need.living:
            offer = market.offers[match.offer]
            free = movable(offer, match, HEARD) and not movable(offer, match, UNHEARD)
            if free and need.status == "open":
                yield match


def _keeps_days(plan: Plan, waited: tuple[MatchState, ...]) -> bool:
    """Say whether who stays where they were told keeps the days they were told."""
    stays = {stay.need: stay for stay in plan.stays}
    for match in waited:
        stay = stays.get(match.need)
        if (
            stay is not None
            and stay.offer == match.offer
            and not same(match, stay, plan.today)
        ):
            return False
    return True


def _placed(plan: Plan, market: Market) -> tuple[int, int]:
    """Return how many persons a plan places: of acute needs, and in all."""
    acute = sum(s.persons for s in plan.stays if _is_acute(market, s.need))
    return acute, sum(stay.persons for stay in plan.stays)


def _is_acute(market: Market, need: str) -> bool:
    details = market.needs[need].details
    return isinstance(details, HousingNeed) and details.horizon == "acute"
