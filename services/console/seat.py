"""Who sits at the desk, kept in a signed cookie. This is not a login yet.

The cookie says a name that someone typed and a number for the form tokens; its
signature keeps other programs from writing it, and proves nothing about the person.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from secrets import token_urlsafe
from typing import Literal

COOKIE = "beistand-seat"
Tone = Literal["success", "info", "warning", "danger"]
_NAME_LENGTH = 120
_TEXT_LENGTH = 400
_FLASHES = 2


@dataclass(frozen=True)
class Flash:
    """A sentence for the next page; `at` names the form that it belongs to."""

    tone: Tone
    text: str
    at: str = ""


@dataclass(frozen=True)
class Seat:
    """One browser at the desk; `name` is empty until somebody says who sits there."""

    number: str
    name: str = ""
    flash: tuple[Flash, ...] = ()

    def taken_by(self, name: str) -> "Seat":
        return replace(self, name=" ".join(name.split())[:_NAME_LENGTH])

    def told(self, flash: Flash) -> "Seat":
        """Keep the last sentences only, and not more than a cookie can hold."""
        short = replace(flash, text=flash.text[:_TEXT_LENGTH])
        return replace(self, flash=(*self.flash, short)[-_FLASHES:])

    def heard(self) -> "Seat":
        return replace(self, flash=())


def fresh() -> Seat:
    return Seat(token_urlsafe(18))


def write(seat: Seat, secret: bytes) -> str:
    """Return the cookie's value: the seat and its signature."""
    body = urlsafe_b64encode(
        json.dumps(asdict(seat), ensure_ascii=False).encode()
    ).decode()
    return f"{body}.{_signed(body, secret)}"


def read(value: str | None, secret: bytes) -> Seat | None:
    """Return the seat; None when the cookie is absent or not ours."""
    body, _, signature = (value or "").rpartition(".")
    if not body or not hmac.compare_digest(signature, _signed(body, secret)):
        return None
    told = json.loads(urlsafe_b64decode(body))
    flash = tuple(Flash(**line) for line in told["flash"])
    return Seat(told["number"], told["name"], flash)


def token(seat: Seat, secret: bytes) -> str:
    """Return what every form of this seat must carry."""
    return _signed(f"form:{seat.number}", secret)


def _signed(text: str, secret: bytes) -> str:
    return hmac.new(secret, text.encode(), sha256).hexdigest()
