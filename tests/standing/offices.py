"""A small office in memory: commands go in, the matcher runs, the plan stands."""

from datetime import date

from pydantic import TypeAdapter

import matcher
from events.base import Said
from events.match import MatchState
from events.values import Actor
from services import realm
from services.ledger.handle import Order, Writer
from services.ledger.rules.base import Command
from services.ledger.rules.catalogue import COMMANDS
from services.matching import Matching, Run
from services.standing.following import StandingPlan
from tests.model.ledger import Ledger, MemoryFeed, MemoryRecorder
from tests.model.turns import Turns
from tests.model.vault import Keys, MemoryVault

SAID = Said(actor=Actor(ref="K. Muster", role="coordinator"), via="desk")
TODAY = date(2022, 3, 18)


class Office:
    """One realm, one matcher, one plan that stands."""

    def __init__(self) -> None:
        self.ledger = Ledger(now_us=1_647_600_000_000_000)
        self.recorder, self.vault = MemoryRecorder(self.ledger), MemoryVault(Keys())
        self._writer = Writer(self.recorder, self.vault)
        self.feed = MemoryFeed(self.ledger, Turns())
        self.matching = Matching(self.feed, self.recorder, self.vault)
        self.standing = StandingPlan(self.matching)
        self.do("open-realm", realm="05111000", title="Standing", synthetic=True)
        self.do("adopt-policy", policy=realm.default_policy().model_dump())
        self.do("begin-day", day=TODAY)

    def do(self, name: str, **fields: object) -> None:
        """Give a command."""
        model: TypeAdapter[Command] = TypeAdapter(COMMANDS[name])
        command = model.validate_python(fields, strict=False)
        order = Order(id=f"t-{self.ledger.head}", said=SAID, command=command)
        self._writer.do(order)

    def lists(self, name: str, beds: int, **details: object) -> None:
        """Let a flat be offered."""
        home = {"kind": "housing", "dwelling": "flat", "beds": beds, **details}
        self.do("list-offer", offer=name, provider=f"p-{name}", details=home)

    def raises(self, name: str, persons: int, **details: object) -> None:
        """Let a household need a home at once."""
        asks = {"kind": "housing", "persons": persons, "horizon": "acute", **details}
        self.do("raise-need", need=name, household=f"h-{name}", details=asks)

    def living(self, need: str) -> MatchState:
        """Return the one living match of a need."""
        (match,) = self.matching.catch_up().needs[need].living
        return match

    def match(self) -> Run:
        return self.matching.run()

    def verified(self) -> list[int]:
        """Return what is left by tier, once the referee has looked at all of it."""
        whole, document = self.standing.written(), self.matching.catch_up().document()
        assert matcher.faults(document, whole) == []
        return [t.bound - t.worth for t in whole.part("housing").tiers]
