"""Goods, once more: lots and requests as they are told, and every hand-over."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from matcher.plan import Handover, Plan
from matcher.referee.racks import NOWHERE, Fit, Rack
from matcher.referee.reading import (
    Doc,
    ordinal,
    raised_priority,
    waiting_twins,
)

Wish: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one piece of a lot is for a request: its day, its way, its worth."""

    day: int
    metres: int | None
    worth: tuple[int, int, int]


class Store:
    """Lots and requests as the documents tell them."""

    def __init__(self, document: Doc) -> None:
        self.policy: Doc = document["policy"]
        self.places: Doc = document["places"]
        self.today = ordinal(document["today"], 0)
        offers = [o for o in document["offers"] if o["details"]["kind"] == "goods"]
        needs = [n for n in document["needs"] if n["details"]["kind"] == "goods"]
        held: list[Doc] = list(document["held"])
        self.lots = {offer["id"]: offer for offer in offers}
        self.requests = {need["id"]: need for need in needs}
        self.left = {name: quantity(lot) for name, lot in self.lots.items()}
        for row in held:
            if row["offer"] in self.left:
                self.left[row["offer"]] -= row.get("quantity") or 0
        self.idle = waiting_twins(offers, "listed", {row["offer"] for row in held})
        self.waiting = waiting_twins(needs, "raised", {row["need"] for row in held})
        self.most: int = self.policy["goods"]["max_metres"]
        self.trip: int = self.policy["goods"].get("trip_metres") or 0
        self.forbidden: dict[str, list[str]] = defaultdict(list)
        for row in document["forbidden"]:
            self.forbidden[row["need"]].append(row["offer"])
        self.kits = sets(self.requests.values())
        self.set_of = {need: kit for kit, some in self.kits.items() for need in some}
        self.pinned = self._pins(document["pinned"])
        self.free = {n for n in self.lots if n not in self.idle and self.left[n] > 0}
        self.racks = self._racks()

    def _pins(self, rows: Iterable[Doc]) -> dict[str, set[str]]:
        """Return the pins that are settled first; a part's rules out other lots."""
        pinned: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row["need"] in self.requests:
                pinned[row["need"]].add(row["offer"])
        for need in pinned.keys() & self.set_of.keys():
            self.forbidden[need] += self.lots.keys() - pinned.pop(need)
        return pinned

    def _racks(self) -> dict[Wish, Rack]:
        """Lay out for each wish the lots of its article and of what serves too."""
        policy = self.policy["goods"].get("equivalents") or []
        serving = {
            wish: {*wish, *(row["given"] for row in policy if row["asked"] == wish[0])}
            for wish in map(wished, self.requests.values())
        }
        by_code: dict[str, list[Doc]] = defaultdict(list)
        for lot in self.lots.values():
            by_code[code(lot)].append(lot)
        found = {
            word: [lot for other in sorted(others) for lot in by_code.get(other, ())]
            for word, others in serving.items()
        }
        return {
            word: Rack(lots, self.free, self.today, self.places)
            for word, lots in found.items()
            if lots
        }

    def wanted(self, need: str) -> int:
        """Return the pieces that a request may get; none when it must wait."""
        request = self.requests[need]
        return quantity(request) if need not in self.waiting and code(request) else 0

    def fit(self, need: str, rack: Rack) -> Fit:
        """Hold a request against all lots of its article."""
        forbidden = self.forbidden.get(need, ())
        return rack.fit(self.requests[need], forbidden, self.most)

    def piece(self, need: str, offer: str) -> Piece | None:
        """Return what a piece would be; `None` when the lot does not suit."""
        rack = self.racks.get(wished(self.requests[need]))
        if rack is None or offer not in rack.place:
            return None
        at, fit = rack.place[offer], self.fit(need, rack)
        if not fit.suits[at]:
            return None
        metres, day = int(fit.metres[at]), int(rack.day[at])
        worth = self.weight(need), 1
        if metres == NOWHERE:
            return Piece(day, None, (*worth, -self.most))
        return Piece(day, metres, (*worth, -metres))

    def halted(self, need: str) -> bool:
        """Say whether it is part of a kit that cannot be whole."""
        kit = self.set_of.get(need)
        return kit is not None and not all(map(self.wanted, self.kits[kit]))

    def weight(self, need: str) -> int:
        """Return what a piece weighs in the first tier."""
        weights: list[int] = self.policy["priorities"]["acute_weights"]
        return weights[raised_priority(self.requests[need], self.policy, self.today)]


def handover_faults(store: Store, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with single hand-overs, and with their sums."""
    for row in plan.handovers:
        yield from _row_faults(store, row)
    pairs = Counter((row.need, row.offer) for row in plan.handovers)
    for (need, offer), rows in pairs.items():
        if rows > 1:
            yield f"lot {offer} for request {need} stands {rows} times in the plan"
    for offer, count in sums(plan.handovers, "offer").items():
        if count > store.left.get(offer, 0):
            yield f"lot {offer} is promised more often than it is there"
    for need, count in sums(plan.handovers, "need").items():
        if need in store.requests and count > store.wanted(need):
            yield f"request {need} gets more than it lacks"
    yield from _kit_faults(store, plan)


def _kit_faults(store: Store, plan: Plan) -> Iterator[str]:
    got = sums(plan.handovers, "need")
    for (_, word), parts in store.kits.items():
        if not any(got[need] for need in parts):
            continue
        for need in parts:
            if got[need] < max(1, store.wanted(need)):
                yield f"of kit {word} only request {need} lacks pieces"


def _row_faults(store: Store, row: Handover) -> Iterator[str]:
    pair = f"lot {row.offer} for request {row.need}"
    if row.need not in store.requests or row.offer not in store.lots:
        yield f"{pair} is not in the market"
        return
    if row.offer in store.idle or row.need in store.waiting:
        yield f"{pair} may be a duplicate and must wait for a person"
    if row.offer not in store.pinned.get(row.need, {row.offer}):
        yield f"{pair} goes past a pin"
    piece = store.piece(row.need, row.offer)
    if piece is None:
        yield f"{pair} does not suit: item, date, distance, or a person forbade it"
        return
    if row.quantity < 1 or row.day.toordinal() != piece.day:
        yield f"{pair} has a wrong day or quantity"
    if row.metres != piece.metres:
        yield f"{pair} is {piece.metres} metres away, not {row.metres}"
    *first, last = (w * row.quantity for w in piece.worth)
    if row.worth != (*first, last - store.trip):
        yield f"{pair} has a wrong worth"


def sums(rows: Iterable[Handover], side: str) -> Counter[str]:
    """Return the pieces of each `offer`, or of each `need`."""
    found: Counter[str] = Counter()
    for row in rows:
        found[row.offer if side == "offer" else row.need] += row.quantity
    return found


def code(case: Doc) -> str:
    """Return the article; nothing where none is told."""
    return (case["details"].get("item") or {}).get("code") or ""


def wished(request: Doc) -> Wish:
    """Return the article, and after it what the request takes as well."""
    return code(request), *sorted(request["details"].get("equivalents") or ())


def sets(requests: Iterable[Doc]) -> dict[tuple[str, str], list[str]]:
    """Return the requests of each kit, by who asks and their word for it."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for request in requests:
        word = request["details"].get("kit")
        if word is not None:
            found[request.get("household") or "", word].append(request["id"])
    return dict(found)


def quantity(case: Doc) -> int:
    """Return the pieces that a lot has, or a request lacks."""
    return case["details"].get("quantity") or 0
