"""What coordinators do: lead a proposal on, or upset it; sensibly or not."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random

from events.case import CaseState
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Capacity, HousingOffer
from events.match import Allocation, MatchState
from events.need import NeedState
from events.offer import OfferState
from services.ledger.rules.answers import (
    AgreeMatch,
    CorrectAnswer,
    LapseMatch,
    RefuseMatch,
)
from services.ledger.rules.base import Command
from services.ledger.rules.endings import CancelMatch, EndMatch
from services.ledger.rules.goods import DispatchGoods, ReceiveGoods, ReserveGoods
from services.ledger.rules.matches import (
    BeginMatch,
    CommunicateMatch,
    ConfirmMatch,
    ProposeMatch,
)
from services.ledger.rules.merging import (
    MergeNeeds,
    MergeOffers,
    UnmergeNeeds,
    UnmergeOffers,
)
from services.ledger.rules.needs import (
    ParkNeed,
    ReopenNeed,
    RestoreNeed,
    WithdrawNeed,
)
from services.ledger.rules.offers import (
    ChangeCapacity,
    CheckOffer,
    RestoreOffer,
    WithdrawOffer,
)
from services.ledger.rules.pairs import ForbidPair, PinPair, ReleasePair
from services.market import Market


def chosen(view: Market, dice: Random) -> Command | None:
    """Return what somebody does who looks at this market; None: there is nothing."""
    living = [match for need in view.needs.values() for match in need.living]
    if living and dice.random() < 0.55:
        return _lead_on(view, dice.choice(living), dice)
    return dice.choice(_UPSETS)(view, dice)


def _lead_on(view: Market, match: MatchState, dice: Random) -> Command:
    pair = {"match": match.id, "offer": match.offer, "need": match.need}
    today = view.today
    assert today is not None
    match match.state:
        case "proposed":
            checks = {check.kind for check in view.offers[match.offer].checks}
            for kind in ("visit", "identity", "background"):
                if kind not in checks and match.conditions:
                    return CheckOffer.model_validate(
                        {
                            "offer": match.offer,
                            "check": kind,
                            "state": "passed",
                            "on": today,
                        }
                    )
            return CommunicateMatch.model_validate(pair)
        case "communicated":
            open_sides = [s for s in match.required_sides if s not in match.agreed]
            side = dice.choice(open_sides)
            return AgreeMatch.model_validate(pair | {"side": side})
        case "agreed" if match.promised and not match.reserved:
            return ReserveGoods.model_validate(pair | {"quantity": match.promised})
        case "agreed":
            return ConfirmMatch.model_validate(pair)
        case "confirmed" if match.reserved > match.dispatched:
            pieces = dice.randint(1, match.reserved - match.dispatched)
            return DispatchGoods.model_validate(pair | {"quantity": pieces})
        case _ if match.dispatched > match.received:
            pieces = dice.randint(0, match.dispatched - match.received)
            return ReceiveGoods.model_validate(pair | {"quantity": pieces})
        case "confirmed" if not match.promised:
            return BeginMatch.model_validate(pair | {"on": today})
        case _:
            end = {"on": today, "side": "office", "reason": "moved_out"}
            return EndMatch.model_validate(pair | end)


def _offer(view: Market, dice: Random) -> OfferState | None:
    return dice.choice(list(view.offers.values())) if view.offers else None


def _need(view: Market, dice: Random) -> NeedState | None:
    return dice.choice(list(view.needs.values())) if view.needs else None


def _match(view: Market, dice: Random) -> dict[str, str] | None:
    all_of_them = [m for n in view.needs.values() for m in n.matches.values()]
    if not all_of_them:
        return None
    match = dice.choice(all_of_them)
    return {"match": match.id, "offer": match.offer, "need": match.need}


def _answer(view: Market, dice: Random) -> Command | None:
    if (pair := _match(view, dice)) is None:
        return None
    side = {"side": dice.choice(("household", "provider"))}
    match dice.randrange(6):
        case 0:
            reason = {"reason": "refused_offer"}
            return RefuseMatch.model_validate(pair | side | reason)
        case 1:
            reason = {"reason": "not_reached", "consequence": "recheck"}
            return RefuseMatch.model_validate(pair | side | reason)
        case 2 | 3:
            answer = {"answer": dice.choice(("agreed", "open")), "reason": "wrong"}
            return CorrectAnswer.model_validate(pair | side | answer)
        case 4:
            return LapseMatch.model_validate(pair)
        case _:
            reason = {"reason": "entered_by_mistake"}
            return CancelMatch.model_validate(pair | reason)


def _about_offer(view: Market, dice: Random) -> Command | None:
    offer = _offer(view, dice)
    if offer is None:
        return None
    if offer.status == "withdrawn":
        return RestoreOffer(offer=offer.id)
    if dice.random() < 0.4:
        return WithdrawOffer(offer=offer.id, reason="provider_withdrew")
    if isinstance(offer.details, GoodsOffer):
        return ChangeCapacity(offer=offer.id, quantity=dice.randint(0, 6))
    return _rooms(offer, offer.details, dice)


def _rooms(offer: OfferState, details: HousingOffer, dice: Random) -> Command:
    if not details.units or not details.capacity:
        return WithdrawOffer(offer=offer.id, reason="provider_withdrew")
    line = details.capacity[0]
    now = Capacity(unit=line.unit, span=line.span, count=dice.randint(0, 3))
    return ChangeCapacity(offer=offer.id, capacity=(now,))


def _about_need(view: Market, dice: Random) -> Command | None:
    need = _need(view, dice)
    if need is None or view.today is None:
        return None
    if need.status == "withdrawn":
        return RestoreNeed(need=need.id, reason="came back")
    if need.status == "parked":
        return ReopenNeed(need=need.id, reason="asked again")
    if dice.random() < 0.5:
        return WithdrawNeed(need=need.id, reason="found_other_housing")
    until = view.today + timedelta(days=dice.randint(1, 9))
    return ParkNeed(need=need.id, until=until, reason="travels")


def _about_pair(view: Market, dice: Random) -> Command | None:
    offer, need = _offer(view, dice), _need(view, dice)
    if offer is None or need is None:
        return None
    kind = dice.choice((PinPair, ForbidPair, ReleasePair))
    return kind(offer=offer.id, need=need.id, reason="a person says so")


def _about_twins(view: Market, dice: Random) -> Command | None:
    sides: tuple[Mapping[str, CaseState], ...] = (view.offers, view.needs)
    alike = [
        (case.id, twin)
        for side in sides
        for case in side.values()
        for twin in (*case.similar_to, *case.apart_from, case.merged_into)
        if twin is not None and twin in side
    ]
    if not alike:
        return None
    one, two = dice.choice(alike)
    if dice.random() < 0.5:
        one, two = two, one
    if one in view.offers:
        if dice.random() < 0.5:
            return MergeOffers(offer=one, into=two)
        return UnmergeOffers(offer=one, other=two)
    if dice.random() < 0.5:
        return MergeNeeds(need=one, into=two)
    return UnmergeNeeds(need=one, other=two)


def _by_hand(view: Market, dice: Random) -> Command | None:
    offers = [o for o in view.offers.values() if o.status == "open"]
    needs = [n for n in view.needs.values() if n.status == "open" and not n.living]
    if not offers or not needs or view.today is None:
        return None
    need = dice.choice(needs)
    kind = need.details.kind
    fitting = [o for o in offers if o.details.kind == kind] or offers
    alike = [o for o in fitting if o.similar_to]
    offer = dice.choice(alike if alike and dice.random() < 0.4 else fitting)
    if isinstance(offer.details, GoodsOffer):
        line = Allocation(start=view.today, quantity=dice.randint(1, 3))
    else:
        units = offer.details.units or ()
        start = view.today + timedelta(days=dice.randint(2, 40))
        line = Allocation(
            unit=units[0].ref if units else None,
            start=start,
            end=start + timedelta(days=dice.randint(1, 60)),
            count=1,
        )
    name = f"m-hand-{dice.randrange(10**6)}"
    return ProposeMatch(
        match=name, offer=offer.id, need=need.id, allocation=(line,), reason="by hand"
    )


_UPSETS: tuple[Callable[[Market, Random], Command | None], ...] = (
    _answer,
    _answer,
    _about_offer,
    _about_need,
    _about_pair,
    _about_twins,
    _by_hand,
    _by_hand,
    _by_hand,
)
