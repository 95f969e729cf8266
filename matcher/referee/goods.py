"""Goods, once more: every hand-over of a plan, then its objective and its bound."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isqrt

from matcher.plan import Handover, Part, Plan, Unmet
from matcher.referee.reading import (
    OPEN_END,
    Doc,
    ordinal,
    raised_priority,
    waiting_twins,
)
from matcher.referee.tally import Tally, figure_faults

NAMES = ("urgent", "pieces", "metres")
FUNNEL = ("no_item", "best_before", "forbidden", "distance")


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
        self.left = {name: _quantity(lot) for name, lot in self.lots.items()}
        for row in held:
            if row["offer"] in self.left:
                self.left[row["offer"]] -= row.get("quantity") or 0
        self.idle = waiting_twins(offers, "listed", {row["offer"] for row in held})
        self.waiting = waiting_twins(needs, "raised", {row["need"] for row in held})
        self.forbidden = {(r["need"], r["offer"]) for r in document["forbidden"]}
        self.pinned: dict[str, set[str]] = defaultdict(set)
        for row in document["pinned"]:
            if row["need"] in self.requests:
                self.pinned[row["need"]].add(row["offer"])
        self.by_item: dict[str, list[str]] = defaultdict(list)
        for name, lot in self.lots.items():
            if name not in self.idle and self.left[name] > 0:
                self.by_item[_item(lot).get("code", "")].append(name)

    def wanted(self, need: str) -> int:
        """Return the pieces that a request may get; none when it must wait."""
        request = self.requests[need]
        if need in self.waiting or not _item(request).get("code"):
            return 0
        return _quantity(request)

    def falls(self, need: str, offer: str) -> str | None:
        """Return the rule at which the lot falls for a request, if it does."""
        request, lot = self.requests[need], self.lots[offer]
        asked, given, told = _item(request), _item(lot), lot["details"]
        day = self._first_day(lot)
        last = min(
            ordinal(told.get("available_to"), OPEN_END) - 1,
            ordinal(told.get("best_before"), OPEN_END),
            ordinal(request["details"].get("needed_by"), OPEN_END),
        )
        size = asked.get("size")
        if asked.get("code") != given.get("code") or size not in (
            None,
            given.get("size"),
        ):
            return "no_item"
        if day > last:
            return "best_before"
        if (need, offer) in self.forbidden:
            return "forbidden"
        far = self._metres(request, lot) or 0
        return "distance" if far > self.policy["goods"]["max_metres"] else None

    def piece(self, need: str, offer: str) -> Piece | None:
        """Return what a piece would be; `None` when the lot does not suit."""
        if self.falls(need, offer) is not None:
            return None
        request, lot = self.requests[need], self.lots[offer]
        far = self._metres(request, lot)
        most: int = self.policy["goods"]["max_metres"]
        weights = self.policy["priorities"]["acute_weights"]
        weight = weights[raised_priority(request, self.policy, self.today)]
        own = -(most if far is None else far)
        return Piece(self._first_day(lot), far, (weight, 1, own))

    def fallen(self, need: str) -> tuple[tuple[str, int], ...]:
        """Return how many lots fell at which rule, in the funnel's order."""
        alike = self.by_item.get(_item(self.requests[need]).get("code", ""), [])
        counts = Counter(self.falls(need, lot) for lot in alike)
        counts["no_item"] += sum(map(len, self.by_item.values())) - len(alike)
        return tuple((code, counts[code]) for code in FUNNEL if counts[code])

    def _first_day(self, lot: Doc) -> int:
        return max(self.today, ordinal(lot["details"].get("available_from"), 0))

    def _metres(self, request: Doc, lot: Doc) -> int | None:
        start, end = (
            self.places.get(
                str((case["details"].get("location") or {}).get("postcode"))
            )
            for case in (request, lot)
        )
        if start is None or end is None:
            return None
        (x, y), (u, v) = start, end
        return isqrt((x - u) ** 2 + (y - v) ** 2)


def handover_faults(store: Store, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with single hand-overs, and with their sums."""
    for row in plan.handovers:
        yield from _row_faults(store, row)
    pairs = Counter((row.need, row.offer) for row in plan.handovers)
    for (need, offer), rows in pairs.items():
        if rows > 1:
            yield f"lot {offer} for request {need} stands {rows} times in the plan"
    for offer, count in _sums(plan.handovers, "offer").items():
        if count > store.left.get(offer, 0):
            yield f"lot {offer} is promised more often than it is there"
    for need, count in _sums(plan.handovers, "need").items():
        if need in store.requests and count > store.wanted(need):
            yield f"request {need} gets more than it lacks"


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
    if row.worth != tuple(w * row.quantity for w in piece.worth):
        yield f"{pair} has a wrong worth"


def goods_proof_faults(store: Store, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the figures of goods, and with what stays unmet."""
    part = plan.part("goods")
    prices = [{row.offer: row.price for row in tier.prices} for tier in part.tiers]
    if [tier.name for tier in part.tiers] != list(NAMES):
        yield "goods: the tiers are not urgent, pieces, metres"
        return
    if wrong := [*_shape_faults(store, part)]:
        yield from wrong
        return
    if any(price < 0 for row in prices for price in row.values()) or any(
        tier.scale < 1 or min(tier.multipliers, default=0) < 0 for tier in part.tiers
    ):
        yield "goods: a price, a scale or a multiplier is negative"
        return
    settled = [row for row in plan.handovers if row.need in store.pinned]
    left = Counter(store.left)
    left.subtract(_sums(settled, "offer"))
    tally = Tally()
    compatible = {
        need: _visit(store, need, part, prices, tally) for need in store.requests
    }
    for n, row in enumerate(prices):
        tally.stock[n] = sum(left[offer] * price for offer, price in row.items())
    yield from figure_faults(
        part,
        tally,
        reached=[sum(row.worth[n] for row in plan.handovers) for n in range(3)],
        fixed=[sum(row.worth[n] for row in settled) for n in range(3)],
    )
    yield from _unmet_faults(store, plan, compatible)


def _shape_faults(store: Store, part: Part) -> Iterator[str]:
    for n, tier in enumerate(part.tiers):
        if len(tier.multipliers) != n:
            yield f"{tier.name}: there is not one multiplier for each tier before"
        for row in tier.prices:
            if (row.unit, row.day, row.apart) != (None, None, None):
                yield f"{tier.name}: the price of lot {row.offer} is not one of a lot"
            if row.offer not in store.lots:
                yield f"{tier.name}: a price is for a lot that is not there"
        if len({row.offer for row in tier.prices}) < len(tier.prices):
            yield f"{tier.name}: a lot has two prices"


def _visit(
    store: Store, need: str, part: Part, prices: list[dict[str, int]], tally: Tally
) -> int:
    """Add what a request could best get to the tally; return how many lots suit."""
    wanted = store.wanted(need)
    if not wanted:
        return 0
    best, high, low = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    suiting = 0
    for offer in store.by_item.get(_item(store.requests[need])["code"], ()):
        piece = store.piece(need, offer)
        if piece is None:
            continue
        suiting += 1
        for n, tier in enumerate(part.tiers):
            profit = tier.scale * piece.worth[n] - prices[n].get(offer, 0)
            for before, multiplier in enumerate(tier.multipliers):
                profit += multiplier * piece.worth[before]
            best[n] = max(best[n], profit)
            high[n], low[n] = max(high[n], piece.worth[n]), min(low[n], piece.worth[n])
    for n in range(3):
        tally.spread[n] += wanted * (high[n] - low[n])
        if need not in store.pinned:
            tally.best[n] += wanted * best[n]
    return suiting


def _unmet_faults(
    store: Store, plan: Plan, compatible: Mapping[str, int]
) -> Iterator[str]:
    got = _sums(plan.handovers, "need")
    unmet = {row.need: row for row in plan.unmet if row.part == "goods"}
    for need, request in store.requests.items():
        missing = _quantity(request) - got[need]
        row = unmet.pop(need, None)
        if (row is None) != (missing <= 0 and bool(_quantity(request))):
            yield f"the plan says nothing, or too much, of what {need} still lacks"
        elif row is not None:
            yield from _row_of_unmet(store, row, missing, compatible[need])
    for need in unmet:
        yield f"the plan says why {need} stays unmet, which is not in the market"
    yield from _pins_short(store, plan)


def _row_of_unmet(
    store: Store, row: Unmet, missing: int, compatible: int
) -> Iterator[str]:
    waits = row.need in store.waiting or not store.wanted(row.need)
    fell = () if waits else store.fallen(row.need)
    reason = fell[-1][0] if fell else FUNNEL[0]
    if compatible:
        reason = "outbid"
    if row.need in store.pinned:
        reason = "pinned_impossible"
    if waits:
        twin = row.need in store.waiting
        reason, compatible = "duplicate_pending" if twin else "incomplete", 0
    if row.missing != missing or row.reason != reason:
        yield f"request {row.need} does not lack {row.missing} because of {row.reason}"
    if row.compatible != compatible:
        yield f"{compatible} lots suit request {row.need}, not {row.compatible}"
    if row.blocked != fell:
        yield f"lots fall for request {row.need} at {fell}, not at {row.blocked}"


def _pins_short(store: Store, plan: Plan) -> Iterator[str]:
    """Yield pinned requests that lack what the lot of their pin still has."""
    settled = [row for row in plan.handovers if row.need in store.pinned]
    got, given = _sums(settled, "need"), _sums(settled, "offer")
    for need, offers in store.pinned.items():
        for offer in sorted(offers & store.lots.keys() - store.idle):
            spare = store.left[offer] - given[offer]
            lacks = store.wanted(need) - got[need]
            if lacks > 0 and spare > 0 and store.piece(need, offer) is not None:
                yield f"request {need} lacks pieces that lot {offer} of its pin has"


def _sums(rows: list[Handover] | tuple[Handover, ...], side: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.offer if side == "offer" else row.need] += row.quantity
    return sums


def _item(case: Doc) -> Doc:
    item: Doc = case["details"].get("item") or {}
    return item


def _quantity(case: Doc) -> int:
    return case["details"].get("quantity") or 0
