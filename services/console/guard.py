"""What stands before every page: no stranger's host, no stranger's form, no outside.

A page of another site must not be able to send forms here or to read answers (by
giving its own name this machine's address), and our pages must not be able to load
or send anything elsewhere, whatever text they show.
"""

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))
SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""No inline script and no inline style at all, so no nonce is needed."""


@dataclass(frozen=True)
class Guard:
    """The outermost layer of the desk; `hosts` are the names it answers to."""

    app: ASGIApp
    hosts: frozenset[str] = LOCAL_HOSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fault = refusal(Headers(scope=scope), scope["method"], self.hosts)
        app = self.app if fault is None else PlainTextResponse(fault, 403)
        await app(scope, receive, _guarded(send, scope["path"]))


def refusal(headers: Headers, method: str, hosts: Container[str | None]) -> str | None:
    """Return why the request is not answered; None when it is."""
    host = headers.get("host", "")
    if _named(host) not in hosts:
        return "This address does not belong to the desk; open http://127.0.0.1."
    if method in SAFE_METHODS:
        return None
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host:
        return "A page of another site sent this form; nothing was done."
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return "A page of another site sent this form; nothing was done."
    return None


def _named(host: str) -> str | None:
    """Return the host without its port; None when it is no host at all."""
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return None
    return None if parts.username or parts.path else parts.hostname


def _guarded(send: Send, path: str) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            if not path.startswith("/static/"):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return with_headers
