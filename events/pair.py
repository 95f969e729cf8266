"""A person decides about a pair before the matcher does."""

from typing import Annotated

from events.base import Fact
from events.values import OPEN, Ref, Word


class PairFact(Fact):
    offer: Annotated[Ref, OPEN]
    need: Annotated[Ref, OPEN]
    reason: Annotated[Word, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"offer:{self.offer}", f"need:{self.need}")


class PairPinned(PairFact):
    """The need may take this offer only."""

    type = "pair.pinned.v1"


class PairForbidden(PairFact):
    """The need never takes this offer; `breaks` names the matches that this ends."""

    type = "pair.forbidden.v1"
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class PairReleased(PairFact):
    """Neither pinned nor forbidden any more."""

    type = "pair.released.v1"
