"""The referee: all rules, the objective and the bound, stated a second time.

It knows no solver and nothing of how a plan was found. It starts from the household
and home attributes of the raw market document, with a reading and rules of its own,
and returns sentences that name what is wrong; an empty list means that the plan holds.
"""

import hashlib
import json
from collections.abc import Mapping

from matcher.plan import Plan
from matcher.referee.goods import Store, goods_proof_faults, handover_faults
from matcher.referee.hall import Hall
from matcher.referee.housing import stay_faults
from matcher.referee.proof import proof_faults

__all__ = ["faults"]


def faults(market: Mapping[str, object], plan: Plan) -> list[str]:
    """Return every fault of `plan` as a plan for `market`; none: it holds."""
    found = list(_identity_faults(market, plan))
    hall = Hall(market)
    found += stay_faults(hall, plan)
    found += proof_faults(hall, plan)
    store = Store(market)
    found += handover_faults(store, plan)
    found += goods_proof_faults(store, plan)
    return found


def _identity_faults(market: Mapping[str, object], plan: Plan) -> list[str]:
    text = json.dumps(market, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found = []
    if plan.market != hashlib.sha256(text.encode()).hexdigest():
        found.append("the plan was made for another market")
    if plan.today.isoformat() != market["today"]:
        found.append(f"the plan was made for {plan.today}, not for {market['today']}")
    return found
