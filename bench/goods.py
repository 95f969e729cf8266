"""Lots and requests of a region: how well, how fast, in how much memory.

`--needs` counts requests, `--offers` lots. All compatible pairs are in the certificate;
the referee has confirmed gap and feasibility. Givers offer what they have, clothing
above all, and others lack what is scarce; the shares below are invented.
"""

import random
import resource
import time
from typing import cast

import matcher
from bench.markets import TODAY, policy
from bench.match import of_tiers
from bench.stock import goods_need, goods_offer
from bench.yardsticks import Figures, Options

NAME = "goods"
SUMMARY = "Lots and requests of a region, 10,000 × 10,000: gap by tier, time, memory"
REQUESTS, LOTS = 10_000, 10_000
SIDE = 60_000
"""Metres from one end of the region to the other; a lot travels 60 km at most."""
CASES_A_PLACE = 25
SHARES = {
    "clothing": (12, 45, 14),
    "furniture": (8, 14, 26),
    "bedding": (5, 8, 16),
    "household": (6, 9, 14),
    "children": (6, 8, 12),
    "hygiene": (4, 6, 8),
    "school": (3, 4, 5),
    "food": (4, 4, 3),
    "medical": (2, 2, 2),
}
"""How many articles there are of a kind; out of a hundred lots, and requests."""


def document(needs: int, offers: int, seed: int) -> dict[str, object]:
    """Return the market document; the same parameters give the same."""
    dice = random.Random(f"goods {seed}")
    places = _places(dice, max(37, (needs + offers) // CASES_A_PLACE))
    names = list(places)
    lots = [goods_offer(dice, n, names, TODAY) for n in range(offers)]
    requests = [goods_need(dice, n, names, TODAY) for n in range(needs)]
    for side, cases in ((1, lots), (2, requests)):
        kinds = dice.choices(
            list(SHARES), [share[side] for share in SHARES.values()], k=len(cases)
        )
        for case, kind in zip(cases, kinds, strict=True):
            _item(case)["code"] = f"{kind}-{dice.randrange(SHARES[kind][0])}"
    return {
        "format": "market.v1",
        "realm": "00000000",
        "position": 10 * (needs + offers),
        "today": TODAY.isoformat(),
        "policy": policy(),
        "places": places,
        "offers": lots,
        "needs": requests,
        "held": [],
        "pinned": [],
        "forbidden": [],
    }


def run(options: Options) -> Figures:
    """Match one market and have it refereed."""
    needs = options.times(options.needs or REQUESTS)
    offers = options.times(options.offers or LOTS)
    return measured(document(needs, offers, options.seed), options)


def measured(made: dict[str, object], options: Options) -> Figures:
    """Match a market of goods and have it refereed."""
    edges = 0
    began, worked = time.perf_counter(), time.process_time()

    def tell(phase: str, worth: int, bound: int) -> None:
        nonlocal edges
        spent = time.perf_counter() - began
        options.say(f"{phase}, {worth} of at most {bound}, {spent:.1f} s")
        count, _, rest = phase.partition(" ")
        edges = int(count) if rest == "compatible lots" else edges

    plan = matcher.solve(made, seed=options.seed, progress=tell)
    solved, busy = time.perf_counter(), time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    faults = matcher.faults(made, plan)
    return {
        "needs": len(_rows(made, "needs")),
        "offers": len(_rows(made, "offers")),
        "edges": edges,
        "gap": plan.gap,
        "proven": plan.proven,
        "tiers": of_tiers(plan),
        "worth": plan.worth,
        "bound": plan.bound,
        "pieces": sum(row.quantity for row in plan.handovers),
        "pieces_asked": sum(_quantity(need) for need in _rows(made, "needs")),
        "handovers": len(plan.handovers),
        "solve_seconds": round(solved - began, 1),
        "solve_cpu_seconds": round(busy - worked, 1),
        "referee_seconds": round(time.perf_counter() - solved, 1),
        "referee_cpu_seconds": round(time.process_time() - busy, 1),
        "faults": len(faults),
        "peak_mb": peak,
    }


def _places(dice: random.Random, count: int) -> dict[str, list[int]]:
    return {
        str(40_000 + n): [dice.randrange(SIDE), dice.randrange(SIDE)]
        for n in range(count)
    }


def _rows(made: dict[str, object], name: str) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", made[name])


def _told(case: dict[str, object]) -> dict[str, object]:
    return cast("dict[str, object]", case["details"])


def _item(case: dict[str, object]) -> dict[str, object]:
    return cast("dict[str, object]", _told(case)["item"])


def _quantity(case: dict[str, object]) -> int:
    return cast("int", _told(case)["quantity"])
