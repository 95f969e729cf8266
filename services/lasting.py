"""Who lives somewhere on and on: a stay ends when somebody records it, not before."""

from datetime import date

from events.match import Allocation, MatchState


def stays_on(match: MatchState, line: Allocation, today: date) -> bool:
    """Say whether they live there until somebody records that they have left.

    Where no end was agreed, the day on which a plan ends is none either.
    """
    over = line.end is not None and line.end <= today
    return match.state == "begun" and (match.open_ended or over)
