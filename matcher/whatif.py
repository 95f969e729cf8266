"""What if: the same market with something changed, and two plans compared. Pure.

The market document is changed as a value; nothing is recorded anywhere. Worths of two
policies cannot be compared, so people, needs and ways are counted, not worth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from matcher.market import Doc
from matcher.plan import Plan, Stay


@dataclass(frozen=True, slots=True)
class More:
    """`count` more offers like this one, free for all of its days."""

    offer: str
    count: int


@dataclass(frozen=True, slots=True)
class Beds:
    """A home has so many beds, for one household at a time."""

    offer: str
    beds: int


@dataclass(frozen=True, slots=True)
class Rooms:
    """A contingent has so many rooms of a unit, on all days that it has any."""

    offer: str
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Another policy is in force."""

    policy: Doc


Change: TypeAlias = More | Beds | Rooms | Rules


class NotThere(LookupError):
    """The market has no such offer or room; the text is a sentence."""


def changed(document: Doc, changes: Iterable[Change]) -> Doc:
    """Return the market as it would be; raise `NotThere`."""
    for change in changes:
        match change:
            case Rules(policy=policy):
                document = {**document, "policy": policy}
            case More(offer=name, count=count):
                rows = [_copy(_offer(document, name), n + 1) for n in range(count)]
                document = {**document, "offers": [*_offers(document), *rows]}
            case Beds(offer=name, beds=beds):
                document = _with(document, _bedded(_offer(document, name), beds))
            case Rooms(offer=name, unit=unit, count=count):
                document = _with(document, _roomy(_offer(document, name), unit, count))
    return document


@dataclass(frozen=True, slots=True)
class Turn:
    """A need that one of the plans serves and the other does not."""

    need: str
    persons: int
    acute: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What a plan's tier reached, and its bound, under the plan's own policy."""

    tier: str
    worth: int
    bound: int


@dataclass(frozen=True, slots=True)
class Side:
    """One plan in numbers: people placed, of acute needs and in all, needs, pieces."""

    acute: int
    persons: int
    needs: int
    pieces: int
    proven: bool
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both plans, and who gains or loses a home; of those who keep one, who moves.

    `nearer` and `farther` count households whose way to the wished place changes.
    """

    before: Side
    after: Side
    gains: tuple[Turn, ...]
    loses: tuple[Turn, ...]
    moved: int
    nearer: int
    farther: int


def compare(document: Doc, before: Plan, after: Plan) -> Comparison:
    """Compare two plans for the needs of one market."""
    acute = _acute(document)
    old, new = _by_need(before), _by_need(after)
    both = [(old[need], new[need]) for need in sorted(old.keys() & new.keys())]
    ways = [
        b.metres - a.metres
        for a, b in both
        if a.metres is not None and b.metres is not None
    ]
    return Comparison(
        before=_side(before, acute),
        after=_side(after, acute),
        gains=_turns(new, old, acute),
        loses=_turns(old, new, acute),
        moved=sum((a.offer, a.unit) != (b.offer, b.unit) for a, b in both),
        nearer=sum(way < 0 for way in ways),
        farther=sum(way > 0 for way in ways),
    )


def _by_need(plan: Plan) -> dict[str, Stay]:
    return {stay.need: stay for stay in plan.stays}


def _turns(
    here: Mapping[str, Stay], there: Mapping[str, Stay], acute: frozenset[str]
) -> tuple[Turn, ...]:
    only = sorted(here.keys() - there.keys())
    return tuple(Turn(need, here[need].persons, need in acute) for need in only)


def _side(plan: Plan, acute: frozenset[str]) -> Side:
    return Side(
        acute=sum(stay.persons for stay in plan.stays if stay.need in acute),
        persons=plan.persons,
        needs=len({s.need for s in plan.stays} | {h.need for h in plan.handovers}),
        pieces=sum(one.quantity for one in plan.handovers),
        proven=plan.proven,
        proofs=tuple(
            Proof(tier.name, tier.worth, tier.bound)
            for tier in plan.part("housing").tiers
        ),
    )


def _acute(document: Doc) -> frozenset[str]:
    needs = cast("Sequence[Doc]", document["needs"])
    return frozenset(
        str(need["id"]) for need in needs if _part(need).get("horizon") == "acute"
    )


def _offers(document: Doc) -> Sequence[Doc]:
    return cast("Sequence[Doc]", document["offers"])


def _offer(document: Doc, name: str) -> Doc:
    for offer in _offers(document):
        if offer["id"] == name:
            return offer
    raise NotThere(f"No open offer is called {name}.")


def _with(document: Doc, new: Doc) -> Doc:
    offers = [new if one["id"] == new["id"] else one for one in _offers(document)]
    return {**document, "offers": offers}


def _part(row: Doc, name: str = "details") -> Doc:
    return cast("Doc", row.get(name) or {})


def _copy(offer: Doc, number: int) -> Doc:
    """Return one more like it: nobody's twin, of nobody whom one must not meet."""
    name = f"{offer['id']}+{number}"
    return {**offer, "id": name, "provider": name, "similar_to": []}


def _bedded(offer: Doc, beds: int) -> Doc:
    details = _part(offer)
    if details.get("kind") != "housing" or details.get("capacity"):
        raise NotThere(f"{offer['id']} is no home of its own; change its rooms.")
    rest = {key: value for key, value in details.items() if key != "units"}
    return {**offer, "details": {**rest, "beds": beds}}


def _roomy(offer: Doc, unit: str, count: int) -> Doc:
    details = _part(offer)
    lines = cast("Sequence[Doc]", details.get("capacity") or ())
    if not any(line["unit"] == unit for line in lines):
        raise NotThere(f"{offer['id']} has no rooms called {unit}.")
    new = [
        {**line, "count": count, "blocked": 0} if line["unit"] == unit else line
        for line in lines
    ]
    return {**offer, "details": {**details, "capacity": new}}
