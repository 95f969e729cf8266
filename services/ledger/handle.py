"""The one way to write: an order comes in, its facts are recorded once.

Look the order up (was it answered before?), read what it concerns, seal its private
parts, decide, record unless something it concerns came in between; then ask again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from events.base import Fact, Recorded, Said
from events.contract import decode
from events.policy import Policy
from events.realm import DayBegan, PolicyAdopted
from events.values import Plain, Ref, Sealed, Strict
from services.follow import StoredFact
from services.ledger.batch import Condition, Entry, Item, Overtaken, Repeated
from services.ledger.entries import DECISIVE, guard, new_facts
from services.ledger.recorder import Recorder
from services.ledger.rules.base import (
    Command,
    Outdated,
    Past,
    Refused,
    plains,
    sealed,
)
from services.ledger.vault import Vault
from services.ledger.waves import batches, in_one_append, waves

ATTEMPTS = 8


class Order(Strict):
    """A command as somebody gave it: once per `id`, whatever is sent how often."""

    id: Ref
    said: Said
    command: Command
    seen: int | None = None
    """Where the ledger stood for who made it of what was known, if it matters: what
    came about its cases since sends it back as `Outdated`."""


class Contended(RuntimeError):
    """Others were faster eight times in a row; try again in a moment."""


@dataclass(frozen=True)
class Outcome:
    """What an order led to. No positions: everything was so already."""

    order: str
    positions: range
    facts: tuple[Fact, ...] = ()
    repeated: bool = False

    @property
    def changed(self) -> bool:
        return bool(self.positions)


Answer = Outcome | Refused


class Writer:
    """Turns orders into facts; the only one that appends by decision."""

    def __init__(self, recorder: Recorder, vault: Vault) -> None:
        self.recorder = recorder
        self.vault = vault
        self._today: date | None = None
        self._policy = Policy(name="default")
        self._known = 0

    def do(self, order: Order) -> Outcome:
        """Record what one order leads to; raise `Refused` when a rule says no."""
        answer = self.do_all([order])[0]
        if isinstance(answer, Refused):
            raise answer
        return answer

    def do_all(
        self, orders: Sequence[Order], boxes: Mapping[str, Command] | None = None
    ) -> list[Answer]:
        """Answer every order, in order; one that is refused does not stop the rest.

        `boxes` holds commands by order whose private parts were sealed ahead.
        """
        answers: dict[str, Answer] = {}
        digests = {order.id: self._digest(order) for order in orders}
        for wave in waves(orders):
            self._settle(wave, digests, dict(boxes or {}), answers)
        return [answers[order.id] for order in orders]

    def sealed_ahead(self, orders: Sequence[Order]) -> dict[str, Command]:
        """Seal orders whose commands themselves say whose they are: of new cases.

        So an import seals one batch while the batch before it is recorded.
        """
        boxes: dict[str, Command] = {}
        nothing = Past((), self._today, self._policy)
        self._seal(list(orders), {order.id: nothing for order in orders}, boxes)
        return boxes

    def _settle(
        self,
        orders: list[Order],
        digests: dict[str, bytes],
        boxes: dict[str, Command],
        answers: dict[str, Answer],
    ) -> None:
        """Answer a wave, asking again for those that others overtook."""
        waiting = orders
        for _ in range(ATTEMPTS):
            waiting = self._attempt(waiting, digests, boxes, answers)
            if not waiting:
                return
        raise Contended("Others changed the same cases meanwhile; try again.")

    def today(self) -> date | None:
        """Return the business day; None before the first has begun."""
        self._refresh()
        return self._today

    def past(self, *tags: str) -> Past:
        """Return what is known about these lives now (for reading, not deciding)."""
        self._refresh()
        return Past(self._about(set(tags)), self._today, self._policy)

    def _attempt(
        self,
        orders: list[Order],
        digests: dict[str, bytes],
        boxes: dict[str, Command],
        answers: dict[str, Answer],
    ) -> list[Order]:
        """Try all once; return those that were overtaken."""
        new = self._unanswered(orders, digests, answers)
        self._refresh()
        after = self.recorder.head()
        pasts = self._pasts(new)
        self._seal(new, pasts, boxes)
        drafted: list[tuple[Order, list[Fact]]] = []
        for order in new:
            try:
                _still(order, pasts[order.id])
                facts = boxes[order.id].decide(pasts[order.id], order.said)
                in_one_append(facts)
            except Refused as no:
                answers[order.id] = no
                continue
            if facts:
                drafted.append((order, facts))
            else:
                answers[order.id] = Outcome(order.id, range(0))
        guards = {name: guard(past.tags) for name, past in pasts.items()}
        return self._record(drafted, guards, digests, answers, after=after)

    def _unanswered(
        self,
        orders: list[Order],
        digests: dict[str, bytes],
        answers: dict[str, Answer],
    ) -> list[Order]:
        known = self.recorder.answered_all(
            [(order.id, digests[order.id]) for order in orders]
        )
        for order in orders:
            if (before := known.get(order.id)) is not None:
                span = range(before.first, before.last + 1)
                answers[order.id] = Outcome(order.id, span, repeated=True)
        return [order for order in orders if order.id not in known]

    def _pasts(self, orders: list[Order]) -> dict[str, Past]:
        """Return what each may know, read further until nothing more is to be known."""
        concerns = {order.id: order.command.concerns() for order in orders}
        pasts = self._read(concerns)
        for order in orders:
            past = pasts[order.id]
            while more := set(order.command.further(past)) - {*past.tags}:
                past = self._read({order.id: (*past.tags, *sorted(more))})[order.id]
            pasts[order.id] = past
        return pasts

    def _read(self, concerns: Mapping[str, tuple[str, ...]]) -> dict[str, Past]:
        by_tag: dict[str, list[Recorded]] = {}
        for recorded in self._about(
            {tag for tags in concerns.values() for tag in tags}
        ):
            for tag in recorded.fact.tags():
                by_tag.setdefault(tag, []).append(recorded)
        return {
            name: Past(_merged(by_tag, tags), self._today, self._policy, tags)
            for name, tags in concerns.items()
        }

    def _about(self, tags: set[str]) -> tuple[Recorded, ...]:
        items = tuple(Item(tags=frozenset((tag,))) for tag in sorted(tags))
        facts = self.recorder.read(items)
        return tuple(_placed(one, one.met()) for one in facts)

    def _seal(
        self, orders: list[Order], pasts: dict[str, Past], boxes: dict[str, Command]
    ) -> None:
        """Seal the private parts of all orders in one go; once per order."""
        new = [order for order in orders if order.id not in boxes]
        parts: list[tuple[Plain, str, str]] = []
        for order in new:
            found = list(plains(order.command))
            if found:
                person = order.command.person(pasts[order.id])
                parts += [(plain, person, order.id) for plain in found]
        done = iter(self.vault.seal_many(parts))

        def take(_: Plain) -> Sealed:
            return next(done)

        for order in new:
            boxes[order.id] = sealed(order.command, take)

    def _record(
        self,
        drafted: list[tuple[Order, list[Fact]]],
        guards: dict[str, tuple[Item, ...]],
        digests: dict[str, bytes],
        answers: dict[str, Answer],
        *,
        after: int,
    ) -> list[Order]:
        entries = [
            Entry(
                order.id,
                digests[order.id],
                new_facts(order.id, facts),
                Condition(guards[order.id], after),
            )
            for order, facts in drafted
        ]
        overtaken: list[Order] = []
        got = [one for batch in batches(entries) for one in self.recorder.record(batch)]
        for (order, facts), answer in zip(drafted, got, strict=True):
            if isinstance(answer, Overtaken):
                overtaken.append(order)
                continue
            span = range(answer.first, answer.last + 1)
            # What lies there of a repeated one was decided and sealed another time.
            ours = () if isinstance(answer, Repeated) else tuple(facts)
            answers[order.id] = Outcome(order.id, span, ours)
        return overtaken

    def _refresh(self) -> None:
        """Take in the days and policies since the last look."""
        items = (Item(tags=frozenset({"day"})), Item(tags=frozenset({"policy"})))
        for stored in self.recorder.read(items, after=self._known):
            self._known = stored.position
            match decode(stored.type, stored.data):
                case DayBegan(day=day):
                    self._today = day
                case PolicyAdopted(policy=policy):
                    self._policy = policy
                case _:
                    pass

    def _digest(self, order: Order) -> bytes:
        content = order.command.model_dump_json(exclude_none=True, by_alias=True)
        return self.vault.digest(f"{order.command.name}\n{content}".encode())


def _still(order: Order, past: Past) -> None:
    """Raise `Outdated` when what an order was made of has changed since."""
    if order.seen is None:
        return
    for recorded in past.facts:
        if recorded.position > order.seen and recorded.fact.type in DECISIVE:
            raise Outdated("Its case has changed meanwhile; look at it again.")


def read(stored: StoredFact) -> Recorded:
    """Return the stored fact as today's model with its place."""
    return _placed(stored, stored.content())


def _placed(stored: StoredFact, fact: Fact) -> Recorded:
    return Recorded(
        position=stored.position,
        id=stored.id,
        command_id=stored.command_id,
        recorded_us=stored.recorded_us,
        fact=fact,
    )


def _merged(
    by_tag: dict[str, list[Recorded]], tags: Iterable[str]
) -> tuple[Recorded, ...]:
    found = {r.position: r for tag in tags for r in by_tag.get(tag, ())}
    return tuple(found[position] for position in sorted(found))
