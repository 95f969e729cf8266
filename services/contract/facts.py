"""The facts in words and schemas."""

import inspect
import json
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel, JsonValue

from events.base import Fact
from events.contract import FACTS
from events.values import Privacy, Sealed
from services.contract.headers import Json

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_INTRO = """# The facts

Every fact by its contract name, generated from `events/` (`python -m
services.contract`). The stored bytes are the CloudEvents `data`; the JSON Schema of
each fact lies in [`schemas/`](schemas/). A field is **open** (any page), **coarse**
(blurred, for matching) or **sealed** (encrypted per person and purpose). Every fact
also carries `said`: who acted, for whom, by which way, since when, caused by what.
How facts travel, and what channels send, stands in [`asyncapi.json`](asyncapi.json);
[how to become a channel](channel.md) begins at nothing.
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
        for inner in models_of(field.annotation):
            if inner is not Sealed:
                yield from _classes(inner, f"{where}.", seen | {model})


def models_of(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models that an annotation speaks of."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in get_args(annotation):
        yield from models_of(part)


def schema(name: str, model: type[BaseModel]) -> str:
    """Return the JSON Schema of what travels under a name, one text for ever."""
    content = _plain(model.model_json_schema(by_alias=True, mode="validation"))
    content |= {"$id": name, "$schema": DRAFT}
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(part: Json) -> Json:
    """Leave out OpenAPI's discriminators: AsyncAPI means something else by the word."""
    return {key: _bare(value) for key, value in part.items() if key != "discriminator"}


def _bare(value: JsonValue) -> JsonValue:
    match value:
        case dict():
            return _plain(value)
        case list():
            return [_bare(one) for one in value]
        case _:
            return value


def page() -> str:
    """Return `docs/events.md`."""
    return "\n".join([_INTRO, *(_section(FACTS[name]) for name in sorted(FACTS))])


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
