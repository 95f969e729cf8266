"""What a price says of its own tier.

The price of a later tier also pays for what the tiers before could gain by the place,
at the multipliers of the proof. Read as persons or points it would say thousands where
one is meant, so that share is taken off.
"""

from collections.abc import Sequence

from matcher.plan import Tier

THOUSANDTHS = 1_000


def own_prices(tiers: Sequence[Tier], paid: Sequence[int]) -> tuple[int, ...]:
    """Return each tier's price in thousandths of its own persons or points.

    `paid` is in 1/scale of its tier. A price comes on top of those of the tiers before.
    """
    row: list[int] = []
    for tier, price in zip(tiers, paid, strict=True):
        shares = zip(tier.multipliers, row, strict=True)
        before = sum(many * worth for many, worth in shares)
        row.append(max(0, price * THOUSANDTHS - before) // tier.scale)
    return tuple(row)
