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
    """Read no further on a channel; once is enough until it is resumed.

    What expired is told for each partition, since a person who lets the channel go on
    lets go of just that.
    """

    name = "stop-channel"
    reason: Literal["set_aside", "expired"]
    partition: int
    offset: int
    note: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.partition < 0 or self.offset < 0:
            raise Refused("Partitions and offsets count from 0; check the place.")
        if any(_covers(stop, self) for stop in _stops(past)):
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
        if not _stops(past):
            raise Refused(
                "The channel {channel} is not stopped; there is nothing to resume.",
                channel=self.channel,
            )
        return [ChannelResumed(said=said, channel=self.channel)]


def _stops(past: Past) -> list[ChannelStopped]:
    """Return why the channel is stopped now; nothing when it is not."""
    stops: list[ChannelStopped] = []
    for recorded in past.facts:
        match recorded.fact:
            case ChannelStopped() as stopped:
                stops.append(stopped)
            case ChannelResumed():
                stops = []
            case _:
                pass
    return stops


def _covers(stop: ChannelStopped, wish: StopChannel) -> bool:
    if wish.reason == "set_aside":
        return True
    return stop.reason == "expired" and stop.partition == wish.partition
