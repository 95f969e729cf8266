"""Numbers: a market document in, a plan with its proof out.

The only door to OR-Tools. Nothing of ours is imported here, no facts and no pydantic:
the border is plain JSON (docs/matching.md).
"""

from matcher.changes import Change
from matcher.files import Assignment, read_instance, solve_instance
from matcher.plan import Handover, Part, Plan, Stay, Tier, Unmet
from matcher.reasons import Other, Reasons, Served, Why, WhyNot, explain
from matcher.referee import faults
from matcher.referee.files import referee_instance
from matcher.solving import digest, first_come, solve

__all__ = [
    "Assignment",
    "Change",
    "Handover",
    "Other",
    "Part",
    "Plan",
    "Reasons",
    "Served",
    "Stay",
    "Tier",
    "Unmet",
    "Why",
    "WhyNot",
    "digest",
    "explain",
    "faults",
    "first_come",
    "read_instance",
    "referee_instance",
    "solve",
    "solve_instance",
]
