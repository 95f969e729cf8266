"""The words for every code that a page may meet; a code never stands on a page."""

from collections.abc import Mapping

from services.console.labels import around, cases, history, matches, naming
from services.console.labels.mark import Family
from services.console.words import Words

LABELS: Mapping[str, Family] = {
    **around.LABELS,
    **cases.LABELS,
    **history.LABELS,
    **matches.LABELS,
    **naming.LABELS,
}
REASONS = matches.REASONS
UNMET = tuple(LABELS["unmet"])


def label(speaker: Words, of: str, code: str | None) -> str:
    """Return what a code is called; an unknown one stands as it is, in words."""
    if code is None:
        return "–"
    message = LABELS[of].get(code)
    return code.replace("_", " ") if message is None else speaker.say(message)


__all__ = ["LABELS", "REASONS", "UNMET", "label"]
