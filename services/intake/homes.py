"""From the fields of a row to a home, or to a hotel's contingent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from events.kinds.housing import Capacity, HousingOffer, Unit
from services.intake.cells import Asked, Values
from services.intake.draft import Built
from services.intake.reasons import Reason
from services.intake.when import Stay

_PLAIN = (
    "provider_kind", "dwelling", "whole_unit", "m2", "floor", "lift", "step_free",
    "medical_equipment", "bathroom", "kitchen", "residents", "languages",
    "option_until", "tenant", "furnished", "beds", "units",
)  # fmt: skip
_ROOM_BEDS = {"single": 1, "double": 2}


def home(values: Values) -> Built:
    """Build a home. Beds that contradict its rooms, or are occupied, stay unknown."""
    told: dict[str, object] = {
        name: values.told[name] for name in _PLAIN if name in values.told
    }
    available, asked = _available(values)
    told |= _grouped(available=available, accepts=group(values, "accepts"))
    told |= _grouped(rent=_rent(values), location=location(values))
    asked += _size(values, told)
    return Built(_offer(told), tuple(asked))


def contingent(rows: Sequence[Values], shared: Values) -> Built:
    """Build one offer of all rows of a contract: room types with counts by span."""
    built = home(shared)
    units: dict[str, Unit] = {}
    capacity: list[Capacity] = []
    asked = list(built.asked)
    for row in rows:
        line = _line(row)
        if isinstance(line, Asked):
            asked.append(line)
            continue
        unit, span = line
        units[unit.ref] = _together(units.get(unit.ref), unit)
        capacity.append(span)
    told: dict[str, object] = {**_known(built.details)}
    if capacity:
        told |= _spanned(capacity, shared.told.get("standing_until"))
        told |= {"units": tuple(units.values()), "capacity": tuple(capacity)}
    return Built(_offer(told), tuple(asked))


def location(values: Values) -> dict[str, object]:
    """The postcode, unless the place is abroad: French ones have five digits too."""
    abroad = any(asked.reason is Reason.ABROAD for asked in values.asked)
    found: dict[str, object] = {}
    if "postcode" in values.told and not abroad:
        found["postcode"] = values.told["postcode"]
    if values.told.get("protected") is True:
        found["disclosure"] = "protected"
    return found


def group(values: Values, top: str) -> dict[str, object]:
    """Return the fields below `top.` by their own names."""
    start = f"{top}."
    return {
        name.removeprefix(start): value
        for name, value in values.told.items()
        if name.startswith(start)
    }


def days_in_order(
    values: Values, first: object, last: object, name: str
) -> list[Asked]:
    """Ask about a last day that is not after the first."""
    if isinstance(first, date) and isinstance(last, date) and last <= first:
        return [Asked(name, values.raw.get(name, ""), Reason.DATES_SWAPPED)]
    return []


def _available(values: Values) -> tuple[dict[str, object], list[Asked]]:
    found = group(values, "available")
    stay = found.pop("stay", None)
    if isinstance(stay, Stay):
        parts = {"min_days": stay.min_days, "max_days": stay.max_days, "to": stay.until}
        found = {name: part for name, part in parts.items() if part} | found
    name = "available.to" if "available.to" in values.told else "available.stay"
    asked = days_in_order(values, found.get("from"), found.get("to"), name)
    if asked:
        del found["to"]
    least, most = found.get("min_days"), found.get("max_days")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        raw = values.raw.get("available.max_days", "")
        asked.append(Asked("available.max_days", raw, Reason.RANGE_DURATION))
        del found["max_days"]
    return found, asked


def _rent(values: Values) -> dict[str, object]:
    found = group(values, "rent")
    night = found.pop("room_night", None)
    if night is not None:
        return {"kind": "price", "amount_minor": night, "per": "room_night"}
    if found and "kind" not in found:
        found["kind"] = "rent"
    return found


def _size(values: Values, told: dict[str, object]) -> list[Asked]:
    """Settle beds against rooms; take neither from a home said to be occupied."""
    if values.told.get("status") == "occupied":
        told.pop("beds", None)
        told.pop("units", None)
        return []
    units = told.get("units")
    if not isinstance(units, tuple):
        return []
    total = sum(unit.sleeps for unit in units)
    if told.setdefault("beds", total) == total:
        return []
    del told["beds"], told["units"]
    return [Asked("units", values.raw.get("units", ""), Reason.BEDS_DIFFER)]


def _line(row: Values) -> tuple[Unit, Capacity] | Asked:
    """One room type in one span of days, or what must be asked about the row."""
    kind, count = row.text("unit.type"), row.number("unit.count")
    sleeps = row.number("unit.sleeps") or _ROOM_BEDS.get(kind or "")
    blocked = row.number("unit.blocked") or 0
    if kind is None or count is None or not sleeps or blocked > count:
        return Asked("unit.count", row.raw.get("unit.count", ""), Reason.NO_UNIT)
    start, end = row.told.get("unit.from"), row.told.get("unit.to")
    unread = {asked.field for asked in row.asked} & {"unit.from", "unit.to"}
    if start is None or unread:
        return Asked("unit.from", row.raw.get("unit.from", ""), Reason.NO_SPAN)
    if swapped := days_in_order(row, start, end, "unit.to"):
        return swapped[0]
    step_free = row.told.get("unit.step_free")
    mark = "-step-free" if step_free is True else ""
    unit = {
        "ref": f"{kind}-{sleeps}{mark}",
        "type": kind,
        "sleeps": sleeps,
        "step_free": step_free,
        "cot_possible": row.told.get("unit.cot"),
    }
    span = {"from": start, "to": end}
    line = {"unit": unit["ref"], "span": span, "count": count, "blocked": blocked}
    return Unit.model_validate(unit), Capacity.model_validate(line)


def _together(before: Unit | None, unit: Unit) -> Unit:
    """Two rows of one room type: what only one of them says holds for both."""
    if before is None:
        return unit
    known = {name: value for name, value in unit if value is not None}
    return before.model_copy(update=known)


def _spanned(capacity: Iterable[Capacity], agreed: object) -> dict[str, object]:
    spans = [line.span for line in capacity]
    first = min(span.start for span in spans)
    ends = [span.end for span in spans]
    last = None if None in ends else max(end for end in ends if end is not None)
    found: dict[str, object] = {"available": {"from": first, "to": last}}
    if isinstance(agreed, date):
        found["standing_agreement"] = {"from": first, "to": agreed}
    return found


def _grouped(**parts: dict[str, object]) -> dict[str, object]:
    return {name: part for name, part in parts.items() if part}


def _known(details: object) -> Mapping[str, object]:
    if not isinstance(details, HousingOffer):
        raise TypeError("a contingent is housing")
    return {name: value for name, value in details if value is not None}


def _offer(told: Mapping[str, object]) -> HousingOffer:
    return HousingOffer.model_validate(dict(told))
