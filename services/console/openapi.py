"""The API described: OpenAPI 3.1, made of the read models and commands themselves.

What a list can be asked comes from its `Listing`, what a column means from its row
class, what a command takes from its model; so the document cannot lag behind.
Source: OpenAPI 3.1.1, whose schemas are JSON Schema 2020-12.
"""

from collections.abc import Mapping
from functools import cache
from inspect import cleandoc
from typing import Any, Literal, TypeAlias

from pydantic import JsonValue, TypeAdapter

from projections.listing import MOST, Listing
from projections.table import Relation
from services.console import whole_case
from services.console.answers import ACTOR, KEY, POSITION, VIA, VIAS
from services.console.lists import SIZE
from services.console.readable import READABLE
from services.console.tables import FORMS, MEDIA
from services.ledger.rules.base import Command
from services.ledger.rules.catalogue import COMMANDS

Json: TypeAlias = dict[str, JsonValue]
_REF = "#/components/schemas/{model}"
_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}


def document(base: Mapping[str, Any]) -> Json:
    """Return the whole document; `base` is what the framework says of other routes."""
    schemas, refs = _schemas()
    components = base.get("components", {})
    return {
        **base,
        "paths": {
            **base.get("paths", {}),
            **{f"/api/{n}": _list(READABLE[n], refs[n]) for n in sorted(READABLE)},
            "/api/cases/{case}": _case(refs["case"]),
            **{
                f"/api/commands/{name}": _command(COMMANDS[name], refs[name])
                for name in sorted(COMMANDS)
            },
        },
        "components": {
            **components,
            "schemas": {**components.get("schemas", {}), **schemas},
        },
    }


def _list(listing: Listing[Any], row: Json) -> Json:
    """Return the path of a read model."""
    relation = listing.relation
    page = _object(
        {
            "name": _TEXT, "position": _COUNT, "total": _COUNT, "page": _COUNT,
            "size": _COUNT, "rows": {"type": "array", "items": row},
        },
        optional=("page", "size"),
    )  # fmt: skip
    sorts = [*listing.sorts, *(f"-{name}" for name in listing.sorts)]
    parameters = [
        *(_query(name, filter_.about) for name, filter_ in listing.filters.items()),
        _query("sort", "by which column, - from the top", enum=[*sorts]),
        _query("page", "which page, from 1", type="integer", minimum=1),
        _query(
            "size", f"rows of a page, {SIZE} unless told", type="integer", minimum=1,
            maximum=MOST,
        ),
        _query("format", "which kind of file; before Accept", enum=list(FORMS)),
    ]  # fmt: skip
    content: Json = {
        MEDIA[form].partition(";")[0]: {"schema": page} if form == "json" else {}
        for form in FORMS
    }
    return {
        "get": {
            "tags": ["read models"],
            "operationId": relation.name,
            "summary": relation.about,
            "parameters": [*parameters],
            "responses": {
                "200": _answer("The rows, as of the position.", content),
                "400": _no("A filter or an order that is not there: which are."),
            },
        }
    }


def _case(schema: Json) -> Json:
    name: Json = {"name": "case", "in": "path", "required": True, "schema": _TEXT}
    return {
        "get": {
            "tags": ["read models"],
            "operationId": "case",
            "summary": "One offer or need with its matches and its history.",
            "parameters": [
                name | {"description": "offer:…, need:… or a number as B-2022-0001"}
            ],
            "responses": {
                "200": _answer("The case.", {MEDIA["json"]: {"schema": schema}}),
                "404": _no("There is no such case."),
            },
        }
    }


def _command(kind: type[Command], schema: Json) -> Json:
    """Return the path of a command."""
    usual = kind.name.replace("-", " ").capitalize() + "."
    summary, _, rest = cleandoc(kind.__doc__ or usual).partition("\n")
    positions: Json = {"type": "array", "items": _COUNT, "maxItems": 2}
    done = _object(
        {
            "order": _TEXT,
            "positions": positions,
            "facts": {"type": "array", "items": _TEXT},
            "repeated": {"type": "boolean"},
        }
    )
    return {
        "post": {
            "tags": ["commands"],
            "operationId": kind.name,
            "summary": summary,
            "description": rest.strip(),
            "parameters": [
                _header(ACTOR, "who gives the order", required=True),
                _header(KEY, "the order's id: the same twice is recorded once"),
                _header(VIA, "by which way it came, desk unless told", enum=[*VIAS]),
            ],
            "requestBody": {
                "required": True,
                "content": {MEDIA["json"]: {"schema": schema}},
            },
            "responses": {
                "200": _answer(
                    "Done; no positions: it was so already.",
                    {MEDIA["json"]: {"schema": done}},
                ),
                "409": _refused(),
                "422": _unfit(),
                **{code: _no(text) for code, text in _NOES.items()},
            },
        }
    }


_NOES = {
    "400": "No actor, an id or a way that is none, or no readable JSON.",
    "413": "The body is too long.",
    "415": "The body is not sent as application/json.",
    "503": "Others were faster, or the database is away: send it again.",
}


def _refused() -> Json:
    either: list[JsonValue] = [
        _object({"refused": _TEXT}),
        _object({"conflicting": _TEXT}),
    ]
    return _answer(
        "A rule refuses it; or the id was used for another command.",
        {MEDIA["json"]: {"schema": {"oneOf": either}}},
    )


def _unfit() -> Json:
    fault = _object({"field": _TEXT, "message": _TEXT})
    faults: Json = {"type": "array", "items": fault}
    return {
        "description": "Fields that do not fit.",
        "content": {MEDIA["json"]: {"schema": _object({"detail": faults})}},
    }


def _no(text: str) -> Json:
    schema = _object({"detail": _TEXT})
    return {"description": text, "content": {MEDIA["json"]: {"schema": schema}}}


def _answer(text: str, content: Json) -> Json:
    position: Json = {"description": "The ledger position.", "schema": _COUNT}
    return {"description": text, "headers": {POSITION: position}, "content": content}


def _query(name: str, about: str, **schema: JsonValue) -> Json:
    return {
        "name": name, "in": "query", "description": about,
        "schema": {**_TEXT, **schema},
    }  # fmt: skip


def _header(
    name: str, about: str, *, required: bool = False, **schema: JsonValue
) -> Json:
    return {
        "name": name, "in": "header", "description": about, "required": required,
        "schema": {**_TEXT, **schema},
    }  # fmt: skip


def _object(properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    required: list[JsonValue] = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


Mode = Literal["validation", "serialization"]


@cache
def _schemas() -> tuple[Json, dict[str, Json]]:
    """Return every schema by its name, and how rows and commands refer to theirs."""
    rows = {name: listing.relation.row for name, listing in READABLE.items()}
    told: list[tuple[str, Mode, TypeAdapter[Any]]] = [
        *((name, "serialization", TypeAdapter(row)) for name, row in rows.items()),
        ("case", "serialization", TypeAdapter(whole_case.WholeCase)),
        *((name, "validation", TypeAdapter(kind)) for name, kind in COMMANDS.items()),
    ]
    found, shared = TypeAdapter.json_schemas(told, ref_template=_REF)
    schemas: Json = {
        name: _without_boxes(schema)
        for name, schema in shared["$defs"].items()
        if name != "Sealed"
    }
    for listing in READABLE.values():
        _explain(schemas[listing.relation.row.__name__], listing.relation)
    return schemas, {name: schema for (name, _), schema in found.items()}


def _without_boxes(schema: JsonValue) -> JsonValue:
    """Return the schema without sealed parts: who is outside sends them plain."""
    match schema:
        case dict():
            return {name: _without_boxes(part) for name, part in schema.items()}
        case list():
            box: Json = {"$ref": _REF.format(model="Sealed")}
            return [_without_boxes(part) for part in schema if part != box]
        case _:
            return schema


def _explain(schema: JsonValue, relation: Relation[Any]) -> None:
    """Say of every column what the database says of it."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        raise TypeError(f"{relation.name} is not described as an object")
    for column in relation.columns:
        properties[column.name] = {
            **_known(properties[column.name]), "description": column.about
        }  # fmt: skip


def _known(schema: JsonValue) -> Json:
    return schema if isinstance(schema, dict) else {}
