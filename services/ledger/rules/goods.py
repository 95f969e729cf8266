"""Commands about goods on their way: reserved, dispatched, received."""

from typing import Annotated

from pydantic import Field

from events.base import Fact, Said
from events.match import GoodsDispatched, GoodsReceived, GoodsReserved
from services.ledger.rules.base import Past, Refused
from services.ledger.rules.matches import MatchCommand


class GoodsCommand(MatchCommand):
    quantity: Annotated[int, Field(ge=0, le=1_000_000)]


class ReserveGoods(GoodsCommand):
    """Put pieces aside for a match that both sides agreed to."""

    name = "reserve-goods"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "agreed", "confirmed", "begun")
        if match.reserved == self.quantity:
            return []
        if self.quantity > match.promised:
            raise Refused(
                "Only {pieces} were promised; reserve no more.", pieces=match.promised
            )
        if self.quantity < match.dispatched:
            raise Refused(
                "Already {pieces} have been sent; reserve no fewer.",
                pieces=match.dispatched,
            )
        return [GoodsReserved(**self.pair(said), quantity=self.quantity)]


class DispatchGoods(GoodsCommand):
    """Send pieces out; a part at a time is fine."""

    name = "dispatch-goods"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "confirmed", "begun")
        left = match.reserved - match.dispatched
        if self.quantity == 0:
            raise Refused("It names no pieces; say how many.")
        if self.quantity > left:
            raise Refused(
                "Only {left} are reserved and not sent yet; send no more.", left=left
            )
        return [GoodsDispatched(**self.pair(said), quantity=self.quantity)]


class ReceiveGoods(GoodsCommand):
    """Record what arrived; none is an answer too."""

    name = "receive-goods"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "confirmed", "begun")
        left = match.dispatched - match.received
        if self.quantity > left:
            raise Refused("Only {left} are on their way; record no more.", left=left)
        return [GoodsReceived(**self.pair(said), quantity=self.quantity)]
