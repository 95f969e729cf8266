"""What is promised or held back, as the matcher reads it in a market."""

from collections.abc import Mapping
from datetime import date

from events.arrivals import Hold
from events.match import Allocation, MatchState
from events.need import NeedState
from events.offer import OfferState
from services.lasting import stays_on
from services.meant import used_hold
from services.one_person import Names

Json = dict[str, object]


def hold_row(hold: Hold, offer: str) -> Json:
    return {
        "hold": hold.id,
        "arrivals": hold.arrivals,
        "offer": offer,
        "unit": hold.unit,
        "from": hold.start.isoformat(),
        "to": hold.end.isoformat(),
        "count": hold.count,
        "features": list(hold.features),
        "household_min": hold.household_min,
        "after": hold.after,
    }


def held_rows(
    match: MatchState,
    offer: OfferState,
    needs: Mapping[str, NeedState],
    *,
    today: date,
    names: Names,
) -> list[Json]:
    """Return a line a promise; what never left a lot is not held after the end.

    Whom somebody must not meet is what they have told by now, under all their names.
    """
    need = needs.get(match.need)
    kept_for = _kept_for(match, offer, need)
    told = () if need is None else need.avoids
    avoided = names.every((*match.no_contact, *told), match.household)
    spare = match.promised - match.taken
    held: list[Json] = []
    for line in match.allocation:
        back = min(spare, line.quantity)
        spare -= back
        held.append(
            {
                "match": match.id,
                "offer": match.offer,
                "need": match.need,
                "household": match.household,
                "no_contact": list(avoided),
                "count": line.count,
                "quantity": line.quantity - back,
                **line_row(line, stays_on=stays_on(match, line, today)),
                **kept_for,
            }
        )
    return held


def line_row(line: Allocation, *, stays_on: bool = False) -> Json:
    start, end = line.start, None if stays_on else line.end
    return {
        "unit": line.unit,
        "from": start and start.isoformat(),
        "to": end and end.isoformat(),
    }


def _kept_for(match: MatchState, offer: OfferState, need: NeedState | None) -> Json:
    """Return the arrivals of whose held-back rooms a promise is one, if it is."""
    if need is None or not offer.holds:
        return {}
    arrivals = used_hold(match, need, offer.holds)
    return {"arrivals": arrivals} if arrivals else {}
