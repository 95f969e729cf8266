"""Two rows of one file with one key: one counts, and what the other says is not lost.

A key of mail and address may belong to two homes, and a number may be typed twice. So a
row gives way in silence only when it says nothing else, or is an older state of the
same case; any other goes to a person.
"""

from dataclasses import dataclass
from hashlib import blake2b

from services.intake.draft import Aside, Draft, Drafted
from services.intake.reasons import Reason


@dataclass(frozen=True)
class State:
    """What must be known of the row that counts; it may stand far away."""

    said: bytes
    contact: bytes
    event: str | None
    revision: int


def state(drafted: Drafted) -> State:
    """Return what rows are told apart by, as digests: there may be many."""
    came = drafted.came
    contact = drafted.told.contact if isinstance(drafted, Draft) else None
    return State(
        said=_digest(came.telling),
        contact=_digest(repr(contact and contact.content).encode("utf-8", "replace")),
        event=came.event,
        revision=came.revision or 0,
    )


def beside(drafted: Drafted, counts: State) -> Drafted | None:
    """Return what becomes of a row beside the one that counts; None where it repeats.

    Of messages with one id the first counts, as it would in two files: so this one is
    taken as it is, and the other is set aside when it comes.
    """
    own = state(drafted)
    if own.said == counts.said:
        return None
    if own.event is not None and own.event == counts.event:
        return drafted
    if own.revision < counts.revision:
        return None
    if isinstance(drafted, Aside):
        return drafted
    if _is_older_state(drafted, own, counts):
        return None
    return Aside(drafted.came, "reference", "", Reason.NO_KEY)


def _is_older_state(drafted: Drafted, own: State, counts: State) -> bool:
    """Say whether the sender's own number says that both rows are one case.

    A row with this number and another person in it may be a slip of the pen.
    """
    if drafted.came.key.personal:
        return False
    return own.event is not None or own.contact == counts.contact


def _digest(told: bytes) -> bytes:
    return blake2b(told, digest_size=16).digest()
