"""Mutants of the plan for `whole`, each with words of the sentence that names it.

Every one is wrong in substance: what is only told otherwise (a price of nothing, the
order of rows) is no mutant, and a plan that is as good is none either.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

from matcher import Tier
from matcher.plan import PartName, Price
from tests.matcher import mutant_rest, mutant_stays
from tests.matcher.changing import Change, Mutant, part, tier

FIRST = date(2022, 3, 18)
MUCH = 10**10
TierChange = Callable[[Tier], Tier]
TIERS: dict[PartName, tuple[str, ...]] = {
    "housing": ("acute", "persons", "points"),
    "goods": ("urgent", "pieces", "metres"),
}


def mutants() -> Iterator[Mutant]:
    """Yield name, change and words, kind by kind."""
    return chain(
        _identities(),
        mutant_stays.days(),
        mutant_stays.beds(),
        mutant_stays.figures(),
        mutant_stays.crowds(),
        mutant_rest.reasons(),
        mutant_rest.pieces(),
        *(_tiers(part, n) for part in TIERS for n in range(3)),
        _prices(),
        _parts(),
    )


def _identities() -> Iterator[Mutant]:
    yield "another market", lambda p: replace(p, market="0" * 64), "another market"
    yield (
        "another day",
        lambda p: replace(p, today=p.today + timedelta(days=1)),
        "made for 2022-03-19",
    )
    yield "another realm", lambda p: replace(p, realm="05315000"), "of realm 05315000"
    yield "a later fact", lambda p: replace(p, position=8), "saw 8 facts, not 7"
    yield "another policy", lambda p: replace(p, policy="mild"), "the policy mild"


def _tiers(name: PartName, n: int) -> Iterator[Mutant]:
    """Yield every figure of one tier told otherwise."""
    label = TIERS[name][n]
    shape, none = "one multiplier for each tier before", "is negative"
    sums, prove = f"{label}: the plan adds up to", f"{label}: the prices prove a bound"
    changes = [
        ("worth", _add("worth", 1), sums),
        ("less worth", _add("worth", -1), sums),
        ("lower bound", _add("bound", -1), prove),
        ("higher bound", _add("bound", 1), prove),
        ("no scale", lambda t: replace(t, scale=0), none),
        ("dearer", _first(lambda p: replace(p, price=p.price + MUCH)), prove),
        ("cheaper", _first(lambda p: replace(p, price=p.price - MUCH)), none),
        ("a price nowhere", _first(lambda p: replace(p, offer="x")), "not there"),
        ("one too many", _multipliers(*range(n + 1)), shape),
        ("another name", lambda t: replace(t, name="first"), "the tiers are not"),
    ]
    if label != "acute":  # which is proven without any price
        changes.append(
            ("a price lost", lambda t: replace(t, prices=t.prices[1:]), prove)
        )
        changes.append(("no prices", lambda t: replace(t, prices=()), prove))
    if n:
        changes.append(("no multipliers", _multipliers(), shape))
        changes.append(("a multiplier below zero", _multipliers(*(-1,) * n), none))
    for what, change, words in changes:
        yield f"{label}: {what}", tier(name, n, change), words


def _add(field: str, by: int) -> TierChange:
    return lambda one: replace(one, **{field: getattr(one, field) + by})


def _first(change: Callable[[Price], Price]) -> TierChange:
    """Change the first price."""
    return lambda one: replace(one, prices=(change(one.prices[0]), *one.prices[1:]))


def _multipliers(*multipliers: int) -> TierChange:
    return lambda one: replace(one, multipliers=multipliers)


def _prices() -> Iterator[Mutant]:
    def more(price: Price) -> TierChange:
        return lambda one: replace(one, prices=(*one.prices, price))

    flat = Price("flat", None, FIRST, None, 9_000_000)
    friends = replace(flat, apart=("party", "calm"))
    yield "a home priced twice", tier("housing", 0, more(flat)), "acute: the prices"
    yield "friends kept apart", tier("housing", 1, more(friends)), "who may meet"
    beds = Price("beds", None, None, None, 1)
    yield "a lot priced twice", tier("goods", 0, more(beds)), "a lot has two prices"
    odd = replace(beds, day=FIRST)
    high = tier("goods", 2, _multipliers(10**12, 10**6))
    yield "another multiplier", high, "metres: the prices prove a bound of"
    steep = tier("housing", 2, _multipliers(0, 10**12))
    yield "a steep multiplier", steep, "points: the prices prove a bound of"
    yield "a lot by the day", tier("goods", 0, more(odd)), "is not one of a lot"


def _parts() -> Iterator[Mutant]:
    for name in TIERS:
        yield (
            f"{name}: steps",
            part(name, lambda p: replace(p, steps=(3, 2, 1))),
            f"{name}: the steps between tiers are",
        )
        yield (
            f"{name}: not proven",
            part(name, lambda p: replace(p, proven=False)),
            f"{name}: worth and bound are equal, but",
        )
        yield (
            f"{name}: without it",
            _without(name),
            "not the two parts housing and goods",
        )
        yield (
            f"{name}: two tiers",
            part(name, lambda p: replace(p, tiers=p.tiers[:2])),
            f"{name}: the tiers are not",
        )
    yield (
        "a part twice",
        lambda p: replace(p, parts=(*p.parts, p.parts[0])),
        "not the two parts housing and goods",
    )


def _without(name: PartName) -> Change:
    return lambda plan: replace(
        plan, parts=tuple(one for one in plan.parts if one.name != name)
    )
