"""Commands by which a person decides about a pair before the matcher does."""

from typing import Literal

from events.base import Fact, Said
from events.pair import PairFact, PairForbidden, PairPinned, PairReleased
from events.values import Ref, Word
from services.ledger.rules.base import Command, Past, Refused, need_tag, offer_tag
from services.ledger.rules.holding import let_go, named
from services.ledger.rules.telling import open_case
from services.ledger.rules.twins import likenesses, one_case, twin_tags


class PairCommand(Command):
    offer: Ref
    need: Ref
    reason: Word

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), need_tag(self.need))

    def stands(self, past: Past) -> Literal["pinned", "forbidden", "free"]:
        """Return what was decided about the pair before; a refusal forbids it too."""
        need = past.need(self.need)
        past.offer(self.offer)
        if self.offer in need.pinned:
            return "pinned"
        return "forbidden" if self.offer in need.forbidden else "free"


class PinPair(PairCommand):
    """The need takes this offer and no other."""

    name = "pin-pair"

    def concerns(self) -> tuple[str, ...]:
        return (*super().concerns(), *likenesses(self.offer, self.need))

    def further(self, past: Past) -> tuple[str, ...]:
        return twin_tags(past, self.offer, self.need)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need, offer = past.need(self.need), past.offer(self.offer)
        open_case(need)
        open_case(offer)
        if offer.details.kind != need.details.kind:
            raise Refused("Housing and goods do not go together; choose one kind.")
        if need.pinned and self.offer not in need.pinned:
            raise Refused("The need is pinned to another offer; release that first.")
        match self.stands(past):
            case "pinned":
                return []
            case "forbidden":
                raise Refused("This pair was refused or forbidden; release it first.")
            case "free":
                one_case(past, offer)
                one_case(past, need)
                return [
                    PairPinned(
                        said=said, offer=self.offer, need=self.need, reason=self.reason
                    )
                ]


class ForbidPair(PairCommand):
    """The need never takes this offer; an open proposal of the pair goes."""

    name = "forbid-pair"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        self.stands(past)
        if forbidden_by_a_person(past, self.offer, self.need):
            return []
        need = past.need(self.need)
        living = [match for match in need.living if match.offer == self.offer]
        forbidden = PairForbidden(
            said=said,
            offer=self.offer,
            need=self.need,
            reason=self.reason,
            breaks=named(living),
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


def forbidden_by_a_person(past: Past, offer: str, need: str) -> bool:
    """Say whether a person forbade the pair last, not one of its sides."""
    decided = [
        recorded.fact
        for recorded in past.facts
        if isinstance(recorded.fact, PairFact)
        and (recorded.fact.offer, recorded.fact.need) == (offer, need)
    ]
    return bool(decided) and isinstance(decided[-1], PairForbidden)
