"""The whole market solved: homes, then goods, and how the plan is written."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version

from matcher.goods import solve_goods
from matcher.housing import solve_housing
from matcher.market import Doc, read_market
from matcher.plan import Engine, Plan
from matcher.stays import to_date
from matcher.tiers import Progress


def silent(phase: str, worth: int, bound: int) -> None:
    """Tell nobody."""


def solve(document: Doc, *, seed: int = 1, progress: Progress = silent) -> Plan:
    """Return the best plan for a market document, with its proof.

    The same document and seed give the same plan. `progress` is called with a phase,
    and the worth and bound known by then.
    """
    market = read_market(document)
    housing = solve_housing(market, progress)
    goods = solve_goods(market)
    progress("goods", goods.part.worth, goods.part.bound)
    return Plan(
        market=digest(document),
        realm=market.realm,
        position=market.position,
        today=to_date(market.today),
        policy=market.policy.name,
        engine=Engine("glop+highs+flow", version("ortools"), seed, 1),
        stays=housing.stays,
        handovers=goods.handovers,
        unmet=tuple(sorted((*housing.unmet, *goods.unmet), key=lambda row: row.need)),
        parts=(housing.part, goods.part),
    )


def digest(document: Mapping[str, object]) -> str:
    """Return the SHA-256 of the canonical JSON of a document."""
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()
