"""Fills offers one after another, in many ways at once: a choice close to the bound.

At prices of a unit of each other offer it is known what every need would earn
elsewhere, so the best filling of one offer is one exact knapsack, and what is lost by
it is exact too. It is kept, its offer and needs are done, the others are priced anew,
and of all ways to go on those of least loss do (a beam). While many offers are left,
almost nothing is lost; towards the end choices are few, so more ways are kept there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matcher.columns import Ints
from matcher.ends import Block, Part, best_end
from matcher.knapsacks import Table, fill
from matcher.unitprices import Grid, settle

TEMPER = 0.1
WAYS, LATE_WAYS, LATE = 8, 40, 8
"""So many ways go on; more of them when so many offers are left."""
TRIES, SPARE = 12, 2
"""Each way tries so many offers next; so many times the ways are priced."""
FORESEEN = 0.5
"""What filling the others will lose, in parts of what each would lose as the next."""
LAST = 2
SETTLED, ROW, CELL = 100, 4_000, 3
"""What a pair that is priced, an item and a cell of its knapsack count as work."""


@dataclass(frozen=True, slots=True)
class Way:
    """What is left to bring together, what is earned so far, and what each took."""

    part: Part
    earned: int
    taken: tuple[tuple[int, Ints], ...]


@dataclass(frozen=True, slots=True)
class Next:
    """A way on: it fills an offer of the part (its place there), with needs of it."""

    bound: int
    way: Way
    place: int
    needs: Ints

    def key(self) -> tuple[bytes, bytes]:
        """Return what is left in it: ways that leave the same are one."""
        part = self.way.part
        offers = np.delete(part.offers, self.place)
        return offers.tobytes(), np.delete(part.needs, self.needs).tobytes()


@dataclass(frozen=True, slots=True)
class Seen:
    """The ways on from one way, its bound, and what each offer is foreseen to lose."""

    bound: int
    lost: float
    nexts: tuple[Next, ...]
    way: Way

    @property
    def score(self) -> float:
        return self.bound - self.lost * len(self.way.part.offers)


class Filling:
    """Fills parts of a table; `price` is where prices of a unit begin."""

    def __init__(self, table: Table, price: Ints, dice: np.random.Generator) -> None:
        self.table, self._dice, self.work = table, dice, 0
        self._block = Block.of(table)
        self._grid = Grid.of(self._block, table.room, price, TEMPER)
        self.most = len(table.room)

    def steps(self, part: Part, least: int, ways: int = WAYS) -> Iterator[Ints | None]:
        """Yield after each offer; at last the edges, where they are worth `least`."""
        seen = [self._seen(way) for way in self._priced([Way(part, 0, ())])]
        while seen and len(seen[0].way.part.offers) > LAST:
            yield None
            left = len(seen[0].way.part.offers)
            count = ways if left > LATE else max(ways, LATE_WAYS)
            nexts = _best(seen, SPARE * count, least)
            found = [self._seen(way) for way in self._priced(self._gone(nexts))]
            seen = sorted(found, key=lambda one: -one.score)[:count]
        yield self._finished([one.way for one in seen], least)

    def _gone(self, nexts: list[Next]) -> list[Way]:
        """Return the ways after their next offer is filled."""
        return [
            Way(
                part=each.way.part.without(each.place, each.needs),
                earned=each.way.earned + int(self._block.worth[offer, needs].sum()),
                taken=(*each.way.taken, (offer, needs)),
            )
            for each in nexts
            for offer in [int(each.way.part.offers[each.place])]
            for needs in [each.way.part.needs[each.needs]]
        ]

    def _priced(self, ways: list[Way]) -> list[Way]:
        """Return the ways at new prices."""
        if not ways:
            return []
        most = max(len(way.part.needs) for way in ways)
        needs = np.full((len(ways), most), self._grid.no_need)
        for row, way in zip(needs, ways, strict=True):
            row[: len(way.part.needs)] = way.part.needs
        offers = np.stack([way.part.offers for way in ways])
        old = np.stack([way.part.price for way in ways])
        self.work += SETTLED * offers.size * most
        new = settle(self._grid, offers, needs, old)
        return [
            replace(way, part=replace(way.part, price=price))
            for way, price in zip(ways, new, strict=True)
        ]

    def _seen(self, way: Way) -> Seen:
        """Fill some offers of a way, each as if it were the next."""
        part, room = way.part, self.table.room[way.part.offers]
        block = self._block.only(part)
        gain = block.gain(part.price)
        order, two = np.argmax(gain, axis=0), np.partition(gain, -2, axis=0)[-2:]
        paid = part.price * room
        bound = way.earned + int(two[1].sum() + paid.sum())
        nexts = []
        for k in self._some(len(part.offers)):
            rest = np.where(order == k, two[0], two[1])
            fitting = (block.worth[k] > rest) & (block.demand[k] <= room[k])
            items = np.nonzero(fitting)[0]
            more = (block.worth[k, items] - rest[items]).tolist()
            sizes = block.demand[k, items].tolist()
            self.work += len(items) * (ROW + CELL * int(room[k]))
            filled, taken = fill(sizes, more, int(room[k]))
            others = int(rest.sum() + paid.sum() - paid[k])
            nexts.append(Next(way.earned + others + filled, way, k, items[taken]))
        lost = FORESEEN * float(np.mean([max(0, bound - one.bound) for one in nexts]))
        return Seen(bound, lost, tuple(nexts), way)

    def _some(self, offers: int) -> list[int]:
        if offers <= TRIES:
            return list(range(offers))
        return sorted(self._dice.choice(offers, TRIES, replace=False).tolist())

    def _finished(self, ways: list[Way], least: int) -> Ints | None:
        """Return the edges of the best choice among all ends of all ways."""
        best, found = least - 1, None
        for way in ways:
            end = best_end(self._block, self.table.room, way.part)
            if end is not None and way.earned + end[0] > best:
                best, found = way.earned + end[0], (way, end[1])
        if found is None:
            return None
        way, choice = found
        placed = np.nonzero(choice < len(self.table.room))[0]
        edges = [self.table.edge[offer, needs] for offer, needs in way.taken]
        edges.append(self.table.edge[choice[placed], way.part.needs[placed]])
        return np.sort(np.concatenate(edges))


def _best(seen: list[Seen], count: int, least: int) -> list[Next]:
    """Return the ways on of least loss, now and foreseen, each of them once."""
    scored = [
        (one.lost * (len(one.way.part.offers) - 1) - each.bound, each)
        for one in seen
        for each in one.nexts
        if each.bound >= least
    ]
    found: dict[tuple[bytes, bytes], Next] = {}
    for _, each in sorted(scored, key=lambda pair: pair[0]):
        if len(found) == count:
            break
        found.setdefault(each.key(), each)
    return list(found.values())
