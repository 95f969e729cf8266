"""The messages of the desk: collected from the code, kept in `locales/`.

`python -m services.console.catalogues` writes `messages.pot` and brings every
language up to it; what is new in German is left empty for a person, and a test says so.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from services.console.sentences import modules, sentences
from services.console.words import LANGUAGES, LOCALES

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = LOCALES / "messages.pot"
_KEYWORDS = {
    "_": None,
    "N_": None,
    "say": None,
    "gettext": None,
    "ngettext": (1, 2),
}
_SOURCE = "en"
_WIDTH = 88


def collected() -> Catalog:
    """Return every message that a page may say, with where it is said."""
    catalogue = Catalog(
        project="Beistand", copyright_holder="the authors of Beistand", charset="utf-8",
        fuzzy=False,
    )  # fmt: skip
    for path in sorted((ROOT / "services" / "console").rglob("*")):
        if path.suffix in {".py", ".html"}:
            where = path.relative_to(ROOT).as_posix()
            for message in _messages(path):
                catalogue.add(message, locations=[(where, 0)])
    for path in modules(ROOT):
        where = path.relative_to(ROOT).as_posix()
        for sentence in sentences(path.read_text()):
            catalogue.add(sentence.text, locations=[(where, 0)])
    return catalogue


def kept(language: str) -> Catalog:
    """Return a language's catalogue as it lies in the repository."""
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as lines:
        return read_po(lines, locale=language)


def template() -> Catalog:
    with TEMPLATE.open("rb") as lines:
        return read_po(lines)


def update() -> int:
    """Write the template and all languages; return how many messages are untold."""
    found = collected()
    TEMPLATE.write_bytes(_written(found))
    untold = 0
    for language in LANGUAGES:
        catalogue = kept(language)
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        for message in catalogue:
            if message.id and language == _SOURCE:
                message.string = message.id
            elif message.id and not told(message.string):
                untold += 1
        path = LOCALES / language / "LC_MESSAGES" / "messages.po"
        path.write_bytes(_written(catalogue))
    return untold


def told(string: str | list[str] | tuple[str, ...] | None) -> bool:
    """Whether a message, or each of its plural forms, is translated."""
    return bool(string) if isinstance(string, str) else all(string or [""])


def _messages(path: Path) -> Iterator[str | tuple[str, ...]]:
    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    options = {"trimmed": "true", "silent": "false"} if path.suffix == ".html" else {}
    with path.open("rb") as lines:
        for _, message, _, _ in extract(method, lines, _KEYWORDS, options=options):
            yield message


def _written(catalogue: Catalog) -> bytes:
    """Return the file; without dates, so that the same messages are the same file."""
    target = BytesIO()
    write_po(
        target, catalogue, width=_WIDTH, omit_header=False, sort_output=False,
        sort_by_file=True, include_lineno=False, ignore_obsolete=True,
    )  # fmt: skip
    lines = target.getvalue().decode().splitlines()
    noise = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Last-Translator',
    )
    return (
        "\n".join(line for line in lines if not line.startswith(noise)) + "\n"
    ).encode()


if __name__ == "__main__":
    count = update()
    sys.stderr.write(f"{count} messages wait for a translation.\n")
    sys.exit(1 if count else 0)
