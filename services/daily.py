"""A day begins: the fact first, then what it makes due, each once."""

import hashlib
from datetime import date

from events.base import Said
from events.values import Actor
from services.ledger.handle import Answer, Order, Writer
from services.ledger.rules.agenda import due
from services.ledger.rules.base import Command
from services.ledger.rules.realm import BeginDay
from services.matching import Matching

CALENDAR = Actor(ref="calendar", role="system")


def begin_day(
    writer: Writer, matching: Matching, day: date, *, said: Said | None = None
) -> list[Answer]:
    """Record that the day began and what follows from it; safe to repeat."""
    told = said or Said(actor=CALENDAR, via="system")
    first = writer.do(Order(id=f"day-{day}", said=told, command=BeginDay(day=day)))
    market = matching.catch_up()
    because = Said(actor=CALENDAR, via="system", caused_by=f"day-{day}.0")
    orders = [
        Order(id=_once(day, command), said=because, command=command)
        for command in due(
            market.offers.values(),
            market.needs.values(),
            today=day,
            policy=market.policy,
        )
    ]
    return [first, *writer.do_all(orders)]


def _once(day: date, command: Command) -> str:
    """The same command on the same day is one command."""
    text = f"{command.name}\n{command.model_dump_json(exclude_none=True)}"
    return f"day-{day}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
