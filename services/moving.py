"""Which proposals a run may move, and what counts as moving one."""

from datetime import date

from events.kinds.housing import HousingOffer
from events.match import MatchState, State
from events.offer import OfferState
from matcher import Stay
from services.bundles import mates

Moving = frozenset[State]
UNHEARD: Moving = frozenset({"proposed"})
HEARD: Moving = UNHEARD | {"communicated"}


def movable(offer: OfferState, match: MatchState, moving: Moving = UNHEARD) -> bool:
    """A home proposed by a plan that nobody has heard of yet may be moved.

    So may those who are placed there together, while nobody has heard of any. With
    `HEARD` those too whom both sides were asked about, while neither has answered.
    """
    return isinstance(offer.details, HousingOffer) and all(
        one.state in moving and not one.agreed and one.origin.how == "plan"
        for one in (match, *mates(offer.matches.values(), match))
    )


def same(old: MatchState, stay: Stay, today: date) -> bool:
    """Say whether a stay is what was proposed already.

    What both sides heard stays, while the plan leaves its days free.
    """
    line = old.allocation[0]
    if old.state == "communicated":
        there = (old.offer, line.unit, line.count)
        days = max(line.start or today, today), line.end or stay.end
        within = stay.start <= days[0] and days[1] <= stay.end
        return there == (stay.offer, stay.unit, stay.count) and within
    kept = (line.unit, line.start, line.end, line.count)
    due = tuple(due.check for due in old.conditions)
    return (
        old.offer == stay.offer
        and kept == (stay.unit, stay.start, stay.end, stay.count)
        and due == stay.due
    )
