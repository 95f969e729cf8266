"""The office of the scenario: gives its orders, once each."""

from collections.abc import Iterable
from hashlib import sha256

from events.base import Said
from events.values import Actor
from services.ledger.handle import Answer, Order, Writer
from services.ledger.rules.base import Command
from services.market import Market
from services.matching import Matching

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
        return self._writer.do_all(
            [
                Order(id=_once(str(day), command), said=said, command=command)
                for command in commands
            ]
        )


def _once(day: str, command: Command) -> str:
    text = f"{command.name}\n{command.model_dump_json(exclude_none=True)}"
    return f"demo-{day}-{sha256(text.encode()).hexdigest()[:24]}"
