"""How a cell of each kind of field is read, as its column and profile say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from services.intake import parse, reach, when
from services.intake.parse import Read, ask
from services.intake.reasons import Reason
from services.intake.when import Order
from services.intake.words import Table, plain, table


@dataclass(frozen=True)
class Ways:
    """How this column is to be read: its date order, the profile's own words."""

    order: Order | None = None
    words: Table = field(default_factory=dict)


Reader = Callable[[str, Ways], Read[object]]


def just(reader: Callable[[str], Read[object]]) -> Reader:
    return lambda raw, _: reader(raw)


def day(raw: str, ways: Ways) -> Read[object]:
    return when.day(raw, ways.order)


def start(raw: str, ways: Ways) -> Read[object]:
    """`ab sofort` says nothing more than an empty cell: it can be had today."""
    return Read() if when.is_at_once(raw) else day(raw, ways)


def stay(raw: str, ways: Ways) -> Read[object]:
    return when.stay(raw, ways.order)


def submitted(raw: str, _: Ways) -> Read[object]:
    """When a row was sent in; it is kept as written, and never asked for."""
    return Read(raw.strip())


def word_of(name: str) -> Reader:
    def read(raw: str, ways: Ways) -> Read[object]:
        return parse.word(raw, {**table(name), **ways.words})

    return read


def words_of(name: str) -> Reader:
    def read(raw: str, ways: Ways) -> Read[object]:
        return parse.several(raw, {**table(name), **ways.words})

    return read


def step_free(raw: str, ways: Ways) -> Read[object]:
    known = {**table("step_free"), **ways.words}.get(plain(raw))
    if known is not None:
        return Read(known)
    said = parse.yes_no(raw)
    return Read(None if said.value is None else _ALL[said.value], said.reason)


def kitchen(raw: str, ways: Ways) -> Read[object]:
    said = parse.yes_no(raw).value
    return Read("none") if said is False else word_of("kitchen")(raw, ways)


def country(raw: str, _: Ways) -> Read[object]:
    home = table("country").get(plain(raw)) == "de"
    return Read(raw.strip(), None if home else Reason.ABROAD)


def status(raw: str, _: Ways) -> Read[object]:
    """Free text; anything that says `occupied` counts as occupied."""
    said = plain(raw)
    known = table("occupied")
    if known.get(said) == "free":
        return Read("free")
    if any(word in said for word, what in known.items() if what == "occupied"):
        return Read("occupied", Reason.OCCUPIED)
    return Read(None, Reason.STATUS)


def priority(raw: str, _: Ways) -> Read[object]:
    found = parse.whole(raw, most=3)
    return Read(found.value, found.reason and Reason.NO_PRIORITY)


def postcodes(raw: str, _: Ways) -> Read[object]:
    found = [parse.postcode(part) for part in parse.split(raw)]
    good = tuple(dict.fromkeys(read.value for read in found if read.value))
    bad = next((read.reason for read in found if read.reason), None)
    return Read(good or None, bad)


def vulnerability(raw: str, ways: Ways) -> Read[object]:
    """The codes that were recognised; what else was said stays in the sealed part."""
    found = parse.several(raw, {**table("vulnerability"), **ways.words})
    return Read(found.value or (), found.reason)


def no_contact(raw: str, _: Ways) -> Read[object]:
    """Mails and phones, as the tokens under which such a person is known."""
    tokens: list[str] = []
    parts = [part for part in raw.replace("\n", ";").split(";") if part.strip()]
    for part in parts:
        mails, phone = reach.mail(part).value, reach.phone(part).value
        tokens += [f"mail:{each}" for each in mails or ()]
        tokens += [f"phone:{phone}"] if phone and not mails else []
    missing = Reason.NO_CONTACT_NAME if len(tokens) < len(parts) else None
    return Read(tuple(tokens) or None, missing)


def check(name: str) -> Reader:
    def read(raw: str, ways: Ways) -> Read[object]:
        found = parse.word(raw, {**table(name), **ways.words})
        return Read(found.value, found.reason and Reason.NO_CHECK)

    return read


def case(raw: str, ways: Ways) -> Read[object]:
    found = parse.word(raw, {**table("case"), **ways.words})
    return Read(found.value, found.reason and Reason.NO_CASE)


def reference(raw: str, _: Ways) -> Read[object]:
    """A number of the channel's own: text, short enough to be a key."""
    said = parse.text(raw).value
    return ask(Reason.TOO_LONG) if said and len(said) > _KEY_LENGTH else Read(said)


_KEY_LENGTH = 200
_ALL = {True: "all", False: "none"}
TEXT: Reader = just(parse.text)
YES_NO: Reader = just(parse.yes_no)
CENTS: Reader = just(parse.cents)
COUNT: Reader = just(parse.whole)
DAYS: Reader = just(when.length)
BEDS_OF_ROOM: Reader = just(partial(parse.whole, most=50))
