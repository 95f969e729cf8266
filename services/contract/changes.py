"""Which changes of a JSON Schema somebody would notice, and who.

A schema is compared with itself as it was released. Two kinds of difference count:

- *narrower*: what was valid is not any more; old facts and old channels break;
- *wider*: what is valid now was not; tools that know the released schema break.

Titles, descriptions and examples may change freely. It understands the schemas that
pydantic writes, which is all there are here; what it does not know it calls narrower.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

Schema = Mapping[str, JsonValue]
Side = Literal["narrower", "wider"]
_WORDS = frozenset({"title", "description", "examples", "$id", "$schema", "$defs"})
_UNION = ("anyOf", "oneOf")
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems"})
_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems"})
_LEAST = _LOWER | {"minProperties"}
_MOST = _UPPER | {"maxProperties"}
_READ = frozenset(
    {"type", "enum", "const", "properties", "required", "items", "discriminator"}
    | {"additionalProperties", "propertyNames", *_UNION, *_LEAST, *_MOST}
)
_NOTHING: JsonValue = None


@dataclass(frozen=True)
class Change:
    """One difference: where (`details.beds`), which side, and what, in words."""

    where: str
    side: Side
    what: str


def changes(old: Schema, new: Schema) -> list[Change]:
    """Return every difference of two schemas, in the order of the old one's fields."""
    return list(dict.fromkeys(_Comparison(old, new).between(old, new, "")))


@dataclass(frozen=True)
class _Comparison:
    """Knows the definitions that references of either side lead to."""

    old_root: Schema
    new_root: Schema

    def between(self, old: Schema, new: Schema, where: str) -> Iterator[Change]:
        before, now = _whole(old, self.old_root), _whole(new, self.new_root)
        if _is_union(before) or _is_union(now):
            yield from self._unions(before, now, where)
            yield from _default(before, now, where)
            return
        if before.get("type") != now.get("type"):
            told = f"was {_kind(before)} and is {_kind(now)}"
            yield Change(where, "narrower", told)
            return
        yield from _values(before, now, where)
        yield from _bounds(before, now, where)
        yield from _rest(before, now, where)
        yield from _default(before, now, where)
        yield from self._inside(before, now, where)

    def _inside(self, old: Schema, new: Schema, where: str) -> Iterator[Change]:
        if "properties" in old or "properties" in new:
            yield from self._fields(old, new, where)
        for key, step in (("items", "[]"), ("additionalProperties", ".*")):
            yield from self._parts(old.get(key), new.get(key), where + step)
        yield from self._parts(
            old.get("propertyNames"), new.get("propertyNames"), f"{where}'s keys"
        )

    def _fields(self, old: Schema, new: Schema, where: str) -> Iterator[Change]:
        before, now = _fields(old), _fields(new)
        needed, needs = _required(old), _required(new)
        gone = [name for name in before if name not in now]
        come = [name for name in now if name not in before]
        renamed = self._renamed(before, now, gone, come)
        for name in gone:
            told = (
                f"was renamed to `{renamed[name]}`"
                if name in renamed
                else "was removed"
            )
            yield Change(_at(where, name), "narrower", told)
        for name in come:
            if name not in renamed.values():
                side: Side = "narrower" if name in needs else "wider"
                told = "was added, and is required" if name in needs else "was added"
                yield Change(_at(where, name), side, told)
        for name in (name for name in before if name in now):
            if name in needs and name not in needed:
                yield Change(_at(where, name), "narrower", "became required")
            if name in needed and name not in needs:
                yield Change(_at(where, name), "wider", "may be absent now")
            yield from self.between(before[name], now[name], _at(where, name))

    def _renamed(
        self,
        before: Mapping[str, Schema],
        now: Mapping[str, Schema],
        gone: list[str],
        come: list[str],
    ) -> dict[str, str]:
        """Return old name → new name where one field left and its like came."""
        if len(gone) != 1 or len(come) != 1:
            return {}
        alike = not list(self.between(before[gone[0]], now[come[0]], ""))
        return {gone[0]: come[0]} if alike else {}

    def _unions(self, old: Schema, new: Schema, where: str) -> Iterator[Change]:
        before = _variants(old, self.old_root)
        now = _variants(new, self.new_root)
        for name in before.keys() - now.keys():
            yield Change(where, "narrower", f"is {name} no more")
        for name in now.keys() - before.keys():
            yield Change(where, "wider", f"may be {name} now")
        for name in before:
            if name in now:
                yield from self.between(before[name], now[name], where)

    def _parts(self, old: JsonValue, new: JsonValue, where: str) -> Iterator[Change]:
        match old, new:
            case dict(), dict():
                yield from self.between(old, new, where)
            case _ if old != new:
                is_open = new in (None, True)
                yield Change(where, "wider" if is_open else "narrower", "changed")
            case _:
                pass


def _whole(schema: Schema, root: Schema) -> Schema:
    """Follow a reference; what stands beside it counts too."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    found: JsonValue = dict(root)
    for step in reference.removeprefix("#/").split("/"):
        found = found[step] if isinstance(found, dict) else None
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    inner = _whole(found if isinstance(found, dict) else {}, root)
    return {**inner, **beside}


def _is_union(schema: Schema) -> bool:
    return any(key in schema for key in _UNION)


def _variants(schema: Schema, root: Schema) -> dict[str, Schema]:
    """Return what a field may be, each under a name that outlives a release."""
    parts = [part for key in _UNION if isinstance(part := schema.get(key), list)]
    inner = [one for part in parts for one in part if isinstance(one, dict)]
    wholes = [_whole(one, root) for one in inner] or [schema]
    return {_named(whole): whole for whole in wholes}


def _named(schema: Schema) -> str:
    kind = _fields(schema).get("kind", {})
    told = kind.get("const") or kind.get("title") or schema.get("title")
    return (
        f"{_kind(schema)} `{told}`" if schema.get("type") == "object" else _kind(schema)
    )


def _kind(schema: Schema) -> str:
    kind = schema.get("type")
    return {"null": "null", None: "anything"}.get(
        kind if isinstance(kind, str) else None, f"{_article(str(kind))} {kind}"
    )


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _values(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, now = _enum(old), _enum(new)
    if before is None and now is not None:
        yield Change(where, "narrower", f"takes only {_list(now)}")
    elif before is not None and now is None:
        yield Change(where, "wider", "takes any value")
    elif before is not None and now is not None:
        if gone := [value for value in before if value not in now]:
            yield Change(where, "narrower", f"takes {_list(gone)} no more")
        if come := [value for value in now if value not in before]:
            yield Change(where, "wider", f"takes {_list(come)} too")


def _bounds(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    for key in sorted(_LEAST | _MOST):
        before, now = _number(old.get(key)), _number(new.get(key))
        if before == now:
            continue
        tighter = before is None or (
            now is not None and ((now > before) if key in _LEAST else (now < before))
        )
        told = f"its {key} was {_said(before)} and is {_said(now)}"
        yield Change(where, "narrower" if tighter else "wider", told)


def _rest(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    """Compare what nothing else reads: patterns, formats, and what may yet come."""
    for key in sorted((old.keys() | new.keys()) - _READ - _WORDS - {"default"}):
        if old.get(key) != new.get(key):
            side: Side = "wider" if key not in new else "narrower"
            yield Change(where, side, f"its {key} changed")


def _default(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, now = old.get("default", _NOTHING), new.get("default", _NOTHING)
    if before != now:
        told = f"means {now!r} instead of {before!r} when it is absent"
        yield Change(where, "narrower", told)


def _enum(schema: Schema) -> list[JsonValue] | None:
    if "const" in schema:
        return [schema["const"]]
    found = schema.get("enum")
    return found if isinstance(found, list) else None


def _fields(schema: Schema) -> dict[str, Schema]:
    found = schema.get("properties")
    named = found.items() if isinstance(found, dict) else ()
    return {name: field for name, field in named if isinstance(field, dict)}


def _required(schema: Schema) -> set[str]:
    found = schema.get("required")
    return {str(name) for name in found} if isinstance(found, list) else set()


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, int | float) else None


def _said(bound: float | None) -> str:
    return "none" if bound is None else f"{bound:g}"


def _list(values: list[JsonValue]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
