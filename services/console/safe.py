"""What a form brings: checked to be ours, and never trusted as an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from services.console.pages import Visit

_OURS = frozenset(("token", "back", "at", "order"))
_FIELDS = 400
_FILES = 1
MOST_BYTES = 64 << 20
"""What a form may weigh with its file; a larger one is not read at all."""


class Forged(Exception):
    """The form is not one that this seat was given."""


class TooLarge(Exception):
    """The form weighs more than one may, or does not say what it weighs."""


@dataclass(frozen=True)
class Sent:
    """A file as the browser named and sent it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Filled:
    """A form as a person filled it in; fields that were left empty are not there."""

    fields: Mapping[str, tuple[str, ...]]
    back: str
    at: str
    order: str
    file: Sent | None = None

    def one(self, name: str) -> str:
        """Return the field's value, or empty text."""
        return (self.fields.get(name) or ("",))[0]


async def filled(request: Request, asks: Visit) -> Filled:
    """Read the form; raise `Forged` when it does not carry this seat's token.

    Raises `TooLarge` before a byte of a form is read that weighs too much.
    """
    weight = request.headers.get("content-length", "")
    if not weight.isdecimal() or int(weight) > MOST_BYTES:
        raise TooLarge
    async with request.form(max_fields=_FIELDS, max_files=_FILES) as form:
        token = form.get("token")
        if not isinstance(token, str) or not compare_digest(token, asks.token):
            raise Forged
        return await _read(form)


async def _read(form: FormData) -> Filled:
    texts: dict[str, tuple[str, ...]] = {}
    file = None
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                file = Sent(value.filename, await value.read())
        elif name not in _OURS and value.strip():
            texts[name] = (*texts.get(name, ()), value.strip())
    back, at, order = (_text(form.get(name)) for name in ("back", "at", "order"))
    return Filled(texts, own_path(back), at, order, file)


def own_path(text: str) -> str:
    """Return the text when it is a page of ours, else the first page."""
    parts = urlsplit(text.replace("\\", "/"))
    ours = text.startswith("/") and not parts.scheme and not parts.netloc
    return text if ours and "\n" not in text and "\r" not in text else "/"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
