"""The referee: all rules, the objective and the bound, stated a second time.

It knows no solver and nothing of how a plan was found. It starts from the household
and home attributes of the raw market document, with a reading and rules of its own,
and returns sentences that name what is wrong; an empty list means that the plan holds.
"""

import hashlib
import json

from matcher.plan import Plan
from matcher.referee.goods import Store, handover_faults
from matcher.referee.goods_proof import goods_proof_faults
from matcher.referee.hall import Hall
from matcher.referee.housing import stay_faults
from matcher.referee.proof import proof_faults
from matcher.referee.reading import Doc
from matcher.referee.together import (
    group_faults,
    groups_of,
    one_document,
    one_plan,
)
from matcher.referee.unmet import twice

__all__ = ["faults"]


def faults(market: Doc, plan: Plan) -> list[str]:
    """Return every fault of `plan` as a plan for `market`; none: it holds."""
    found = [*_identity_faults(market, plan), *twice(plan)]
    if [part.name for part in plan.parts] != ["housing", "goods"]:
        return [*found, "the plan has not the two parts housing and goods"]
    groups = groups_of(market)
    found += group_faults(plan, groups)
    market, plan = one_document(market, groups), one_plan(plan, groups)
    hall = Hall(market)
    found += stay_faults(hall, plan)
    found += proof_faults(hall, plan)
    store = Store(market)
    found += handover_faults(store, plan)
    found += goods_proof_faults(store, plan)
    return found


def _identity_faults(market: Doc, plan: Plan) -> list[str]:
    text = json.dumps(market, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found = []
    if plan.market != hashlib.sha256(text.encode()).hexdigest():
        found.append("the plan was made for another market")
    if plan.today.isoformat() != market["today"]:
        found.append(f"the plan was made for {plan.today}, not for {market['today']}")
    if plan.realm != market["realm"]:
        found.append(f"the plan is of realm {plan.realm}, not of {market['realm']}")
    if plan.position != market["position"]:
        found.append(f"the plan saw {plan.position} facts, not {market['position']}")
    if plan.policy != (name := market["policy"]["name"]):
        found.append(f"the plan follows the policy {plan.policy}, not {name}")
    return found
