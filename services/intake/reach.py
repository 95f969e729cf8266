"""Ways to reach somebody, and the tokens by which two cases look alike."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from services.intake.numbering import in_country
from services.intake.parse import Read, ask
from services.intake.reasons import Reason
from services.intake.words import plain, tidy

_MAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9äöüß-]{1,63}\.)+[a-zäöü-]{2,24}",
)
_APART = re.compile(r"[\s;,]+|\boder\b|\bor\b")
_SPOKEN = re.compile(r"[^0-9+]")
_TRUNK = re.compile(r"\(0\)")
_PREFIX = re.compile(r"^([^0-9(]*[0-9]{0,5}[ ./-]{0,3})\(([0-9]+)\)")
_WORDS = re.compile(r"[^\W\d_]|[(\[{,;:&|+\n]")
_GERMAN_MOBILE = re.compile(r"(?:\+49|0049|0)(1(?:5[0-9]{9}|[67][0-9]{8,9}))")
_HANDLE = re.compile(r"@?[A-Za-z][A-Za-z0-9_]{4,31}")
FEWEST_DIGITS = 6


def mail(raw: str) -> Read[tuple[str, ...]]:
    """One or more complete mail addresses, in lower case."""
    bare = raw.removeprefix("mailto:")
    parts = [part for part in _APART.split(tidy(bare).casefold()) if part]
    good = tuple(dict.fromkeys(part for part in parts if _MAIL.fullmatch(part)))
    return Read(good or None, None if len(good) == len(set(parts)) else Reason.NO_MAIL)


@lru_cache(maxsize=4096)
def phone(raw: str) -> Read[str]:
    """A number in international form. The country is never guessed.

    Without `+` only a number that is German and nothing else is certain: the
    Ukrainian 067… passes as a German landline too.
    """
    if _says_more(raw):
        return ask(Reason.NO_PHONE)
    said = _SPOKEN.sub("", _TRUNK.sub("", tidy(raw)))
    if found := _GERMAN_MOBILE.fullmatch(said):
        return Read(f"+49{found[1]}")
    if said.startswith("00"):
        said = "+" + said[2:]
    if said.startswith("+"):
        number = _valid(said, None)
        return Read(number) if number else ask(Reason.NO_PHONE)
    if not said.startswith("0"):
        return ask(Reason.PHONE_REGION if _enough(said) else Reason.NO_PHONE)
    number = _german(said)
    if number is None:
        return ask(Reason.NO_PHONE)
    return ask(Reason.PHONE_REGION) if _is_elsewhere(said) else Read(number)


def telegram(raw: str) -> Read[str]:
    """A handle, or a phone number."""
    said = tidy(raw).removeprefix("https://t.me/")
    if _HANDLE.fullmatch(said):
        return Read("@" + said.removeprefix("@"))
    return phone(raw)


def can_be_called(raw: str) -> bool:
    """Say whether somebody could try the number, certain or not."""
    return _enough(raw)


def address_token(postcode: str, street: str, number: str) -> str | None:
    """Return how a home's address is compared; None where it is not complete."""
    road = re.sub(r"(?:straße|strasse|str)\b\.?", "str", plain(f"{street} {number}"))
    bare = re.sub(r"[^0-9a-zäöü]", "", road.replace("ß", "ss"))
    if not (postcode and bare and re.search("[0-9]", bare)):
        return None
    return f"address:{postcode}:{bare}"


def _valid(said: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(said, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _german(said: str) -> str | None:
    if not said.isdigit():
        return _valid(said, "DE")
    number = in_country(said, "DE")
    return None if number is None else f"+49{number}"


def _is_elsewhere(said: str) -> bool:
    """A Ukrainian number, or a Romanian mobile one, written without its country."""
    if in_country(said, "UA") if said.isdigit() else _valid(said, "UA"):
        return True
    if not said.startswith("07") or not _valid(said, "RO"):
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(said, "RO"))
    return kind == PhoneNumberType.MOBILE


def _says_more(raw: str) -> bool:
    """Other figures stand beside the number: hours, a floor, a second number.

    They would become its last digits: `0211 4710001 (ab 18 Uhr)`. Brackets around the
    dialling code, at the start, are part of the number.
    """
    bare = _PREFIX.sub(r"\1\2", _TRUNK.sub("", tidy(raw)))
    between = re.split("[0-9]+", bare)[1:-1]
    return any(_WORDS.search(gap) for gap in between)


def _enough(said: str) -> bool:
    return sum(sign.isdigit() for sign in said) >= FEWEST_DIGITS
