"""How a page is made: one template environment a language, one frame for all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from projections.listing import Db
from services.console import labels, seat
from services.console.frame import Frame, framed
from services.console.ports import Desk
from services.console.seat import Flash, Seat, Tone
from services.console.telling import told
from services.console.words import LANGUAGES, Words, wished, words

LANGUAGE_COOKIE = "beistand-language"
_STATIC = Path(__file__).parent / "static"
_PLACE = 'data-at="%s"'
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Visit:
    """One request at the desk: who asks, in which language, on which page."""

    desk: Desk
    seat: Seat
    words: Words
    path: str
    new: bool

    @staticmethod
    def order() -> str:
        """Return a fresh number for a form: sent twice, it is recorded once."""
        return f"desk-{token_hex(12)}"

    @property
    def token(self) -> str:
        return seat.token(self.seat, self.desk.secret)

    def page(
        self, db: Db, template: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Return the page; what was flashed is said once and then forgotten.

        A sentence whose place is not on the page any more (the row left the list) is
        said at the top instead.
        """
        page = _environment(self.words.language).get_template(template)
        values |= {"frame": framed(db), "office": self.desk.office}
        html = page.render(visit=self, **values)
        homeless = [f for f in self.seat.flash if f.at and _PLACE % f.at not in html]
        if homeless:
            flash = tuple(replace(f, at="") for f in self.seat.flash)
            html = page.render(
                visit=replace(self, seat=replace(self.seat, flash=flash)), **values
            )
        response = HTMLResponse(html, status)
        if self.new or self.seat.flash:
            remember(response, self.seat.heard(), self.desk.secret)
        return response

    def back(
        self, to: str, text: str, *, tone: Tone = "success", at: str = ""
    ) -> Response:
        """Go to a page and say a sentence there (post, redirect, get)."""
        anchor = f"#{at}" if at else ""
        response = RedirectResponse(f"{to}{anchor}", 303)
        told = replace(self.seat, flash=()).told(Flash(tone, text, at))
        remember(response, told, self.desk.secret)
        return response


def visit(request: Request) -> Visit:
    """Return who asks and how, from the request's cookies."""
    desk: Desk = request.app.state.desk
    known = seat.read(request.cookies.get(seat.COOKIE), desk.secret)
    language = wished(
        request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
    )
    path = request.url.path
    if request.url.query:
        path = f"{path}?{request.url.query}"
    return Visit(desk, known or seat.fresh(), spoken(language), path, known is None)


def remember(response: Response, who: Seat, secret: bytes) -> None:
    """Give the browser its seat."""
    response.set_cookie(
        seat.COOKIE, seat.write(who, secret), httponly=True, samesite="lax", path="/"
    )


def speak(response: Response, language: str) -> None:
    """Let the browser keep the language that was chosen."""
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax"
    )


@cache
def spoken(language: str) -> Words:
    return words(language)


@cache
def asset(path: str) -> str:
    """Return the address of a file of ours; it changes with the content."""
    digest = sha256((_STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


@cache
def _environment(language: str) -> Environment:
    speaker = spoken(language)
    environment = Environment(
        loader=PackageLoader("services.console"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = speaker.catalogue
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # by the i18n extension
        catalogue.gettext, catalogue.ngettext, newstyle=True,
        pgettext=catalogue.pgettext, npgettext=catalogue.npgettext,
    )  # fmt: skip
    environment.filters.update(_filters(speaker))
    environment.globals.update(
        asset=asset,
        languages=LANGUAGES,
        reasons=labels.REASONS,
        unmet_reasons=labels.UNMET,
        words=speaker,
    )
    return environment


def _filters(speaker: Words) -> Mapping[str, object]:
    return {
        "day": speaker.day,
        "day_told": speaker.day_told,
        "day_named": speaker.day_named,
        "day_short": speaker.day_short,
        "field_name": lambda name: labels.label(speaker, "field", name),
        "km": speaker.kilometres,
        "label": lambda code, of: labels.label(speaker, of, code),
        "moment": speaker.moment,
        "money": speaker.money,
        "number": speaker.number,
        "percent": speaker.percent,
        "said": speaker.said,
        "phase": lambda text: labels.phase(speaker, text),
        "thousandths": lambda count: speaker.decimal(count / 1000, "#,##0.00"),
        "told": lambda entry: told(entry, speaker),
    }


__all__ = ["Frame", "Visit", "asset", "remember", "speak", "spoken", "visit"]
