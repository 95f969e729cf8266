"""The realm itself: opened once, its channels, its days, its policy."""

from typing import Annotated, Literal

from pydantic import Field

from events.base import Fact
from events.policy import Policy
from events.values import OPEN, Day, Ref, Word


class RealmOpened(Fact):
    """The first fact of every ledger. A synthetic realm never takes real data."""

    type = "realm.opened.v1"
    realm: Annotated[Ref, OPEN]
    name: Annotated[Word, OPEN]
    synthetic: Annotated[bool, OPEN]

    def tags(self) -> tuple[str, ...]:
        return ("realm",)


class ChannelRegistered(Fact):
    """Who may speak on a channel, and under which CloudEvents source."""

    type = "channel.registered.v1"
    channel: Annotated[Ref, OPEN]
    source: Annotated[Word, OPEN]
    profile: Annotated[Word | None, OPEN] = None

    def tags(self) -> tuple[str, ...]:
        return (f"channel:{self.channel}",)


class ChannelStopped(Fact):
    """Intake reads no further on a channel until a person lets it go on.

    `set_aside`: so much of it could not be taken that something is wrong with the
    channel, not with single messages. `expired`: messages were deleted on the bus
    before they were read. `partition` and `offset` say where it stands.
    """

    type = "channel.stopped.v1"
    channel: Annotated[Ref, OPEN]
    reason: Annotated[Literal["set_aside", "expired"], OPEN]
    partition: Annotated[int, OPEN, Field(ge=0)]
    offset: Annotated[int, OPEN, Field(ge=0)]
    note: Annotated[Word, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"channel:{self.channel}",)


class ChannelResumed(Fact):
    """A person has looked at a stopped channel and lets it go on."""

    type = "channel.resumed.v1"
    channel: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"channel:{self.channel}",)


class DayBegan(Fact):
    """Business today, from now on: no rule reads a clock."""

    type = "day.began.v1"
    day: Annotated[Day, OPEN]

    def tags(self) -> tuple[str, ...]:
        return ("day",)


class PolicyAdopted(Fact):
    """The rules by which plans are made from now on."""

    type = "policy.adopted.v2"
    policy: Annotated[Policy, OPEN]

    def tags(self) -> tuple[str, ...]:
        return ("policy",)
