"""A day that began, and whose process died before what the day makes due was done."""

from datetime import date, timedelta
from pathlib import Path

from events.base import Said
from events.kinds.housing import HousingNeed
from events.values import Actor
from services.assemble import beistand
from services.ledger.handle import Order
from services.ledger.rules.needs import ParkNeed, RaiseNeed
from services.ledger.rules.realm import BeginDay
from services.settings import load

FRIDAY = date(2022, 3, 18)
SATURDAY = FRIDAY + timedelta(days=1)
SAID = Said(actor=Actor(ref="calendar", role="system"), via="system")


def test_what_a_day_makes_due_is_done_by_the_next_process(office: Path):
    with beistand(load(office, today=FRIDAY)) as engine:
        engine.begin_today()
        details = HousingNeed(persons=2, horizon="acute")
        raised = RaiseNeed(need="n-1", household="p-1", details=details, priority=0)
        engine.handle(raised, by="Kim")
        engine.handle(ParkNeed(need="n-1", until=SATURDAY, reason="away"), by="Kim")
        first = Order(id=f"day-{SATURDAY}", said=SAID, command=BeginDay(day=SATURDAY))
        engine.writer.do(first)

    with beistand(load(office, today=SATURDAY)) as engine:
        assert engine.matching.catch_up().needs["n-1"].status == "parked"
        engine.begin_today()
        head = engine.recorder.head()
        assert engine.matching.catch_up().needs["n-1"].status == "open"
        engine.begin_today()
        assert engine.recorder.head() == head
