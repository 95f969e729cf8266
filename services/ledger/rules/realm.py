"""Commands about the realm itself."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from events.base import Fact, Said
from events.policy import Policy
from events.realm import ChannelRegistered, DayBegan, PolicyAdopted, RealmOpened
from events.values import Day, Ref, Word
from services.ledger.rules.base import Command, Past, Refused

FARTHEST = timedelta(days=366)
"""Days do not go back, so a mistyped year must not pass."""


class OpenRealm(Command):
    """Open the ledger of one municipality: its first fact."""

    name = "open-realm"
    realm: Ref
    title: Word
    synthetic: bool

    def concerns(self) -> tuple[str, ...]:
        return ("realm",)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if any(isinstance(recorded.fact, RealmOpened) for recorded in past.facts):
            raise Refused("This ledger is open already; a realm is opened only once.")
        return [
            RealmOpened(
                said=said, realm=self.realm, name=self.title, synthetic=self.synthetic
            )
        ]


class RegisterChannel(Command):
    """Say who may speak on a channel and under which source."""

    name = "register-channel"
    channel: Ref
    source: Word
    profile: Word | None = None

    def concerns(self) -> tuple[str, ...]:
        return (f"channel:{self.channel}",)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        latest = None
        for recorded in past.facts:
            if isinstance(recorded.fact, ChannelRegistered):
                latest = recorded.fact
        if latest is not None and latest.source != self.source:
            raise Refused(
                "The channel {channel} speaks as {source} already; "
                "register the new source under another name.",
                channel=self.channel,
                source=latest.source,
            )
        if latest is not None and latest.profile == self.profile:
            return []
        return [
            ChannelRegistered(
                said=said,
                channel=self.channel,
                source=self.source,
                profile=self.profile,
            )
        ]


class BeginDay(Command):
    """Let a business day begin: proposals lapse, parked needs return."""

    name = "begin-day"
    day: Day

    def concerns(self) -> tuple[str, ...]:
        return ("day",)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if past.today == self.day:
            return []
        if past.today is not None and self.day < past.today:
            raise Refused("It is {today} already; begin a later day.", today=past.today)
        if past.today is not None and self.day - past.today > FARTHEST:
            raise Refused(
                "That is more than a year after {today}; begin a nearer day first.",
                today=past.today,
            )
        return [DayBegan(said=said, day=self.day)]


class AdoptPolicy(Command):
    """Make plans by these weights and rules from now on."""

    name = "adopt-policy"
    policy: Annotated[Policy, Field()]

    def concerns(self) -> tuple[str, ...]:
        return ("policy",)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        adopted = [r.fact for r in past.facts if isinstance(r.fact, PolicyAdopted)]
        if adopted and adopted[-1].policy == self.policy:
            return []
        return [PolicyAdopted(said=said, policy=self.policy)]
