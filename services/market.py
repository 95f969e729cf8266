"""The market: all lives folded, and the document that the matcher reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from events.base import Recorded
from events.kinds.goods import GoodsNeed
from events.kinds.housing import HousingNeed
from events.need import NeedState, evolve_need
from events.offer import OfferState, evolve_offer
from events.plan import PlanMade
from events.policy import Policy
from events.realm import DayBegan, PolicyAdopted, RealmOpened
from services.moving import UNHEARD, Moving, movable
from services.one_person import Names
from services.places import point
from services.promises import held_rows, hold_row, line_row

Json = dict[str, object]
Refs = tuple[str, ...]
DEFAULT_POLICY = Policy(name="default")


@dataclass
class Market:
    """Every offer and need as of `position`; facts go in, in order."""

    position: int = 0
    realm: str = ""
    synthetic: bool = False
    today: date | None = None
    policy: Policy = DEFAULT_POLICY
    policy_position: int = 0
    plan: PlanMade | None = None
    offers: dict[str, OfferState] = field(default_factory=dict)
    needs: dict[str, NeedState] = field(default_factory=dict)

    def copy(self) -> "Market":
        """Return the market as it is now; later facts do not reach the copy."""
        return replace(self, offers=dict(self.offers), needs=dict(self.needs))

    def apply(self, facts: Iterable[Recorded]) -> None:
        """Take the next facts in; positions are contiguous."""
        for recorded in facts:
            if recorded.position != self.position + 1:
                raise LookupError(
                    f"fact {recorded.position} came after {self.position}: a gap"
                )
            self._evolve(recorded)
            self.position = recorded.position

    def _evolve(self, recorded: Recorded) -> None:
        match recorded.fact:
            case RealmOpened(realm=realm, synthetic=synthetic):
                self.realm, self.synthetic = realm, synthetic
            case DayBegan(day=day):
                self.today = day
            case PolicyAdopted(policy=policy):
                self.policy, self.policy_position = policy, recorded.position
            case PlanMade():
                self.plan = recorded.fact
            case _:
                self._evolve_lives(recorded)

    def _evolve_lives(self, recorded: Recorded) -> None:
        for tag in recorded.fact.tags():
            kind, _, name = tag.partition(":")
            if kind == "offer":
                offer = evolve_offer(self.offers.get(name), recorded)
                if offer is not None:
                    self.offers[name] = offer
            elif kind == "need":
                need = evolve_need(self.needs.get(name), recorded)
                if need is not None:
                    self.needs[name] = need

    def document(self, moving: Moving = UNHEARD) -> Json:
        """Return the market as the matcher reads it (docs/matching.md)."""
        if self.today is None:
            raise LookupError("no day has begun: `beistand do begin-day` first")
        return {
            **document(
                self.offers,
                self.needs,
                today=self.today,
                policy=self.policy,
                moving=moving,
            ),
            "realm": self.realm,
            "position": self.position,
        }


def document(
    all_offers: Mapping[str, OfferState],
    all_needs: Mapping[str, NeedState],
    *,
    today: date,
    policy: Policy,
    moving: Moving = UNHEARD,
    names: Names | None = None,
) -> Json:
    """Return the open part of these lives as the matcher reads a market.

    Proposals in a state of `moving` take part; all others hold their rooms. `names`
    are those of everybody, where these lives are not all that there are.
    """
    called = names or Names.of(all_offers, all_needs)
    offers = [o for o in all_offers.values() if o.status == "open"]
    needs = [n for n in all_needs.values() if _wants(n, all_offers, moving)]
    same_offers, same_needs = twins(all_offers), twins(all_needs)
    holds = [hold_row(hold, offer.id) for offer in offers for hold in offer.holds]
    return {
        "format": "market.v1",
        "realm": "",
        "position": 0,
        "today": today.isoformat(),
        "policy": policy.model_dump(mode="json", exclude_none=True),
        "places": _places(offers, needs),
        "offers": [_offer(offer, same_offers[offer.id]) for offer in offers],
        "needs": [_need(need, same_needs[need.id], called) for need in needs],
        "held": [
            line
            for offer in offers
            for match in offer.holding
            if not movable(offer, match, moving)
            for line in held_rows(match, offer, all_needs, today=today, names=called)
        ],
        "pinned": _pairs((n.id, n.pinned) for n in needs),
        "forbidden": _pairs((n.id, n.forbidden) for n in needs),
        **({"held_back": holds} if holds else {}),
    }


def left(need: NeedState) -> int:
    """Return how many pieces a goods need still lacks."""
    wanted = getattr(need.details, "quantity", None) or 0
    return max(0, wanted - sum(match.brought for match in need.holding))


def twins(cases: Mapping[str, OfferState] | Mapping[str, NeedState]) -> dict[str, Refs]:
    """Return for each case the open ones that may be the same, whoever said so.

    What was merged is known by the one it was merged into. Those that are promised
    already stand among them: then none of their twins takes part.
    """
    found: dict[str, set[str]] = {name: set() for name in cases}
    for name, case in cases.items():
        one = _stands_for(cases, name)
        for other in (_stands_for(cases, twin) for twin in case.similar_to):
            if one is None or other is None or one.id == other.id:
                continue
            if other.id in one.apart_from:
                continue
            found[one.id].add(other.id)
            found[other.id].add(one.id)
    return {name: tuple(sorted(same)) for name, same in found.items()}


def _wants(need: NeedState, offers: Mapping[str, OfferState], moving: Moving) -> bool:
    if need.status != "open":
        return False
    if isinstance(need.details, GoodsNeed):
        return need.details.quantity is None or left(need) > 0
    return all(
        match.offer in offers and movable(offers[match.offer], match, moving)
        for match in need.living
    )


def _stands_for(
    cases: Mapping[str, OfferState] | Mapping[str, NeedState], name: str
) -> OfferState | NeedState | None:
    """Return the open case that a case is, or was merged into."""
    case = cases.get(name)
    while case is not None and case.merged_into is not None:
        case = cases.get(case.merged_into)
    return case if case is not None and case.status == "open" else None


def _offer(offer: OfferState, same: Refs) -> Json:
    return {
        "id": offer.id,
        "provider": offer.person,
        "details": offer.details.model_dump(
            mode="json", exclude_none=True, by_alias=True
        ),
        "checks": [
            {
                "kind": check.kind,
                "state": check.state,
                "valid_until": check.valid_until and check.valid_until.isoformat(),
            }
            for check in offer.checks
        ],
        "similar_to": list(same),
        "listed": offer.position,
    }


def _need(need: NeedState, same: Refs, names: Names) -> Json:
    details = need.details.model_dump(mode="json", exclude_none=True, by_alias=True)
    if need.avoids:
        avoided = names.every(need.avoids, need.person)
        details["protection"]["no_contact"] = list(avoided)
    if isinstance(need.details, GoodsNeed) and need.details.quantity is not None:
        details["quantity"] = left(need)
    return {
        "id": need.id,
        "household": need.person,
        "details": details,
        "priority": need.priority,
        "waiting_since": need.waiting_since.isoformat(),
        "similar_to": list(same),
        "raised": need.position,
        "current": _current(need),
    }


def _current(need: NeedState) -> Json | None:
    if not isinstance(need.details, HousingNeed):
        return None
    for match in need.living:
        for line in match.allocation:
            return {"match": match.id, "offer": match.offer, **line_row(line)}
    return None


def _pairs(rows: Iterable[tuple[str, tuple[str, ...]]]) -> list[Json]:
    return [{"offer": offer, "need": need} for need, refs in rows for offer in refs]


def _places(offers: list[OfferState], needs: list[NeedState]) -> Json:
    codes: set[str] = set()
    for details in (*(o.details for o in offers), *(n.details for n in needs)):
        location = None if isinstance(details, HousingNeed) else details.location
        near = details.near if isinstance(details, HousingNeed) else None
        codes |= {near or "", (location and location.postcode) or ""}
    found = {code: point(code) for code in sorted(codes - {""})}
    return {code: list(place) for code, place in found.items() if place is not None}
