"""The words for every code that a page may meet; a code never stands on a page."""

import re
from collections.abc import Mapping
from typing import Protocol

from services.console.labels import around, cases, goods, history, matches, naming
from services.console.mark import Family

LABELS: Mapping[str, Family] = {
    **around.LABELS,
    **cases.LABELS,
    **goods.LABELS,
    **history.LABELS,
    **matches.LABELS,
    **naming.LABELS,
}
REASONS = matches.REASONS
UNMET = tuple(LABELS["unmet"])

_CODED: Mapping[str, str] = {
    "state": "match_state",
    "wanted": "match_state",
    "side": "side",
    "checks": "check",
    "rule": "unmet",
    "field": "field",
}
"""Gaps of other parts' sentences that hold codes, and whose codes these are."""


class Speaker(Protocol):
    """Whoever says messages in a language."""

    def say(self, message: str, **values: object) -> str: ...


class Phrases(Speaker, Protocol):
    """Whoever also says sentences of other parts in a language."""

    def said(self, sentence: str) -> str: ...


def value(speaker: Speaker, gap: str, text: str) -> str:
    """Return what stands in a gap, its codes in words (`proposed or communicated`)."""
    if (of := _CODED.get(gap)) is None:
        return text
    known = LABELS[of]
    parts = re.split(r"(, | or )", text)
    either = speaker.say("or")
    return "".join(
        speaker.say(known[part])
        if part in known
        else either.join(part.split("or"))
        if part == " or "
        else part
        for part in parts
    )


def label(speaker: Speaker, of: str, code: str | None) -> str:
    """Return what a code is called; an unknown one stands as it is, in words."""
    if code is None:
        return "–"
    message = LABELS[of].get(code)
    return code.replace("_", " ") if message is None else speaker.say(message)


def phase(speaker: Phrases, text: str) -> str:
    """Return what a run says it is doing; of two markets, which one it is about."""
    which, comma, rest = text.partition(", ")
    if not comma or which not in LABELS["market"]:
        return speaker.said(text)
    return f"{label(speaker, 'market', which)}: {speaker.said(rest)}"


__all__ = ["LABELS", "REASONS", "UNMET", "Speaker", "label", "phase", "value"]
