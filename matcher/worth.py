"""What a pair is worth, by tier (docs/matching.md writes the formula out).

1. acute: persons of an acute need, weighted by its priority, which waiting raises, and
   of others once they have waited long;
2. persons;
3. points: one integer sum of preferences.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.columns import Households, Ints, Pools, stretches
from matcher.feasible import Pairs
from matcher.problem import Household, Market
from matcher.together import parts
from matcher.wishes import linked_near, wished_household

TIERS = ("acute", "persons", "points")


def worth(market: Market, needs: Households, pools: Pools, pairs: Pairs) -> Ints:
    """Return tiers × pairs."""
    found = np.zeros((len(TIERS), len(pairs.need)), np.int64)
    found[0] = acute(market, needs)[pairs.need]
    found[1] = needs.persons[pairs.need]
    for some in stretches(len(pairs.need)):
        for each in points(market, needs, pools, pairs.only(some)).values():
            found[2, some] += each
    return found


def acute(market: Market, needs: Households) -> Ints:
    """Return what placing each household adds to the first tier."""
    each = [sum(acute_of(market, one) for one in parts(h)) for h in needs.rows]
    return np.array(each, np.int64)


def acute_of(market: Market, household: Household) -> int:
    """Return the persons of a household, weighted."""
    return len(household.people) * weight(market, household)


def weight(market: Market, household: Household) -> int:
    """Return what each of a household weighs in the first tier."""
    waited, told = market.today - household.waiting_since, household.priority
    return market.policy.weight(told, waited, acute=household.acute)


def points(
    market: Market, needs: Households, pools: Pools, pairs: Pairs
) -> dict[str, Ints]:
    """Return the third tier's points of each pair, by preference."""
    each = market.policy.points
    return {
        "keep": each.keep * _kept(needs, pools, pairs),
        "wished_district": _districts(each.wished_district, needs, pools, pairs),
        "wished_dwelling": each.wished_dwelling * _dwelling(needs, pools, pairs),
        "language": each.language * _language(needs, pools, pairs),
        "whole_dwelling": each.whole_dwelling
        * _column([pool.home.whole for pool in pools.rows])[pairs.pool],
        "wasted_bed": each.wasted_bed * _wasted(needs, pools, pairs),
        "kilometre": each.kilometre * _kilometres(pairs),
        **_of_both(market, needs, pools, pairs),
    }


def _of_both(
    market: Market, needs: Households, pools: Pools, pairs: Pairs
) -> dict[str, Ints]:
    """Return what the policy weighs only where it says so."""
    each, found = market.policy.points, {}
    if each.wished_household:
        ranks = each.wished_household
        found["wished_household"] = wished_household(ranks, needs, pools, pairs)
    if each.near is not None and (market.near or market.anchors):
        links = linked_near(market, needs, pools, pairs)
        found["linked_near"] = each.near.points * links
    return found


def _column(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


def _kept(needs: Households, pools: Pools, pairs: Pairs) -> Ints:
    place = {(pool.offer, pool.unit): n for n, pool in enumerate(pools.rows)}
    now = [place.get(h.current, -1) if h.current else -1 for h in needs.rows]
    kept: Ints = (_column(now)[pairs.need] == pairs.pool).astype(np.int64)
    return kept


def _districts(
    ranks: tuple[int, ...], needs: Households, pools: Pools, pairs: Pairs
) -> Ints:
    """Points of the first wish met: a postcode, or its first three digits."""
    words: dict[str, int] = {}
    number = [
        [words.setdefault(word, len(words)) for word in (code, code[:3])]
        for code in (pool.home.postcode or "" for pool in pools.rows)
    ]
    here = np.array(number, np.int64).reshape(-1, 2)[pairs.pool]
    earned = np.zeros(len(pairs.need), np.int64)
    for rank in reversed(range(len(ranks))):
        wish = _column([_wish(h, rank, words) for h in needs.rows])[pairs.need]
        earned[(here == wish[:, None]).any(axis=1)] = ranks[rank]
    return earned


def _wish(household: Household, rank: int, words: dict[str, int]) -> int:
    told = household.districts
    return words.get(told[rank], -1) if rank < len(told) and told[rank] else -1


def _dwelling(needs: Households, pools: Pools, pairs: Pairs) -> Ints:
    kinds = sorted({pool.home.dwelling or "" for pool in pools.rows})
    kind = _column([kinds.index(pool.home.dwelling or "") for pool in pools.rows])
    wished = np.array(
        [[k in h.dwellings for k in kinds] for h in needs.rows], np.int64
    ).reshape(-1, max(1, len(kinds)))
    met: Ints = wished[pairs.need, kind[pairs.pool]]
    return met


def _language(needs: Households, pools: Pools, pairs: Pairs) -> Ints:
    spoken = [h.languages for h in needs.rows]
    understood = [pool.home.languages for pool in pools.rows]
    words = sorted(frozenset().union(*spoken, *understood))
    packed = [_packed(side, words) for side in (spoken, understood)]
    common = packed[0][pairs.need] & packed[1][pairs.pool]
    spoken_by_both: Ints = np.sign(common.sum(axis=1, dtype=np.int64))
    return spoken_by_both


def _wasted(needs: Households, pools: Pools, pairs: Pairs) -> Ints:
    beds = _column([pool.beds for pool in pools.rows])[pairs.pool]
    spare = beds * pairs.demand - needs.persons[pairs.need]
    wasted: Ints = spare * (spare > 0)
    return wasted


def _kilometres(pairs: Pairs) -> Ints:
    return np.maximum(pairs.metres, 0).astype(np.int64) // 1000


def _packed(side: Sequence[frozenset[str]], words: Sequence[str]) -> NDArray[np.uint8]:
    told = [[word in some for word in words] for some in side]
    return np.packbits(np.array(told, np.bool_).reshape(len(side), len(words)), axis=1)
