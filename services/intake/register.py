"""The realm's channels as the ledger knows them: who may speak, and who is stopped."""

from dataclasses import dataclass, field

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


@dataclass
class Register:
    """Follows the facts about channels; cheap to bring up to the ledger's head."""

    recorder: Recorder
    _known: int = 0
    _sources: dict[str, str] = field(default_factory=dict)
    _stopped: dict[str, ChannelStopped] = field(default_factory=dict)
    _resumed: dict[str, int] = field(default_factory=dict)

    def refresh(self) -> None:
        """Take in what was recorded about channels since the last look."""
        head = self.recorder.head()
        if head == self._known:
            return
        for stored in self.recorder.read((_FACTS,), after=self._known, upto=head):
            match read(stored).fact:
                case ChannelRegistered(channel=channel, source=source):
                    self._sources[channel] = source
                case ChannelStopped(channel=channel) as stopped:
                    self._stopped[channel] = stopped
                case ChannelResumed(channel=channel):
                    self._stopped.pop(channel, None)
                    self._resumed[channel] = stored.position
                case _:
                    pass
        self._known = head

    def speaker(self, channel: str) -> Speaker:
        """Return who a topic belongs to."""
        return Speaker(channel, self._sources.get(channel))

    def stopped(self, channel: str) -> ChannelStopped | None:
        """Return why a channel stands still, if it does."""
        return self._stopped.get(channel)

    def resumed(self, channel: str) -> int:
        """Return where in the ledger a person last let it go on; 0 for never."""
        return self._resumed.get(channel, 0)

    @property
    def all_stopped(self) -> tuple[ChannelStopped, ...]:
        return tuple(self._stopped[channel] for channel in sorted(self._stopped))


def stop(writer: Writer, order: str, command: StopChannel) -> None:
    """Record that a channel stands still; the same order twice is done once."""
    writer.do(Order(id=order, said=SYSTEM, command=command))
