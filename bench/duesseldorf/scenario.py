"""All files of the scenario, and the table of what every soiled row must become."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bench.duesseldorf import dirt, forms, own
from bench.duesseldorf.dice import Dice
from bench.duesseldorf.dirt import Line, Mark, soiled
from bench.duesseldorf.files import Cell, as_csv, as_json, as_ods, as_xlsx
from bench.duesseldorf.goods import lots, requests
from bench.duesseldorf.homes import Home, homes, hotels
from bench.duesseldorf.households import TODAY, Household, households
from services.intake.reasons import Reason

SEED = 2022
FORM, SHEET, API, OFFICE = 118, 76, 46, 56
HOUSEHOLDS, NEW_HOUSEHOLDS = 246, 6
LOTS, REQUESTS = 225, 175
EMPTY = Line({}, (Mark("empty"),))
SIMILAR = Mark("duplicate", "contact", Reason.SIMILAR)


@dataclass(frozen=True)
class File:
    """One delivery: its headings, its rows, and how it is written."""

    name: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    written: Literal["csv", "csv-western", "xlsx", "ods", "json"]

    def content(self) -> bytes:
        rows = [line.cells for line in self.lines]
        match self.written:
            case "csv":
                return as_csv(self.headings, rows, mark=",", encoding="utf-8-sig")
            case "csv-western":
                return as_csv(self.headings, rows, mark=";", encoding="cp1252")
            case "xlsx":
                return as_xlsx(self.headings, rows)
            case "ods":
                return as_ods(self.headings, rows)
            case "json":
                return as_json(rows)

    def expected(self) -> list[dict[str, str]]:
        """Return a line for each mark; rows are counted as a sheet shows them."""
        first = 1 if self.written == "json" else 2
        return [
            {
                "file": self.name,
                "row": str(number),
                "becomes": mark.becomes,
                "field": mark.field,
                "reason": mark.reason,
            }
            for number, line in enumerate(self.lines, start=first)
            for mark in line.marks
        ]


def scenario(seed: int = SEED) -> list[File]:
    """Return all files in the order in which they came."""
    form = _form(homes(seed, FORM, first=0, checked=38))
    sheet = _sheet(homes(seed, SHEET, first=FORM, checked=34), twin=form[8])
    api = _api(homes(seed, API, first=FORM + SHEET, checked=28), twin=form[5])
    office = _office(homes(seed, OFFICE, first=FORM + SHEET + API, checked=88))
    people = households(seed, HOUSEHOLDS + NEW_HOUSEHOLDS)
    return [
        _file("01-web-form.csv", form, "csv", forms.GERMAN_FORM),
        _file("02-online-sheet.xlsx", sheet, "xlsx", forms.BILINGUAL_SHEET),
        _file("03-partner-api.json", api, "json"),
        _file("04-office-homes.xlsx", office, "xlsx"),
        _file("05-hotels.ods", _hotels(seed), "ods"),
        _file("06-households.xlsx", _needs(people[:HOUSEHOLDS]), "xlsx"),
        _file("07-goods-offers.csv", _lots(seed), "csv-western"),
        _file("08-goods-requests.csv", _requests(seed), "csv-western"),
        _file("09-checks.csv", _checks([*form, *sheet, *api, *office]), "csv"),
        _file("10-households-monday.xlsx", _monday(people), "xlsx"),
    ]


def expected(files: Iterable[File]) -> bytes:
    """Return the table of all soiled rows."""
    rows = [row for file in files for row in file.expected()]
    return as_csv(tuple(rows[0]), rows, mark=",", encoding="utf-8")


def _form(given: list[Home]) -> list[Line]:
    """Return the plug-in's entries: some twice, some by the same person, some empty."""
    lines = [
        Line(forms.german_form(home, Dice("form", at)), home=home)
        for at, home in enumerate(given)
    ]
    lines = soiled(lines, dirt.GERMAN_FORM, every=4)
    again = replace(lines[10], home=None)
    lines[10] = replace(
        lines[10], marks=(Mark("unchanged", reason=Reason.REPEATED),), home=None
    )
    other = replace(
        lines[7],
        cells=lines[7].cells | {"Straße": "Fabelweg", "Hausnummer": "100"},
        marks=(SIMILAR,),
        home=None,
    )
    nothing: dict[str, Cell] = {"Name": "Test", "E-Mail": "test@example.org"}
    test = Line(nothing, (Mark("kept", reason="a person sees that it is a test"),))
    return [*lines[:60], EMPTY, *lines[60:], other, EMPTY, again, test]


def _sheet(given: list[Home], *, twin: Line) -> list[Line]:
    """Return the online sheet; one of its people also filled the form in."""
    lines = [
        Line(forms.bilingual_sheet(home, Dice("sheet", at)), home=home)
        for at, home in enumerate(given)
    ]
    lines = soiled(lines, dirt.BILINGUAL_SHEET, every=5)
    lines[3] = replace(
        lines[3],
        cells=lines[3].cells | {"E-Mail ": twin.cells["E-Mail"]},
        marks=(SIMILAR,),
        home=None,
    )
    return [*lines[:40], EMPTY, *lines[40:]]


def _api(given: list[Home], *, twin: Line) -> list[Line]:
    """Return the partner's objects; one repeats an id with other beds."""
    lines = [
        Line(forms.json_api(home, 700 + at), home=home) for at, home in enumerate(given)
    ]
    lines = soiled(lines, dirt.JSON_API, every=7)
    phone = str(twin.cells["Telefonnummer"]).replace(" ", "").replace("/", " ")
    lines[2] = replace(
        lines[2],
        cells=lines[2].cells | {"Whatsapp": phone},
        marks=(SIMILAR,),
        home=None,
    )
    later = replace(lines[4], cells=lines[4].cells | {"Accommodation": "5"}, home=None)
    repeated = Mark("unchanged", reason=Reason.REPEATED)
    lines[4] = replace(lines[4], marks=(repeated,), home=None)
    return [*lines, later]


def _office(given: list[Home]) -> list[Line]:
    """Return the office's own sheet; two of its homes are secret, for women only."""
    given = [
        replace(home, protected=True, women_only=True, families=True)
        if at in {2, 9}
        else home
        for at, home in enumerate(given)
    ]
    lines = [
        Line(own.offer(home, at, Dice("office", at)), home=home)
        for at, home in enumerate(given, start=1)
    ]
    return soiled(lines, dirt.OFFERS, every=6)


def _hotels(seed: int) -> list[Line]:
    return [
        Line(own.hotel(house, number, line))
        for number, house in enumerate(hotels(seed), start=1)
        for line in house.lines
    ]


def _needs(people: Sequence[Household]) -> list[Line]:
    lines = [Line(own.need(household)) for household in people]
    return [*soiled(lines, dirt.NEEDS, every=17), EMPTY]


def _monday(people: Sequence[Household]) -> list[Line]:
    """Return what came after the weekend: news of some, and new arrivals."""
    told = [Line(own.need(household)) for household in people[1:5]]
    later: dict[str, Cell] = {
        "Stand / Revision": 2,
        "Bis (Auszugstag) / To (day of moving out)": TODAY + timedelta(days=150),
    }
    amended = [
        replace(line, cells=line.cells | later, marks=(Mark("amended"),))
        for line in told[:2]
    ]
    same = [replace(line, marks=(Mark("unchanged"),)) for line in told[2:]]
    older = Line(
        own.need(people[5]) | {"Stand / Revision": 0, "Priorität / Priority": 0},
        (Mark("unchanged", "revision", Reason.OLDER_REVISION),),
    )
    new = [Line(own.need(household)) for household in people[HOUSEHOLDS:]]
    return [*amended, *same, older, *new]


def _lots(seed: int) -> list[Line]:
    lines = [Line(own.lot(lot, at)) for at, lot in enumerate(lots(seed, LOTS), start=1)]
    return soiled(lines, dirt.LOTS, every=20)


def _requests(seed: int) -> list[Line]:
    lines = [
        Line(own.request(ask, at))
        for at, ask in enumerate(requests(seed, REQUESTS), start=1)
    ]
    return [*soiled(lines, dirt.GOODS, every=20), EMPTY]


def _checks(lines: Sequence[Line]) -> list[Line]:
    """Return the checks done; who offers two homes cannot be told apart by contact."""
    done = [
        (line.home.contact, check, "Whatsapp" in line.cells)
        for line in lines
        if line.home is not None and _reachable(line)
        for check in line.home.checks
    ]
    ways = Counter(way for line in lines if _reachable(line) for way in _ways(line))
    rows = [
        Line(own.check(who, check, by_phone=phone or Dice("check", at).chance(20)))
        for at, (who, check, phone) in enumerate(done)
    ]
    return [_doubtful(row, ways) for row in soiled(rows, dirt.CHECKS, every=9)]


def _doubtful(line: Line, ways: Counter[str]) -> Line:
    for way in _ways(line):
        if ways[way] > 1:
            field = "mail" if "@" in way else "phone"
            return replace(line, marks=(Mark("set_aside", field, Reason.MANY_OFFERS),))
    return line


def _ways(line: Line) -> list[str]:
    """Return mail and phone of a row as they are compared."""
    cells = {name.lower(): str(cell or "") for name, cell in line.cells.items()}
    mails = [cells[name].strip() for name in cells if "mail" in name]
    phones = [
        re.sub(r"[^0-9]", "", cells[name])[-10:]
        for name in cells
        if re.search("phone|telefon|whatsapp", name)
    ]
    return [way for way in (*mails, *phones) if way]


def _reachable(line: Line) -> bool:
    """Say whether mail and phone stand as they should; a duplicate's do."""
    return all(
        mark.becomes == "duplicate" or mark.field not in {"contact", "mail", "phone"}
        for mark in line.marks
    )


def _file(
    name: str,
    lines: Sequence[Line],
    written: Literal["csv", "csv-western", "xlsx", "ods", "json"],
    headings: tuple[str, ...] = (),
) -> File:
    """Return a file; our own sheets have the columns that something stands in."""
    told = dict.fromkeys(name for line in lines for name in line.cells)
    return File(name, headings or tuple(told), tuple(lines), written)
