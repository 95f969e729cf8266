"""From the fields of a row to a lot of goods, or a request for some."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from events.kinds.goods import Category, GoodsNeed, GoodsOffer
from events.values import Ref, Strict, Word
from services.intake.cells import Asked, Values
from services.intake.draft import Built
from services.intake.homes import days_in_order, location
from services.intake.reasons import Reason
from services.intake.sizes import is_age, is_size
from services.intake.words import plain

CATALOGUE = Path(__file__).parent / "catalogue.toml"
_MOST_ALSO = 20
_LONGEST_KIT = 30
_CODE = TypeAdapter(Ref)
Told = dict[str, object]


class CatalogueItem(Strict):
    """A line of the catalogue: the code, and the names that stand for it."""

    code: Ref
    category: Category
    unit: Literal["piece", "pack", "kg", "litre", "set"]
    names: Annotated[tuple[Word, ...], Field(min_length=1, strict=False)]


def lot(values: Values) -> Built:
    """Build an offer of goods."""
    told, asked = _common(values)
    start, end = values.told.get("available.from"), values.told.get("available.to")
    if swapped := days_in_order(values, start, end, "available.to"):
        asked += swapped
        end = None
    told |= {"available_from": start, "available_to": end}
    told |= {name: values.told.get(name) for name in ("best_before", "value_minor")}
    return Built(GoodsOffer.model_validate(told), tuple(asked))


def request(values: Values) -> Built:
    """Build a request for goods."""
    told, asked = _common(values)
    told |= {name: values.told.get(name) for name in ("needed_by", "waiting_since")}
    told["organisation"] = True if "organisation" in values.told else None
    told |= {"equivalents": _also(values, asked), "kit": _kit(values, asked)}
    return Built(GoodsNeed.model_validate(told), tuple(asked))


@cache
def by_code() -> dict[str, CatalogueItem]:
    """Return the catalogue by code."""
    told = tomllib.loads(CATALOGUE.read_text("utf-8"))["item"]
    items = (CatalogueItem.model_validate(line) for line in told)
    return {item.code: item for item in items}


@cache
def by_name() -> dict[str, CatalogueItem]:
    return {plain(name): item for item in by_code().values() for name in item.names}


def _common(values: Values) -> tuple[Told, list[Asked]]:
    asked: list[Asked] = []
    told: Told = {"quantity": values.number("quantity"), "item": _item(values, asked)}
    if place := location(values):
        told["location"] = place
    return told, asked


def _item(values: Values, asked: list[Asked]) -> Told | None:
    """The piece, by its code or by a name of the catalogue.

    A word that is not in the catalogue stays in the sealed row: it may hold anything.
    """
    known = _known(values)
    if known is None:
        name = "item.name" if "item.name" in values.raw else "item.code"
        asked.append(Asked(name, values.raw.get(name, ""), Reason.NO_ITEM))
        return None
    return {
        "code": known.code,
        "category": values.text("item.category") or known.category,
        "name": known.names[0],
        "unit": values.text("item.unit") or known.unit,
        "condition": values.text("item.condition"),
        "size": _shown(values, "item.size", asked, is_size),
        "age_group": _shown(values, "item.age_group", asked, is_age),
    }


def _also(values: Values, asked: list[Asked]) -> tuple[str, ...] | None:
    """The codes of what serves as well; what is not in the catalogue is asked for."""
    said = (values.text("equivalents") or "").split(";")
    words = [word.strip() for word in said if word.strip()]
    known = [by_code().get(word) or by_name().get(plain(word)) for word in words]
    if None in known or len(words) > _MOST_ALSO:
        asked.append(Asked("equivalents", "; ".join(words), Reason.NO_ITEM))
    codes = dict.fromkeys(item.code for item in known if item is not None)
    return tuple(codes)[:_MOST_ALSO] or None


def _kit(values: Values, asked: list[Asked]) -> str | None:
    """The word of a kit stands on pages: a name with blanks may be anybody's."""
    said = values.text("kit")
    if said is None or (len(said) <= _LONGEST_KIT and _is_code(said)):
        return said
    asked.append(Asked("kit", said, Reason.UNKNOWN_WORD))
    return None


def _known(values: Values) -> CatalogueItem | None:
    code = values.text("item.code")
    if code is not None:
        return by_code().get(code)
    return by_name().get(plain(values.text("item.name") or ""))


def _is_code(code: str) -> bool:
    try:
        _CODE.validate_python(code)
    except ValueError:
        return False
    return True


def _shown(
    values: Values, name: str, asked: list[Asked], is_one: Callable[[str], bool]
) -> str | None:
    """It stands on pages: so it must look like a size or an age, not like a name."""
    said = values.text(name)
    if said is None or is_one(said):
        return said
    asked.append(Asked(name, said, Reason.UNKNOWN_WORD))
    return None
