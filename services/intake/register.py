"""The realm's channels as the ledger knows them: who may speak, and who is stopped."""

from dataclasses import dataclass, field
from threading import Lock
from uuid import uuid4

from events.base import Said
from events.realm import ChannelRegistered, ChannelResumed, ChannelStopped
from events.values import Actor
from services.intake.bus_message import Speaker
from services.ledger.batch import Item
from services.ledger.handle import Order, Writer, read
from services.ledger.recorder import Recorder
from services.ledger.rules.channels import StopChannel

SYSTEM = Said(actor=Actor(ref="intake", role="system"), via="system")
_FACTS = Item(
    types=frozenset((ChannelRegistered.type, ChannelStopped.type, ChannelResumed.type))
)


Place = tuple[str, int]
"""A channel and one of its partitions."""


@dataclass
class Register:
    """Follows the facts about channels; cheap to bring up to the ledger's head.

    May be shared by threads.
    """

    recorder: Recorder
    _known: int = 0
    _sources: dict[str, str] = field(default_factory=dict)
    _stops: dict[str, list[ChannelStopped]] = field(default_factory=dict)
    _let_go: dict[Place, int] = field(default_factory=dict)
    _resumed: dict[str, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def refresh(self) -> None:
        """Take in what was recorded about channels since the last look."""
        with self._lock:
            head = self.recorder.head()
            if head != self._known:
                self._read(head)

    def _read(self, head: int) -> None:
        for stored in self.recorder.read((_FACTS,), after=self._known, upto=head):
            match read(stored).fact:
                case ChannelRegistered(channel=channel, source=source):
                    self._sources[channel] = source
                case ChannelStopped(channel=channel) as stopped:
                    self._stops.setdefault(channel, []).append(stopped)
                case ChannelResumed(channel=channel):
                    self._resume(channel, stored.position)
                case _:
                    pass
        self._known = head

    def speaker(self, channel: str) -> Speaker:
        """Return who a topic belongs to."""
        return Speaker(channel, self._sources.get(channel))

    def is_stopped(self, channel: str) -> bool:
        return channel in self._stops

    def resumed(self, channel: str) -> int:
        """Return where in the ledger a person last let it go on; 0 for never."""
        return self._resumed.get(channel, 0)

    def let_go(self, channel: str, partition: int) -> int:
        """Return up to which offset a person knows that messages are lost."""
        return self._let_go.get((channel, partition), 0)

    @property
    def stops(self) -> tuple[ChannelStopped, ...]:
        """Every channel that stands still, with its first reason."""
        return tuple(self._stops[channel][0] for channel in sorted(self._stops))

    @property
    def stands_still(self) -> str:
        """Say which channel does, and what to do about it; empty where none does."""
        if not (stops := self.stops):
            return ""
        first = stops[0]
        more = f" ({len(stops) - 1} more are stopped)" if len(stops) > 1 else ""
        return (
            f"The channel {first.channel} is stopped: {first.note} Mend it, then "
            f"`beistand intake-resume {first.channel} --as NAME`.{more}"
        )

    def _resume(self, channel: str, position: int) -> None:
        for stopped in self._stops.pop(channel, ()):
            if stopped.reason == "expired":
                self._let_go[channel, stopped.partition] = stopped.offset
        self._resumed[channel] = position


def stop(writer: Writer, command: StopChannel) -> bool:
    """Record that a channel stands still; return whether that is news."""
    name = f"stop-{command.channel}-{command.partition}-{command.offset}-{uuid4()}"
    return writer.do(Order(id=name, said=SYSTEM, command=command)).changed
