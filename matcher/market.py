"""The market document `market.v1`, read into the matcher's own words.

The referee has another reading: a mistranslated attribute shows where the two disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeAlias, TypeVar, cast

from matcher.keeping import of_few, read_hold
from matcher.policy import read_policy
from matcher.problem import (
    NEVER,
    Check,
    Held,
    Home,
    Household,
    Line,
    Lot,
    Market,
    Request,
)
from matcher.rooms import Bedroom, Person, shape
from matcher.together import linked, merged, wishes, with_links

Doc: TypeAlias = Mapping[str, object]
EPOCH = date(1970, 1, 1).toordinal()
FORMAT = "market.v1"
_BANDS = ("0-1", "2-5", "6-9", "10-13", "14-17", "18-26", "27-64", "65+")
_AGES = dict(zip(_BANDS, (0, 2, 6, 10, 14, 18, 27, 65), strict=True))


def read_market(document: Doc) -> Market:
    """Read a market document; pairs are (need, offer)."""
    if document.get("format") != FORMAT:
        raise ValueError(f"format is {document.get('format')!r}, not {FORMAT}")
    offers, needs = _rows(document, "offers"), _rows(document, "needs")
    places = cast("Mapping[str, Sequence[int]]", document["places"])
    found = Market(
        realm=str(document["realm"]),
        position=cast("int", document["position"]),
        today=day(document["today"], NEVER),
        policy=read_policy(cast("Doc", document["policy"])),
        places={code: (at[0], at[1]) for code, at in places.items()},
        homes=_sorted(read_home(o) for o in offers if _kind(o) == "housing"),
        households=_sorted(read_household(n) for n in needs if _kind(n) == "housing"),
        lots=_sorted(read_lot(o) for o in offers if _kind(o) == "goods"),
        requests=_sorted(read_request(n) for n in needs if _kind(n) == "goods"),
        held=tuple(read_held(row) for row in _rows(document, "held")),
        pinned=_pairs(document, "pinned"),
        forbidden=_pairs(document, "forbidden"),
        holds=_sorted(of_few(read_hold(row) for row in _rows(document, "held_back"))),
    )
    return with_links(merged(found))


def day(value: object, unknown: int) -> int:
    """Return the epoch day of an ISO date, `unknown` where none is told."""
    if value is None:
        return unknown
    return date.fromisoformat(str(value)).toordinal() - EPOCH


def read_home(document: Doc) -> Home:
    """Read an offer of housing."""
    told = _part(document, "details")
    available, accepts = _part(told, "available"), _part(told, "accepts")
    rent = _part(told, "rent")
    return Home(
        id=str(document["id"]),
        provider=_word(document, "provider"),
        listed=_number(document, "listed", 0),
        similar=_words(document, "similar_to"),
        dwelling=_word(told, "dwelling"),
        units=tuple(dict(_unit(row) for row in _rows(told, "units")).items()),
        beds=_number(told, "beds", 0),
        lines=tuple(_line(row) for row in _rows(told, "capacity")),
        whole=_whole(told),
        start=day(available.get("from"), 0),
        end=day(available.get("to"), NEVER),
        min_days=_number(available, "min_days", 0),
        max_days=_number(available, "max_days", NEVER),
        option_until=day(told.get("option_until"), NEVER),
        step_free=_word(told, "step_free") or "unknown",
        floor=cast("int | None", told.get("floor")),
        lift=told.get("lift") is True,
        medical=told.get("medical_equipment") is True,
        women_only=accepts.get("women_only") is True,
        men_live_there=_number(_part(told, "residents"), "adults_m", 0) > 0,
        no_families=accepts.get("families") is False,
        min_age=cast("int | None", accepts.get("children_min_age")),
        max_persons=cast("int | None", accepts.get("max_persons")),
        pets=_words(accepts, "pets"),
        smokers=accepts.get("smokers") is True,
        rent_kind=_word(rent, "kind") or "",
        rent_minor=_monthly(rent),
        tenant=_word(told, "tenant"),
        protected=_part(told, "location").get("disclosure") == "protected",
        postcode=_word(_part(told, "location"), "postcode"),
        languages=_languages(told),
        checks=_checks(document),
        wishes=wishes(told, "household"),
    )


def read_household(document: Doc) -> Household:
    """Read a need for housing."""
    told = _part(document, "details")
    period, protection = _part(told, "period"), _part(told, "protection")
    people, current = _people(told), _part(document, "current")
    return Household(
        id=str(document["id"]),
        ref=_word(document, "household"),
        raised=_number(document, "raised", 0),
        similar=_words(document, "similar_to"),
        people=people,
        shape=shape(people, _relations(told)),
        ground_floor=_anyone(told, "ground_floor"),
        lift=_anyone(told, "lift"),
        medical=_anyone(told, "medical_equipment"),
        pets=frozenset(str(p["kind"]) for p in _rows(told, "pets") if p["count"]),
        smokers=told.get("smokers") is True,
        languages=_languages(told),
        acute=told.get("horizon") == "acute",
        start=day(period.get("from"), 0),
        end=day(period.get("to"), NEVER),
        payer=_word(told, "rent_payer"),
        near=_word(told, "near"),
        districts=wishes(told, "district"),
        dwellings=frozenset(wishes(told, "dwelling")),
        women_only=protection.get("women_only") is True,
        confidential=protection.get("confidential_address") is True,
        no_contact=_words(protection, "no_contact"),
        priority=_number(document, "priority", 0),
        waiting_since=day(document.get("waiting_since"), NEVER),
        current=(str(current["offer"]), _word(current, "unit")) if current else None,
        together=linked(told, "together"),
        near_to=linked(told, "near"),
    )


def read_held(document: Doc) -> Held:
    """Read a living promise that stays."""
    return Held(
        offer=str(document["offer"]),
        need=str(document["need"]),
        ref=_word(document, "household"),
        no_contact=_words(document, "no_contact"),
        unit=_word(document, "unit"),
        start=day(document.get("from"), 0),
        end=day(document.get("to"), NEVER),
        count=_number(document, "count", 0),
        quantity=_number(document, "quantity", 0),
        arrivals=_word(document, "arrivals"),
    )


def read_lot(document: Doc) -> Lot:
    """Read an offer of goods."""
    told = _part(document, "details")
    item = _part(told, "item")
    return Lot(
        id=str(document["id"]),
        listed=_number(document, "listed", 0),
        similar=_words(document, "similar_to"),
        item=_word(item, "code"),
        size=_word(item, "size"),
        quantity=_number(told, "quantity", 0),
        start=day(told.get("available_from"), 0),
        end=day(told.get("available_to"), NEVER),
        best_before=day(told.get("best_before"), NEVER),
        postcode=_word(_part(told, "location"), "postcode"),
    )


def read_request(document: Doc) -> Request:
    """Read a need for goods; its quantity is what is still lacking."""
    told = _part(document, "details")
    item, kit = _part(told, "item"), _word(told, "kit")
    return Request(
        id=str(document["id"]),
        raised=_number(document, "raised", 0),
        similar=_words(document, "similar_to"),
        item=_word(item, "code"),
        size=_word(item, "size"),
        quantity=_number(told, "quantity", 0),
        needed_by=day(told.get("needed_by"), NEVER),
        postcode=_word(_part(told, "location"), "postcode"),
        priority=_number(document, "priority", 0),
        waiting_since=day(document.get("waiting_since"), NEVER),
        also=_words(told, "equivalents"),
        kit=None if kit is None else (_word(document, "household") or "", kit),
    )


Row = TypeVar("Row", bound="_Named")


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def _sorted(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: row.id))


def _kind(document: Doc) -> str | None:
    return _word(_part(document, "details"), "kind")


def _part(document: Doc, name: str) -> Doc:
    return cast("Doc", document.get(name) or {})


def _rows(document: Doc, name: str) -> Sequence[Doc]:
    return cast("Sequence[Doc]", document.get(name) or ())


def _word(document: Doc, name: str) -> str | None:
    return cast("str | None", document.get(name))


def _words(document: Doc, name: str) -> frozenset[str]:
    return frozenset(cast("Sequence[str]", document.get(name) or ()))


def _number(document: Doc, name: str, unknown: int) -> int:
    value = document.get(name)
    return unknown if value is None else cast("int", value)


def _pairs(document: Doc, name: str) -> frozenset[tuple[str, str]]:
    return frozenset((str(r["need"]), str(r["offer"])) for r in _rows(document, name))


def _unit(row: Doc) -> tuple[str, Bedroom]:
    cot, flat = row.get("cot_possible") is True, row.get("step_free") is True
    return str(row["ref"]), Bedroom(cast("int", row["sleeps"]), cot, flat)


def _line(row: Doc) -> Line:
    """Read rooms of a unit: none where the line ends before it begins."""
    span = _part(row, "span")
    free = _number(row, "count", 0) - _number(row, "blocked", 0)
    start, end = day(span.get("from"), 0), day(span.get("to"), NEVER)
    return Line(str(row["unit"]), start, end, max(0, free) if start < end else 0)


def _whole(told: Doc) -> bool:
    whole = told.get("whole_unit")
    usual = told.get("dwelling") in {"flat", "house"}
    return whole is True or (whole is None and usual)


def _monthly(rent: Doc) -> int | None:
    cold, operating = rent.get("cold"), rent.get("operating")
    if cold is None or operating is None:
        return None
    return cast("int", cold) + cast("int", operating)


def _languages(told: Doc) -> frozenset[str]:
    return frozenset(tag.split("-")[0] for tag in _words(told, "languages"))


def _checks(document: Doc) -> tuple[Check, ...]:
    last = {str(row["kind"]): row for row in _rows(document, "checks")}
    return tuple(
        Check(kind, str(row["state"]), day(row.get("valid_until"), NEVER))
        for kind, row in sorted(last.items())
    )


def _people(told: Doc) -> tuple[Person, ...]:
    """Return one entry a person; none where two told alike may be one, or may not."""
    known = tuple(
        Person(
            ref=str(row["ref"]),
            age=_AGES.get(str(row.get("age_band")), -1),
            sex=_word(row, "sex") or "",
            step_free=_part(row, "needs").get("step_free") is True,
        )
        for row in _rows(told, "members")
    )
    if len({person.ref for person in known}) < len(known):
        return ()
    missing = _number(told, "persons", 0) - len(known)
    return known + (Person("", -1, "", step_free=False),) * max(0, missing)


def _anyone(told: Doc, need: str) -> bool:
    return any(_part(row, "needs").get(need) is True for row in _rows(told, "members"))


def _relations(told: Doc) -> dict[frozenset[str], str]:
    return {
        frozenset((str(row["a"]), str(row["b"]))): str(row["kind"])
        for row in _rows(told, "relations")
    }
