"""The leaves of the ledger's RFC 9162 tree: nothing of a fact stays outside.

    SHA-256(0x00 ‖ position ‖ recorded µs ‖ fact id ‖ command id ‖ type ‖ tags ‖ data)

Both numbers are eight bytes, big-endian and signed; id, command id, type and data are
each preceded by their length in four bytes. The tags are their number in four bytes,
then the tags joined by U+001F (which no tag contains), preceded by the length of that.
Texts are UTF-8. `ledger.leaf` in the database computes the same. This format can never
change: proofs that left the house rest on it.
"""

import hashlib
from collections.abc import Iterable

from services.follow import StoredFact

JOINT = "\x1f"


def leaf(fact: StoredFact) -> bytes:
    """Compute the leaf hash of a fact from everything else that stands in it."""
    parts = [
        b"\x00",
        fact.position.to_bytes(8, "big", signed=True),
        fact.recorded_us.to_bytes(8, "big", signed=True),
        _sized(fact.id.encode()),
        _sized(fact.command_id.encode()),
        _sized(fact.type.encode()),
        len(fact.tags).to_bytes(4, "big"),
        _sized(JOINT.join(fact.tags).encode()),
        _sized(fact.data),
    ]
    return hashlib.sha256(b"".join(parts)).digest()


def fits(fact: StoredFact) -> bool:
    """Say whether the stored leaf is still that of the fact."""
    return leaf(fact) == fact.leaf


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root of the tree over leaf hashes in order (RFC 9162, 2.1.1).

    Holds one hash a level, however many leaves there are.
    """
    peaks: list[tuple[int, bytes]] = []
    for one in leaves:
        level, node = 0, one
        while peaks and peaks[-1][0] == level:
            level, node = level + 1, _node(peaks.pop()[1], node)
        peaks.append((level, node))
    if not peaks:
        return hashlib.sha256().digest()
    node = peaks.pop()[1]
    while peaks:
        node = _node(peaks.pop()[1], node)
    return node


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part
