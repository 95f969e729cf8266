"""The office of the scenario: gives its orders in waves, once each."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from events.base import Said
from events.values import Actor
from services.ledger.handle import Answer, Order, Writer
from services.ledger.rules.base import Command
from services.market import Market
from services.matching import Matching

WAVE = 400
OFFICE = Said(actor=Actor(ref="demo-office", role="coordinator"), via="desk")
HOUSEHOLDS = Said(actor=Actor(ref="demo-households", role="household"), via="phone")
PROVIDERS = Said(actor=Actor(ref="demo-providers", role="provider"), via="phone")


class Office:
    """Writes what the people of the scenario do, and knows what it led to."""

    def __init__(self, writer: Writer, matching: Matching) -> None:
        self._writer, self._matching = writer, matching

    @property
    def market(self) -> Market:
        """Everything as it is now."""
        return self._matching.catch_up()

    def do(self, commands: Iterable[Command], said: Said = OFFICE) -> list[Answer]:
        """Give the orders; the same command on the same day is one order."""
        day = self._matching.market.today
        answers: list[Answer] = []
        for wave in waves(commands):
            orders = [
                Order(id=_once(str(day), command), said=said, command=command)
                for command in wave
            ]
            answers += self._writer.do_all(orders)
        return answers


def waves(commands: Iterable[Command]) -> Iterator[list[Command]]:
    """Cut the commands so that none of a wave waits for another of it.

    Two orders about one hotel in one append would overtake each other.
    """
    left = list(commands)
    while left:
        wave: list[Command] = []
        later: list[Command] = []
        touched: set[str] = set()
        for command in left:
            lives = set(command.concerns())
            if len(wave) == WAVE or touched & lives:
                later.append(command)
            else:
                wave.append(command)
            touched |= lives
        yield wave
        left = later


def _once(day: str, command: Command) -> str:
    text = f"{command.name}\n{command.model_dump_json(exclude_none=True)}"
    return f"demo-{day}-{sha256(text.encode()).hexdigest()[:24]}"
