"""Commands by which the sides of a match answer, or fail to."""

from typing import Literal

from events.base import Fact, Said
from events.case import CaseState
from events.match import (
    AnySide,
    Consequence,
    MatchAgreed,
    MatchAnswerCorrected,
    MatchLapsed,
    MatchRefused,
    MatchState,
    ReasonCode,
    Side,
)
from events.need import NeedReopened, NeedState
from events.values import Day, Secret, Word
from services.ledger.rules.aftermath import (
    No,
    call_back,
    follow,
    noted,
    on_its_way,
    with_it,
)
from services.ledger.rules.base import Past, Refused, need_tag, offer_tag
from services.ledger.rules.holding import has_room
from services.ledger.rules.matches import MatchCommand, free
from services.ledger.rules.neighbours import people_tags
from services.ledger.rules.pairs import forbidden_by_a_person
from services.ledger.rules.suiting import suits
from services.ledger.rules.telling import open_case
from services.ledger.rules.twins import likenesses, one_case, twin_tags


class AgreeMatch(MatchCommand):
    """One side says yes."""

    name = "agree-match"
    side: Side

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.known(past)
        if match.living and self.side in match.agreed:
            return []
        self.living(past, "communicated", "agreed")
        if self.side not in match.required_sides:
            raise Refused(
                "The {side} is not asked in this proposal; record the other side.",
                side=self.side,
            )
        return [MatchAgreed(**self.pair(said), side=self.side)]


class RefuseMatch(MatchCommand):
    """One side, or the office, says no, with a coded reason and what follows.

    `requeue`: both are looked at again, but never for each other. `park`: the need
    waits `until` a day. `recheck`: a person looks at it again, and a home is visited
    anew before the next household hears of it. `none`: a household that says so needs
    nothing more, and its need is withdrawn.
    """

    name = "refuse-match"
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
        if self.known(past).state == "refused":
            return []
        match = self.living(past, "proposed", "communicated", "agreed", "confirmed")
        on_its_way(match)
        no = No(self.side, self.reason, self.consequence, self.until)
        refused = MatchRefused(
            **self.pair(said),
            side=self.side,
            reason=self.reason,
            consequence=self.consequence,
            note=noted(self.reason, self.note),
        )
        return [
            refused,
            *follow(past, said, match, no),
            *with_it(past, said, match, self.reason),
        ]


class CorrectAnswer(MatchCommand):
    """An answer was entered wrongly: `open` takes a yes or a no back.

    A no that was not said brings the match back, unless what it held is promised to
    others by now, or a hard rule stands against it.
    """

    name = "correct-answer"
    side: Side
    answer: Literal["agreed", "open"]
    reason: Word

    def concerns(self) -> tuple[str, ...]:
        return (*super().concerns(), *likenesses(self.offer, self.need))

    def further(self, past: Past) -> tuple[str, ...]:
        return (
            *twin_tags(past, self.offer, self.need),
            *people_tags(past, offer_tag(self.offer), need_tag(self.need)),
        )

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "communicated", "agreed", "refused")
        corrected = MatchAnswerCorrected(
            **self.pair(said), side=self.side, answer=self.answer, reason=self.reason
        )
        if match.state == "refused":
            return [corrected, *self._revived(past, match, said)]
        if self.side not in match.required_sides:
            raise Refused(
                "The {side} is not asked in this proposal; record the other side.",
                side=self.side,
            )
        if (self.side in match.agreed) == (self.answer == "agreed"):
            return []
        return [corrected]

    def _revived(self, past: Past, match: MatchState, said: Said) -> list[Fact]:
        offer, need = past.offer(self.offer), past.need(self.need)
        if match.refused_by != self.side or match.answer_by is None:
            raise Refused(
                "The {side} was not asked or did not refuse; propose the pair anew.",
                side=self.side,
            )
        open_case(offer)
        open_case(need)
        free(need)
        if forbidden_by_a_person(past, self.offer, self.need):
            raise Refused("A person has forbidden this pair; release it first.")
        back = match.model_copy(update={"state": "communicated"})
        if not has_room(offer, back, past.day):
            raise Refused("It is promised to others by now; propose something else.")
        one_case(past, offer)
        one_case(past, need)
        asked = need.model_copy(
            update={"status": "open", "forbidden": _without(need, self.offer)}
        )
        willing = offer.model_copy(update={"forbidden": _without(offer, self.need)})
        suits(willing, asked, back, past)
        return self._awake(need, said)

    def _awake(self, need: NeedState, said: Said) -> list[Fact]:
        if need.status != "parked":
            return []
        return [NeedReopened(said=said, need=self.need, reason="the no was not said")]


def _without(case: CaseState, other: str) -> tuple[str, ...]:
    """Return whom a case may not be given to, but for the no that was not said."""
    return tuple(ref for ref in case.forbidden if ref != other)


class LapseMatch(MatchCommand):
    """Nobody answered in time; the day says so, and who is silent is called."""

    name = "lapse-match"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.known(past)
        if match.state != "communicated":
            return []
        if match.answer_by is None or past.day < match.answer_by:
            raise Refused("The answer is not due yet; wait until it is.")
        silent = tuple(s for s in match.required_sides if s not in match.agreed)
        lapsed = MatchLapsed(**self.pair(said), silent=silent)
        return [
            lapsed,
            *(call_back(match, said, side) for side in silent),
            *with_it(past, said, match, "expired_without_interaction"),
        ]
