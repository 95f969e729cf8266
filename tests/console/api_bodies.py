"""Bodies as hypothesis makes them from the API's own OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]
Bodies = st.SearchStrategy[Any]
NAMES = ("o-1", "o-2", "n-1", "n-2", "m-1", "p-1", "t-1", "s-1", "bed-140")
CASES = ("offer:o-1", "offer:o-2", "need:n-1", "need:n-2", "submission:s-1")
DAYS = (
    "0001-01-01",
    "2022-03-18",
    "2022-03-19",
    "2022-04-01",
    "9999-12-31",
)
MOMENTS = ("2022-03-18T08:30:00Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z")
NAMED: Mapping[str, tuple[str, ...]] = {
    "case": CASES,
    "match": ("m-1", "m-2"),
    "need": ("n-1", "n-2", "n-3"),
    "offer": ("o-1", "o-2", "o-3"),
}
"""Few, so that commands meet what others before them left."""
ODD = (
    "", " ", "\0", "\u202e", "=1+1", "x" * 3_000, "'; DROP TABLE facts; --", "{}",
    "{offer}", "%s", "Ж" * 120, "\U0001f469\u200d\U0001f467", "1e400",
)  # fmt: skip
JUNK: Bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(("kind", "from", "x", "")), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


class Maker:
    """Strategies for the schemas of one document, each made once."""

    def __init__(self, document: Schema) -> None:
        self._schemas: Schema = document["components"]["schemas"]
        self._made: dict[str, Bodies] = {}

    def fitting(self, schema: Schema) -> Bodies:
        """Return values that the schema mostly allows."""
        match schema:
            case {"$ref": ref}:
                return self._named(ref.rpartition("/")[2])
            case {"const": value}:
                return st.just(value)
            case {"enum": values}:
                return st.sampled_from(values)
            case {"anyOf": parts} | {"oneOf": parts}:
                return st.one_of([self.fitting(part) for part in parts])
            case {"type": "object"}:
                return self._object(schema)
            case {"type": "array"}:
                return self._array(schema)
            case _:
                return _plain(schema)

    def spoilt(self, schema: Schema) -> Bodies:
        """Return objects of the schema with junk in some of their fields."""
        fields = sorted(self._schemas[schema["$ref"].rpartition("/")[2]]["properties"])
        junk = st.dictionaries(st.sampled_from([*fields, "x"]), JUNK, min_size=1)
        return st.builds(lambda body, odd: body | odd, self.fitting(schema), junk)

    def _named(self, name: str) -> Bodies:
        if name not in self._made:
            self._made[name] = st.deferred(lambda: self.fitting(self._schemas[name]))
        return self._made[name]

    def _object(self, schema: Schema) -> Bodies:
        known: Schema = schema.get("properties", {})
        if not known and isinstance(more := schema.get("additionalProperties"), dict):
            return st.dictionaries(_plain({}), self.fitting(more), max_size=3)
        parts = {
            name: st.sampled_from(NAMED[name]) if name in NAMED else self.fitting(part)
            for name, part in known.items()
        }
        needed = {name: parts.pop(name) for name in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional=parts)

    def _array(self, schema: Schema) -> Bodies:
        if "prefixItems" in schema:
            return st.tuples(*map(self.fitting, schema["prefixItems"])).map(list)
        least = schema.get("minItems", 0)
        items = self.fitting(schema.get("items", {}))
        return st.lists(items, min_size=least, max_size=least + 2)


def _plain(schema: Schema) -> Bodies:
    match schema:
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
        case {"type": "integer"}:
            least, most = schema.get("minimum", -9), schema.get("maximum", 2**63)
            return st.sampled_from((least, most)) | st.integers(least, least + 9)
        case {"format": "date"}:
            return st.sampled_from(DAYS)
        case {"format": "date-time"}:
            return st.sampled_from(MOMENTS)
        case {"pattern": str(pattern)}:
            known = CASES if ":[" in pattern else NAMES
            return st.sampled_from(known) | st.from_regex(pattern, fullmatch=True)
        case _:
            least, most = schema.get("minLength", 0), schema.get("maxLength", 3_000)
            fitting = [t for t in ODD if least <= len(t) <= most and "\0" not in t]
            return st.sampled_from(("Herd", *fitting))
