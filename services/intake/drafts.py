"""From the rows of a table to drafts: cases, checks, and rows set aside."""

import re
from collections.abc import Iterable, Sequence

from events.case import RepresentedBy
from events.kinds.goods import GoodsOffer
from events.kinds.housing import HousingOffer
from events.values import Plain
from services.intake import homes, households, lots
from services.intake.cells import Asked, Values, boxed, several
from services.intake.draft import (
    Aside,
    Built,
    CheckDraft,
    Checked,
    Draft,
    Drafted,
    From,
    RowKey,
)
from services.intake.draft import Told as Sealable
from services.intake.fields import (
    ADDRESS,
    CONTACT,
    FIELDS,
    MESSAGE,
    PERSONAL,
)
from services.intake.lists import Link
from services.intake.profile import CONTACT as ANY_CONTACT
from services.intake.profile import Fitted, Profile
from services.intake.reasons import Reason
from services.intake.ways import (
    can_be_reached,
    contact_raw,
    likeness,
    said,
)
from services.intake.words import plain

_IMPERSONAL = frozenset(FIELDS) - PERSONAL
_WHO = frozenset({ANY_CONTACT, "reference", "case_no"})
"""What a key knows a case by; the other columns of a key tell its cases apart."""
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,119}")


def draft(fitted: Fitted, rows: Sequence[Values]) -> Drafted:
    """Return what becomes of a row, or of all rows of a contract."""
    shared = rows[0] if len(rows) == 1 else _shared(rows)
    came = _came(fitted.profile, rows, shared)
    if any(row.is_shifted for row in rows):
        return Aside(came, "row", "", Reason.MANY_CELLS)
    if fitted.profile.about == "checks":
        return _check(came, shared)
    case = _case_of(fitted.profile, shared)
    if case is None:
        return Aside(came, "case", shared.raw.get("case", ""), Reason.NO_CASE)
    if not can_be_reached(shared):
        return Aside(came, "contact", contact_raw(shared), Reason.NO_REACH)
    if not any(came.key.parts):
        return Aside(came, "reference", "", Reason.NO_KEY)
    built = _built(fitted.profile, case, rows, shared)
    return dressed(came, shared, built, fitted.covered)


def dressed(came: From, values: Values, built: Built, fields: frozenset[str]) -> Draft:
    """Return the case with its private parts, its person and what it looks like."""
    spoken_for = values.text("represented_by")
    reachable = values.ways
    alike = () if spoken_for else likeness(values, built, reachable)
    is_offer = isinstance(built.details, HousingOffer | GoodsOffer)
    return Draft(
        came=came,
        case="offer" if is_offer else "need",
        details=built.details,
        covered=fields,
        told=_sealable(values),
        asked=_once((*values.asked, *built.asked)),
        ways=() if spoken_for else reachable,
        tokens=alike,
        found_by=tuple(f"{way}|find" for way in reachable if way not in alike),
        priority=values.number("priority"),
        represented_by=_represented(spoken_for, values),
        no_contact=tuple(map(str, several(values.told.get("no_contact")))),
        links=tuple(
            link
            for link in several(values.told.get("linked"))
            if isinstance(link, Link)
        ),
    )


def row_key(profile: Profile, rows: Sequence[Values]) -> RowKey:
    """Return by what a case is known again: the first key that says anything."""
    if any(row.is_shifted for row in rows):
        return RowKey((), personal=False)
    values = rows[0]
    for names in profile.row_key:
        parts = tuple(_key_part(values, name) for name in names)
        if _tells_apart(names, parts):
            return RowKey(parts, personal=not _IMPERSONAL.issuperset(names))
    return RowKey((), personal=False)


def _case_of(profile: Profile, values: Values) -> str | None:
    return values.text("case") if profile.case == "column" else profile.case


def _built(
    profile: Profile, case: str, rows: Sequence[Values], shared: Values
) -> Built:
    match profile.about, case:
        case "housing", "offer":
            grouped = profile.grouped
            return homes.contingent(rows, shared) if grouped else homes.home(shared)
        case "housing", _:
            return households.need(shared)
        case _, "offer":
            return lots.lot(shared)
        case _:
            return lots.request(shared)


def _shared(rows: Sequence[Values]) -> Values:
    """Return what all rows of a contract say together; a contradiction is asked for."""
    told: dict[str, object] = {}
    raw: dict[str, str] = {}
    asked = [asked for row in rows for asked in row.asked]
    for row in rows:
        for name, value in row.told.items():
            if name.startswith("unit."):
                continue
            if name in told and told[name] != value and name != "revision":
                asked.append(Asked(name, row.raw.get(name, ""), Reason.ROWS_DIFFER))
            told.setdefault(name, value)
            raw.setdefault(name, row.raw.get(name, ""))
    revisions = [n for row in rows if (n := row.number("revision")) is not None]
    told |= {"revision": max(revisions)} if revisions else {}
    whole = {
        f"{row.row}: {heading}": cell
        for row in rows
        for heading, cell in row.whole.items()
    }
    said = tuple(part for row in rows for part in row.said)
    return Values(rows[0].row, told, raw, tuple(asked), whole, said)


def _came(profile: Profile, rows: Sequence[Values], values: Values) -> From:
    return From(
        row=values.row,
        profile=profile.called,
        channel=profile.channel,
        whole=values.whole,
        said=values.said,
        key=row_key(profile, rows),
        revision=values.number("revision"),
    )


def _tells_apart(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Say whether the cells tell a case from others.

    Two strangers share a postcode, or a name. So where a key names who it is about,
    by mail or number, it says nothing without.
    """
    who = [part for name, part in zip(names, parts, strict=True) if name in _WHO]
    return any(who or parts)


def _key_part(values: Values, name: str) -> str:
    if name == ANY_CONTACT:
        return next(iter(values.ways), "") or plain(contact_raw(values))
    return plain(values.raw.get(name, ""))[:200]


def _sealable(values: Values) -> Sealable:
    reference = values.text("reference")
    return Sealable(
        contact=boxed("contact", said(values, CONTACT)),
        address=boxed("address", said(values, ADDRESS)),
        message=boxed("message", said(values, MESSAGE)),
        confidential=_codes(values),
        external_ids=boxed("external_ids", {"reference": reference or ""}),
    )


def _codes(values: Values) -> Plain | None:
    said = values.raw.get("vulnerability")
    if said is None:
        return None
    codes = " ".join(str(code) for code in several(values.told.get("vulnerability")))
    return boxed("confidential", {"codes": codes, "said": said})


def _represented(org: str | None, values: Values) -> RepresentedBy | None:
    if org is None:
        return None
    reference = values.text("reference") or ""
    ref = reference if _REF.fullmatch(reference) else None
    return RepresentedBy(org=org[:200], ref=ref)


def _check(came: From, values: Values) -> CheckDraft | Aside:
    told = homes.group(values, "check")
    told.pop("by", None)
    for name in ("kind", "state", "at"):
        if name not in told:
            field = f"check.{name}"
            return Aside(came, field, values.raw.get(field, ""), Reason.NO_CHECK)
    known, case_no = values.ways, values.text("case_no")
    if case_no is None and not known:
        return Aside(came, "contact", contact_raw(values), Reason.NO_REACH)
    note = boxed("note", said(values, MESSAGE))
    return CheckDraft(came, case_no, known, Checked.model_validate(told), note)


def _once(asked: Iterable[Asked]) -> tuple[Asked, ...]:
    """Ask about one field for one reason once."""
    found: dict[tuple[str, Reason], Asked] = {}
    for each in asked:
        found.setdefault((each.field, each.reason), each)
    return tuple(found.values())
