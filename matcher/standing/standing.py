"""A plan that stands while its market changes: one event, one answer, one certificate.

Prices and choice stay in memory. An event changes the rows and columns that it is
about, the bound by exactly that, and the choice by chains of a few moves. What the gap
is worth by now is known each time; whoever watches it says when to price anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.board import board
from matcher.market import Doc, read_market
from matcher.near import most_apart
from matcher.pins import settle
from matcher.plan import Plan, Tier
from matcher.standing.edges import NO_EDGE
from matcher.standing.event import Event, look_for_places
from matcher.standing.naming import named
from matcher.standing.news import Cases, News
from matcher.standing.table import Table, Unweighed
from matcher.standing.writing import written
from matcher.stays import to_date
from matcher.worth import TIERS

Place = tuple[str, str | None]
"""An offer, and the unit of it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a tier reached, and what no choice can exceed."""

    name: str
    worth: int
    bound: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What an event led to: who has another place than before, and what is proven.

    `chosen` names each of them with the place, or `None`; `moved` counts those of them
    that the event was not about and who had a place before.
    """

    chosen: Mapping[str, Place | None]
    moved: int
    tiers: tuple[Tally, ...]
    gap: float


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """The place that a household has: so many rooms over days, a home being one."""

    offer: str
    unit: str | None
    start: date
    end: date
    rooms: int


class Standing:
    """A plan in memory. `of` lays its market out; `heed` takes one event in.

    `drift` is how much the gap has grown since the market was laid out.
    """

    def __init__(
        self, document: Doc, places: Mapping[str, Place], tiers: Sequence[Tier]
    ) -> None:
        whole = read_market(document)
        pinned = settle(whole)
        self._cases = Cases(pinned.rest, whole)
        laid = board(pinned.rest)
        self._apart = most_apart(laid)
        self._table = Table(laid, tiers)
        for need, place in sorted(places.items()):
            self._table.give_back(need, (*place, None))
        self._begun = self.answer().gap
        self.drift = 0.0

    @staticmethod
    def of(document: Doc, plan: Plan) -> "Standing":
        """Return a plan as it stands in a market; what no longer fits is let go."""
        places = {stay.need: (stay.offer, stay.unit) for stay in plan.stays}
        return Standing(document, places, plan.part("housing").tiers)

    def again(self, document: Doc) -> "Standing":
        """Return the same prices and places in another market, laid out anew."""
        again = Standing(document, self.places(), self.tiers())
        again._begun = self._begun
        again.drift = again.answer().gap - again._begun
        return again

    def places(self) -> dict[str, Place]:
        """Return who has a place, and where."""
        table = self._table
        held = ((one, table.where(need)) for one, need in table.need.items())
        return {one: name[:2] for one, name in held if name is not None}

    def held(self, needs: Iterable[str] | None = None) -> dict[str, HeldPlace]:
        """Return the places of these needs, or of all; who has none is left out.

        Of households that are placed together each has the place.
        """
        table = self._table
        wanted = table.need if needs is None else table.need.keys() & set(needs)
        found: dict[str, HeldPlace] = {}
        for name in sorted(wanted):
            need = table.need[name]
            edge = table.choice.of.get(need, NO_EDGE)
            if edge != NO_EDGE:
                found |= dict.fromkeys(self.each(name), self._held(edge))
        return found

    def each(self, need: str) -> tuple[str, ...]:
        """Return the needs that are placed together with one, itself among them."""
        known = self._table.need.get(need)
        parts = () if known is None else self._table.households[known].parts
        return tuple(part.id for part in parts) or (need,)

    def _held(self, edge: int) -> HeldPlace:
        edges = self._table.edges
        offer, unit, _ = self._table.names[int(edges.pool[edge])]
        start, end = (to_date(int(days[edge])) for days in (edges.start, edges.end))
        return HeldPlace(offer, unit, start, end, int(edges.demand[edge]))

    def tiers(self) -> tuple[Tier, ...]:
        """Return worth, bound and prices of each tier, as a plan has them."""
        told = zip(self.answer().tiers, self._table.proof.books, strict=True)
        names = self._table.names
        return tuple(
            Tier(
                name=tally.name,
                worth=tally.worth,
                bound=tally.bound,
                scale=book.scale,
                multipliers=book.multipliers,
                prices=tuple(named(book.prices, names)),
            )
            for tally, book in told
        )

    def heed(self, news: News) -> Answer | None:
        """Take one event in; `None`: more depends on it, lay the market out anew."""
        if not self._cases.can_take(news):
            return None
        self._table.choice.before.clear()
        try:
            about = Event(self._cases, self._table, news).play()
        except Unweighed:
            return None
        answer = self.answer(about)
        self.drift = answer.gap - self._begun
        return answer

    def seek(self, needs: Iterable[str]) -> Answer:
        """Let these needs look for a place; who has one keeps it.

        For those that came with a market that was laid out, not by an event.
        """
        about = frozenset(needs)
        self._table.choice.before.clear()
        look_for_places(self._table, sorted(about))
        answer = self.answer(about)
        self.drift = answer.gap - self._begun
        return answer

    def tidy(self) -> Answer:
        """Bring prices nearer to what the last event left; the choice stays.

        It lowers the bound or leaves it, and nobody has to wait for it.
        """
        self._table.tidy()
        self._table.choice.before.clear()
        answer = self.answer()
        self.drift = answer.gap - self._begun
        return answer

    def written(self, document: Doc) -> Plan:
        """Return the plan written out, for the market document of this moment."""
        return written(document, self.places(), self.tiers())

    def answer(self, about: frozenset[str] = frozenset()) -> Answer:
        """Return what is proven now, and who has another place since the event."""
        table, chosen, moved = self._table, dict[str, Place | None](), 0
        for one, before in table.places_before().items():
            need = table.need.get(one)
            now = None if need is None else table.where(need)
            if now != before:
                chosen[one] = None if now is None else now[:2]
                moved += one not in about and before is not None
        worth, bounds = table.choice.worth, table.proof.bounds(table.choice.worth)
        steps = table.proof.steps(self._apart)
        most, reached = (
            sum(s * n for s, n in zip(steps, some, strict=True))
            for some in (bounds, worth)
        )
        tallies = zip(TIERS, worth, bounds, strict=True)
        return Answer(
            chosen=chosen,
            moved=moved,
            tiers=tuple(Tally(*told) for told in tallies),
            gap=(most - reached) / max(1, most),
        )
