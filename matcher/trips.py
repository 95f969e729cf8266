"""Fewer trips: each hand-over costs one, whatever it carries, and is no flow any more.

A flow is found whose pieces bear their share of the trip that they made in the flow
before (slope scaling), again and again; the best one stays. The bound lets each request
choose its lots and trips for itself, at the prices of the lots; the prices are moved
towards those at which what is chosen is what is there (subgradient).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.columns import Bools, Ints
from matcher.flow import Network, best_flow

MOST = 24
"""A request for more pieces pays for trips by the piece in the bound."""
SCALINGS = 16
ROUNDS = 60
OUT = -(1 << 50)
NEVER_HAD = -(1 << 58)


@dataclass(frozen=True, slots=True)
class Table:
    """One shelf as a table, requests × lots.

    `gain` is what a piece is worth, less its way; `fits` says which lots suit. `trip`
    is what a hand-over costs.
    """

    gain: Ints
    fits: Bools
    left: Ints
    wanted: Ints
    trip: int

    def bound(self, price: Ints) -> tuple[int, Ints]:
        """Return what no plan can exceed, and what of each lot is then asked for."""
        profit, asked = self._responses(price)
        large, more = self._large(price)
        total = int(self.left @ price) + int(profit.sum()) + int(large.sum())
        return total, asked + more

    def profit(self, price: Ints) -> int:
        """Return what all requests can earn at these prices, each for itself."""
        if self.trip:
            return self.bound(price)[0] - int(self.left @ price)
        best = np.where(self.fits, self.gain - price, OUT).max(axis=1)
        return int(np.maximum(0, best) @ self.wanted)

    def _large(self, price: Ints) -> tuple[Ints, Ints]:
        """Let those who want more than `MOST` pay for trips by the piece."""
        asked = np.zeros(len(self.left), np.int64)
        large = np.nonzero(self.wanted > MOST)[0]
        if not len(large):
            return large, asked
        cap = np.maximum(1, np.minimum(self.left, self.wanted[large, None]))
        there = self.fits[large] & (self.left > 0)
        share = np.where(there, self.trip // cap + price, -OUT)
        profit = self.gain[large] - share
        best = profit.argmax(axis=1)
        most = np.maximum(0, profit.max(axis=1)) * self.wanted[large]
        np.add.at(asked, best[most > 0], self.wanted[large][most > 0])
        return most, asked

    def _responses(self, price: Ints) -> tuple[Ints, Ints]:
        """Let each request choose pieces of lots and pay each trip: a knapsack."""
        rows = np.nonzero(self.wanted <= MOST)[0]
        wanted = self.wanted[rows]
        size = int(wanted.max(initial=0))
        best = np.full((len(rows), size + 1), NEVER_HAD, np.int64)
        best[:, 0] = 0
        took = np.zeros((len(self.left), len(rows), size + 1), np.int8)
        gain = np.where(self.fits, self.gain - price, OUT)[rows]
        for lot in np.nonzero(self.fits[rows].any(axis=0) & (self.left > 0))[0]:
            before = best.copy()
            for count in range(1, min(size, int(self.left[lot])) + 1):
                earned = (count * gain[:, lot] - self.trip)[:, None]
                reached = before[:, :-count] + earned
                better = reached > best[:, count:]
                best[:, count:][better] = reached[better]
                took[lot][:, count:][better] = count
        best[np.arange(size + 1) > wanted[:, None]] = NEVER_HAD
        return best.max(axis=1), _asked(took, best.argmax(axis=1))


def _asked(took: NDArray[np.int8], count: Ints) -> Ints:
    """Return the pieces of each lot in the choices that end with `count` pieces."""
    asked = np.zeros(len(took), np.int64)
    row = np.arange(len(count))
    for lot in range(len(took) - 1, -1, -1):
        some = took[lot][row, count]
        asked[lot] = int(some.sum(dtype=np.int64))
        count = count - some
    return asked


def scaled(network: Network, trip: int) -> Ints:
    """Return a flow with few trips; `gain` of the network does not know of them.

    An arc that carried pieces charges them with its trip; one that carried none keeps
    its charge.
    """
    cap = np.minimum(network.supply[network.lot], network.demand[network.request])
    charge = trip // np.maximum(1, cap)
    found, most = np.zeros_like(cap), 0
    for _ in range(SCALINGS):
        gain = network.gain - charge
        flow = best_flow(
            Network(network.supply, network.demand, network.lot, network.request, gain)
        )
        used = flow > 0
        worth = int(network.gain @ flow) - trip * int(used.sum())
        if worth > most:
            found, most = flow, worth
        charge[used] = trip // flow[used]
    return found


def moved(table: Table, price: Ints, worth: int) -> Ints:
    """Return prices whose bound is nearer to `worth`; never a worse one."""
    best, least = price, table.bound(price)[0]
    at, now = price, price
    pace = 1.5
    for _ in range(ROUNDS):
        total, asked = table.bound(now)
        if total < least:
            best, least = now, total
        else:
            pace *= 0.97
        slope = (table.left - asked).astype(np.float64)
        slope[(now == 0) & (slope > 0)] = 0
        length = float(slope @ slope)
        if least <= worth or length == 0:
            break
        step = pace * float(total - worth) / length
        at = np.rint(now - step * slope).astype(np.int64)
        now = np.maximum(0, at)
    return best
