"""What nothing may locate: protected homes, and the homes of confidential people."""

from collections.abc import Collection

from events.kinds.goods import GoodsNeed, GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer, Location
from projections.life import NeedLife, OfferLife

Details = HousingOffer | HousingNeed | GoodsOffer | GoodsNeed


def hides(life: OfferLife | NeedLife, persons: Collection[str]) -> bool:
    """Whether nothing may say where this is: by itself, or for who lives there.

    `persons` are those whose address is confidential; all their cases are, and every
    home that a living match holds for them.
    """
    details = life.state.details
    if _protected(details):
        return True
    if isinstance(life, NeedLife):
        return life.state.person in persons
    return isinstance(details, HousingOffer) and any(
        match.household in persons and match.living
        for match in life.state.matches.values()
    )


def confidential(life: OfferLife | NeedLife) -> bool:
    """Whether the case says of its person that the address is confidential."""
    details = life.state.details
    return (
        isinstance(details, HousingNeed)
        and details.protection is not None
        and details.protection.confidential_address
    )


def area(location: Location | None, *, hidden: bool) -> str | None:
    """Return the postcode when it may be told."""
    return None if hidden or location is None else location.postcode


def _protected(details: Details) -> bool:
    """Whether the case says so itself; a household's own place is the person's."""
    return (
        not isinstance(details, HousingNeed)
        and details.location is not None
        and details.location.disclosure == "protected"
    )
