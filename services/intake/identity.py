"""Who a row is: the same row is the same case, whoever sends it how often."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from services.intake.draft import Drafted, From
from services.ledger.vault import Contact, ContactKind, Vault

_KINDS: dict[str, ContactKind] = {
    "mail": "mail",
    "phone": "phone",
    "address": "address",
}


@dataclass(frozen=True)
class Identity:
    """Names rows, contents and people of one realm.

    A key with personal data in it is never hashed plainly: who knows a mail address
    must not be able to look for its case.
    """

    realm: str
    vault: Vault

    def row(self, came: From) -> str:
        """Return the row's key: the hash of realm, source and the columns named."""
        return self.key(source(came), came.key.parts, personal=came.key.personal)

    def key(self, of: str, parts: Iterable[str], *, personal: bool) -> str:
        told = _joined(self.realm, of, *parts)
        if personal:
            return self.vault.digest(b"row" + told).hex()[:24]
        return hashlib.sha256(told).hexdigest()[:24]

    def content(self, came: From) -> str:
        """Return the digest of what was read of the row."""
        return self.vault.digest(b"content" + came.telling).hex()[:32]

    def case(self, drafted_as: str, key: str) -> str:
        return f"{drafted_as[0]}-{key}"

    def message(self, source: str, event: str) -> str:
        """Return the name of a CloudEvent: by it, what became of it is found again.

        It is the id of the order that the event leads to. So the ledger itself, which
        takes an id once, for one content, keeps what an event is counted by.
        """
        return _message(self.realm, source, event)

    def submission(self, drafted: Drafted) -> str:
        """Return the name of a row that cannot be taken: its whole content."""
        came = drafted.came
        if came.event is None:
            parts = (came.profile, *came.whole.values())
        else:
            parts = (came.event, came.content)
        told = _joined(self.realm, source(came), *parts)
        return f"s-{self.vault.digest(b'submission' + told).hex()[:24]}"

    def person(self, token: str | None, case: str) -> str:
        """Return the opaque ref of a person; where none is known, of this case's."""
        kind, _, text = (token or f"case:{case}").partition(":")
        return self.vault.pseudonym(kind, text)


@lru_cache(maxsize=4_096)
def _message(realm: str, source: str, event: str) -> str:
    """Name a message; it is asked for several times while one is taken in."""
    told = _joined(realm, source, event)
    return f"msg-{hashlib.sha256(told).hexdigest()[:32]}"


def source(came: From) -> str:
    """Return who says that its row keys are its own."""
    return came.source or came.channel


def contact(token: str) -> Contact:
    """Return the token as the vault keeps it."""
    kind, _, text = token.partition(":")
    return Contact(_KINDS[kind], text)


def _joined(*parts: str) -> bytes:
    joined = b""
    for part in parts:
        told = part.encode("utf-8", "surrogatepass")
        joined += len(told).to_bytes(4, "big") + told
    return joined
