"""What every fact has: who said so, its name, its tags, its place in the ledger."""

from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from events.values import OPEN, Actor, Instant, Ref, Strict, Via

BERLIN = ZoneInfo("Europe/Berlin")


class Said(Strict):
    """Who acted, for whom, by which way, since when, and what caused it.

    It stands on every fact from the first day, because it cannot be added later.
    `valid_from` is when it became true outside; absent means: when it was recorded.
    """

    actor: Annotated[Actor, OPEN]
    via: Annotated[Via, OPEN]
    on_behalf_of: Annotated[Ref | None, OPEN] = None
    valid_from: Annotated[Instant | None, OPEN] = None
    caused_by: Annotated[Ref | None, OPEN] = None
    correlation: Annotated[Ref | None, OPEN] = None


class Fact(Strict):
    """Something that happened. `type` is the contract name, never a Python path."""

    type: ClassVar[str]

    said: Annotated[Said, OPEN]

    def tags(self) -> tuple[str, ...]:
        """What the fact is about: decisions read and guard facts by these."""
        raise NotImplementedError


class Recorded(NamedTuple):
    """A fact with its place: position from 1, time in microseconds since 1970 UTC.

    A tuple, because one is made for every fact that anybody reads.
    """

    position: int
    id: str
    command_id: str
    recorded_us: int
    fact: Fact


def encode(fact: Fact) -> bytes:
    """Return the stored bytes, which are also the CloudEvents `data`."""
    return fact.model_dump_json(exclude_none=True, by_alias=True).encode()


def day_of(recorded: Recorded) -> date:
    """Return the day in Berlin since when the fact is true."""
    since = recorded.fact.said.valid_from
    moment = since or datetime.fromtimestamp(recorded.recorded_us / 1e6, UTC)
    return moment.astimezone(BERLIN).date()
