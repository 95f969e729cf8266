"""Cells that hold a list: rooms, residents, pets, requirements, protection, links."""

import re
from dataclasses import dataclass
from typing import Literal

from events.kinds.housing import HouseholdPet, Protection, Residents, Unit
from services.intake.parse import Read, ask, is_blank, whole, yes_no
from services.intake.reasons import Reason
from services.intake.words import plain, table, tidy

ALL_PETS = ("dog", "cat", "small", "other")
_COUNTED = re.compile(r"(?:(\w+)\s*(?:x\s*)?)??([^\W\d_][\w ]*)")
_ROOM = re.compile(r"([^()]+?)\s*(?:\(([^()]*)\))?")
_LINK = re.compile(r"([A-Za-z0-9][\w./-]{0,60})\s*(?:\(([^()]*)\))?")


@dataclass(frozen=True)
class Link:
    """Another row of the same channel, and how the two belong together."""

    reference: str
    how: Literal["near", "together"]


def units(raw: str) -> Read[tuple[Unit, ...]]:
    """Beds of each room, marks in brackets: `2; 1 (lockable)`."""
    rooms: list[Unit] = []
    for number, part in enumerate(_parts(raw), start=1):
        found = _ROOM.fullmatch(part)
        sleeps = found and whole(found[1], most=50).value
        marks = [table("unit_mark").get(m) for m in _words(found and found[2])]
        if not sleeps or None in marks:
            return ask(Reason.NO_ROOMS)
        told = {str(mark): True for mark in marks}
        rooms.append(
            Unit.model_validate(
                {"ref": f"r{number}", "type": "room", "sleeps": sleeps, **told}
            )
        )
    return Read(tuple(rooms)) if rooms else ask(Reason.NO_ROOMS)


def residents(raw: str) -> Read[Residents]:
    """Who lives in the home: `2 women; 1 man; 3 children; 1 pet`, or nobody."""
    if table("residents").get(plain(raw)) == "nobody":
        return Read(Residents())
    found: dict[str, int] = {}
    for part in _parts(raw, also=","):
        count, name = _counted(part)
        group = table("residents").get(name)
        if count is None or group in {None, "nobody"}:
            return ask(Reason.NO_RESIDENTS)
        found[str(group)] = found.get(str(group), 0) + count
    return Read(Residents(**found))


def accepted_pets(raw: str) -> Read[tuple[str, ...]]:
    """Yes is every kind, no is none; or the kinds themselves."""
    said = yes_no(raw).value
    if said is not None:
        return Read(ALL_PETS if said else ())
    if is_nothing(raw):
        return Read(())
    kinds = [table("pet").get(plain(part)) for part in _parts(raw, also=",/")]
    if None in kinds:
        return ask(Reason.NO_PET)
    return Read(tuple(dict.fromkeys(str(kind) for kind in kinds)))


def pets(raw: str) -> Read[tuple[HouseholdPet, ...]]:
    """A household's animals; a kind without a count is one, and asked for."""
    if is_nothing(raw):
        return Read(())
    found: list[HouseholdPet] = []
    doubt: Reason | None = None
    for part in _parts(raw, also=","):
        count, name = _counted(part)
        kind = table("pet").get(name)
        if kind is None:
            doubt = Reason.NO_PET
            continue
        doubt = Reason.NO_PET if count is None else doubt
        told = {"kind": kind, "count": 1 if count is None else count}
        found.append(HouseholdPet.model_validate(told))
    return Read(tuple(found) or None, doubt)


def requirements(raw: str) -> Read[tuple[str, ...]]:
    """What the household cannot do without."""
    if is_nothing(raw):
        return Read(())
    known = [table("requirement").get(plain(part)) for part in _parts(raw, also=",")]
    value = tuple(dict.fromkeys(need for need in known if need is not None)) or None
    return Read(value, Reason.UNKNOWN_WORD if None in known else None)


def protection(raw: str) -> Read[Protection]:
    """Absolute needs; what cannot be read is taken in the strictest sense."""
    if is_nothing(raw):
        return Read(Protection())
    known = {table("protection").get(plain(part)) for part in _parts(raw, also=",")}
    if None in known:
        strictest = Protection(women_only=True, confidential_address=True)
        return Read(strictest, Reason.NO_PROTECTION)
    return Read(Protection.model_validate(dict.fromkeys(map(str, known), True)))


def links(raw: str) -> Read[tuple[Link, ...]]:
    """`N-104 (together); N-107 (near)`; without brackets the link is asked for."""
    found: list[Link] = []
    for part in _parts(raw, also=","):
        said = _LINK.fullmatch(part)
        how = said and table("link").get(plain(said[2] or ""))
        if said is None or how is None:
            return ask(Reason.NO_LINK)
        found.append(Link(said[1], "near" if how == "near" else "together"))
    return Read(tuple(found))


def is_nothing(raw: str) -> bool:
    """`keine`, `nein`, `none`: said, and there is none."""
    return (
        plain(raw) in {"keine", "keiner", "keines", "none", "nothing", "немає"}
        or yes_no(raw).value is False
    )


def _counted(part: str) -> tuple[int | None, str]:
    """Return count and name of `2 women`, `two women` or `dog`."""
    first, _, rest = plain(part).partition(" ")
    if rest:
        return whole(first).value, rest.removeprefix("x ")
    stuck = re.fullmatch(r"(\d+)([^\W\d_]+)", first)
    return (int(stuck[1]), stuck[2]) if stuck else (_single(first), first)


def _single(name: str) -> int | None:
    """One, unless the word stands for many."""
    return None if name.endswith(("en", "de", "s", "te", "re")) else 1


def _parts(raw: str, also: str = "") -> list[str]:
    signs = re.escape(";\n" + also)
    parts = re.split(f"[{signs}](?![^(]*\\))", tidy(raw))
    return [part.strip() for part in parts if part.strip()]


def _words(inside: str | None) -> list[str]:
    if inside is None or is_blank(inside):
        return []
    return [plain(word) for word in re.split(r"[,;]", inside)]
