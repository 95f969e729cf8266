"""The vault: seals what is personal, one key a person and purpose.

A box is AES-256-GCM with the fact's own identity as associated data: the realm, the
command that the fact came from, the person and the purpose. Copied into a fact of
another command it does not open there; the gateway finds the fact it was sealed for.
Keys lie wrapped under the key-encryption key, which lies in a file and not in the
database. Nothing is cached: once a person's keys are gone, no process opens anything.
"""

import base64
import hmac
import json
import os
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from typing import Literal, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.values import Plain, Sealed
from services.database import Connection, Connections, Role, Server
from services.ledger import vault_sql as sql
from services.ledger.boxes import NONCE, boxed, compact, drawn, joined, named
from services.ledger.kek import WrongKeyFile, key_file
from services.settings import Settings

ContactKind = Literal["mail", "phone", "address"]
_OWN = ("digest", "pseudonym", "contact")
_KEY = 32
_NAME = 12


class Forgotten(Exception):
    """The key is gone: the person was forgotten, and nobody can read this again."""


class Tampered(Exception):
    """The box does not belong to this fact, person and purpose, or was changed."""


class Contact(NamedTuple):
    """A way to reach a person, in its one normal form (intake normalises)."""

    kind: ContactKind
    text: str


class _Key(NamedTuple):
    """A person's key for a purpose, unwrapped; lives as long as one call."""

    key_id: str
    secret: bytes

    def mark(self, content: bytes) -> str:
        return "m-" + _hmac(_hmac(self.secret, b"mark"), content).hex()[:32]


class Vault:
    """Keys and what they seal, for one realm. May be shared by threads."""

    def __init__(
        self, server: Server, settings: Settings, *, synthetic: bool = False
    ) -> None:
        """Open the vault. In a synthetic realm the same files give the same ids."""
        self._synthetic = synthetic
        self._connections = Connections(server, Role.VAULT)
        self._realm = settings.realm
        ask = self._connections.ask
        with ExitStack() as otherwise:
            otherwise.callback(self.close)
            self._wrap = AESGCM(ask(lambda db: key_file(settings.kek, db)))
            self._own = ask(lambda db: {name: self._own_key(db, name) for name in _OWN})
            otherwise.pop_all()

    def seal(self, plain: Plain, subject: str, command_id: str) -> Sealed:
        """Seal one part of a command under its person's key."""
        return self.seal_many([(plain, subject, command_id)])[0]

    def seal_many(self, parts: Sequence[tuple[Plain, str, str]]) -> list[Sealed]:
        """Seal (plain, subject, command id) each; keys come in two statements."""
        if not parts:
            return []
        wanted = {(subject, plain.purpose) for plain, subject, _ in parts}
        keys = self._connections.ask(lambda db: self._keys(db, wanted))
        nonces = drawn(len(parts), NONCE)
        return [
            self._sealed(plain, keys[whose, plain.purpose], (command_id, whose), nonce)
            for (plain, whose, command_id), nonce in zip(parts, nonces, strict=True)
        ]

    def open(self, sealed: Sealed, command_id: str) -> dict[str, str]:
        """Open a box of a fact of the command; for the gateway only.

        Raises `Forgotten` when the key is gone, `Tampered` when it does not fit.
        """
        found = self._connections.ask(
            lambda db: db.execute(sql.FIND, (sealed.key_id,)).fetchone()
        )
        if found is None:
            raise Forgotten(f"{sealed.subject} was forgotten")
        key = self._unwrapped(sealed.key_id, *found)
        box = base64.b64decode(sealed.box)
        about = self._about(command_id, sealed.subject, sealed.purpose)
        try:
            content = AESGCM(key.secret).decrypt(box[:NONCE], box[NONCE:], about)
        except InvalidTag:
            raise Tampered(f"a box does not fit {command_id}") from None
        opened: dict[str, str] = json.loads(content)
        return opened

    def forget(self, subject: str) -> int:
        """Destroy a person's keys and contact marks; return how many keys."""
        ask = self._connections.ask
        ask(lambda db: db.execute(sql.FORGET_CONTACTS, (subject,)))
        return ask(lambda db: db.execute(sql.FORGET, (subject,)).rowcount)

    def digest(self, content: bytes) -> bytes:
        """Return the realm's HMAC of a content: equal contents, equal digests."""
        return _own_hmac(self._own["digest"], content)

    def pseudonym(self, kind: str, text: str) -> str:
        """Return the opaque ref of whoever stands behind a mail, a phone, a row."""
        told = _own_hmac(self._own["pseudonym"], joined(kind, text))
        return "p-" + told.hex()[:24]

    def remember(self, marks: Iterable[tuple[str, str, Contact]]) -> None:
        """Keep (case, subject, contact) each, so that later cases can be compared."""
        rows = [(m[0], m[1], m[2].kind, self._contact(m[2]).hex()) for m in marks]
        if rows:
            columns = _columns(rows)
            self._connections.ask(lambda db: db.execute(sql.REMEMBER, columns))

    def known(self, contacts: Sequence[Contact]) -> list[frozenset[str]]:
        """Return for each contact the cases that have it."""
        if not contacts:
            return []
        columns = _columns([(c.kind, self._contact(c).hex()) for c in contacts])
        rows = self._connections.ask(
            lambda db: db.execute(sql.KNOWN, columns).fetchall()
        )
        found: dict[int, list[str]] = dict(rows)
        return [frozenset(found.get(n, ())) for n in range(1, len(contacts) + 1)]

    def close(self) -> None:
        self._connections.close()

    def _keys(
        self, db: Connection, wanted: set[tuple[str, str]]
    ) -> dict[tuple[str, str], _Key]:
        """Fetch the keys, and make those that do not exist yet."""
        keys = self._fetched(db, wanted)
        while missing := sorted(wanted - keys.keys()):
            keys |= self._added(db, missing)
        return keys

    def _added(
        self, db: Connection, missing: list[tuple[str, str]]
    ) -> dict[tuple[str, str], _Key]:
        """Make keys; return those that hold, of which others may have made some."""
        count = len(missing)
        names, secrets, nonces = (drawn(count, n) for n in (_NAME, _KEY, NONCE))
        keys = [
            _Key(f"k-{name.hex()}", secret)
            for name, secret in zip(names, secrets, strict=True)
        ]
        rows = [
            (key.key_id, self._wrapped(key, whose, nonce).hex(), *whose)
            for key, whose, nonce in zip(keys, missing, nonces, strict=True)
        ]
        fresh = dict(zip(missing, keys, strict=True))
        added = db.execute(sql.ADD, _columns(rows)).rowcount
        # Which of them somebody else was faster with is asked where any is.
        return fresh if added == count else self._fetched(db, set(missing))

    def _fetched(
        self, db: Connection, wanted: set[tuple[str, str]]
    ) -> dict[tuple[str, str], _Key]:
        rows = db.execute(sql.FETCH, _columns(list(wanted)), binary=True)
        return {
            (subject, purpose): self._unwrapped(key_id, subject, purpose, wrapped)
            for key_id, subject, purpose, wrapped in rows
        }

    def _wrapped(self, key: _Key, whose: tuple[str, str], nonce: bytes) -> bytes:
        about = joined(key.key_id, *whose)
        return boxed(self._wrap, key.secret, about, nonce)

    def _unwrapped(
        self, key_id: str, subject: str, purpose: str, wrapped: bytes
    ) -> _Key:
        about = joined(key_id, subject, purpose)
        try:
            secret = self._wrap.decrypt(wrapped[:NONCE], wrapped[NONCE:], about)
        except InvalidTag:
            raise Tampered(f"key {key_id} does not fit the key file") from None
        return _Key(key_id, secret)

    def _sealed(
        self, plain: Plain, key: _Key, whose: tuple[str, str], nonce: bytes
    ) -> Sealed:
        """Seal a part for (command id, subject)."""
        content = compact(plain.content).encode()
        about = self._about(*whose, plain.purpose)
        box = boxed(AESGCM(key.secret), content, about, nonce)
        return Sealed.trusted(
            subject=whose[1],
            purpose=plain.purpose,
            key_id=key.key_id,
            mark=key.mark(content),
            box=b2a_base64(box, newline=False).decode(),
        )

    def _about(self, command_id: str, subject: str, purpose: str) -> bytes:
        return b"".join(map(named, (self._realm, command_id, subject, purpose)))

    def _contact(self, contact: Contact) -> bytes:
        parts = joined(contact.kind, contact.text)
        return _own_hmac(self._own["contact"], parts)

    def _new_own(self, name: str) -> bytes:
        """Return a new key; no secret where people are invented."""
        if self._synthetic:
            return _hmac(b"invented", joined(self._realm, name))
        return os.urandom(_KEY)

    def _own_key(self, db: Connection, name: str) -> bytes:
        about = joined("own", name)
        fresh = boxed(self._wrap, self._new_own(name), about, os.urandom(NONCE))
        db.execute(sql.ADD_OWN, (name, fresh))
        row = db.execute(sql.FIND_OWN, (name,)).fetchone()
        wrapped: bytes = row[0] if row else fresh
        try:
            return self._wrap.decrypt(wrapped[:NONCE], wrapped[NONCE:], about)
        except InvalidTag:
            raise WrongKeyFile(
                "The key file does not belong to this vault; put back the right one."
            ) from None


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one text a column, its parts parted by a sign that no ref can hold.

    The driver writes an array part by part in Python: of an import's keys and marks
    that took longer than to seal what they belong to.
    """
    return ["\x1f".join(column) for column in zip(*rows, strict=True)]


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")


def _own_hmac(key: bytes, content: bytes) -> bytes:
    """Return the same under one of the realm's own keys: a dozen times a message."""
    begun = _begun(key).copy()
    begun.update(content)
    return begun.digest()


@lru_cache(maxsize=len(_OWN))
def _begun(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")
