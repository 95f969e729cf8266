"""Numbers: a market document in, a plan with its proof out.

The only door to OR-Tools. Nothing of ours is imported here, no facts and no pydantic:
the border is plain JSON (docs/matching.md).
"""

from matcher.afresh import Afresh, Today
from matcher.changes import Change
from matcher.evidence import proof_of, with_proof
from matcher.files import Assignment, read_instance, solve_instance
from matcher.holdcosts import HoldCost
from matcher.patience import Enough, stopped_at, until
from matcher.plan import Handover, Part, Plan, Stay, Tier, Unmet
from matcher.reasons import Other, Reasons, Served, Why, WhyNot, explain
from matcher.referee import faults
from matcher.referee.files import referee_instance
from matcher.scarcity import Feature, Kind, Scarcity
from matcher.solving import digest, first_come, solve
from matcher.standing import Answer, HeldPlace, News, Standing, TooFarApart
from matcher.whatif import (
    Beds,
    Comparison,
    More,
    NotThere,
    Rooms,
    Rules,
    changed,
    compare,
)

__all__ = [
    "Afresh",
    "Answer",
    "Assignment",
    "Beds",
    "Change",
    "Comparison",
    "Enough",
    "Feature",
    "Handover",
    "HeldPlace",
    "HoldCost",
    "Kind",
    "More",
    "News",
    "NotThere",
    "Other",
    "Part",
    "Plan",
    "Reasons",
    "Rooms",
    "Rules",
    "Scarcity",
    "Served",
    "Standing",
    "Stay",
    "Tier",
    "Today",
    "TooFarApart",
    "Unmet",
    "Why",
    "WhyNot",
    "changed",
    "compare",
    "digest",
    "explain",
    "faults",
    "first_come",
    "proof_of",
    "read_instance",
    "referee_instance",
    "solve",
    "solve_instance",
    "stopped_at",
    "until",
    "with_proof",
]
