"""What a day brings due: pure, from the folded market and the day."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from events.need import NeedState
from events.offer import OfferState
from events.policy import Policy
from services.ledger.rules.answers import LapseMatch
from services.ledger.rules.base import Command
from services.ledger.rules.desk import AssignTask
from services.ledger.rules.holding import stay
from services.ledger.rules.needs import ReopenNeed
from services.ledger.rules.offers import CheckOffer


def due(
    offers: Iterable[OfferState],
    needs: Iterable[NeedState],
    *,
    today: date,
    policy: Policy,
) -> Iterator[Command]:
    """Yield what must be done today, in a fixed order.

    Proposals lapse, checks expire, parked needs return, old offers are asked again.
    Each command is harmless when it was done already.
    """
    for need in needs:
        yield from _need_due(need, today)
    for offer in offers:
        yield from _checks_due(offer, today)
        yield from _reconfirmation_due(offer, today, policy)


def _need_due(need: NeedState, today: date) -> Iterator[Command]:
    for match in need.living:
        answer_by = match.answer_by
        if match.state == "communicated" and answer_by and answer_by <= today:
            yield LapseMatch(match=match.id, offer=match.offer, need=match.need)
        if match.state in {"confirmed", "begun"} and (end := stay(match)[1]) <= today:
            yield AssignTask(
                case=f"need:{match.need}",
                task=f"over-{match.id}",
                what="review_match",
                match=match.id,
                due=end,
            )
    if need.status == "parked" and need.parked_until and need.parked_until <= today:
        yield ReopenNeed(need=need.id, reason="the day has come")


def _checks_due(offer: OfferState, today: date) -> Iterator[Command]:
    """A home in which people live is looked after, even when it was withdrawn."""
    if offer.status != "open" and not offer.living:
        return
    for check in offer.checks:
        until = check.valid_until
        if check.state == "passed" and until and until < today:
            yield CheckOffer(
                offer=offer.id, check=check.kind, state="expired", on=until
            )


def _reconfirmation_due(
    offer: OfferState, today: date, policy: Policy
) -> Iterator[Command]:
    old = offer.confirmed_on + timedelta(days=policy.habits.reconfirm_days)
    if offer.status == "open" and old <= today:
        yield AssignTask(
            case=f"offer:{offer.id}",
            task=f"reconfirm-{offer.id}-{offer.confirmed_on.isoformat()}",
            what="reconfirm_offer",
            due=old,
        )
