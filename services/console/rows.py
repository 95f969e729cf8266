"""The small tables of a case: its people, its rooms. A form replaces one as a whole."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from services.console.fields import AGES, ROOM_TYPES, Field, Kind, Side
from services.console.mark import N_

Details: TypeAlias = dict[str, JsonValue]
SPARE = 3
"""Empty rows that a form offers beside those that are filled."""
_MOST = 40


@dataclass(frozen=True)
class Table:
    """One list of the details; `prefix` names its rows where they need a name.

    `fixed` is what every new row says that nobody is asked.
    """

    name: str
    title: str
    columns: tuple[Field, ...]
    prefix: str = ""
    hint: str = ""
    fixed: tuple[tuple[str, str], ...] = ()


_MEMBERS = Table(
    "members",
    N_("The people, one by one"),
    (
        Field("age_band", N_("Age"), "choice", "age", AGES),
        Field("sex", N_("Sex"), "choice", "sex", ("f", "m", "x")),
        Field("needs.step_free", N_("Step-free"), "yes_no"),
        Field("needs.lift", N_("Lift"), "yes_no"),
        Field("needs.ground_floor", N_("Ground floor"), "yes_no"),
        Field("needs.medical_equipment", N_("Medical equipment"), "yes_no"),
    ),
    "m",
    N_("Ages and relations decide who may share a room."),
)
_RELATIONS = Table(
    "relations",
    N_("Who belongs to whom"),
    (
        Field("a", N_("Person"), "text"),
        Field("kind", N_("Relation"), "choice", "relation",
              ("couple", "parent_child", "siblings", "other")),
        Field("b", N_("Person"), "text"),
    ),
    hint=N_(
        "By their names in the table above; of parent and child, the parent first."
    ),
)  # fmt: skip
_PETS = Table(
    "pets",
    N_("Pets"),
    (
        Field("kind", N_("Kind"), "choice", "pet", ("dog", "cat", "small", "other")),
        Field("count", N_("How many"), "number"),
    ),
)
_UNITS = Table(
    "units",
    N_("Rooms, or the room types of a hotel"),
    (
        Field("type", N_("Type"), "choice", "unit", ROOM_TYPES),
        Field("sleeps", N_("Sleeps"), "number"),
        Field("step_free", N_("Step-free"), "yes_no"),
        Field("cot_possible", N_("Cot possible"), "yes_no"),
    ),
    "u",
)
_CAPACITY = Table(
    "capacity",
    N_("How many rooms of a type, by day"),
    (
        Field("unit", N_("Room type"), "text"),
        Field("span.from", N_("From"), "day"),
        Field("span.to", N_("To"), "day"),
        Field("count", N_("Rooms"), "number"),
        Field("blocked", N_("Of these blocked"), "number"),
    ),
    hint=N_("For hotels and shelters; by the names in the table above."),
)
_GUESTS = Table(
    "wishes",
    N_("Whom the host would like best, the first first"),
    (
        Field("value", N_("Whom"), "choice", "guests",
              ("family", "single", "couple", "women", "elderly")),
    ),
    hint=N_("A wish, never a rule: the policy says what it weighs."),
    fixed=(("kind", "household"),),
)  # fmt: skip
TABLES: Mapping[tuple[Side, Kind], tuple[Table, ...]] = {
    ("offer", "housing"): (_UNITS, _CAPACITY, _GUESTS),
    ("offer", "goods"): (),
    ("need", "housing"): (_MEMBERS, _RELATIONS, _PETS),
    ("need", "goods"): (),
}


def rows_of(details: Details, table: str) -> list[Details]:
    """Return the rows of a small table as the details have them."""
    found = details.get(table)
    known = found if isinstance(found, list) else []
    return [row for row in known if isinstance(row, dict)]


def read(
    table: Table, filled: Mapping[str, tuple[str, ...]], known: list[Details]
) -> list[Details]:
    """Return the rows that say something; what a form does not ask of one is kept."""
    named = {row["ref"]: row for row in known if "ref" in row}
    rows: list[Details] = []
    for number in range(_MOST):
        ref = _ref(table, number, filled)
        old = named.get(ref) if table.prefix else _nth(known, number)
        row = _row(table, number, filled, deepcopy(old or {}))
        if row is not None:
            rows.append(
                dict(table.fixed) | row | ({"ref": ref} if table.prefix else {})
            )
    return rows


def cell(table: Table, number: int, field: Field) -> str:
    """Return the name of an input."""
    return f"{table.name}[{number}].{field.path}"


def names(table: Table, known: list[Details]) -> Iterator[tuple[int, str]]:
    """Yield number and name of each row of the form, the spare ones at the end."""
    taken = {str(row["ref"]) for row in known if "ref" in row}
    fresh = (f"{table.prefix}{n}" for n in range(1, _MOST * 2))
    free = (name for name in fresh if name not in taken)
    for number in range(min(_MOST, len(known) + SPARE)):
        row = _nth(known, number) or {}
        if not table.prefix:
            yield number, ""
        else:
            yield number, str(row.get("ref") or next(free))


def _row(
    table: Table, number: int, filled: Mapping[str, tuple[str, ...]], row: Details
) -> Details | None:
    """Return the row with its fields as the form has them; None when all are empty."""
    asked = [
        (c, (filled.get(cell(table, number, c)) or ("",))[-1]) for c in table.columns
    ]
    for column, text in asked:
        _set(row, column, text)
    return row if any(text for _, text in asked) else None


def _set(row: Details, field: Field, text: str) -> None:
    """Put a value where it belongs, or take it away when the field is empty."""
    *way, last = field.path.split(".")
    for part in way:
        inner = row.get(part)
        if not isinstance(inner, dict):
            if not text:
                return
            inner = row[part] = {}
        row = inner
    if text:
        row[last] = _typed(field, text)
    else:
        row.pop(last, None)


def _ref(table: Table, number: int, filled: Mapping[str, tuple[str, ...]]) -> str:
    given = filled.get(f"{table.name}[{number}].ref")
    return given[-1] if given else f"{table.prefix}{number + 1}"


def _nth(rows: list[Details], number: int) -> Details | None:
    return rows[number] if number < len(rows) else None


def _typed(field: Field, text: str) -> JsonValue:
    if field.how == "yes_no":
        return text == "true"
    if field.how == "number" and text.isdecimal():
        return int(text)
    return text
