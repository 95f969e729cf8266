"""What a pair is worth, by tier (docs/matching.md writes the formula out).

1. acute: persons of an acute need, weighted by its priority, which waiting raises, and
   of others once they have waited long;
2. persons;
3. points: one integer sum of preferences.
"""

from collections.abc import Sequence

import numpy as np

from matcher.columns import Bits, Bools, Households, Ints, Pools, stretches
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
    preferences = Preferences(market, needs, pools)
    for some in stretches(len(pairs.need)):
        found[2, some] = preferences.total(pairs.only(some))
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


class Preferences:
    """The third tier of a market: what each side wishes, laid out to be looked up."""

    def __init__(self, market: Market, needs: Households, pools: Pools) -> None:
        self._market, self._needs, self._pools = market, needs, pools
        place = {(pool.offer, pool.unit): n for n, pool in enumerate(pools.rows)}
        now = [place.get(h.current, -1) if h.current else -1 for h in needs.rows]
        self._now = _column(now)
        self._here, self._wishes = _districts(market, needs, pools)
        kinds = sorted({pool.home.dwelling or "" for pool in pools.rows})
        number = {kind: n for n, kind in enumerate(kinds)}
        self._kind = _column([number[p.home.dwelling or ""] for p in pools.rows])
        wished = [[k in h.dwellings for k in kinds] for h in needs.rows]
        self._wished = np.array(wished, np.int64).reshape(-1, max(1, len(kinds)))
        self._whole = _column([pool.home.whole for pool in pools.rows])
        self._beds = _column([pool.beds for pool in pools.rows])
        self._spoken, self._understood = _languages(needs, pools)

    def total(self, pairs: Pairs) -> Ints:
        """Return the points of each pair."""
        found = np.zeros(len(pairs.need), np.int64)
        for each in self.points(pairs).values():
            found += each
        return found

    def points(self, pairs: Pairs) -> dict[str, Ints]:
        """Return the points of each pair, by preference."""
        each = self._market.policy.points
        need, pool = pairs.need, pairs.pool
        return {
            "keep": each.keep * (self._now[need] == pool),
            "wished_district": self._district(pairs, each.wished_district),
            "wished_dwelling": each.wished_dwelling
            * self._wished[need, self._kind[pool]],
            "language": each.language * self._common(pairs),
            "whole_dwelling": each.whole_dwelling * self._whole[pool],
            "wasted_bed": each.wasted_bed * self._wasted(pairs),
            "kilometre": each.kilometre * _kilometres(pairs),
            **_of_both(self._market, self._needs, self._pools, pairs),
        }

    def _district(self, pairs: Pairs, ranks: tuple[int, ...]) -> Ints:
        """Points of the first wish met: a postcode, or its first three digits."""
        earned = np.zeros(len(pairs.need), np.int64)
        code, prefix = self._here[:, pairs.pool]
        for rank in reversed(range(len(ranks))):
            wish = self._wishes[rank][pairs.need]
            earned[(code == wish) | (prefix == wish)] = ranks[rank]
        return earned

    def _common(self, pairs: Pairs) -> Bools:
        """Say where a language is common."""
        common = np.zeros(len(pairs.need), np.bool_)
        for spoken, understood in zip(self._spoken, self._understood, strict=True):
            common |= (spoken[pairs.need] & understood[pairs.pool]) != 0
        return common

    def _wasted(self, pairs: Pairs) -> Ints:
        spare = self._beds[pairs.pool] * pairs.demand - self._needs.persons[pairs.need]
        wasted: Ints = np.maximum(spare, 0)
        return wasted


def points(
    market: Market, needs: Households, pools: Pools, pairs: Pairs
) -> dict[str, Ints]:
    """Return the third tier's points of each pair, by preference."""
    return Preferences(market, needs, pools).points(pairs)


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


def _districts(
    market: Market, needs: Households, pools: Pools
) -> tuple[Ints, tuple[Ints, ...]]:
    """Return postcode and prefix of pools, and the wishes of households by rank."""
    words: dict[str, int] = {}
    number = [
        [words.setdefault(word, len(words)) for word in (code, code[:3])]
        for code in (pool.home.postcode or "" for pool in pools.rows)
    ]
    ranks = range(len(market.policy.points.wished_district))
    here = np.array(number, np.int64).reshape(-1, 2).T
    wishes = [_column([_wish(h, n, words) for h in needs.rows]) for n in ranks]
    return here, tuple(wishes)


def _wish(household: Household, rank: int, words: dict[str, int]) -> int:
    told = household.districts
    return words.get(told[rank], -1) if rank < len(told) and told[rank] else -1


def _languages(needs: Households, pools: Pools) -> tuple[list[Bits], list[Bits]]:
    """Return the languages of both sides, a bit each, in words of 64."""
    spoken = [h.languages for h in needs.rows]
    understood = [pool.home.languages for pool in pools.rows]
    words = sorted(frozenset().union(*spoken, *understood))
    parts = [words[first : first + 64] for first in range(0, len(words), 64)]
    return [_bits(spoken, p) for p in parts], [_bits(understood, p) for p in parts]


def _bits(side: Sequence[frozenset[str]], words: Sequence[str]) -> Bits:
    bit = {word: 1 << n for n, word in enumerate(words)}
    told = [sum(bit.get(word, 0) for word in some) for some in side]
    return np.array(told, np.uint64)


def _kilometres(pairs: Pairs) -> Ints:
    return np.maximum(pairs.metres, 0).astype(np.int64) // 1000
