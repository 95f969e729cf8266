"""For whom capacity is held back: asked of a need and of a hold, nothing else."""

from events.arrivals import Feature, Hold
from events.kinds.housing import HousingNeed, Protection
from events.match import MatchState
from events.need import NeedState


def meant(need: NeedState, hold: Hold) -> bool:
    """Say whether the hold is for this household.

    It is when it was told of after the arrivals were, needs all that they need, and is
    as many as the smallest of them.
    """
    details = need.details
    if not isinstance(details, HousingNeed) or need.position <= hold.after:
        return False
    persons = max(details.persons or 0, len(details.members or ()))
    return persons >= hold.household_min and _needs(details) >= set(hold.features)


def used_hold(match: MatchState, need: NeedState, holds: tuple[Hold, ...]) -> str:
    """Return the arrivals whose held-back rooms a match takes; empty: none."""
    lines = match.allocation
    found = (
        hold.arrivals
        for hold in holds
        if meant(need, hold)
        and any(
            line.unit == hold.unit
            and (line.start is None or line.start < hold.end)
            and (line.end is None or line.end > hold.start)
            for line in lines
        )
    )
    return min(found, default="")


def _needs(details: HousingNeed) -> set[Feature]:
    protection = details.protection or Protection()
    needs = [member.needs for member in details.members or ()]
    told: dict[Feature, bool] = {
        "step_free": any(one.step_free for one in needs),
        "lift": any(one.lift for one in needs),
        "ground_floor": any(one.ground_floor for one in needs),
        "medical_equipment": any(one.medical_equipment for one in needs),
        "women_only": protection.women_only,
        "protected_address": protection.confidential_address,
    }
    return {feature for feature, needed in told.items() if needed}
