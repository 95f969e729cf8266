"""A bus in memory, behind the port that a channel needs."""

from dataclasses import dataclass, field

from events.receipt import Receipt
from services.channel import Delivered, NotDelivered
from services.channel.config import Configuration, Reached, Spoken
from services.channel.message import Message

SPOKEN = Spoken(
    name="web-form",
    realm="05111000",
    source="/channels/web-form",
    topic="beistand.05111000.intake.web-form",
    receipts="beistand.05111000.receipts.web-form",
)
CONFIGURATION = Configuration(
    channel=SPOKEN,
    kafka=Reached(
        servers="kafka.example.org:9093,kafka.example.org:9094",
        security="SASL_SSL",
        user='channel "web-form"',
        password="\\geheim\t",
    ),
)
OFFER = {
    "contact": {"name": "K. Muster", "phone": "0211 5550117"},
    "details": {"kind": "housing", "dwelling": "flat", "beds": 3},
}


@dataclass(frozen=True)
class Given:
    """A parcel whose fate is known."""

    id: str
    offset: int | None
    is_settled: bool = True

    def wait(self, seconds: float) -> Delivered:
        if self.offset is None:
            raise NotDelivered(f"{self.id} fell off the lorry.")
        return Delivered(SPOKEN.topic, 0, self.offset)


@dataclass
class MemoryLine:
    """Keeps what was sent; answers with what stands in `answers`, one list a turn."""

    answers: list[list[Receipt]] = field(default_factory=list)
    lost: frozenset[str] = frozenset()
    slow: set[str] = field(default_factory=set)
    """What the bus has not settled when it is waited for."""
    sent: list[Message] = field(default_factory=list)
    is_closed: bool = False

    def send(self, message: Message) -> Given:
        self.sent.append(message)
        offset = None if message.id in self.lost else len(self.sent) - 1
        return Given(message.id, offset, message.id not in self.slow)

    def heard(self, seconds: float) -> list[Receipt]:
        return self.answers.pop(0) if self.answers else []

    def close(self, seconds: float) -> None:
        self.is_closed = True


def receipt(id_: str, source: str = SPOKEN.source) -> Receipt:
    return Receipt(source=source, id=id_, outcome="taken", case=f"offer:o-{id_}")
