"""A part of a table, and its best end: few offers left, all of whose choices are tried.

The last row of a block is nobody: it takes nothing and earns nothing.
"""

from dataclasses import dataclass

import numpy as np

from matcher.columns import Ints
from matcher.knapsacks import Table

NO_PAIR = -(1 << 50)
"""What a pair is worth that there is not."""
OPEN = 16
"""So many needs are tried with their best and second best choice, others at best."""


@dataclass(frozen=True, slots=True)
class Part:
    """Offers and needs to bring together, at prices of a unit."""

    offers: Ints
    needs: Ints
    price: Ints

    def without(self, place: int, needs: Ints) -> "Part":
        """Return what is left when the offer at this place takes these needs."""
        return Part(
            np.delete(self.offers, place),
            np.delete(self.needs, needs),
            np.delete(self.price, place),
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Offers and nobody × needs: what a pair is worth and takes."""

    worth: Ints
    demand: Ints

    @staticmethod
    def of(table: Table) -> "Block":
        known = table.edge >= 0
        nothing = np.zeros((1, known.shape[1]), np.int64)
        worth = np.where(known, table.worth, NO_PAIR)
        demand = np.where(known, table.demand, 0)
        return Block(np.vstack([worth, nothing]), np.vstack([demand, nothing]))

    def only(self, part: Part) -> "Block":
        """Return the rows and columns of a part."""
        rows = np.append(part.offers, len(self.worth) - 1)[:, None]
        return Block(self.worth[rows, part.needs], self.demand[rows, part.needs])

    def gain(self, price: Ints) -> Ints:
        """Return what each choice earns after paying a price a unit."""
        paid: Ints = np.append(price, 0)[:, None] * self.demand
        return self.worth - paid


def best_end(whole: Block, room: Ints, part: Part) -> tuple[int, Ints] | None:
    """Return the best choice that was found to fit: its worth, and each need's offer.

    `None`: none fits. Needs that lose most by their second best choice take the best;
    all others are tried either way.
    """
    block = whole.only(part)
    gain = block.gain(part.price)
    first, second = np.argsort(-gain, axis=0, kind="stable")[:2]
    column = np.arange(len(first))
    lost = gain[first, column] - gain[second, column]
    some = np.argsort(lost, kind="stable")[:OPEN]
    load = np.zeros((len(block.worth), 1), np.int64)
    np.add.at(load[:, 0], first, block.demand[first, column])
    worth = block.worth[first, column].sum(keepdims=True)
    for j in some:
        moved = load.copy()
        moved[first[j]] -= block.demand[first[j], j]
        moved[second[j]] += block.demand[second[j], j]
        load = np.concatenate([load, moved], axis=1)
        more = block.worth[second[j], j] - block.worth[first[j], j]
        worth = np.concatenate([worth, worth + more])
    within = (load[:-1] <= room[part.offers][:, None]).all(axis=0)
    if not within.any():
        return None
    at = int(np.where(within, worth, np.iinfo(np.int64).min).argmax())
    other = some[(at >> np.arange(len(some))) & 1 == 1]
    choice = first.copy()
    choice[other] = second[other]
    return int(worth[at]), np.append(part.offers, len(room))[choice]
