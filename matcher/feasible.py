"""Who may stay where: all pairs that break no rule, and where the others fall.

What depends on rooms (`size`) is asked last and only of pairs that every other rule let
pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from matcher.columns import Bools, Households, Ints, Narrow, Pools
from matcher.problem import NEVER, Market
from matcher.rules import FUNNEL, RULES, Block, Known

BLOCK, CELLS = 256, 1 << 21
"""Households a block, and pairs: it bounds the memory, and changes no result."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """All compatible pairs, sorted by household and pool, and the funnel.

    `blocked[h, r]` counts the offers whose last hope fell at rule r of `FUNNEL`;
    its last column counts the compatible ones.
    """

    need: Narrow
    pool: Narrow
    start: Narrow
    end: Narrow
    demand: Narrow
    metres: Narrow
    blocked: Ints

    def only(self, rows: Ints | slice) -> "Pairs":
        """Return some of the pairs; the funnel stays as it is."""
        names = (f.name for f in fields(self) if f.name != "blocked")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


def compatible(market: Market, needs: Households, pools: Pools) -> Pairs:
    """Return every pair that breaks no rule, with its stay and what it takes."""
    parts = [_of_block(block) for block in blocks(market, needs, pools)]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Pairs.__dataclass_fields__
    }
    return Pairs(**joined)


def funnels(market: Market, needs: Households, pools: Pools) -> Ints:
    """Return the funnel of each household: see `Pairs`."""
    found = [_of_block(block).blocked for block in blocks(market, needs, pools)]
    return np.concatenate(found)


def blocks(market: Market, needs: Households, pools: Pools) -> Iterator[Block]:
    """Yield households in blocks, with the stay that each pool would give them."""
    known = Known(market, needs, pools)
    step = min(BLOCK, max(1, CELLS // max(1, len(pools.rows))))
    for first in range(0, max(1, len(needs.rows)), step):
        rows = slice(first, first + step)
        some = take(needs, rows)
        start = np.maximum(some.start[:, None], pools.start)
        wanted = np.where(
            some.end[:, None] < NEVER,
            some.end[:, None],
            start + market.policy.horizon_days,
        )
        end = np.minimum(wanted, np.minimum(pools.end, start + pools.max_days))
        far = known.far.matrix(rows)
        yield Block(market, some, pools, start, end, far, known, first)


def verdicts(block: Block, few: int = len(RULES)) -> dict[str, Bools]:
    """Return what each rule of the funnel blocks, whatever the others say.

    Rooms take long to ask: `size` blames nobody where more than a `few` others do.
    """
    blocked = _ruled(block)
    others = np.stack(list(blocked.values())).sum(axis=0, dtype=np.int8)
    need, pool = np.nonzero(others <= few)
    start, end = block.start[need, pool], block.end[need, pool]
    demand = block.known.sizes.demands(
        block.needs, need=need, pool=pool, start=start, end=end
    )
    blocked["size"] = np.zeros(block.start.shape, np.bool_)
    blocked["size"][need, pool] = demand == 0
    return {code: blocked[code] for code in FUNNEL}


def take(needs: Households, rows: slice) -> Households:
    """Return some of the households, in their order."""
    return Households(**{f.name: getattr(needs, f.name)[rows] for f in fields(needs)})


def taken(needs: Households, rows: Ints) -> Households:
    """Return the households at some places."""
    columns = {f.name: getattr(needs, f.name) for f in fields(needs)}
    found = tuple(needs.rows[n] for n in rows.tolist())
    return Households(
        **{name: column[rows] for name, column in columns.items() if name != "rows"},
        rows=found,
    )


def _of_block(block: Block) -> Pairs:
    blocked = _ruled(block)
    near = ~blocked["distance"]
    others = [blocked[code] for code in RULES if code != "distance"]
    alive = ~np.logical_or.reduce(others)
    need, pool = np.nonzero(alive)
    start, end = block.start[need, pool], block.end[need, pool]
    demand = block.known.sizes.demands(
        block.needs, need=need, pool=pool, start=start, end=end
    )
    blocked["size"] = np.zeros(alive.shape, np.bool_)
    blocked["size"][need, pool] = demand == 0
    keep = (demand > 0) & near[need, pool]
    need, pool = need[keep], pool[keep]
    return Pairs(
        need=(need + block.first).astype(np.int32),
        pool=pool.astype(np.int32),
        start=start[keep].astype(np.int32),
        end=end[keep].astype(np.int32),
        demand=demand[keep].astype(np.int32),
        metres=block.metres[need, pool].astype(np.int32),
        blocked=_funnel(block, blocked),
    )


def _ruled(block: Block) -> dict[str, Bools]:
    """Return what each rule blocks; where no bed is known, only `size` is to blame."""
    blocked = {code: rule(block) for code, rule in RULES.items()}
    for matrix in blocked.values():
        matrix[:, block.pools.hollow] = False
    return blocked


def _funnel(block: Block, blocked: Mapping[str, Bools]) -> Ints:
    depth = np.full(block.start.shape, len(FUNNEL), np.int8)
    for n, code in reversed(tuple(enumerate(FUNNEL))):
        depth[blocked[code]] = n
    first = block.known.first
    deepest = np.maximum.reduceat(depth, first, axis=1) if first else depth
    return np.stack(
        [(deepest == n).sum(axis=1) for n in range(len(FUNNEL) + 1)], axis=1
    )
