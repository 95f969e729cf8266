"""The three channels of 2022 that others built, with their headings as they were."""

from datetime import datetime, time, timedelta

from bench.duesseldorf.dice import Dice
from bench.duesseldorf.files import Cell
from bench.duesseldorf.homes import Home
from bench.duesseldorf.words import how_long, languages, month_first, trailing

Row = dict[str, Cell]

GERMAN_FORM = (
    "frühestes Einzugsdatum",
    "Möglicher Aufenthalt (Dauer)",
    "Verfügbare Betten",
    "Sprachen (sprechen / verstehen)",
    "Land",
    "Ort",
    "PLZ",
    "Straße",
    "Hausnummer",
    "Ist die Unterkunft rollstuhlgerecht?",
    "Haustiere erlaubt?",
    "Sind Haustiere im Haushalt vorhanden?",
    "Name",
    "Telefonnummer",
    "E-Mail",
    "Nachricht",
)
BEDS = (
    "How many people can you host max.? / Wievielen Menschen können sie maximal"
    " Unterkunft bieten?"
)
STEP_FREE = (
    "Is your accommodation handicapped accessible? / Ist Ihre Unterkunft Barrierefrei"
    " zugänglich?"
)
BILINGUAL_SHEET = (
    "Timestamp",
    "Status",
    "Available from- / Verfügbar von- ",
    "For how long? / Für wie lange?",
    BEDS,
    "The language you speak / Gesprochene Sprachen",
    "Zip Code / Postleitzahl",
    "City / Stadt",
    "Address / Adresse ",
    STEP_FREE,
    "Are Animals allowed? / Sind Tiere erlaubt?",
    "Name ",
    "Phone",
    "E-Mail ",
)
_MESSAGES = (
    "",
    "",
    "Wir freuen uns auf Sie.",
    "Bitte abends anrufen.",
    "Eigenes Bad vorhanden, Küche wird geteilt.",
    "Ruhige Lage, Bus vor der Tür.",
)


def german_form(home: Home, dice: Dice) -> Row:
    """Return one entry of the plug-in: dates month first, languages line by line."""
    who = home.contact
    cells: tuple[Cell, ...] = (
        month_first(home.start),
        how_long(home.start, home.end),
        str(home.beds),
        languages(home.languages, between="\n"),
        "Deutschland",
        trailing(dice, "Düsseldorf"),
        trailing(dice, who.postcode),
        who.street,
        who.number,
        "Ja" if home.step_free == "all" else "Nein",
        "Ja" if home.pets else "Nein",
        "Ja" if home.pets_at_home else "Nein",
        trailing(dice, who.name),
        who.phone,
        who.mail,
        dice.pick(_MESSAGES),
    )
    return dict(zip(GERMAN_FORM, cells, strict=True))


def bilingual_sheet(home: Home, dice: Dice) -> Row:
    """Return one line of the sheet: postcodes are numbers, answers in two languages."""
    who = home.contact
    english = dice.below(2)
    cells: tuple[Cell, ...] = (
        datetime.combine(home.told_on, time(8)) + timedelta(seconds=dice.below(50_000)),
        "",
        _some_date(home, dice),
        how_long(home.start, home.end),
        home.beds if dice.chance(50) else str(home.beds),
        languages(home.languages, between=", ", english=english),
        int(who.postcode) if dice.chance(50) else who.postcode,
        dice.pick(("Düsseldorf", "Duesseldorf", "Düsseldorf ")),
        f"{who.street} {who.number}",
        dice.pick(("Yes / Ja", "Ja", "Yes"))
        if home.step_free == "all"
        else dice.pick(("No / Nein", "Nein", "No")),
        "Yes / Ja" if home.pets else "No / Nein",
        trailing(dice, who.name),
        who.phone,
        trailing(dice, who.mail),
    )
    return dict(zip(BILINGUAL_SHEET, cells, strict=True))


def json_api(home: Home, number: int) -> Row:
    """Return one object of the API; the place is the postcode's, not the house's."""
    who = home.contact
    return {
        "id": f"host-{number:05}",
        "Accommodation": str(home.beds),
        "Languages": languages(home.languages, between=", ", english=1),
        "Country": "Germany",
        "City": "Düsseldorf",
        "Postcode": who.postcode,
        "Lat": "51.22",
        "Lng": "6.78",
        "Name": who.name,
        "Whatsapp": who.phone,
        "Telegram": f"@{who.mail.partition('@')[0].replace('.', '_')}",
    }


def _some_date(home: Home, dice: Dice) -> Cell:
    """Write the day as one of those who filled the sheet in would: all certain."""
    day = home.start
    ways: tuple[Cell, ...] = (day, f"{day.day}.{day.month}.{day.year}", f"{day}")
    return dice.pick(ways)
