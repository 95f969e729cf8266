"""What looks like a size, or like the age of those it is for.

Both stand on pages and in facts for ever, outside the vault: a name or a phone number
in their columns must not get there, so what is not known is asked for.
"""

import re

from services.intake.words import plain

_LONGEST = 30
_MOST_FIGURES = 6
_LETTERS = r"(?:[2-6]?x{0,4}[sl]|m)"
_FIGURES = r"[0-9]{1,4}(?:[.,][0-9]{1,2})?"
_SIZE = re.compile(
    rf"(?:(?:gr(?:ö|oe)sse|gr\.?|size|eu|us|uk|de) ?)?"
    rf"(?:{_LETTERS}(?: ?[/-] ?{_LETTERS})?|w[0-9]{{2}} ?/? ?l[0-9]{{2}}|"
    rf"{_FIGURES}(?: ?(?:[/x×*+-]|bis|to) ?{_FIGURES}){{0,2}}\+?"
    r" ?(?:[a-k]|cm|mm|kg|g|ml|l|liter|litre|zoll|inch|w|watt|personen|teile|teilig|"
    r"jahren?|j|monaten?|mon|years?|yrs?|months?|рок\w{1,3}|місяц\w{1,3})?)"
)
_AGE = re.compile(
    r"(?:(?:ab|bis|über|unter|from|up to|over|under|від|до) )?"
    r"[0-9]{1,3}(?: ?(?:[/-]|–|bis|to) ?[0-9]{1,3})?\+?"
    r" ?(?:jahren?|jahre alt|j|monaten?|mon|m|years?|years old|y|yrs?|months?|"
    r"рок\w{1,3}|місяц\w{1,3})?"
)
_SIZES = """
klein; mittel; gross; small; medium; large; extra small; extra large; one size
einheitsgrösse; universal; малий; середній; великий
"""
_AGES = """
adult; adults; erwachsen; erwachsene; erwachsener; дорослий; дорослі
child; children; kids; kind; kinder; schulkind; schulkinder; дитина; діти
baby; babys; babies; säugling; säuglinge; infant; infants; newborn; neugeborene
kleinkind; kleinkinder; toddler; toddlers; немовля; немовлята
jugend; jugendliche; jugendlicher; teenager; teenagers; teens; youth; підліток; підлітки
senior; senioren; seniorin; seniors; elderly; all; alle; all ages; jedes alter
"""


def is_size(said: str) -> bool:
    """`XL`, `38/40`, `90 x 200 cm`; neither a name nor a phone number."""
    bare = plain(said)
    if len(said) > _LONGEST or sum(map(str.isdigit, bare)) > _MOST_FIGURES:
        return False
    return bare in _KNOWN_SIZES or _SIZE.fullmatch(bare) is not None


def is_age(said: str) -> bool:
    """`adults`, `3-6 Jahre`, `ab 12`."""
    bare = plain(said)
    return bare in _KNOWN_AGES or _AGE.fullmatch(bare) is not None


def _words(told: str) -> frozenset[str]:
    return frozenset(
        plain(word) for line in told.split("\n") for word in line.split(";")
    )


_KNOWN_SIZES, _KNOWN_AGES = _words(_SIZES), _words(_AGES)
