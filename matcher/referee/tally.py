"""The sums of a proof, and whether a part's figures agree with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from matcher.plan import Part


@dataclass
class Tally:
    """By tier: Σ best profits, Σ free · price, and how far worth can vary."""

    best: list[int] = field(default_factory=lambda: [0, 0, 0])
    stock: list[int] = field(default_factory=lambda: [0, 0, 0])
    spread: list[int] = field(default_factory=lambda: [0, 0, 0])
    offers: dict[str, int] = field(default_factory=dict)


def figure_faults(
    part: Part, tally: Tally, *, reached: Sequence[int], fixed: Sequence[int]
) -> Iterator[str]:
    """Yield where worth, bound or steps are not what the market gives.

    `reached` is the worth of the whole plan by tier, `fixed` what pins settle of it.
    """
    for n, tier in enumerate(part.tiers):
        if tier.worth != reached[n]:
            yield f"{tier.name}: the plan adds up to {reached[n]}, not {tier.worth}"
        kept = sum(
            multiplier * (reached[before] - fixed[before])
            for before, multiplier in enumerate(tier.multipliers)
        )
        total = tally.stock[n] + tally.best[n] - kept
        bound = fixed[n] + total // tier.scale
        if bound != tier.bound:
            yield f"{tier.name}: the prices prove a bound of {bound}, not {tier.bound}"
        if bound < reached[n]:
            yield f"{tier.name}: the plan exceeds its bound, so it breaks a rule"
    if not part.proven and all(tier.bound == tier.worth for tier in part.tiers):
        yield f"{part.name}: worth and bound are equal, but it is not called proven"
    if part.steps != steps(tally.spread):
        yield f"{part.name}: the steps between tiers are {steps(tally.spread)}"


def steps(spread: Sequence[int]) -> tuple[int, ...]:
    """Return the least weights under which no tier makes up for one above it."""
    weights: list[int] = []
    below = 0
    for one in reversed(spread):
        weights.insert(0, below + 1)
        below += weights[0] * one
    return tuple(weights)
