"""The small tables of a case: its people, its rooms. A form replaces one as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from services.console.fields import AGES, ROOM_TYPES, Field, Kind, Side
from services.console.labels.mark import N_

SPARE = 3
"""Empty rows that a form offers beside those that are filled."""
_MOST = 40


@dataclass(frozen=True)
class Table:
    """One list of the details; `prefix` names its rows where they need a name."""

    name: str
    title: str
    columns: tuple[Field, ...]
    prefix: str = ""
    hint: str = ""


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
    hint=N_("By their names in the table above; of parent and child, the parent first."),
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
TABLES: Mapping[tuple[Side, Kind], tuple[Table, ...]] = {
    ("offer", "housing"): (_UNITS, _CAPACITY),
    ("offer", "goods"): (),
    ("need", "housing"): (_MEMBERS, _RELATIONS, _PETS),
    ("need", "goods"): (),
}


def read(table: Table, filled: Mapping[str, tuple[str, ...]]) -> list[JsonValue] | None:
    """Return the rows that say something; None when the form left them all empty."""
    rows = [row for number in range(_MOST) if (row := _row(table, number, filled))]
    return rows or None


def cell(table: Table, number: int, field: Field) -> str:
    """Return the name of an input."""
    return f"{table.name}[{number}].{field.path}"


def names(table: Table, rows: JsonValue) -> Iterator[tuple[int, str]]:
    """Yield number and name of each row of the form, the spare ones at the end."""
    known = rows if isinstance(rows, list) else []
    taken = {str(row["ref"]) for row in known if isinstance(row, dict) and "ref" in row}
    fresh = (f"{table.prefix}{n}" for n in range(1, _MOST * 2))
    free = (name for name in fresh if name not in taken)
    for number in range(min(_MOST, len(known) + SPARE)):
        row = known[number] if number < len(known) else None
        if not table.prefix:
            yield number, ""
        elif isinstance(row, dict) and "ref" in row:
            yield number, str(row["ref"])
        else:
            yield number, next(free)


def _row(
    table: Table, number: int, filled: Mapping[str, tuple[str, ...]]
) -> dict[str, JsonValue]:
    row: dict[str, JsonValue] = {}
    for field in table.columns:
        text = (filled.get(cell(table, number, field)) or ("",))[-1]
        if text:
            _set(row, field, text)
    if row and table.prefix:
        ref = f"{table.name}[{number}].ref"
        row["ref"] = (filled.get(ref) or (f"{table.prefix}{number + 1}",))[-1]
    return row


def _set(row: dict[str, JsonValue], field: Field, text: str) -> None:
    *way, last = field.path.split(".")
    target = row
    for part in way:
        inner = target.setdefault(part, {})
        assert isinstance(inner, dict), "paths of one table do not cross"
        target = inner
    target[last] = _typed(field, text)


def _typed(field: Field, text: str) -> JsonValue:
    if field.how == "yes_no":
        return text == "true"
    if field.how == "number" and text.isdecimal():
        return int(text)
    return text
