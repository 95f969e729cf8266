"""Who may stay where, in plain Python: a witness that shares no code with the matcher.

Read from the market document, one pair, one room, one night at a time; slow, and
meant to be read beside the rules of docs/matching.md. `allows` judges whole plans.
"""

from collections.abc import Sequence
from datetime import date
from itertools import combinations, count

from matcher.plan import Stay
from tests.matcher.attributes import avoided, checks, suits, told
from tests.matcher.bedrooms import Doc, people, rooms_needed, sleeps_well

CONTINGENTS = {"hotel_unit", "shelter"}
FOREVER = date.max.toordinal()


def allows(market: Doc, stays: Sequence[Stay]) -> bool:
    """Say whether every stay may be, and all of them side by side."""
    return (
        len({stay.need for stay in stays}) == len(stays)
        and all(may_be(market, stay) for stay in stays)
        and not any(crowded(market, stays, stay) for stay in stays)
        and not any(clash(market, a, b) for a, b in combinations(stays, 2))
    )


def may_be(market: Doc, stay: Stay) -> bool:
    """Say whether one stay breaks no rule, and tells the truth about itself."""
    need = case(market, "needs", stay.need)
    offer = case(market, "offers", stay.offer)
    if need is None or offer is None or stay.unit not in units(offer):
        return False
    days = (stay.start.toordinal(), stay.end.toordinal())
    return (
        is_open(market, need, offer)
        and not is_later_twin(market["needs"], need, "raised")
        and not is_later_twin(market["offers"], offer, "listed")
        and suits(market, need, offer, stay.unit)
        and days == nights(market, need, offer, stay.unit)
        and stay.open_ended == (told(need, "period").get("to") is None)
        and stay.persons == len(people(need))
        and stay.count == rooms_needed(need, offer, stay.unit)
        and sleeps_well(need, offer, stay)
        and not meets_promise(market, need, offer, days)
        and stay.due == due(market, need, offer, stay)
    )


def units(offer: Doc) -> list[str | None]:
    """Return what can be promised apart: a home as a whole, a hotel by room type."""
    if offer["details"].get("dwelling") not in CONTINGENTS:
        return [None]
    lines = offer["details"].get("capacity") or []
    real = {line["unit"] for line in lines if line["count"] > line["blocked"]}
    return [u["ref"] for u in offer["details"].get("units") or [] if u["ref"] in real]


def is_open(market: Doc, need: Doc, offer: Doc) -> bool:
    """Say whether the two can be proposed, as far as pins and options go."""
    pins = {pin["offer"] for pin in market["pinned"] if pin["need"] == need["id"]}
    option = day(offer["details"].get("option_until"), FOREVER)
    return (
        bool(people(need))
        and (not pins or offer["id"] in pins)
        and option >= day(market["today"], 0)
    )


def is_later_twin(cases: Sequence[Doc], one: Doc, order: str) -> bool:
    group = {one["id"]}
    while more := {
        name
        for other in cases
        for name in ({other["id"], *other["similar_to"]})
        if group & {other["id"], *other["similar_to"]} and name not in group
    }:
        group |= more
    first = min((c for c in cases if c["id"] in group), key=lambda c: c[order])
    return bool(first["id"] != one["id"])


def due(market: Doc, need: Doc, offer: Doc, stay: Stay) -> tuple[str, ...]:
    """Return the checks that do not stand on every night (an open end: the first)."""
    last = stay.start.toordinal() if stay.open_ended else stay.end.toordinal() - 1
    standing = {
        check["kind"]
        for check in offer["checks"]
        if check["state"] == "passed" and day(check["valid_until"], FOREVER) >= last
    }
    return tuple(kind for kind in checks(market, need) if kind not in standing)


def nights(
    market: Doc, need: Doc, offer: Doc, unit: str | None
) -> tuple[int, int] | None:
    """Walk night by night from the first day that both can; `None`: too short."""
    asked, home = told(need, "period"), told(offer, "available")
    lines = spans(offer, unit)
    opens, closes = min(a for a, _, _ in lines), max(b for _, b, _ in lines)
    today = day(market["today"], 0)
    first = max(today, day(asked.get("from"), 0), day(home.get("from"), 0), opens)
    until = min(
        day(home.get("to"), FOREVER),
        day(asked.get("to"), first + market["policy"]["horizon_days"]),
        closes,
    )
    most = home.get("max_days") or FOREVER
    end = next(
        night for night in count(first) if night >= until or night - first >= most
    )
    least = max(1, home.get("min_days") or 0, market["policy"]["min_stay_days"])
    return (first, end) if end - first >= least else None


def spans(offer: Doc, unit: str | None) -> list[tuple[int, int, int]]:
    """Return (from, to, rooms): one household in a home, rooms in a hotel."""
    if unit is None:
        return [(0, FOREVER, 1)]
    return [
        (day(c["span"]["from"], 0), day(c["span"].get("to"), FOREVER), rooms)
        for c in offer["details"]["capacity"]
        if c["unit"] == unit and (rooms := c["count"] - c["blocked"]) > 0
    ]


def free(market: Doc, offer: Doc, unit: str | None, night: int) -> int:
    """Return the rooms that nobody was promised for a night."""
    there: int = sum(rooms for a, b, rooms in spans(offer, unit) if a <= night < b)
    taken: int = sum(
        row["count"]
        for row in market["held"]
        if row["offer"] == offer["id"]
        and (unit is None or row["unit"] in {None, unit})
        and day(row["from"], 0) <= night < day(row["to"], FOREVER)
    )
    return max(0, there - taken)


def crowded(market: Doc, stays: Sequence[Stay], stay: Stay) -> bool:
    """Say whether on one of its nights more is promised than is there."""
    offer = case(market, "offers", stay.offer)
    assert offer is not None
    beside = [s for s in stays if (s.offer, s.unit) == (stay.offer, stay.unit)]
    return any(
        sum(s.count for s in beside if s.start.toordinal() <= night < s.end.toordinal())
        > free(market, offer, stay.unit, night)
        for night in range(stay.start.toordinal(), stay.end.toordinal())
    )


def enemies(a: Doc, b: Doc) -> bool:
    return b["household"] in avoided(a) or a["household"] in avoided(b)


def clash(market: Doc, a: Stay, b: Stay) -> bool:
    """Say whether two that must not meet are in one house at one time."""
    one, other = case(market, "needs", a.need), case(market, "needs", b.need)
    assert one is not None
    assert other is not None
    together = a.offer == b.offer and a.start < b.end and b.start < a.end
    return together and enemies(one, other)


def meets_promise(market: Doc, need: Doc, offer: Doc, stay: tuple[int, int]) -> bool:
    """Say whether somebody stays there meanwhile whom they must not meet."""
    start, end = stay
    return any(
        row["household"] in avoided(need) or need["household"] in row["no_contact"]
        for row in market["held"]
        if row["offer"] == offer["id"]
        and day(row["from"], 0) < end
        and start < day(row["to"], FOREVER)
    )


def case(market: Doc, side: str, name: str) -> Doc | None:
    return next((one for one in market[side] if one["id"] == name), None)


def day(text: str | None, unknown: int) -> int:
    return unknown if text is None else date.fromisoformat(text).toordinal()
