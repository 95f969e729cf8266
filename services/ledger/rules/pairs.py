"""Commands by which a person decides about a pair before the matcher does."""

from typing import Literal

from events.base import Fact, Said
from events.pair import PairForbidden, PairPinned, PairReleased
from events.values import Ref, Word
from services.ledger.rules.base import Command, Past, Refused, need_tag, offer_tag
from services.ledger.rules.holding import let_go
from services.ledger.rules.telling import open_case


class PairCommand(Command):
    offer: Ref
    need: Ref
    reason: Word

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), need_tag(self.need))

    def stands(self, past: Past) -> Literal["pinned", "forbidden", "free"]:
        """Return what a person decided about the pair before."""
        need = past.need(self.need)
        past.offer(self.offer)
        if self.offer in need.pinned:
            return "pinned"
        return "forbidden" if self.offer in need.forbidden else "free"


class PinPair(PairCommand):
    """The need takes this offer and no other."""

    name = "pin-pair"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        open_case(need)
        open_case(past.offer(self.offer))
        if need.pinned and self.offer not in need.pinned:
            raise Refused("The need is pinned to another offer; release that first.")
        if self.stands(past) == "pinned":
            return []
        return [
            PairPinned(said=said, offer=self.offer, need=self.need, reason=self.reason)
        ]


class ForbidPair(PairCommand):
    """The need never takes this offer; an open proposal of the pair goes."""

    name = "forbid-pair"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.stands(past) == "forbidden":
            return []
        need = past.need(self.need)
        living = [match for match in need.living if match.offer == self.offer]
        forbidden = PairForbidden(
            said=said, offer=self.offer, need=self.need, reason=self.reason
        )
        return [forbidden, *let_go(living, said, reason="other")]


class ReleasePair(PairCommand):
    """Neither pinned nor forbidden any more."""

    name = "release-pair"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.stands(past) == "free":
            return []
        return [
            PairReleased(
                said=said, offer=self.offer, need=self.need, reason=self.reason
            )
        ]
