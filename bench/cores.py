"""The same plan on one core and on two: solved again and again in fresh processes.

Each solves the same scarce city by itself, bound to its cores before anything is
loaded, and says the SHA-256 of its whole plan: stays, prices, bounds, reasons.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench.yardsticks import Figures, Options

NAME = "cores"
SUMMARY = "The same plan hash on 1 and 2 cores, three times each, a city 10,000 × 6,000"
NEEDS, OFFERS = 10_000, 6_000
TIMES = 3
CORES = (1, 2)
CHILD = """
import os, sys
market, needs, offers, seed, cores = sys.argv[1], *map(int, sys.argv[2:])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
import hashlib, json, time
import matcher
from bench import city, markets
size = markets.Size(needs=needs, offers=offers, held=5)
made = {"city": city.document, "market": lambda *_: markets.market(size, seed)}
document = made[market](needs, offers, seed)
began = time.perf_counter()
text = json.dumps(matcher.solve(document, seed=seed).to_json(), sort_keys=True)
seconds = round(time.perf_counter() - began, 1)
print(json.dumps([hashlib.sha256(text.encode()).hexdigest(), seconds]))
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What one process came to: the hash of its plan, and its seconds."""

    cores: int
    plan: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Market:
    """What is solved: `kind` is city or market (bench.city, bench.markets)."""

    kind: str
    needs: int
    offers: int
    seed: int


def solved(market: Market, *, times: int) -> Iterator[Told]:
    """Solve `times` on each number of cores, each time in a process of its own.

    Sets of words come in another order in each.
    """
    words = [market.kind, market.needs, market.offers, market.seed]
    for _ in range(times):
        for cores in CORES:
            done = subprocess.run(
                [sys.executable, "-c", CHILD, *map(str, (*words, cores))],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            plan, seconds = json.loads(done.stdout)
            yield Told(cores, plan, seconds)


def run(options: Options) -> Figures:
    """Solve one city three times on each number of cores."""
    needs = options.times(options.needs or NEEDS)
    offers = options.times(options.offers or OFFERS)
    found = []
    for told in solved(Market("city", needs, offers, options.seed), times=TIMES):
        found.append(told)
        options.say(f"{told.cores} cores: {told.plan}, {told.seconds} s")
    return {
        "needs": needs,
        "offers": offers,
        "plans": sorted({told.plan for told in found}),
        "equal": len({told.plan for told in found}) == 1,
        "solve_seconds": {
            str(cores): [told.seconds for told in found if told.cores == cores]
            for cores in CORES
        },
    }
