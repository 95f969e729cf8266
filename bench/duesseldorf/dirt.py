"""The usual dirt, and what the importer must make of each of it.

Every soiled row is in `expected.csv`; a row that is not there is taken whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bench.duesseldorf import own
from bench.duesseldorf.files import Cell, Formula
from bench.duesseldorf.forms import BEDS, STEP_FREE
from bench.duesseldorf.homes import Home
from services.intake.reasons import Reason

Becomes = Literal[
    "kept", "question", "set_aside", "duplicate", "amended", "unchanged", "empty"
]
Row = dict[str, Cell]


@dataclass(frozen=True)
class Mark:
    """What becomes of a row, in which field (the profile's name for it), and why."""

    becomes: Becomes
    field: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a file; without marks it is clean. `home` is what it tells of."""

    cells: Row
    marks: tuple[Mark, ...] = ()
    home: Home | None = None


@dataclass(frozen=True)
class Soil:
    """Other cells in place of the clean ones, and what this must lead to."""

    cells: Row
    mark: Mark


def soiled(lines: Sequence[Line], soils: Iterable[Soil], *, every: int) -> list[Line]:
    """Return the lines with one soil after the other on each `every`-th of them."""
    done = list(lines)
    for number, soil in enumerate(soils, start=1):
        line = done[number * every]
        done[number * every] = replace(
            line, cells=line.cells | soil.cells, marks=(*line.marks, soil.mark)
        )
    return done


def kept(cells: Row, why: str) -> Soil:
    return Soil(cells, Mark("kept", reason=why))


def question(cells: Row, field: str, reason: Reason) -> Soil:
    return Soil(cells, Mark("question", field, reason))


def set_aside(cells: Row, field: str, reason: Reason) -> Soil:
    return Soil(cells, Mark("set_aside", field, reason))


_START, _STAY, _FORM_BEDS = (
    "frühestes Einzugsdatum",
    "Möglicher Aufenthalt (Dauer)",
    "Verfügbare Betten",
)
GERMAN_FORM = (
    question({_FORM_BEDS: "2 (+2 Kinder)"}, "beds", Reason.MANY_NUMBERS),
    question({_FORM_BEDS: "ca. 3-4"}, "beds", Reason.ABOUT),
    question({_FORM_BEDS: "=1+1"}, "beds", Reason.FORMULA),
    kept({_FORM_BEDS: "zwei"}, "a number in a word"),
    kept({_FORM_BEDS: "max. 4 Personen"}, "one number and a noun"),
    question({_FORM_BEDS: "viele"}, "beds", Reason.NO_NUMBER),
    question({_FORM_BEDS: "0"}, "beds", Reason.ZERO_BEDS),
    kept({_START: "25.03.2022"}, "a dotted date has one reading"),
    kept({_START: "2022-04-01"}, "an ISO date has one reading"),
    kept({_START: "31/03/2022"}, "no month 31: one reading is left"),
    kept({_START: "ab sofort"}, "at once: nothing to ask"),
    question({_START: "nach Ostern"}, "available.from", Reason.NO_DATE),
    question({_START: "25.03.1922"}, "available.from", Reason.FAR_DATE),
    question({_STAY: "nach Absprache"}, "available.stay", Reason.NO_DURATION),
    question({_STAY: "3-6 Monate"}, "available.stay", Reason.RANGE_DURATION),
    kept({_STAY: "mindestens 3 Monate"}, "a shortest stay"),
    question({"PLZ": "4021"}, "postcode", Reason.POSTCODE_ZERO),
    kept({"PLZ": "D-40213"}, "a postcode with its country"),
    question({"PLZ": "Pempelfort"}, "postcode", Reason.NO_POSTCODE),
    question(
        {"Ist die Unterkunft rollstuhlgerecht?": "vielleicht"},
        "step_free",
        Reason.NO_YES_NO,
    ),
    question({"Nachricht": "Bitte\x07melden"}, "message", Reason.CONTROL),
    kept(
        {"Nachricht": '=HYPERLINK("https://example.org";"hier")'},
        "a formula in free text is text",
    ),
    set_aside({"E-Mail": "", "Telefonnummer": ""}, "contact", Reason.NO_REACH),
    question({"Land": "Frankreich"}, "country", Reason.ABROAD),
    question({"E-Mail": "kommt noch@"}, "mail", Reason.NO_MAIL),
    question({"Telefonnummer": "bitte mailen"}, "phone", Reason.NO_PHONE),
    question(
        {"Sprachen (sprechen / verstehen)": "Deutsch\nKlingonisch"},
        "languages",
        Reason.UNKNOWN_LANGUAGE,
    ),
)

_FROM, _ZIP = "Available from- / Verfügbar von- ", "Zip Code / Postleitzahl"
BILINGUAL_SHEET = (
    question({"Status": "occupied"}, "status", Reason.OCCUPIED),
    question({"Status": "belegt"}, "status", Reason.OCCUPIED),
    question({"Status": "erst ab Mai wieder anrufen"}, "status", Reason.STATUS),
    question({_FROM: "04/05/2022"}, "available.from", Reason.AMBIGUOUS_DATE),
    kept({_FROM: "03/25/2022"}, "no month 25: one reading is left"),
    question({_FROM: "44640"}, "available.from", Reason.DATE_NUMBER),
    question({BEDS: "2 (+2 Children)"}, "beds", Reason.MANY_NUMBERS),
    question({BEDS: "ca. 3-4"}, "beds", Reason.ABOUT),
    kept({BEDS: 2.0}, "a number with a decimal point that is whole"),
    kept({BEDS: Formula("=1+1", 2)}, "a formula that shows a number"),
    question({_ZIP: 4021}, "postcode", Reason.POSTCODE_ZERO),
    question({STEP_FREE: "Yes / Nein"}, "step_free", Reason.NO_YES_NO),
    set_aside({"Phone": "", "E-Mail ": " "}, "contact", Reason.NO_REACH),
)
JSON_API = (
    question({"Accommodation": "2-3"}, "beds", Reason.MANY_NUMBERS),
    kept({"Postcode": 40212}, "a postcode as a number"),
    kept({"Accommodation": 3}, "beds as a number"),
    set_aside({"Whatsapp": None, "Telegram": None}, "contact", Reason.NO_REACH),
    question({"Country": "Poland"}, "country", Reason.ABROAD),
)
OFFERS = (
    question({"Betten / Beds": 9}, "units", Reason.BEDS_DIFFER),
    question({"Etage / Floor": "ganz oben"}, "floor", Reason.NO_FLOOR),
    question(
        {own.UNTIL: "1.1.2022"},
        "available.to",
        Reason.DATES_SWAPPED,
    ),
    question(
        {"Kaltmiete € / Cold rent €": "nach Vereinbarung"}, "rent.cold", Reason.NO_MONEY
    ),
    kept({"PLZ / Postcode": 40217.0}, "a postcode as a number"),
)
_HOUSEHOLD, _PERSONS = "Haushalt / Household", "Personen / Persons"
NEEDS = (
    question(
        {_HOUSEHOLD: "Mutter 34 w; Tochter", _PERSONS: 2}, "household", Reason.NO_AGE
    ),
    question(
        {_HOUSEHOLD: "Mutter 34 w; Sohn 7", _PERSONS: 3},
        "persons",
        Reason.PERSONS_DIFFER,
    ),
    question({"Haustiere / Pets": "1 Drache"}, "pets", Reason.NO_PET),
    question({"Priorität / Priority": "sehr dringend"}, "priority", Reason.NO_PRIORITY),
    question({"Wartet seit / Waiting since": "März"}, "waiting_since", Reason.NO_DATE),
    kept({_PERSONS: "1 Person", _HOUSEHOLD: "Erwachsene 51 w"}, "a number and a noun"),
    set_aside({"Telefon / Phone": "", "E-Mail / Mail": ""}, "contact", Reason.NO_REACH),
)
_ITEM, _QUANTITY = "Artikel / Item", "Menge / Quantity"
GOODS = (
    question({_QUANTITY: "ein paar Kisten"}, "quantity", Reason.NO_NUMBER),
    question({_QUANTITY: "10-20"}, "quantity", Reason.MANY_NUMBERS),
    question({_ITEM: "Allerlei vom Dachboden"}, "item.name", Reason.NO_ITEM),
    set_aside({"Telefon / Phone": "", "E-Mail / Mail": ""}, "contact", Reason.NO_REACH),
)
LOTS = (
    *GOODS,
    question({"Haltbar bis / Best before": "lange"}, "best_before", Reason.NO_DATE),
)
CHECKS = (
    set_aside(
        {"Telefon / Phone": "", "E-Mail / Mail": "niemand.bekannt@example.org"},
        "mail",
        Reason.NO_OFFER,
    ),
    set_aside({"Ergebnis / Result": "war schön dort"}, "check.state", Reason.NO_CHECK),
)
