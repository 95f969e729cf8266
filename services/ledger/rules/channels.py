"""Commands by which intake stops reading a channel, and a person lets it go on."""

from typing import Literal

from events.base import Fact, Said
from events.realm import ChannelResumed, ChannelStopped
from events.values import Ref, Word
from services.ledger.rules.base import Command, Past, Refused


class _ChannelCommand(Command):
    channel: Ref

    def concerns(self) -> tuple[str, ...]:
        return (f"channel:{self.channel}",)


class StopChannel(_ChannelCommand):
    """Read no further on a channel; once is enough until it is resumed."""

    name = "stop-channel"
    reason: Literal["set_aside", "expired"]
    partition: int
    offset: int
    note: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.partition < 0 or self.offset < 0:
            raise Refused("Partitions and offsets count from 0; check the place.")
        if _stopped(past):
            return []
        return [
            ChannelStopped(
                said=said,
                channel=self.channel,
                reason=self.reason,
                partition=self.partition,
                offset=self.offset,
                note=self.note,
            )
        ]


class ResumeChannel(_ChannelCommand):
    """Let intake read a stopped channel again, from where it stands."""

    name = "resume-channel"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if not _stopped(past):
            raise Refused(
                "The channel {channel} is not stopped; there is nothing to resume.",
                channel=self.channel,
            )
        return [ChannelResumed(said=said, channel=self.channel)]


def _stopped(past: Past) -> bool:
    told = [
        isinstance(r.fact, ChannelStopped)
        for r in past.facts
        if isinstance(r.fact, ChannelStopped | ChannelResumed)
    ]
    return bool(told) and told[-1]
