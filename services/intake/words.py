"""The words people use, by what they mean; read once from `words.toml`."""

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

HERE = Path(__file__).parent
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))

Table = Mapping[str, str]
"""Word as `plain` returns it → what it means."""


def tidy(text: str) -> str:
    """Return NFC text without invisible signs; any blank is one blank.

    Line ends stay, because languages stand one on a line. The caller has bounded the
    length: NFC on 200,000 combining marks takes a minute.
    """
    shown = text
    if not text.isascii():
        shown = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    if "\n" not in shown and "\r" not in shown:
        return " ".join(shown.split())
    told = (" ".join(line.split()) for line in shown.splitlines())
    return "\n".join(line for line in told if line)


def plain(text: str) -> str:
    """Return the text as it is compared: lower case, single blanks, bare ends."""
    return tidy(text).replace("\n", " ").casefold().strip(" .!,;:")


@cache
def table(name: str) -> Table:
    """Return one table of `words.toml`; raise `KeyError` where there is none."""
    return MappingProxyType(_tables()[name])


@cache
def _tables() -> dict[str, dict[str, str]]:
    told = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
    return {
        name: {
            plain(word): meaning for meaning, words in rows.items() for word in words
        }
        for name, rows in told.items()
    }


def vocabulary() -> frozenset[str]:
    """Return every word of every table."""
    return frozenset(word for words in _tables().values() for word in words)
