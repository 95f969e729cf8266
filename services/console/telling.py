"""What a fact in a case's history says beside its name: its codes, in words."""

from collections.abc import Callable, Iterator, Mapping

from pydantic import JsonValue

from projections.case_file import CaseEntry
from services.console.labels import label
from services.console.words import Words

Say = Callable[[Words, str], str]


def _of(family: str) -> Say:
    return lambda words, code: label(words, family, code)


def _day(words: Words, text: str) -> str:
    return words.day_told(text)


_SAY: Mapping[str, Say] = {
    "check": _of("check"),
    "state": _of("check_state"),
    "side": _of("side"),
    "answer": _of("answer"),
    "way": _of("way"),
    "outcome": _of("outcome"),
    "what": _of("task"),
    "purpose": _of("purpose"),
    "reason": lambda words, text: label(words, "reason", text) if _code(text) else text,
    "consequence": _of("consequence"),
    "assignee": lambda _, text: text,
    "on": _day,
    "until": _day,
    "valid_until": _day,
    "answer_by": _day,
    "due": _day,
}
_COUNTED = ("priority", "quantity", "persons")


def told(entry: CaseEntry, words: Words) -> str:
    """Return what the fact says in a few words, or empty text."""
    return ", ".join(_said(entry.parts, words))


def _said(parts: Mapping[str, JsonValue], words: Words) -> Iterator[str]:
    for name, say in _SAY.items():
        if isinstance(value := parts.get(name), str):
            yield say(words, value)
    for name in _COUNTED:
        count = parts.get(name)
        if (
            isinstance(count, int)
            and not isinstance(count, bool)
            and _tells(name, count)
        ):
            yield f"{label(words, 'field', name)} {words.number(count)}"
    if isinstance(changes := parts.get("changes"), dict):
        yield from (label(words, "field", n) for n in changes if n != "kind")
    if isinstance(unset := parts.get("unset"), list):
        for field in unset:
            yield words.say(
                "%(field)s: unknown again", field=label(words, "field", str(field))
            )


def _tells(name: str, count: int) -> bool:
    """Say whether a number says anything: goods are for no number of persons."""
    return count > 0 or name == "priority"


def _code(text: str) -> bool:
    return text.replace("_", "").isalpha() and text.islower() and text.isascii()
