"""Cases by hand: what a form for a new or a known case asks and brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import JsonValue, TypeAdapter, ValidationError

from events.need import NeedDetails
from events.offer import OfferDetails
from services.console import forms
from services.console.details import changed, written
from services.console.fields import GROUPS, Field, Group, Kind, Side
from services.console.ports import Entry
from services.console.rows import TABLES, Details, Table, cell, names, rows_of
from services.ledger.rules.base import Command
from services.ledger.rules.needs import AmendNeed
from services.ledger.rules.offers import AmendOffer

CONTACT = ("name", "organisation", "phone", "mail")
ADDRESS = ("street", "house_number", "city")
_OFFER: TypeAdapter[OfferDetails] = TypeAdapter(OfferDetails)
_NEED: TypeAdapter[NeedDetails] = TypeAdapter(NeedDetails)
Filled = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Input:
    """One question with what stands in it and what is wrong with that."""

    field: Field
    name: str
    value: str
    chosen: tuple[str, ...]
    wrong: bool


@dataclass(frozen=True)
class Sheet:
    """A form about a case, as it is shown: filled from the case or from a person."""

    side: Side
    kind: Kind
    details: Details
    filled: Filled = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()

    @property
    def groups(self) -> tuple[Group, ...]:
        return GROUPS[self.side, self.kind]

    @property
    def tables(self) -> tuple[Table, ...]:
        return TABLES[self.side, self.kind]

    def input(self, asked: Field) -> Input:
        """Return a question of the details."""
        name = f"details.{asked.path}"
        given = self.filled.get(name)
        value = written(asked, self.details)
        chosen = tuple(part for part in value.split(", ") if part)
        if asked.how == "many" and not chosen and self._answered_none(asked):
            chosen = ("none",)
        if self.filled:
            value = (given or ("",))[-1]
            chosen = given or ()
        return Input(asked, name, value, chosen, asked.path in self.wrong)

    def lines(self, table: Table) -> list[tuple[int, str, list[Input]]]:
        """Return number, name and questions of each row of a small table."""
        known = rows_of(self.details, table.name)
        return [
            (number, name, [self._cell(table, known, number, c) for c in table.columns])
            for number, name in names(table, known)
        ]

    def text(self, name: str) -> str:
        """Return what was typed into a field beside the details."""
        return (self.filled.get(name) or ("",))[-1]

    def _cell(
        self, table: Table, rows: list[Details], number: int, asked: Field
    ) -> Input:
        name = cell(table, number, asked)
        value = written(asked, rows[number]) if number < len(rows) else ""
        if self.filled:
            value = self.text(name)
        path = f"{table.name}[{number}].{asked.path}"
        return Input(asked, name, value, (), path in self.wrong)

    def _answered_none(self, asked: Field) -> bool:
        return written(asked, self.details) == "" and _known(asked, self.details)


def amendment(
    case: str, sheet: Sheet, filled: Filled, today: date | None
) -> Command | None:
    """Return the command that tells the case anew; None when nothing changed.

    Raises `Unfit` with the fields that do not fit.
    """
    about = (sheet.side, sheet.kind)
    changes, unset = _changed(sheet.details, about, filled, today)
    if not changes and not unset:
        return None
    told = {
        sheet.side: case,
        "changes": {"kind": sheet.kind, **changes},
        "unset": unset,
    }
    model = AmendOffer if sheet.side == "offer" else AmendNeed
    try:
        return model.model_validate(told, strict=False)
    except ValidationError as error:
        raise forms.Unfit(_fields(error, "changes.")) from None


def entry(sheet: Sheet, filled: Filled, today: date | None) -> Entry:
    """Return the new case as it is handed over; raise `Unfit`."""
    changes, _ = _changed({}, (sheet.side, sheet.kind), filled, today)
    reader: TypeAdapter[OfferDetails] | TypeAdapter[NeedDetails]
    reader = _OFFER if sheet.side == "offer" else _NEED
    try:
        details = reader.validate_python({"kind": sheet.kind, **changes}, strict=False)
    except ValidationError as error:
        raise forms.Unfit(_fields(error, "")) from None
    contact = _texts(filled, CONTACT)
    if not contact.get("phone") and not contact.get("mail"):
        raise forms.Unfit(["phone", "mail"])
    priority = (filled.get("priority") or ("",))[-1]
    return Entry(
        side=sheet.side,
        details=details,
        contact=contact,
        address=_texts(filled, ADDRESS),
        message=(filled.get("message") or ("",))[-1],
        priority=int(priority) if priority.isdecimal() else None,
    )


def _changed(
    details: Details, about: tuple[Side, Kind], filled: Filled, today: date | None
) -> tuple[Details, tuple[str, ...]]:
    try:
        return changed(details, about, filled, today)
    except ValueError as error:
        raise forms.Unfit([str(error).removeprefix("details.")]) from None


def _fields(error: ValidationError, prefix: str) -> list[str]:
    paths = (forms.path(fault["loc"]).removeprefix(prefix) for fault in error.errors())
    return list(dict.fromkeys(paths))


def _texts(filled: Filled, names: tuple[str, ...]) -> dict[str, str]:
    return {name: filled[name][-1] for name in names if filled.get(name)}


def _known(asked: Field, details: Details) -> bool:
    value: JsonValue = details
    for part in asked.path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value is not None
