"""Commands about goods on their way: reserved, dispatched, received."""

from typing import Annotated

from pydantic import Field

from events.base import Fact, Said
from events.match import GoodsDispatched, GoodsReceived, GoodsReserved, MatchState
from services.ledger.rules.base import Past, Refused
from services.ledger.rules.matches import MatchCommand


class GoodsCommand(MatchCommand):
    quantity: Annotated[int, Field(ge=0, le=1_000_000)]

    def promised(self, match: MatchState) -> int:
        return sum(line.quantity for line in match.allocation)


class ReserveGoods(GoodsCommand):
    """Put pieces aside for a confirmed match."""

    name = "reserve-goods"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "agreed", "confirmed")
        if match.reserved == self.quantity:
            return []
        if self.quantity > self.promised(match):
            raise Refused("Only {pieces} were promised.", pieces=self.promised(match))
        return [
            GoodsReserved(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                quantity=self.quantity,
            )
        ]


class DispatchGoods(GoodsCommand):
    """Send pieces out; a part at a time is fine."""

    name = "dispatch-goods"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "confirmed", "begun")
        left = match.reserved - match.dispatched
        if self.quantity == 0 or self.quantity > left:
            raise Refused(
                "{left} are reserved and not sent yet; send no more.", left=left
            )
        return [
            GoodsDispatched(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                quantity=self.quantity,
            )
        ]


class ReceiveGoods(GoodsCommand):
    """Record what arrived."""

    name = "receive-goods"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "confirmed", "begun")
        left = match.dispatched - match.received
        if self.quantity > left:
            raise Refused(
                "{left} are on their way; more cannot have arrived.", left=left
            )
        return [
            GoodsReceived(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                quantity=self.quantity,
            )
        ]
