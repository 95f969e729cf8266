"""The small world of the rules' tests: a flat, a hotel, a lot, some households."""

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias, TypedDict

from events.base import Fact, Said
from events.case import Private
from events.kinds.goods import GoodsNeed, GoodsOffer, Item
from events.kinds.housing import (
    Available,
    Capacity,
    HousingNeed,
    HousingOffer,
    Member,
    Relation,
    Unit,
)
from events.match import (
    Allocation,
    Due,
    GoodsDispatched,
    GoodsReserved,
    MatchAgreed,
    MatchBegun,
    MatchCancelled,
    MatchCommunicated,
    MatchConfirmed,
    MatchOrigin,
    MatchProposed,
    ReasonCode,
    Side,
)
from events.need import NeedDetails, NeedRaised
from events.offer import OfferChecked, OfferDetails, OfferListed
from events.policy import CheckKind
from events.realm import DayBegan
from events.values import Actor, Plain, Sealed, Span

Told: TypeAlias = "Fact | Iterable[Told]"

SAID = Said(actor=Actor(ref="K. Muster", role="coordinator"), via="desk")
CHANNEL = Said(actor=Actor(ref="web-form", role="channel"), via="channel")
BEFORE = date(2022, 3, 10)
TODAY = date(2022, 3, 18)
APRIL, JULY, OCTOBER = date(2022, 4, 1), date(2022, 7, 1), date(2022, 10, 1)
ANSWER_BY = date(2022, 3, 28)
DAY = DayBegan(said=SAID, day=TODAY)

FLAT = HousingOffer(
    dwelling="flat", beds=4, available=Available(start=BEFORE, end=OCTOBER)
)
HOTEL = HousingOffer(
    dwelling="hotel_unit",
    units=(
        Unit(ref="double", type="double", sleeps=2),
        Unit(ref="single", type="single", sleeps=1),
    ),
    capacity=(
        Capacity(unit="double", span=Span(start=BEFORE, end=JULY), count=2),
        Capacity(unit="double", span=Span(start=JULY, end=OCTOBER), count=1),
        Capacity(unit="single", span=Span(start=BEFORE, end=None), count=3, blocked=1),
    ),
)
FAMILY = HousingNeed(
    persons=2,
    members=(Member(ref="a", age_band="27-64"), Member(ref="b", age_band="27-64")),
    relations=(Relation(a="a", b="b", kind="couple"),),
    period=Span(start=APRIL, end=JULY),
)
WITH_CHILD = HousingNeed(
    persons=2,
    members=(Member(ref="a", age_band="27-64"), Member(ref="b", age_band="6-9")),
    period=Span(start=APRIL, end=JULY),
)
BED = Item(category="FURNITURE", code="bed-140")
BEDS = GoodsOffer(item=BED, quantity=10)
BEDS_WANTED = GoodsNeed(item=BED, quantity=6)
STAY = Allocation(start=APRIL, end=JULY, count=1)


def flat(told: Iterable[Told]) -> tuple[Fact, ...]:
    """Return the facts in order, however they were grouped."""
    found: list[Fact] = []
    for part in told:
        found += [part] if isinstance(part, Fact) else flat(part)
    return tuple(found)


def box(purpose: str = "contact", mark: str = "m-1", subject: str = "p-x") -> Sealed:
    """A sealed part; equal marks are equal contents."""
    return Sealed(subject=subject, purpose=purpose, key_id="k-1", mark=mark, box="AAEC")


def note(mark: str = "m-1") -> Sealed:
    return box("note", mark)


def plain(purpose: str = "note") -> Plain:
    return Plain(purpose=purpose, content={"text": "Oleksandra Unauffindbar"})


def listed(
    offer: str = "o-1",
    details: OfferDetails = FLAT,
    *,
    private: Private | None = None,
    similar_to: tuple[str, ...] = (),
) -> OfferListed:
    return OfferListed(
        said=SAID,
        offer=offer,
        provider=f"p-of-{offer}",
        details=details,
        private=private or Private(),
        similar_to=similar_to,
    )


def raised(
    need: str = "n-1",
    details: NeedDetails = FAMILY,
    *,
    priority: int = 0,
    similar_to: tuple[str, ...] = (),
) -> NeedRaised:
    return NeedRaised(
        said=SAID,
        need=need,
        household=f"p-of-{need}",
        details=details,
        priority=priority,
        similar_to=similar_to,
    )


def checked(
    check: CheckKind,
    state: str = "passed",
    *,
    offer: str = "o-1",
    on: date = BEFORE,
    valid_until: date | None = None,
) -> OfferChecked:
    return OfferChecked.model_validate(
        {
            "said": SAID,
            "offer": offer,
            "check": check,
            "state": state,
            "on": on,
            "valid_until": valid_until,
        }
    )


def proposed(
    match: str = "m-1",
    offer: str = "o-1",
    need: str = "n-1",
    *,
    line: Allocation = STAY,
    checks: tuple[CheckKind, ...] = ("identity", "visit"),
    by_hand: bool = False,
    open_ended: bool = False,
) -> MatchProposed:
    origin = MatchOrigin(how="by_hand", reason="asked for it")
    return MatchProposed(
        said=SAID,
        match=match,
        offer=offer,
        need=need,
        household=f"p-of-{need}",
        persons=2,
        allocation=(line,),
        open_ended=open_ended,
        conditions=tuple(Due(check=check) for check in checks),
        origin=origin if by_hand else MatchOrigin(how="plan", plan="plan-1"),
    )


def communicated(
    match: str = "m-1", offer: str = "o-1", need: str = "n-1"
) -> MatchCommunicated:
    return MatchCommunicated(
        said=SAID, match=match, offer=offer, need=need, answer_by=ANSWER_BY
    )


def agreed(
    side: Side, match: str = "m-1", offer: str = "o-1", need: str = "n-1"
) -> MatchAgreed:
    return MatchAgreed(said=SAID, match=match, offer=offer, need=need, side=side)


def confirmed(
    match: str = "m-1", offer: str = "o-1", need: str = "n-1"
) -> MatchConfirmed:
    return MatchConfirmed(said=SAID, match=match, offer=offer, need=need)


def begun(
    match: str = "m-1", offer: str = "o-1", need: str = "n-1", on: date = APRIL
) -> MatchBegun:
    return MatchBegun(said=SAID, match=match, offer=offer, need=need, on=on)


def cancelled(
    reason: ReasonCode,
    match: str = "m-1",
    offer: str = "o-1",
    need: str = "n-1",
    consequence: str = "requeue",
) -> MatchCancelled:
    return MatchCancelled.model_validate(
        {
            "said": SAID,
            "match": match,
            "offer": offer,
            "need": need,
            "reason": reason,
            "consequence": consequence,
        }
    )


class Names(TypedDict):
    """How commands and facts name a match."""

    match: str
    offer: str
    need: str


def of(match: str = "m-1", offer: str = "o-1", need: str = "n-1") -> Names:
    return {"match": match, "offer": offer, "need": need}


VISITED = (checked("identity"), checked("visit"))
"""Every check that the default policy asks of a home stands."""
PAIR = flat((DAY, listed(), raised()))
PROPOSED = flat((*PAIR, proposed()))
ASKED = flat((*PROPOSED, VISITED, communicated()))
AGREED = flat((*ASKED, agreed("household"), agreed("provider")))
PLACED = flat((*AGREED, confirmed()))
MOVED_IN = flat((*PLACED, DayBegan(said=SAID, day=APRIL), begun()))

LOT = Allocation(start=TODAY, quantity=4)
LOTS = flat(
    (
        DAY,
        listed("o-g", BEDS),
        raised("n-g", BEDS_WANTED),
        proposed("m-g", "o-g", "n-g", line=LOT, checks=()),
        communicated("m-g", "o-g", "n-g"),
        agreed("household", "m-g", "o-g", "n-g"),
        agreed("provider", "m-g", "o-g", "n-g"),
    )
)
LOTS_PLACED = flat((*LOTS, confirmed("m-g", "o-g", "n-g")))


def moved(kind: type[GoodsReserved | GoodsDispatched], quantity: int) -> Fact:
    return kind(said=SAID, match="m-g", offer="o-g", need="n-g", quantity=quantity)
