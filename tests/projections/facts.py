"""Facts as short as a test needs them, and a ledger of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from events.base import Fact, Recorded, Said
from events.case import Private
from events.kinds.goods import GoodsNeed, GoodsOffer, Item
from events.kinds.housing import (
    Available,
    Capacity,
    HousingNeed,
    HousingOffer,
    Location,
    Protection,
    Unit,
)
from events.match import (
    Allocation,
    Due,
    MatchAgreed,
    MatchBegun,
    MatchCommunicated,
    MatchConfirmed,
    MatchEnded,
    MatchOrigin,
    MatchProposed,
    MatchRefused,
    Why,
)
from events.need import NeedRaised
from events.offer import OfferChecked, OfferListed
from events.realm import DayBegan, RealmOpened
from events.values import Actor, Sealed, Span
from projections.listing import Db, one
from projections.table import Relation

Row = TypeVar("Row")
SAID = Said(actor=Actor(ref="Ada", role="coordinator"), via="desk")
DAY = date(2022, 3, 18)
HOME = HousingOffer(
    dwelling="flat",
    beds=4,
    location=Location(postcode="40210"),
    available=Available(start=date(2022, 4, 1), end=date(2022, 10, 1)),
)
FAMILY = HousingNeed(persons=3, horizon="acute", near="40215")
HIDDEN = HousingNeed(
    persons=2, near="40217", protection=Protection(confidential_address=True)
)


def at(position: int) -> datetime:
    """Return when the fact at a position was recorded."""
    return datetime(2022, 3, 17, 8, tzinfo=UTC) + timedelta(seconds=position)


def ledger(*facts: Fact, after: int = 0) -> list[Recorded]:
    """Return the facts with their places."""
    return [
        Recorded(
            position=position,
            id=f"c{position}.0",
            command_id=f"c{position}",
            recorded_us=int(at(position).timestamp()) * 1_000_000,
            fact=fact,
        )
        for position, fact in enumerate(facts, start=after + 1)
    ]


def opened() -> RealmOpened:
    return RealmOpened(said=SAID, realm="05111000", name="Düsseldorf", synthetic=True)


def began(day: date = DAY) -> DayBegan:
    return DayBegan(said=SAID, day=day)


def listed(offer: str = "o1", details: HousingOffer = HOME, **more) -> OfferListed:
    return OfferListed(
        said=SAID, offer=offer, provider=f"p-{offer}", details=details, **more
    )


def lot(offer: str = "g1", quantity: int = 10, code: str = "bed-90") -> OfferListed:
    item = Item(category="FURNITURE", code=code)
    details = GoodsOffer(item=item, quantity=quantity)
    return OfferListed(said=SAID, offer=offer, provider=f"p-{offer}", details=details)


def raised(need: str = "n1", details: HousingNeed = FAMILY, **more) -> NeedRaised:
    return NeedRaised(
        said=SAID, need=need, household=f"p-{need}", details=details, **more
    )


def request(need: str = "r1", quantity: int = 6, code: str = "bed-90") -> NeedRaised:
    item = Item(category="FURNITURE", code=code)
    details = GoodsNeed(item=item, quantity=quantity)
    return NeedRaised(said=SAID, need=need, household=f"p-{need}", details=details)


def checked(kind: str, state: str = "passed", offer: str = "o1", **more):
    return OfferChecked.model_validate(
        {"said": SAID, "offer": offer, "check": kind, "state": state, "on": DAY} | more
    )


def proposed(
    match: str = "m1",
    pair: tuple[str, str] = ("o1", "n1"),
    *,
    allocation: Iterable[Allocation] = (
        Allocation(start=date(2022, 4, 1), end=date(2022, 7, 1), count=1),
    ),
    due: Iterable[str] = (),
    persons: int = 3,
    why: tuple[Why, ...] = (Why(code="metres", value=1200),),
) -> MatchProposed:
    return MatchProposed(
        said=SAID,
        match=match,
        offer=pair[0],
        need=pair[1],
        household=f"p-{pair[1]}",
        persons=persons,
        allocation=tuple(allocation),
        conditions=tuple(Due.model_validate({"check": kind}) for kind in due),
        origin=MatchOrigin(how="plan", plan="plan-1"),
        why=why,
    )


def about(match: str = "m1", pair: tuple[str, str] = ("o1", "n1")):
    """Return what every fact about a match says."""
    return {"said": SAID, "match": match, "offer": pair[0], "need": pair[1]}


def placed(match: str = "m1", pair: tuple[str, str] = ("o1", "n1")) -> list[Fact]:
    """Return the facts from the asking to the moving in."""
    it = about(match, pair)
    return [
        MatchCommunicated(**it, answer_by=date(2022, 3, 28)),
        MatchAgreed(**it, side="household"),
        MatchAgreed(**it, side="provider"),
        MatchConfirmed(**it),
        MatchBegun(**it, on=date(2022, 4, 1)),
    ]


def sealed(person: str, purpose: str = "contact", box: str = "Ym94") -> Sealed:
    key = f"k-{person}-{purpose}"
    return Sealed(subject=person, purpose=purpose, key_id=key, mark="0a1b", box=box)


def private(person: str, box: str = "Ym94") -> Private:
    return Private(
        contact=sealed(person, "contact", box), address=sealed(person, "address", box)
    )


def hotel(*capacity: tuple[date, date | None, int]) -> HousingOffer:
    """Return a contingent of doubles, with the rooms of each span of days."""
    return HousingOffer(
        dwelling="hotel_unit",
        units=(Unit(ref="double", type="double", sleeps=2),),
        capacity=tuple(
            Capacity(unit="double", span=Span(start=start, end=end), count=count)
            for start, end, count in capacity
        ),
        location=Location(postcode="40212"),
    )


def refused(match: str = "m1", pair: tuple[str, str] = ("o1", "n1"), **more):
    no = {"side": "provider", "reason": "refused_offer", "consequence": "requeue"}
    return MatchRefused.model_validate(about(match, pair) | no | more)


def ended(on: date = DAY, match: str = "m1", pair: tuple[str, str] = ("o1", "n1")):
    over = {"on": on, "side": "household", "reason": "moved_out"}
    return MatchEnded.model_validate(about(match, pair) | over)


def the(db: Db, relation: Relation[Row], *key: str) -> Row:
    """Return the row that must be there."""
    row = one(db, relation, *key)
    assert row is not None, f"{relation.name} has no {key}"
    return row
