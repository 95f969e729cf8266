"""Fills offers that hold few needs each, along the relaxation over whole fillings.

Where an offer holds some ten needs, prices of a unit see nothing of what is lost by
meeting capacities to the unit; prices of needs do (`generation.py`). So the fillings
that the relaxation takes most of are kept, the rest is relaxed anew, and so on (a
dive). It ends early when what is left can no longer be worth enough.
"""

from collections.abc import Iterator

import numpy as np

from matcher.columns import Ints
from matcher.ends import Block, Part
from matcher.generation import Column, Master
from matcher.knapsacks import Table
from matcher.unitprices import second_best

BOX = 0.5
"""How far prices may go at first, in parts of what second best choices lose."""
FIRST_ROUNDS, ROUNDS = 200, 12
"""So often fillings may join before the first dive, and at each of its steps."""
PART, SURE = 48, 0.95
"""One in so many offers is kept at a step, and what is taken so nearly whole."""
MOST = 14
"""So many offers at most are filled anew together."""
KNOWN = 60
"""So many fillings an offer brings along, those of least loss."""


class Diving:
    """Fills parts of a table; `price` is what a unit of each offer costs.

    Every choice is worth a multiple of `grain`.
    """

    most = MOST

    def __init__(self, table: Table, price: Ints, grain: int) -> None:
        self.table, self._grain = table, grain
        block = Block.of(table)
        self._box = max(1.0, BOX * second_best(block, price))
        level = block.gain(price).max(axis=0)
        master = Master(table, level, self._box)
        master.converge(FIRST_ROUNDS)
        self.work, self.bound, self.price = master.work, master.bound, master.price
        self._known = _Known(master.fillings)

    def steps(self, part: Part, least: int) -> Iterator[Ints | None]:
        """Yield after each step; at last the edges, where they are worth more."""
        least += self._grain
        earned, edges = 0, []
        offers, needs, price = part.offers, part.needs, self.price[part.needs]
        while len(offers) and len(needs):
            master = self._master(offers, needs, price)
            yield None
            if earned + master.bound < least:
                return
            kept = _kept(master)
            if not kept:
                break
            for offer, some in kept:
                rows, columns = offers[offer], needs[list(some)]
                edges.append(self.table.edge[rows, columns])
                earned += int(self.table.worth[rows, columns].sum())
            filled = [offer for offer, _ in kept]
            served = [need for _, some in kept for need in some]
            offers, needs = np.delete(offers, filled), np.delete(needs, served)
            price = np.delete(master.price, served)
        if earned >= least and edges:
            yield np.sort(np.concatenate(edges))

    def _master(self, offers: Ints, needs: Ints, price: Ints) -> Master:
        """Relax a part; what joins there is known from then on."""
        grid = np.ix_(offers, needs)
        table = Table(
            self.table.worth[grid],
            self.table.demand[grid],
            self.table.edge[grid],
            self.table.room[offers],
        )
        known = self._known.within(self.table, self.price, offers, needs)
        master = Master(table, price, self._box, known)
        master.converge(ROUNDS)
        self.work += master.work
        self._known.join(
            (int(offers[offer]), tuple(needs[list(some)].tolist()))
            for offer, some in master.fillings[len(known) :]
        )
        return master


def _kept(master: Master) -> list[Column]:
    """Return the fillings that are taken most of, no need and no offer twice."""
    share, many = master.share, 1 + len(master.table.room) // PART
    kept: list[Column] = []
    filled: set[int] = set()
    served: set[int] = set()
    for n in np.argsort(-share, kind="stable").tolist():
        offer, needs = master.fillings[n]
        if share[n] <= 0 or (len(kept) >= many and share[n] < SURE):
            break
        if offer not in filled and served.isdisjoint(needs):
            kept.append((offer, needs))
            filled.add(offer)
            served.update(needs)
    return kept


class _Known:
    """All fillings ever found."""

    def __init__(self, fillings: list[Column]) -> None:
        self._all = dict.fromkeys(fillings)

    def join(self, fillings: Iterator[Column]) -> None:
        self._all.update(dict.fromkeys(fillings))

    def within(
        self, table: Table, price: Ints, offers: Ints, needs: Ints
    ) -> list[Column]:
        """Return those of a part, as it numbers them: the best of each offer."""
        place = {offer: n for n, offer in enumerate(offers.tolist())}
        number = np.full(len(price), -1)
        number[needs] = np.arange(len(needs))
        found: list[list[tuple[int, Column]]] = [[] for _ in place]
        for offer, some in self._all:
            if offer not in place:
                continue
            columns = list(some)
            mine = number[columns]
            if (mine < 0).any():
                continue
            gain = int((table.worth[offer, columns] - price[columns]).sum())
            found[place[offer]].append((-gain, (place[offer], tuple(mine.tolist()))))
        return [each for one in found for _, each in sorted(one)[:KNOWN]]
