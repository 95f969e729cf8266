"""What happens in the scenario: three days of an office, step by step.

Each step looks at the market as it is, says which commands follow, and is harmless
when it is taken again: a demo that was interrupted goes on where it was.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from events.base import Said
from events.kinds.housing import HousingOffer
from events.match import MatchState, Side
from events.need import NeedState
from events.offer import OfferState, missing
from services.demo.office import HOUSEHOLDS, OFFICE, PROVIDERS, Office
from services.demo.people import GONE, Answering
from services.ledger.rules.answers import AgreeMatch, RefuseMatch
from services.ledger.rules.base import Command
from services.ledger.rules.goods import DispatchGoods, ReceiveGoods, ReserveGoods
from services.ledger.rules.matches import BeginMatch, CommunicateMatch, ConfirmMatch
from services.ledger.rules.needs import WithdrawNeed
from services.ledger.rules.offers import CheckOffer, WithdrawOffer
from services.market import Market

FIRST, SECOND, CLOSING = date(2022, 3, 18), date(2022, 3, 21), date(2022, 3, 22)
VISITS_A_DAY = 16
_SAID: dict[Side, Said] = {"household": HOUSEHOLDS, "provider": PROVIDERS}


def one_day(office: Office, people: Answering, match_now: Callable[[], object]) -> None:
    """Let the day that has begun go by: visits, matching, questions, answers."""
    if office.market.today != FIRST:
        office.do(moves_in(office.market))
        office.do(visits(office.market, people))
    match_now()
    if office.market.today == CLOSING:
        return
    office.do(questions(office.market))
    for side in ("household", "provider"):
        office.do(answers(office.market, people, side), _SAID[side])
        office.do(consequences(office.market), OFFICE)
    office.do(confirmations(office.market))
    for step in (reserved, dispatched, received):
        office.do(step(office.market))


def visits(market: Market, people: Answering) -> Iterator[Command]:
    """Yield the checks done today: the homes that would place most persons first.

    Whoever goes there also looks at the papers that are still due.
    """
    waiting: dict[str, int] = {}
    for offer, match in _matches(market, "proposed"):
        if missing(offer, match):
            waiting[offer.id] = waiting.get(offer.id, 0) + match.persons
    order = sorted(waiting, key=lambda name: (-waiting[name], _number(market, name)))
    for name in order[:VISITS_A_DAY]:
        yield from _checks(market, name, people)


def questions(market: Market) -> Iterator[Command]:
    """Yield the proposals that both sides hear of today: the home was visited."""
    for offer, match in _matches(market, "proposed"):
        if "visit" not in missing(offer, match):
            yield CommunicateMatch(match=match.id, offer=match.offer, need=match.need)


def answers(market: Market, people: Answering, side: Side) -> Iterator[Command]:
    """Yield what this side says today; some take their time."""
    for _, match in _matches(market, "communicated"):
        if side in match.agreed or not _answers_now(market, people, match, side):
            continue
        no = people.refuses(match.need, match.offer, side)
        if no is None:
            yield AgreeMatch(
                match=match.id, offer=match.offer, need=match.need, side=side
            )
            continue
        park = no.consequence == "park"
        yield RefuseMatch(
            match=match.id,
            offer=match.offer,
            need=match.need,
            side=side,
            reason=no.reason,
            consequence=no.consequence,
            until=_today(market) + timedelta(days=14) if park else None,
        )


def consequences(market: Market) -> Iterator[Command]:
    """Yield what follows from refusals: who is housed or let elsewhere is gone."""
    for need in market.needs.values():
        for match in need.matches.values():
            offer = market.offers[match.offer]
            if match.state != "refused":
                continue
            if match.reason == "found_other_housing" and need.status == "open":
                yield WithdrawNeed(need=need.id, reason="found_other_housing")
            home = isinstance(offer.details, HousingOffer) and not offer.details.units
            if match.reason in GONE and offer.status == "open" and home:
                yield WithdrawOffer(offer=offer.id, reason="provider_withdrew")


def confirmations(market: Market) -> Iterator[Command]:
    """Yield the placements that nothing stands against any more."""
    for offer, match in _matches(market, "agreed"):
        if not missing(offer, match):
            yield ConfirmMatch(match=match.id, offer=match.offer, need=match.need)


def moves_in(market: Market) -> Iterator[Command]:
    """Yield the households that move in today."""
    today = _today(market)
    for offer, match in _matches(market, "confirmed"):
        starts = [line.start for line in match.allocation if line.start is not None]
        if isinstance(offer.details, HousingOffer) and min(starts) <= today:
            yield BeginMatch(
                match=match.id, offer=match.offer, need=match.need, on=today
            )


def reserved(market: Market) -> Iterator[Command]:
    """Yield the pieces that are put aside."""
    for match in _goods(market):
        if match.reserved == 0:
            yield ReserveGoods(
                match=match.id,
                offer=match.offer,
                need=match.need,
                quantity=sum(line.quantity for line in match.allocation),
            )


def dispatched(market: Market) -> Iterator[Command]:
    """Yield the pieces that are sent out, on the second day."""
    for match in _goods(market):
        if _today(market) > FIRST and match.reserved > match.dispatched:
            yield DispatchGoods(
                match=match.id,
                offer=match.offer,
                need=match.need,
                quantity=match.reserved - match.dispatched,
            )


def received(market: Market) -> Iterator[Command]:
    """Yield the pieces that arrived: every second delivery so far."""
    for number, match in enumerate(_goods(market)):
        if number % 2 and match.dispatched > match.received:
            yield ReceiveGoods(
                match=match.id,
                offer=match.offer,
                need=match.need,
                quantity=match.dispatched - match.received,
            )


def _checks(market: Market, offer: str, people: Answering) -> Iterator[Command]:
    due = {
        check
        for match in market.offers[offer].living
        for check in missing(market.offers[offer], match)
    }
    for check in ("identity", "documents", "background", "visit"):
        if check in due:
            passed = people.passes(offer, check)
            state = "passed" if passed else "failed"
            yield CheckOffer.model_validate(
                {"offer": offer, "check": check, "state": state, "on": market.today}
            )
            if not passed:
                return


def _answers_now(
    market: Market, people: Answering, match: MatchState, side: Side
) -> bool:
    if match.answer_by is None:
        return False
    asked = match.answer_by - timedelta(days=market.policy.habits.lapse_days)
    waited = (_today(market) - asked).days
    return waited >= people.takes_days(match.need, match.offer, side)


def _matches(market: Market, state: str) -> Iterator[tuple[OfferState, MatchState]]:
    """Yield the matches in a state, in the order in which their needs came."""
    for need in market.needs.values():
        for match in _of(need):
            if match.state == state:
                yield market.offers[match.offer], match


def _goods(market: Market) -> Iterator[MatchState]:
    for offer, match in _matches(market, "confirmed"):
        if not isinstance(offer.details, HousingOffer):
            yield match


def _of(need: NeedState) -> tuple[MatchState, ...]:
    return tuple(need.matches[name] for name in sorted(need.matches))


def _number(market: Market, offer: str) -> int:
    return market.offers[offer].position


def _today(market: Market) -> date:
    if market.today is None:
        raise LookupError("the demo's first day has not begun")
    return market.today
