"""A vault in memory: real boxes and real marks, keys and contacts in a dictionary."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from events.values import Plain, Sealed
from services.ledger.boxes import NONCE, drawn
from services.ledger.vault import Contact, Vault, _Key
from tests.model.turns import Turns

REALM = "05111000"


@dataclass
class Keys:
    """All that the database of keys would hold."""

    keys: dict[tuple[str, str], _Key] = field(default_factory=dict)
    contacts: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def copy(self) -> "Keys":
        """Return others that go on from here."""
        held = {mark: set(cases) for mark, cases in self.contacts.items()}
        return Keys(dict(self.keys), held)


class MemoryVault(Vault):
    """A process's door to the keys. The same content has the same mark in every run.

    Nothing is opened or forgotten here: the model writes, and reads what it wrote.
    """

    def __init__(self, held: Keys, turns: Turns | None = None) -> None:
        self._held, self._turns, self._realm = held, turns or Turns(), REALM
        self._own = {name: _secret(name) for name in ("digest", "pseudonym", "contact")}

    def seal_many(self, parts: Sequence[tuple[Plain, str, str]]) -> list[Sealed]:
        if not parts:
            return []
        self._turns.pause()
        return [
            self._sealed(plain, self._key(whose, plain.purpose), (command, whose), one)
            for (plain, whose, command), one in zip(
                parts, drawn(len(parts), NONCE), strict=True
            )
        ]

    def remember(self, marks: Iterable[tuple[str, str, Contact]]) -> None:
        self._turns.pause()
        for case, _, contact in marks:
            self._held.contacts.setdefault(_mark(contact), set()).add(case)

    def known(self, contacts: Sequence[Contact]) -> list[frozenset[str]]:
        if not contacts:
            return []
        self._turns.pause()
        held = self._held.contacts
        return [frozenset(held.get(_mark(contact), ())) for contact in contacts]

    def close(self) -> None:
        """Nothing is open."""

    def _key(self, subject: str, purpose: str) -> _Key:
        whose = subject, purpose
        if whose not in self._held.keys:
            secret = _secret(f"{subject} {purpose}")
            self._held.keys[whose] = _Key("k-" + secret.hex()[:24], secret)
        return self._held.keys[whose]


def _mark(contact: Contact) -> tuple[str, str]:
    return contact.kind, contact.text


def _secret(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
