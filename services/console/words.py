"""What the desk says, in the language of the person who sits there.

Messages are English in the code and gettext everywhere; the catalogues are compiled
when the desk starts, so that no step can be forgotten.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from events.base import BERLIN
from services.console import labels
from services.console.sentences import Interpreter

LOCALES = Path(__file__).parent / "locales"
LANGUAGES: Mapping[str, str] = {"de": "Deutsch", "en": "English"}
"""Every language of the pages, under its own name; the first is the default."""
DEFAULT = "de"
_LOCALES: Mapping[str, Locale] = {"de": Locale("de"), "en": Locale("en", "GB")}
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Words:
    """Sentences, days and numbers of one language."""

    language: str
    locale: Locale
    catalogue: GNUTranslations
    interpreter: Interpreter

    def say(self, message: str, **values: object) -> str:
        """Return the message in this language with its values put in."""
        return self.catalogue.gettext(message) % values

    def said(self, sentence: str) -> str:
        """Return a sentence that another part of Beistand said in English."""
        return self.interpreter.say(
            sentence, lambda gap, text: labels.value(self, gap, text)
        )

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self.locale)

    def day(self, value: date | None) -> str:
        """Return `18.03.2022`; a day that is not known is a dash."""
        if value is None:
            return "–"
        return format_date(
            value,
            "dd.MM.yyyy" if self.language == "de" else "d MMM yyyy",
            locale=self.locale,
        )

    def day_named(self, value: date) -> str:
        """Return `18. März 2022`, for headings and sentences."""
        return format_date(value, "long", locale=self.locale)

    def day_short(self, value: date) -> str:
        """Return `18. März`, where the year goes without saying."""
        return format_date(
            value, "d. MMMM" if self.language == "de" else "d MMMM", locale=self.locale
        )

    def moment(self, value: datetime) -> str:
        """Return day and time in Germany."""
        here = value.astimezone(BERLIN)
        pattern = "dd.MM.yyyy, HH:mm" if self.language == "de" else "d MMM yyyy, HH:mm"
        return format_datetime(here, pattern, locale=self.locale)

    def kilometres(self, metres: int) -> str:
        """Return `1,2 km`, as precise as postcode areas allow."""
        return (
            format_decimal(metres / 1000, "0.0", locale=self.locale) + f"{_NO_BREAK}km"
        )

    def money(self, minor: int) -> str:
        """Return euro cents as an amount."""
        return format_currency(minor / 100, "EUR", locale=self.locale)

    def day_told(self, text: str) -> str:
        """Return a day that stands as text in a document."""
        return self.day(date.fromisoformat(text))

    def language_named(self, tag: str) -> str:
        """Return what a BCP 47 tag is called; the tag where it has no name."""
        name = self.locale.languages.get(tag) or self.locale.languages.get(tag[:2])
        return str(name or tag)

    def decimal(self, value: float, pattern: str = "0.0") -> str:
        return format_decimal(value, pattern, locale=self.locale)

    def percent(self, share: float) -> str:
        return format_percent(share, "0.00 %", locale=self.locale)


def words(language: str) -> Words:
    """Read the catalogue of a language and compile it in memory."""
    source = LOCALES / language / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    plain = {m.id: str(m.string) for m in catalogue if isinstance(m.id, str) and m.id}
    return Words(
        language, _LOCALES[language], GNUTranslations(compiled), Interpreter(plain)
    )


def wished(cookie: str | None, accepted: str | None) -> str:
    """Return the language to speak: the one chosen, or what the browser asks for."""
    if cookie is not None and cookie in LANGUAGES:
        return cookie
    ranked = sorted(_ranges(accepted or ""), key=lambda pair: -pair[1])
    return next(
        (tag for tag, quality in ranked if tag in LANGUAGES and quality > 0), DEFAULT
    )


def _ranges(header: str) -> list[tuple[str, float]]:
    parts = re.findall(
        r"([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?(?:;q=([01](?:\.\d+)?))?", header
    )
    return [(tag.lower(), float(quality or 1)) for tag, quality in parts]
