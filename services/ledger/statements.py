"""All SQL that the ledger speaks at run time; what it is made of lies in `sql/`."""

from collections.abc import Iterable
from typing import LiteralString

from psycopg import sql

from services.ledger.batch import Item
from services.ledger.tree import JOINT

_TEXTS, _NUMBERS = "string_to_array(%b, chr(31))", "%b::text::int[]"
_ARGUMENTS: tuple[LiteralString, ...] = (
    _TEXTS, "%b::bytea[]", _NUMBERS, _TEXTS, _TEXTS, "%b::text[]", "%b::bytea[]",
    _NUMBERS, "%b::text::bigint[]", _NUMBERS, _NUMBERS, _NUMBERS, _TEXTS, _NUMBERS,
    _TEXTS,
)  # fmt: skip
RECORD = sql.SQL("SELECT outcome, first, last FROM ledger.record({})").format(
    sql.SQL(", ").join(map(sql.SQL, _ARGUMENTS))
)
CONFLICT = "BS409"
ANSWERED = """
SELECT k.command_id, k.digest, k.first, k.last
FROM unnest(string_to_array(%s, chr(31))) AS asked (command_id)
JOIN ledger.commands k USING (command_id)
"""
LED_TO = """
SELECT f.position, f.id, f.command_id, f.type, f.tags, f.data, f.recorded_us, f.leaf
FROM unnest(string_to_array(%s, chr(31))) AS asked (command_id)
JOIN ledger.commands k USING (command_id)
JOIN ledger.facts f ON f.position = k.first
"""
BEGAN = """
SELECT tag, min(position) FROM ledger.tags WHERE tag = ANY (%s::text[]) GROUP BY tag
"""
PLACES = """
SELECT position, type, recorded_us FROM ledger.facts
WHERE position > %s AND position <= %s AND type = ANY (%s::text[]) ORDER BY position
"""
READ: LiteralString = """
SELECT f.position, f.id, f.command_id, f.type, f.tags, f.data, f.recorded_us, f.leaf
FROM ledger.facts f WHERE f.position > {after} AND f.position <= {upto} {only}
ORDER BY f.position LIMIT {limit}
"""
_ANY_TAG: LiteralString = """
SELECT t.position FROM ledger.tags t
WHERE t.tag = ANY (string_to_array({tags}, chr(31)))
AND t.position > {after} AND t.position <= {upto}
"""
_ALL_TAGS: LiteralString = _ANY_TAG + "GROUP BY t.position HAVING count(*) = {size}"
_OF_TYPES: LiteralString = """
SELECT position FROM ({of}) o JOIN ledger.facts k USING (position)
WHERE k.type = ANY ({types}::text[])
"""
_ANY_OF_TYPES: LiteralString = """
SELECT k.position FROM ledger.facts k WHERE k.type = ANY ({types}::text[])
AND k.position > {after} AND k.position <= {upto}
"""
_LAST = 2**63 - 1


def reading(
    items: Iterable[Item], *, after: int, upto: int | None, limit: int | None
) -> sql.Composed:
    """Compose the reading of the facts that match any item, in order.

    Single tags of the same types go into one look-up: an intake asks about hundreds.
    """
    bounds = {
        "after": sql.Literal(after),
        "upto": sql.Literal(_LAST if upto is None else upto),
    }
    parts = _gathered(items)
    only = sql.Composed([])
    if parts and (Item(), 0) not in parts:
        found = sql.SQL(" UNION ").join(_found(*part, bounds) for part in parts)
        only = sql.SQL("AND f.position IN ({})").format(found)
    return sql.SQL(READ).format(only=only, limit=sql.Literal(limit), **bounds)


def _gathered(items: Iterable[Item]) -> list[tuple[Item, int]]:
    """Return items with the number of their tags that a fact must have."""
    alone: dict[frozenset[str], set[str]] = {}
    found: dict[Item, int] = {}
    for item in items:
        if len(item.tags) == 1:
            alone.setdefault(item.types, set()).update(item.tags)
        else:
            found[item] = len(item.tags)
    shared = {Item(types, frozenset(tags)): 1 for types, tags in alone.items()}
    return [*found.items(), *shared.items()]


def _found(item: Item, size: int, bounds: dict[str, sql.Literal]) -> sql.Composed:
    types = sql.Literal(sorted(item.types))
    if not item.tags:
        return sql.SQL(_ANY_OF_TYPES).format(types=types, **bounds)
    with_tags = sql.SQL(_ANY_TAG if size == 1 else _ALL_TAGS).format(
        tags=sql.Literal(JOINT.join(sorted(item.tags))),
        size=sql.Literal(size),
        **bounds,
    )
    if not item.types:
        return with_tags
    return sql.SQL(_OF_TYPES).format(of=with_tags, types=types)
