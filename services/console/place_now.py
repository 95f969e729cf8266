"""What the plan that stands says of one need, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from projections import cases
from projections.cases import Case
from projections.listing import Db, one
from services.standing import shown
from services.standing.following import Certificate, Placed


@dataclass(frozen=True)
class PlaceNow:
    """The place of a need, if it has one, and up to which fact that is true.

    `seen`: the plan has taken in the last fact about the need.
    """

    need: str
    place: Placed | None
    offer: Case | None
    certificate: Certificate
    seen: bool

    @property
    def fields(self) -> Mapping[str, str]:
        """What a form must say to propose this place by hand."""
        if self.place is None:
            return {}
        held = self.place.held
        told = {
            "need": self.need,
            "offer": held.offer,
            "allocation[0].start": held.start.isoformat(),
            "allocation[0].end": held.end.isoformat(),
            "allocation[0].count": str(held.rooms),
        }
        return told | ({"allocation[0].unit": held.unit} if held.unit else {})


def place_now(db: Db, need: str, *, changed: int) -> PlaceNow | None:
    """Return what stands for a need that changed last at `changed`; `None`: nothing."""
    certificate = shown.certificate(db)
    if certificate is None:
        return None
    place = shown.place(db, need)
    offer = None if place is None else f"offer:{place.held.offer}"
    return PlaceNow(
        need=need,
        place=place,
        offer=None if offer is None else one(db, cases.TABLE, offer),
        certificate=certificate,
        seen=certificate.position >= changed,
    )
