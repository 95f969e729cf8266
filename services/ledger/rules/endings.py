"""Commands by which the office takes a match back, or says that it is over."""

from events.base import Fact, Said
from events.match import AnySide, Consequence, MatchCancelled, MatchEnded, ReasonCode
from events.values import Day, Secret
from services.ledger.rules.aftermath import No, follow, noted, on_its_way, with_it
from services.ledger.rules.base import Past, Refused
from services.ledger.rules.matches import MatchCommand


class CancelMatch(MatchCommand):
    """The office takes a match back before the stay begins."""

    name = "cancel-match"
    reason: ReasonCode
    consequence: Consequence = "requeue"
    until: Day | None = None
    note: Secret | None = None

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.known(past).state == "cancelled":
            return []
        match = self.living(past, "proposed", "communicated", "agreed", "confirmed")
        on_its_way(match)
        no = No("office", self.reason, self.consequence, self.until)
        cancelled = MatchCancelled(
            **self.pair(said),
            reason=self.reason,
            consequence=self.consequence,
            note=noted(self.reason, self.note),
        )
        return [
            cancelled,
            *follow(past, said, match, no),
            *with_it(past, said, match, self.reason),
        ]


class EndMatch(MatchCommand):
    """The stay, or the hand-over, is over.

    The household waits on from its first day (`requeue`), unless it needs nothing
    more (`none`, said by the household).
    """

    name = "end-match"
    on: Day
    side: AnySide
    reason: ReasonCode
    consequence: Consequence = "requeue"
    until: Day | None = None
    note: Secret | None = None

    def person(self, past: Past) -> str:
        """A note about the provider is the provider's."""
        if self.side == "provider":
            return past.offer(self.offer).person
        return super().person(past)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.known(past).state == "ended":
            return []
        handed_over = ("confirmed",) if self.known(past).promised else ()
        match = self.living(past, "begun", *handed_over)
        past.happened(self.on)
        if match.begun_on is not None and self.on < match.begun_on:
            raise Refused(
                "It began on {day} only; give a later day.", day=match.begun_on
            )
        no = No(self.side, self.reason, self.consequence, self.until)
        ended = MatchEnded(
            **self.pair(said),
            on=self.on,
            side=self.side,
            reason=self.reason,
            consequence=self.consequence,
            note=noted(self.reason, self.note),
        )
        return [ended, *follow(past, said, match, no)]
