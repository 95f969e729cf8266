"""Messages that cannot be taken, kept whole: what came, and how it is known again."""

import json
import re
from collections.abc import Mapping

from events.envelope import CloudEvent
from services.intake.draft import Aside, From, RowKey
from services.intake.messages import UNKNOWN
from services.intake.reasons import Reason

_PIECE = 2_000
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def unnamed(
    number: int, whole: Mapping[str, str], reason: Reason, *, channel: str = UNKNOWN
) -> Aside:
    """Set aside what has no id that anybody believes: known by all that came."""
    said = tuple(whole.values())
    key = RowKey(said, personal=True)
    return Aside(
        From(number, UNKNOWN, channel, whole, said, key), "message", "", reason
    )


def named(
    number: int, event: CloudEvent, whole: Mapping[str, str], *, channel: str = UNKNOWN
) -> Aside:
    """Set aside an event whose data cannot be read; its source and id still count."""
    data = json.dumps(event.data, ensure_ascii=False, sort_keys=True)
    came = From(
        row=number,
        profile=UNKNOWN,
        channel=channel,
        whole=whole,
        said=tuple(whole.values()),
        key=RowKey((event.subject or event.id,), personal=False),
        revision=event.revision,
        source=event.source,
        event=event.id,
        content="\n".join((event.type, event.subject or "", data)),
    )
    return Aside(came, "data", "", Reason.NOT_READABLE)


def pieces(name: str, text: str) -> dict[str, str]:
    """Cut a text as long cells are cut, but to its end: a message is kept whole."""
    lines = text.replace("\r\n", "\n")
    shown = _HIDDEN.sub(lambda sign: f"\\x{ord(sign[0]):02x}", lines)
    starts = range(0, len(shown), _PIECE) or (0,)
    return {
        name if number == 1 else f"{name} ({number})": shown[start : start + _PIECE]
        for number, start in enumerate(starts, start=1)
    }
