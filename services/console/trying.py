"""From the form of “what if” to what is asked: an offer, and values of the policy."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from events.policy import Policy
from matcher import Beds, Comparison, More, Rooms
from matcher.whatif import Turn
from projections import cases, open_needs
from projections.listing import Ask, Db, listed
from projections.open_needs import OpenNeed
from services.console.lists import these
from services.console.ports import WhatIf
from services.console.safe import Filled
from services.ledger.rules.base import Refused

SETTINGS = (
    "max_metres",
    "horizon_days",
    "min_stay_days",
    "priorities.acute_weights",
    "priorities.waiting_step_days",
    "preferences.keep",
    "preferences.wished_district",
    "preferences.wished_dwelling",
    "preferences.language",
    "preferences.whole_dwelling",
    "preferences.wasted_bed",
    "preferences.kilometre",
)
"""Rules and weights that the page offers; the command line takes every one."""
NAMED = 50
"""Needs that are named on either side; the numbers count all."""


@dataclass(frozen=True)
class Turned:
    """A need that gains or loses a home, as a page names it."""

    turn: Turn
    need: OpenNeed


def settings(policy: Policy) -> dict[str, str]:
    """Return what the page's rules and weights are now, as a person types them."""
    return {name: _typed(_value(policy, name)) for name in SETTINGS}


def asked(db: Db, form: Filled, policy: Policy) -> WhatIf:
    """Return what the form asks; raise `Refused` with a sentence."""
    now = settings(policy)
    told = {name: form.one(name) for name in SETTINGS if form.one(name)}
    return WhatIf(
        changes=tuple(_changes(db, form)),
        settings={n: _read(text) for n, text in told.items() if text != now[n]},
    )


def in_words(wanted: WhatIf, form: Filled) -> tuple[tuple[str, str], ...]:
    """Return what is asked, for the page of the answer: a code and its value."""
    what = f"{form.one('offer_no').upper()} · {form.one('number') or 1}"
    offer = [(type(one).__name__.lower(), what) for one in wanted.changes]
    return (*offer, *((name, form.one(name)) for name in wanted.settings))


def turned(db: Db, found: Comparison) -> tuple[tuple[Turned, ...], tuple[Turned, ...]]:
    """Return who gains and who loses, the first of each, as needs of the desk."""
    sides = (found.gains[:NAMED], found.loses[:NAMED])
    names = {turn.need for side in sides for turn in side}
    needs = these(db, open_needs.TABLE, "need", names)
    gains, loses = (
        tuple(Turned(turn, needs[turn.need]) for turn in side if turn.need in needs)
        for side in sides
    )
    return gains, loses


def _changes(db: Db, form: Filled) -> Iterator[More | Beds | Rooms]:
    number = form.one("offer_no").upper().replace(" ", "")
    if not number:
        return
    found = listed(db, cases.LISTING, Ask({"case_no": number, "side": "offer"})).rows
    if not found:
        raise Refused("There is no case with this number; check it.")
    offer, many = found[0].id, _number(form)
    match form.one("what"):
        case "beds":
            yield Beds(offer, many)
        case "rooms":
            yield Rooms(offer, form.one("unit"), many)
        case _:
            yield More(offer, many)


def _number(form: Filled) -> int:
    text = form.one("number") or "1"
    if not text.isdecimal():
        raise Refused("It takes a whole number.")
    return int(text)


def _value(policy: Policy, name: str) -> object:
    value: object = policy
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _typed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _read(text: str) -> JsonValue:
    """Return a whole number, or several; other text for the policy to refuse."""
    parts: list[JsonValue] = [_whole(part.strip()) for part in text.split(",")]
    return parts if len(parts) > 1 else parts[0]


def _whole(text: str) -> JsonValue:
    return int(text) if text.removeprefix("-").isdecimal() else text
