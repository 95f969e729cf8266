"""`beistand whatif`, `beistand scarcity`: what would be otherwise, and what is dear."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic import JsonValue

from matcher import Beds, Comparison, Kind, More, Rooms, Scarcity
from matcher.ownprice import THOUSANDTHS
from projections import cases, plans
from projections.listing import Ask, Db, listed, some
from services.assemble import Beistand
from services.cli.options import (
    AsJson,
    Demo,
    Home,
    WrongUse,
    fail,
    opened,
    progress,
    result,
    say,
    told,
)
from services.console.labels import LABELS
from services.database import Role
from services.sandbox import Change, altered

Asked = list[str]
_SHOWN = 10


@told
def whatif(
    more: Annotated[
        Asked, typer.Option("--more", metavar="OFFER=N", help="N more offers like it.")
    ] = [],  # noqa: B006 - typer reads the default and makes a new list each time
    beds: Annotated[
        Asked, typer.Option("--beds", metavar="OFFER=N", help="The home has N beds.")
    ] = [],  # noqa: B006 - typer reads the default and makes a new list each time
    rooms: Annotated[
        Asked,
        typer.Option("--rooms", metavar="OFFER/UNIT=N", help="So many of its rooms."),
    ] = [],  # noqa: B006 - typer reads the default and makes a new list each time
    rules: Annotated[
        Asked,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A rule or weight of the policy."
        ),
    ] = [],  # noqa: B006 - typer reads the default and makes a new list each time
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Solve today's market with something changed, and compare; record nothing."""
    settings = {name: _value(text) for name, text in map(_split, rules)}
    with opened(home, demo=demo) as engine:
        changes = list(_changes(engine, more, beds, rooms))
        document = engine.market_now()
        other = altered(document, changes, settings)
        found = engine.sandbox.compare(document, other, progress=progress)
    for line in _compared(found):
        say(line)
    if as_json:
        asked = [
            {"change": type(one).__name__.lower()} | asdict(one) for one in changes
        ]
        as_of = {"as_of": document["position"], "today": document["today"]}
        result({**as_of, "changes": asked, "set": settings, **asdict(found)})


@told
def scarcity(
    confirm: Annotated[
        int,
        typer.Option(min=0, max=20, help="Solve for one more of so many dear kinds."),
    ] = 0,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Say what a step-free bed is worth, and what one more of a kind would bring."""
    with opened(home, demo=demo) as engine:
        engine.project()
        plan, position = _newest(engine)
        found = _reasons(engine, plan, position)
        dear = [kind for kind in found.kinds if any(kind.most)][:confirm]
        confirmed = [(kind, _one_more(engine, kind)) for kind in dear]
    say(f"As of {plan}, at the prices that prove it:")
    for line in (*_features(found), *_kinds(found)):
        say(line)
    for kind, more in confirmed:
        gain = more.after.persons - more.before.persons
        acute = more.after.acute - more.before.acute
        say(f"one more {_kind(kind)} would place {gain:+} persons, {acute:+} acute")
    if as_json:
        solved = [{"like": kind.like, **asdict(more)} for kind, more in confirmed]
        result({"plan": plan, **asdict(found), "confirmed": solved})


def _newest(engine: Beistand) -> tuple[str, int]:
    with engine.server.connect(Role.DESK) as db:
        rows = listed(db, plans.LISTING, Ask(limit=1)).rows
    if not rows:
        raise fail("No plan yet: `beistand match` makes the first.")
    return rows[0].plan, rows[0].position


def _reasons(engine: Beistand, plan: str, position: int) -> Scarcity:
    try:
        return engine.matching.hindsight.reasons(plan, position).scarcity()
    except LookupError as error:
        raise fail(f"It cannot be looked at again: {error.args[0]}.") from error


def _one_more(engine: Beistand, kind: Kind) -> Comparison:
    """Confirm by solving what the price says of one more, as of today."""
    document = engine.market_now()
    other = altered(document, [More(kind.like, 1)], {})
    return engine.sandbox.compare(document, other, progress=progress)


def _changes(
    engine: Beistand, more: Asked, beds: Asked, rooms: Asked
) -> Iterator[Change]:
    with engine.server.connect(Role.DESK) as db:
        for name, number in map(_counted, more):
            yield More(_offer(db, name), number)
        for name, number in map(_counted, beds):
            yield Beds(_offer(db, name), number)
        for name, number in map(_counted, rooms):
            offer, slash, unit = name.rpartition("/")
            if not slash:
                raise WrongUse(f"“{name}” names no rooms: OFFER/UNIT=N.")
            yield Rooms(_offer(db, offer), unit, number)


def _offer(db: Db, name: str) -> str:
    """Return the id of an offer that is named by its number or its id."""
    plain = name.strip().removeprefix("offer:")
    for asked in ({"case_no": plain.upper()}, {"id": plain}):
        if found := some(db, cases.TABLE, {"side": "offer", **asked}):
            return found[0].id
    raise WrongUse(f"No offer is called {name}; `beistand export cases` lists all.")


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not equals or not name:
        raise WrongUse(f"“{text}” is not NAME=VALUE.")
    return name, value


def _counted(text: str) -> tuple[str, int]:
    name, value = _split(text)
    if not value.isdecimal():
        raise WrongUse(f"“{value}” is no whole number.")
    return name, int(value)


def _value(text: str) -> JsonValue:
    """Return a value of the policy: a number, several with commas, or a word."""
    parts: list[JsonValue] = [_number(part) for part in text.split(",")]
    return parts if len(parts) > 1 else parts[0]


def _number(text: str) -> JsonValue:
    try:
        return int(text)
    except ValueError:
        return text


def _compared(found: Comparison) -> Iterator[str]:
    old, new = found.before, found.after
    for what, a, b in (
        ("acute persons", old.acute, new.acute),
        ("persons", old.persons, new.persons),
        ("needs", old.needs, new.needs),
        ("pieces", old.pieces, new.pieces),
    ):
        yield f"{what}: {a} as it is, {b} then ({b - a:+})"
    for name, turns in (("gain", found.gains), ("lose", found.loses)):
        acute = sum(turn.persons for turn in turns if turn.acute)
        rest = sum(turn.persons for turn in turns if not turn.acute)
        yield f"{len(turns)} needs {name} a home: {acute} acute persons, {rest} others"
    yield (
        f"{found.moved} go elsewhere; {found.nearer} come nearer to the wished place, "
        f"{found.farther} farther"
    )
    for proof in new.proofs:
        yield f"{_word('tier', proof.tier)}: {proof.worth} of at most {proof.bound}"


def _features(found: Scarcity) -> Iterator[str]:
    for one in found.features:
        if one.places and one.others:
            has, lacks = _prices(one.price), _prices(one.other_price)
            word = _word("feature", one.code)
            yield f"{word}: {has} with ({one.places} places), {lacks} without"


def _kinds(found: Scarcity) -> Iterator[str]:
    for kind in found.kinds[:_SHOWN]:
        if any(kind.most):
            yield f"{_kind(kind)}: up to {_prices(kind.most)} ({kind.places} places)"


def _kind(kind: Kind) -> str:
    flat = ", step-free" if kind.step_free else ""
    home = _word("dwelling", kind.dwelling) if kind.dwelling else "Home"
    return f"{home} for {kind.beds}{flat}"


def _prices(row: Iterable[int]) -> str:
    return "/".join(f"{price / THOUSANDTHS:.2f}" for price in row)


def _word(family: str, code: str) -> str:
    words: Mapping[str, str] = LABELS[family]
    return words.get(code, code.replace("_", " "))


COMMANDS = (whatif, scarcity)
