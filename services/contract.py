"""The contract in words and schemas, generated from the facts.

`python -m services.contract` writes `docs/events.md` and `docs/schemas/`;
`--check` fails when what is committed is not what the code says.
"""

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from events.base import Fact
from events.contract import FACTS
from events.values import Privacy, Sealed

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "events.md"
SCHEMAS = ROOT / "docs" / "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_INTRO = """# The facts

Every fact by its contract name, generated from `events/` (`python -m
services.contract`). The stored bytes are the CloudEvents `data`; the JSON Schema of
each fact lies in [`schemas/`](schemas/). A field is **open** (any page), **coarse**
(blurred, for matching) or **sealed** (encrypted per person and purpose). Every fact
also carries `said`: who acted, for whom, by which way, since when, caused by what.
"""


def classes_of(model: type[BaseModel]) -> Iterator[tuple[str, Privacy | None]]:
    """Yield each field of a model and of all it holds, with its class (None: none)."""
    yield from _classes(model, "", frozenset())


def _classes(
    model: type[BaseModel], path: str, seen: frozenset[type[BaseModel]]
) -> Iterator[tuple[str, Privacy | None]]:
    if model in seen:
        return
    for name, field in model.model_fields.items():
        where = f"{path}{field.alias or name}"
        found = [part for part in field.metadata if isinstance(part, Privacy)]
        yield where, found[-1] if found else None
        for inner in _models(field.annotation):
            if inner is not Sealed:
                yield from _classes(inner, f"{where}.", seen | {model})


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _models(part)


def schema(fact: type[Fact]) -> str:
    """Return the JSON Schema of a fact's data, one text for ever."""
    content = fact.model_json_schema(by_alias=True, mode="validation")
    content |= {"$id": fact.type, "$schema": DRAFT}
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def page() -> str:
    """Return `docs/events.md`."""
    return "\n".join([_INTRO, *(_section(FACTS[name]) for name in sorted(FACTS))])


def outputs() -> dict[Path, str]:
    """Return every generated file with its text."""
    files = {SCHEMAS / f"{name}.json": schema(fact) for name, fact in FACTS.items()}
    return {PAGE: page()} | files


def drift() -> list[str]:
    """Return what is committed otherwise than the code says."""
    made = outputs()
    stale = [p for p, text in made.items() if not p.exists() or p.read_text() != text]
    left = [path for path in SCHEMAS.glob("*.json") if path not in made]
    return [str(path.relative_to(ROOT)) for path in sorted([*stale, *left])]


def _section(fact: type[Fact]) -> str:
    rows = [
        f"| `{name}` | {privacy} |"
        for name, privacy in classes_of(fact)
        if "." not in name and name != "said"
    ]
    told = inspect.cleandoc(fact.__doc__ or "").strip()
    tags = _tags(fact)
    return "\n".join(
        [f"## `{fact.type}`\n", *([told, ""] if told else []), f"Tags: {tags}.\n",
         "| field | class |", "| --- | --- |", *rows, ""]
    )  # fmt: skip


def _tags(fact: type[Fact]) -> str:
    """Return the tags of a fact whose every field is an ellipsis."""
    blank = object.__new__(fact)
    object.__setattr__(blank, "__dict__", dict.fromkeys(fact.model_fields, "…"))
    case = "`offer:…` or `need:…`"
    return ", ".join(case if tag == "…" else f"`{tag}`" for tag in blank.tags())


def main() -> int:
    """Write the files, or with `--check` name those that drifted."""
    if "--check" in sys.argv[1:]:
        stale = drift()
        for name in stale:
            sys.stderr.write(f"{name} is not what the code says; "
                             "run `python -m services.contract`\n")  # fmt: skip
        return 1 if stale else 0
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for path in SCHEMAS.glob("*.json"):
        path.unlink()
    for path, text in outputs().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
