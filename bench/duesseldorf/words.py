"""How people write what the generator knows: words, dates, durations."""

from datetime import date

from bench.duesseldorf.dice import Dice

LANGUAGES = {
    "de": ("Deutsch", "German"),
    "en": ("Englisch", "English"),
    "fr": ("Französisch", "French"),
    "pl": ("Polnisch", "Polish"),
    "ru": ("Russisch", "Russian"),
    "uk": ("Ukrainisch", "Ukrainian"),
}
YES = {True: "ja", False: "nein", None: None}
PETS = {"dog": "Hund", "cat": "Katze", "small": "Kleintier"}
DWELLINGS = {"room": "Zimmer", "flat": "Wohnung", "house": "Haus"}
TENANTS = {"city": "Stadt", "welfare": "Verband", "household": "Haushalt"}
PAYERS = {
    "self": "selbst",
    "jobcenter": "Jobcenter",
    "sozialamt": "Sozialamt",
    "none": "niemand",
}
REASONS = {
    "SHH": "alleinerziehend",
    "ELDERLY": "hohes Alter",
    "DISAB": "Behinderung",
    "PREG": "schwanger",
    "TRAUMA": "Trauma",
    "VT": "Gewalt",
}
CHECKS = {
    "identity": "Identität",
    "documents": "Unterlagen",
    "visit": "Besichtigung",
    "background": "Führungszeugnis",
}


def languages(codes: tuple[str, ...], *, between: str, english: int = 0) -> str:
    return between.join(LANGUAGES[code][english] for code in codes)


def pets(kinds: tuple[str, ...]) -> str:
    return "; ".join(PETS[kind] for kind in kinds) or "nein"


def month_first(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def day_first(day: date | None) -> str | None:
    return None if day is None else f"{day:%d.%m.%Y}"


def how_long(start: date, end: date | None) -> str:
    """Write a stay in months of 30 days, as the forms ask."""
    if end is None:
        return "unbefristet"
    months = (end - start).days // 30
    return "1 Jahr" if months == 12 else f"{months} Monate"


def euros(cents: int | None) -> str | None:
    if not cents:
        return None
    return f"{cents // 100}" if cents % 100 == 0 else f"{cents / 100:.2f}"


def trailing(dice: Dice, text: str) -> str:
    """Leave blanks at the end now and then, as pasted cells do."""
    return text + dice.pick(("", "", "", " ", "  "))
