"""The channels of the scenario: they publish their rows and hear what became of them.

Each file is sent only when the one before was answered, and each topic of the demo has
one partition: so the story is told in the same order with and without a bus.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from services.bus import cluster
from services.bus.channels import configuration
from services.bus.connection import Bus
from services.bus.layout import topics
from services.bus.names import Names
from services.channel import Channel, Sent
from services.demo.office import OFFICE
from services.intake.profile import profiles
from services.intake.reading import counting
from services.intake.source import open_source
from services.ledger.handle import Order, Writer
from services.ledger.rules.realm import RegisterChannel

ANSWER_SECONDS = 120


class Channels:
    """All channels of the scenario, each opened when it first has something to say."""

    def __init__(self, bus: Bus, names: Names, closing: ExitStack) -> None:
        self._bus, self._names, self._closing = bus, names, closing
        self._open: dict[str, Channel] = {}

    def publish(self, paths: Sequence[Path], moment: datetime) -> None:
        """Send what the files hold, said at `moment`, and wait for every receipt."""
        for path in paths:
            for sent in list(self._sent(path, moment)):
                sent.receipt(ANSWER_SECONDS)

    def _sent(self, path: Path, moment: datetime) -> Iterator[Sent]:
        """Send every row once: of one that stands twice the later, as of a file."""
        source = open_source(path, profiles(None))
        counts, _ = counting(source)
        for number, message in enumerate(source.sent()):
            if number not in counts:
                continue
            rows = message.rows if len(message.rows) > 1 else message.rows[0]
            channel = self._channel(message.channel)
            yield channel.row(None, rows, id=f"{path.name}:{number}", time=moment)

    def _channel(self, name: str) -> Channel:
        if name not in self._open:
            ca = None if self._bus.ca is None else str(self._bus.ca)
            told = configuration(self._bus, self._names, name, name, ca=ca)
            fresh = Channel.of(told)
            self._open[name] = self._closing.enter_context(fresh)
        return self._open[name]


@contextmanager
def channels(bus: Bus, realm: str, writer: Writer) -> Iterator[Channels]:
    """Register the scenario's channels and make their topics; lend the channels."""
    names = Names(realm)
    called = sorted({profile.channel for profile in profiles(None).values()})
    for name in called:
        command = RegisterChannel(channel=name, source=name)
        writer.do(Order(id=f"demo-channel-{name}", said=OFFICE, command=command))
    with cluster.opened(bus) as admin:
        known = admin.topics()
        for topic in topics(names, called):
            if topic.name not in known:
                admin.create(replace(topic, partitions=1))
    with ExitStack() as closing:
        yield Channels(bus, names, closing)
