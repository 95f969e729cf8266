"""What the vault's boxes are made of: bytes that are told apart, drawn and sealed."""

import os
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from struct import Struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
_SIZE = Struct(">I").pack


def compact(content: Mapping[str, str]) -> str:
    """Return JSON with sorted keys; for texts alone this is five times as fast."""
    told = [f"{_quoted(key)}:{_quoted(content[key])}" for key in sorted(content)]
    return "{" + ",".join(told) + "}"


def joined(*parts: str) -> bytes:
    """Join texts so that no two lists of them give the same bytes."""
    told = b""
    for part in parts:
        bare = part.encode()
        told += _SIZE(len(bare)) + bare
    return told


@lru_cache(maxsize=4_096)
def named(ref: str) -> bytes:
    """Return a part of what `joined` gives: each stands in all boxes of a message.

    For refs only. What is personal is not kept.
    """
    return joined(ref)


def drawn(count: int, size: int) -> list[bytes]:
    """Draw so many keys or nonces, each used once; the system is asked once for all."""
    bits = os.urandom(count * size)
    return [bits[at : at + size] for at in range(0, len(bits), size)]


def boxed(cipher: AESGCM, content: bytes, about: bytes, nonce: bytes) -> bytes:
    return nonce + cipher.encrypt(nonce, content, about)
