"""How a row's person can be reached, and by what another row could be the same."""

from collections.abc import Iterable

from events.kinds.goods import GoodsNeed, GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer
from services.intake.cells import PHONES, Values
from services.intake.draft import Built
from services.intake.reach import address_token, can_be_called
from services.intake.reasons import Reason

_ORGANISATIONS = {
    "association", "company", "hotel", "housing_company", "municipality", "welfare",
}  # fmt: skip


def contact_raw(values: Values) -> str:
    ways = (values.raw.get(name) for name in ("mail", *PHONES))
    return next((way for way in ways if way), "")


def can_be_reached(values: Values) -> bool:
    """A mail, a phone or a handle; a phone that could be tried is better than none."""
    certain = any(name in values.told for name in ("mail", *PHONES))
    unclean = {asked.field for asked in values.asked if asked.reason is Reason.CONTROL}
    tried = (values.raw.get(name, "") for name in {"phone", "whatsapp"} - unclean)
    return certain or any(can_be_called(raw) for raw in tried)


def likeness(
    values: Values, built: Built, reachable: tuple[str, ...]
) -> tuple[str, ...]:
    """Return by what another case could be the same.

    Goods: the same giver and the same piece. Homes: the address too; an organisation
    has many homes, so of it only the address counts. Households: mail and phone.
    """
    match built.details:
        case GoodsOffer(item=item) | GoodsNeed(item=item):
            piece = None if item is None else f"{item.code}/{item.size or ''}"
            return tuple(f"{way}|{piece}" for way in reachable if piece)
        case HousingOffer(provider_kind=kind):
            address = _address_token(values)
            ways = () if kind in _ORGANISATIONS else reachable
            return (*ways, *([address] if address else []))
        case HousingNeed():
            return reachable


def _address_token(values: Values) -> str | None:
    return address_token(
        values.text("postcode") or "",
        values.text("street") or "",
        values.text("house_number") or "",
    )


def said(values: Values, names: Iterable[str]) -> dict[str, str]:
    """Return the personal cells: in their normal form, or as they were written."""
    found: dict[str, str] = {}
    for name in names:
        value = values.told.get(name)
        if isinstance(value, tuple):
            found[name] = "; ".join(map(str, value))
        elif name in values.raw:
            found[name] = value if isinstance(value, str) else values.raw[name]
    return found
