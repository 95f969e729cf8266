"""From the fields of a form to a command: names are paths, empty fields say nothing.

`changes.accepts.women_only` is a path, `pets[]` a list of what was ticked,
`members[2].sex` a field of the third row; rows without a value are left out.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from pydantic import ValidationError

from services.ledger.rules.base import Command
from services.ledger.rules.catalogue import COMMANDS

Json: TypeAlias = "dict[str, Json] | list[Json] | str"
_PART = re.compile(r"(?P<name>[A-Za-z0-9_]+)(?P<many>\[\])?(?:\[(?P<row>\d{1,3})\])?")


class Unfit(Exception):
    """The form cannot be a command; `fields` are the paths that do not fit."""

    def __init__(self, fields: Iterable[str]) -> None:
        self.fields = tuple(fields)
        super().__init__(", ".join(self.fields))


def command(name: str, fields: Mapping[str, tuple[str, ...]]) -> Command:
    """Return the command; raise `Unfit`, or `LookupError` for an unknown name."""
    told = nested(fields)
    if isinstance(note := told.get("note"), str):
        told["note"] = {"purpose": "note", "content": {"text": note}}
    try:
        return COMMANDS[name].model_validate(told, strict=False)
    except ValidationError as error:
        raise Unfit(path(fault["loc"]) for fault in error.errors()) from None


def nested(fields: Mapping[str, tuple[str, ...]]) -> dict[str, Json]:
    """Return the fields as one document; raise `Unfit` for a name that is no path."""
    document: dict[str, Json] = {}
    for name, values in fields.items():
        parts = [_PART.fullmatch(part) for part in name.split(".")]
        if any(part is None for part in parts):
            raise Unfit([name])
        _put(document, [part for part in parts if part is not None], values)
    return {name: _without_gaps(value) for name, value in document.items()}


def path(location: Iterable[int | str]) -> str:
    """Return where a value failed as a field's name; tags of unions are no part."""
    written = ""
    for part in location:
        if isinstance(part, int):
            written += f"[{part}]"
        elif part not in {"housing", "goods"}:
            written += f".{part}" if written else part
    return written


def _put(
    target: dict[str, Json], parts: list[re.Match[str]], values: tuple[str, ...]
) -> None:
    for part in parts[:-1]:
        target = _step(target, part)
    last = parts[-1]
    target[last["name"]] = list(values) if last["many"] else values[-1]


def _step(target: dict[str, Json], part: re.Match[str]) -> dict[str, Json]:
    """Go one level down, making it where it is not there yet."""
    if part["row"] is None:
        inner = target.setdefault(part["name"], {})
    else:
        rows = target.setdefault(part["name"], {})
        if not isinstance(rows, dict):
            raise Unfit([part["name"]])
        inner = rows.setdefault(f"[{part['row']}]", {})
    if not isinstance(inner, dict):
        raise Unfit([part["name"]])
    return inner


def _without_gaps(value: Json) -> Json:
    """Turn numbered rows into lists, in the order of their numbers."""
    if not isinstance(value, dict):
        return value
    inner = {name: _without_gaps(part) for name, part in value.items()}
    if inner and all(name.startswith("[") for name in inner):
        return [inner[name] for name in sorted(inner, key=lambda n: int(n[1:-1]))]
    return inner
