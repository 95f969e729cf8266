"""Read model: channels on which intake stands still, until a person resumes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from events.realm import ChannelResumed, ChannelStopped
from projections.life import moment
from projections.listing import Listing, one_of
from projections.step import ReadModel, Step, replace
from projections.table import Cur, Table


@dataclass(frozen=True)
class StoppedChannel:
    """One row a partition of a channel that is not read any further."""

    place: Annotated[str, "Channel and partition"]
    channel: Annotated[str, "The channel that stands still"]
    reason: Annotated[
        Literal["set_aside", "expired"],
        "set_aside: too much of it could not be taken; expired: messages were lost on "
        "the bus before they were read",
    ]
    note: Annotated[str, "What intake saw, in a sentence"]
    partition: Annotated[int, "The partition of its topic"]
    waits_at: Annotated[int, "The offset of the first message that waits there"]
    stopped_at: Annotated[datetime, "When it was stopped"]
    position: Annotated[int, "Where that stands in the ledger"]


TABLE = Table(
    "stopped_channels",
    StoppedChannel,
    key=("place",),
    indexes=(("channel",),),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={"channel": one_of("channel"), "reason": one_of("reason")},
    sorts=("position", "channel"),
    order=("channel", "position"),
)


def _apply(cursor: Cur, step: Step) -> None:
    for recorded in step.facts:
        match recorded.fact:
            case ChannelStopped() as stop:
                row = StoppedChannel(
                    place=f"{stop.channel}/{stop.partition}",
                    channel=stop.channel,
                    reason=stop.reason,
                    note=stop.note,
                    partition=stop.partition,
                    waits_at=stop.offset,
                    stopped_at=moment(recorded),
                    position=recorded.position,
                )
                replace(cursor, TABLE, "place", gone=[row.place], rows=[row])
            case ChannelResumed(channel=channel):
                replace(cursor, TABLE, "channel", gone=[channel], rows=[])
            case _:
                pass


MODEL = ReadModel((TABLE,), _apply)
