"""The whole office in one thread: channels, bus, intake, matchers, desk, calendar.

The handlers are the product's own; only what they speak to is in memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from random import Random

from events.base import Said
from events.envelope import strict_json
from events.policy import CheckKind
from events.receipt import Receipt
from events.values import Actor
from services import daily, realm
from services.bus.names import Names
from services.intake.messages import LINE, MessageReader
from services.intake.profile import Profile
from services.intake.submit import Intake
from services.intake.work import Done, Work
from services.ledger.handle import Contended, Order, Writer, read
from services.ledger.rules.base import Command, Refused
from services.ledger.rules.offers import CheckOffer
from services.ledger.rules.realm import AdoptPolicy, OpenRealm, RegisterChannel
from services.market import Market
from services.matching import Matching
from tests.model.bus import Bus, Record
from tests.model.channels import SOURCES, Channels, Message
from tests.model.desk import chosen
from tests.model.ledger import Ledger, MemoryFeed, MemoryRecorder
from tests.model.turns import TO_THE_END, Loss, Process, Turns
from tests.model.vault import REALM, Keys, MemoryVault
from tests.model.witness import Witness

TODAY = date(2022, 3, 18)
NAMES = Names(REALM)
GROUP = NAMES.group("intake")
CHECKS: tuple[CheckKind, ...] = ("visit", "identity")
KNOWN = 8
"""Subjects that are known from the first day."""
MOST = 3
"""Messages of one part that an intake takes at once."""
CHANNEL = Said(actor=Actor(ref="bus", role="channel"), via="channel")
COORDINATOR = Said(actor=Actor(ref="K. Muster", role="coordinator"), via="desk")
_NOON_US = int(datetime(2022, 3, 18, 11, tzinfo=UTC).timestamp() * 1e6)
_DAY_US = 86_400_000_000


@dataclass
class Hands:
    """What a process remembers: gone when it is killed."""

    writer: Writer
    matching: Matching
    intake: Intake
    work: Work


@dataclass
class Office:
    """One realm and everyone who works on it."""

    ledger: Ledger
    keys: Keys
    bus: Bus = field(default_factory=Bus)
    turns: Turns = field(default_factory=Turns)
    channels: Channels = field(default_factory=Channels)
    witness: Witness = field(default_factory=Witness)
    view: Market = field(default_factory=Market)
    today: date = TODAY
    accepted: list[Message] = field(default_factory=list)
    """What lies on the bus, and what was answered to who posted it."""
    mended: list[Message] = field(default_factory=list)
    """What people made of messages that were set aside."""
    orders: list[Order] = field(default_factory=list)
    receipts: dict[tuple[str, int, int], Receipt] = field(default_factory=dict)
    hands: dict[str, Hands] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)

    @classmethod
    def opened(cls) -> "Office":
        """Return an office on its first day."""
        first = _first_day()
        office = cls(first.ledger.copy(), first.keys.copy())
        office.channels.sent += first.channels.sent
        office.channels.revisions |= first.channels.revisions
        office.look()
        return office

    def process(self, name: str) -> Process:
        """Return a process, which starts with the first thing it does."""
        if name not in self.processes:
            self.processes[name] = Process(name, self.turns, lambda: self._begin(name))
        return self.processes[name]

    def look(self) -> None:
        """Let the witness and the desk's view see what is new."""
        fresh = self.ledger.facts[self.witness.position :]
        if fresh:
            self.witness.take(fresh)
            self.view.apply(map(read, fresh))

    def work(self, who: str, steps: int, loss: Loss | None, dice: Random) -> None:
        """Let a process begin something, or go on with what it was at."""
        process = self.process(who)
        if process.busy:
            process.go_on(steps=steps)
            return
        kind = who.partition("-")[0]
        if kind == "intake":
            process.start(lambda: self._take_in(who), steps=steps, loss=loss)
        elif kind == "door":
            message = self.channels.next(dice, "new")
            process.start(lambda: self._post(who, message), steps=steps, loss=loss)
        elif kind == "mender":
            self._begin_mending(process, steps, loss, dice)
        elif kind == "matcher":
            process.start(lambda: self._match(who), steps=steps, loss=loss)
        elif kind == "calendar":
            self.today += timedelta(days=dice.choice((1, 1, 2, 6, 11)))
            self.ledger.now_us = _NOON_US + _DAY_US * (self.today - TODAY).days
            process.start(lambda: self._begin_day(who), steps=steps, loss=loss)
        elif (order := self._order(dice)) is not None:
            process.start(lambda: self._command(who, order), steps=steps, loss=loss)

    def send(self, message: Message) -> None:
        topic = NAMES.intake(message.channel)
        self.bus.publish(topic, message.subject, message.value)
        self.accepted.append(message)

    def drain(self) -> None:
        """Let everyone finish, and take in what is left on the bus."""
        for process in self.processes.values():
            process.go_on(steps=TO_THE_END)
        while lag := self.bus.lag(GROUP):
            self.work("intake-1", TO_THE_END, None, Random(0))
            self.look()
            assert self.bus.lag(GROUP) < lag, "the bus is never empty"
        self.look()

    def close(self) -> None:
        for process in self.processes.values():
            process.kill()

    def _begin(self, name: str) -> None:
        recorder = MemoryRecorder(self.ledger, self.turns)
        vault = MemoryVault(self.keys, self.turns)
        writer = Writer(recorder, vault)
        intake = _Intake(writer, realm=REALM, clock=self._clock)
        self.hands[name] = Hands(
            writer,
            Matching(MemoryFeed(self.ledger, self.turns), recorder, vault),
            intake,
            Work(intake, NAMES),
        )

    def _clock(self) -> datetime:
        return datetime.fromtimestamp(self.ledger.now_us / 1e6, UTC)

    def _take_in(self, who: str) -> None:
        """Ledger, receipts, offsets: in this order, as the consumer does it."""
        if records := self.bus.poll(GROUP, MOST):
            self._settle(who, records)

    def _settle(self, who: str, records: Sequence[Record]) -> None:
        done = self.hands[who].work.take(records)
        self.turns.pause()
        self._answered(done)
        self.turns.pause()
        self.bus.commit(GROUP, done.next)

    def _answered(self, done: Done) -> None:
        """Keep the receipts. A message that comes again gets the same one again."""
        for channel, told in done.receipts.items():
            for one in told:
                place = channel, one.partition, one.offset
                before = self.receipts.setdefault(place, one.receipt)
                assert one.receipt == before, (
                    f"{before} was answered to {place}, now {one.receipt}"
                )
                if one.receipt.position is not None:
                    assert one.receipt.position <= self.ledger.head, "not there yet"

    def _post(self, who: str, message: Message) -> None:
        """Take a message in that did not come by the bus, as `POST /intake` does."""
        value = strict_json(message.value, fraction=str)
        drafted = MessageReader([]).draft(1, value)
        self.hands[who].intake.take([drafted], CHANNEL)
        self.accepted.append(message)

    def _begin_mending(
        self, process: Process, steps: int, loss: Loss | None, dice: Random
    ) -> None:
        """Somebody takes something that was set aside, and says what it should be."""
        known = self.witness
        left = sorted(name for name in known.aside if name not in known.resent)
        if not left:
            return
        name = dice.choice(left)
        message = self.channels.next(dice, "new", channel=known.aside[name])
        process.start(
            lambda: self._mend(process.name, name, message), steps=steps, loss=loss
        )

    def _mend(self, who: str, submission: str, message: Message) -> None:
        values = {LINE: message.value.decode()}
        try:
            self.hands[who].intake.resend(submission, values, COORDINATOR)
        except Refused:
            return
        self.mended.append(message)

    def _match(self, who: str) -> None:
        self.hands[who].matching.run()

    def _begin_day(self, who: str) -> None:
        hands = self.hands[who]
        daily.begin_day(hands.writer, hands.matching, self.today)

    def _order(self, dice: Random) -> Order | None:
        """Return what is clicked next: something new, or the same thing twice."""
        if self.orders and dice.random() < 0.15:
            return dice.choice(self.orders)
        command = chosen(self.view, dice)
        if command is None:
            return None
        order = Order(id=f"desk-{len(self.orders)}", said=COORDINATOR, command=command)
        self.orders.append(order)
        return order

    def _command(self, who: str, order: Order) -> None:
        try:
            self.hands[who].writer.do(order)
        except (Refused, Contended):
            return


class _Intake(Intake):
    """Reads typed messages only: to read the profiles takes longer than a history."""

    def profiles(self) -> dict[str, Profile]:
        return {}


@cache
def _first_day() -> Office:
    """Return an office that has begun, with some of its market: every history's."""
    office = Office(Ledger(now_us=_NOON_US), Keys())
    writer = Writer(MemoryRecorder(office.ledger), MemoryVault(office.keys))
    opened = OpenRealm(realm=REALM, title="Model", synthetic=True)
    policy = AdoptPolicy(policy=realm.default_policy())
    commands: list[Command] = [opened, policy]
    for channel, source in SOURCES.items():
        commands.append(RegisterChannel(channel=channel, source=source))
    for number, command in enumerate(commands):
        writer.do(Order(id=f"first-{number}", said=realm.SYSTEM, command=command))
    office.process("calendar").start(
        lambda: office._begin_day("calendar"), steps=TO_THE_END
    )
    for message in office.channels.first(KNOWN):
        office.send(message)
    office.drain()
    for offer, kind in product(office.view.offers, CHECKS):
        check = CheckOffer(offer=offer, check=kind, state="passed", on=TODAY)
        writer.do(Order(id=f"{kind}-{offer}", said=COORDINATOR, command=check))
    return office
