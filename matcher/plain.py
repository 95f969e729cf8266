"""Frozen dataclasses as plain JSON types and back, strictly.

Only what plans are made of: str, int, bool, dates, `None`, tuples and dataclasses of
these. Anything unexpected is a `ValueError` that names where it stands.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: object) -> object:
    """Return `value` in dicts, lists, strings and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_plain(kind: type[T], value: object, where: str = "plan") -> T:
    """Read a dataclass of type `kind`; every field stands, and no other."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{where} is not an object")  # noqa: TRY004 - what was sent is wrong
    hints = get_type_hints(kind)
    if set(value) != set(hints):
        odd = ", ".join(sorted(set(value) ^ set(hints)))
        raise ValueError(f"{where} lacks or has too much: {odd}")
    read = {name: _field(hints[name], value[name], f"{where}.{name}") for name in hints}
    return kind(**read)


def _field(hint: object, value: object, where: str) -> object:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _one_of(args, value, where)
    if origin is UnionType:
        return _optional(args, value, where)
    if origin is tuple:
        return _row(args, value, where)
    if hint is date:
        return _day(value, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_plain(hint, value, where)
    if not isinstance(hint, type) or type(value) is not hint:
        raise ValueError(f"{where} is {value!r}, which is no {hint}")
    return value


def _one_of(words: tuple[object, ...], value: object, where: str) -> object:
    if value not in words:
        raise ValueError(f"{where} is {value!r}, which is none of {words}")
    return value


def _optional(args: tuple[object, ...], value: object, where: str) -> object:
    if value is None:
        return None
    return _field(next(a for a in args if a is not NoneType), value, where)


def _row(args: tuple[object, ...], value: object, where: str) -> object:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{where} is not a list")  # noqa: TRY004 - what was sent is wrong
    if args[-1] is Ellipsis:
        kinds = [args[0]] * len(value)
    elif len(args) == len(value):
        kinds = list(args)
    else:
        raise ValueError(f"{where} has {len(value)} entries instead of {len(args)}")
    pairs = zip(kinds, value, strict=True)
    return tuple(_field(k, v, f"{where}[{n}]") for n, (k, v) in enumerate(pairs))


def _day(value: object, where: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{where} is {value!r}, which is no date") from None
