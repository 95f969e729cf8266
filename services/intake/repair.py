"""A row that was set aside: what stood in it, mended by a person, and sent again."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from events.desk import SubmissionResent, SubmissionSetAside
from events.envelope import Unreadable, strict_json
from events.realm import ChannelRegistered
from services.intake.bus_message import Speaker
from services.intake.cells import CellReader, Values, joined
from services.intake.draft import Aside, Drafted, From, RowKey
from services.intake.drafts import draft
from services.intake.messages import LINE, MessageReader, aside
from services.intake.profile import Fitted, Profile, fit
from services.intake.reasons import Reason
from services.ledger.handle import Writer
from services.ledger.rules.base import Refused

_OF_ROW = re.compile(r"([0-9]+): (.*)", re.DOTALL)


def set_aside(writer: Writer, submission: str) -> SubmissionSetAside:
    """Return what was set aside; raise `Refused` when there is nothing to mend."""
    facts = [r.fact for r in writer.past(f"submission:{submission}").facts]
    found = [fact for fact in facts if isinstance(fact, SubmissionSetAside)]
    if not found:
        raise Refused(
            "Nothing was set aside as {submission}; check the number.",
            submission=submission,
        )
    if any(isinstance(fact, SubmissionResent) for fact in facts):
        raise Refused("It was settled already; look for its case instead.")
    return found[0]


def to_mend(
    row: SubmissionSetAside, opened: Mapping[str, str], profiles: Mapping[str, Profile]
) -> dict[str, str]:
    """Return heading → cell, and then the columns of the profile that were empty."""
    whole = joined(opened)
    profile = profiles.get(_name(row))
    if profile is None or profile.grouped or LINE in whole:
        return whole
    fitted = fit(profile, tuple(whole))
    filled = frozenset() if fitted is None else fitted.fields
    empty = [c.heading.strip() for c in profile.columns if c.to not in filled]
    return whole | {name: "" for name in empty if name not in whole}


def mended(
    row: SubmissionSetAside, values: Mapping[str, str], profiles: Mapping[str, Profile]
) -> Drafted:
    """Return what becomes of the row now. Its identity stays that of its channel."""
    number = row.row or 1
    every = list(profiles.values())
    if LINE in values:
        return _message(number, values[LINE], every)
    if "ce-type" in values:
        return _message(number, _event(values), every)
    profile = profiles.get(_name(row))
    if profile is None:
        raise Refused(
            "Its profile {profile} is not there any more; add it again.",
            profile=_name(row),
        )
    cells = {name: text for name, text in values.items() if name[:3] != "ce-"}
    made = _table(number, profile, cells)
    return made if len(cells) == len(values) else _sent(made, values)


def by_its_channel(
    writer: Writer, row: SubmissionSetAside, drafted: Drafted
) -> Drafted:
    """Let a mended message come by the channel that sent it, if that may say it.

    A person mends what was said, not who may say it: that is registered.
    """
    facts = [recorded.fact for recorded in writer.past(f"channel:{row.channel}").facts]
    sources = [fact.source for fact in facts if isinstance(fact, ChannelRegistered)]
    came = replace(drafted.came, channel=row.channel)
    speaker = Speaker(row.channel, sources[-1] if sources else None)
    if speaker.source is None and row.reason != Reason.NO_CHANNEL:
        return drafted
    if came.source is None or speaker.may_say(came.source):
        return replace(drafted, came=came)
    reason = Reason.OTHER_SOURCE if sources else Reason.NO_CHANNEL
    return Aside(came, "source", came.source, reason)


def _table(number: int, profile: Profile, values: Mapping[str, str]) -> Drafted:
    if not profile.grouped:
        return draft(*_read(profile, [(number, values)]))
    rows: dict[int, dict[str, str]] = {}
    for name, text in values.items():
        if found := _OF_ROW.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = text
    return draft(*_read(profile, sorted(rows.items())))


def _read(
    profile: Profile, rows: Sequence[tuple[int, Mapping[str, str]]]
) -> tuple[Fitted, list[Values]]:
    headings = tuple(dict.fromkeys(name for _, cells in rows for name in cells))
    fitted = fit(profile, headings)
    if fitted is None:
        raise Refused("The row lacks a column that its profile needs; fill it in.")
    reader = CellReader(fitted, headings)
    told = [tuple(cells.get(name, "") for name in headings) for _, cells in rows]
    numbered = zip(rows, told, strict=True)
    return fitted, [reader.read(number, cells) for (number, _), cells in numbered]


def _message(number: int, text: str, profiles: Sequence[Profile]) -> Drafted:
    try:
        parsed = strict_json(text.encode("utf-8", "replace"), fraction=str)
        return MessageReader(profiles).draft(number, parsed)
    except (Unreadable, ValidationError):
        return aside(number, {LINE: text}, Reason.NOT_READABLE)


def _event(values: Mapping[str, str]) -> str:
    """Put a CloudEvent together again from its attributes and its data."""
    told = {n[3:]: json.dumps(v) for n, v in values.items() if n.startswith("ce-")}
    told |= {"specversion": '"1.0"', "data": values.get("data", "null")}
    return "{" + ", ".join(f'"{name}": {text}' for name, text in told.items()) + "}"


def _sent(made: Drafted, values: Mapping[str, str]) -> Drafted:
    """A mended row of a CloudEvent keeps the event's own source and id."""
    key = RowKey((values.get("ce-subject") or values["ce-id"],), personal=False)
    came: From = replace(
        made.came, key=key, source=values["ce-source"], event=values["ce-id"]
    )
    return replace(made, came=came)


def _name(row: SubmissionSetAside) -> str:
    return (row.profile or "").partition("@")[0]
