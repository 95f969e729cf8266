"""Invented people: names that nobody bears, numbers that never ring.

Phones lie in the ranges that the Bundesnetzagentur keeps free for film and print
(announcement 148/2021), mail in the domain reserved by RFC 2606, streets in no town.
"""

from dataclasses import dataclass
from typing import Literal

from bench.duesseldorf.dice import Dice

POSTCODES = (
    "40210", "40211", "40212", "40213", "40215", "40217", "40219", "40221", "40223",
    "40225", "40227", "40229", "40231", "40233", "40235", "40237", "40239", "40468",
    "40470", "40472", "40474", "40476", "40477", "40479", "40489", "40545", "40547",
    "40549", "40589", "40591", "40593", "40595", "40597", "40599", "40625", "40627",
    "40629",
)  # fmt: skip
"""The 37 postcode areas of Düsseldorf."""

_GERMAN = (
    "Ada", "Bodo", "Carla", "Dietmar", "Edda", "Falk", "Gesa", "Henning", "Ilse",
    "Jonas", "Karin", "Lothar", "Merle", "Nils", "Ottilie", "Piet", "Rieke", "Sönke",
    "Thea", "Ulf", "Verena", "Wieland", "Yvonne", "Zacharias",
)  # fmt: skip
_SURNAMES = (
    "Apfelbaum", "Butterblum", "Drachenstein", "Eulenflug", "Fabelhaft", "Goldregen",
    "Himmelblau", "Immergrün", "Kieselstein", "Löwenzahn", "Mondschein", "Nimmerland",
    "Purzelbaum", "Quellwasser", "Regenbogen", "Sonnentau", "Traumland", "Uhrwerk",
    "Wolkenreich", "Zauberhut",
)  # fmt: skip
_WOMEN = (
    ("Olena", "Олена"), ("Nadiia", "Надія"), ("Iryna", "Ірина"), ("Oksana", "Оксана"),
    ("Svitlana", "Світлана"), ("Halyna", "Галина"), ("Daryna", "Дарина"),
    ("Yuliia", "Юлія"), ("Kateryna", "Катерина"), ("Mariia", "Марія"),
    ("Zoia", "Зоя"), ("Larysa", "Лариса"),
)  # fmt: skip
_MEN = (
    ("Taras", "Тарас"), ("Bohdan", "Богдан"), ("Mykola", "Микола"),
    ("Petro", "Петро"), ("Stepan", "Степан"), ("Yurii", "Юрій"),
)  # fmt: skip
_UKRAINIAN = (
    ("Kazkova", "Казкова", "Kazkovyi", "Казковий"),
    ("Vyhadana", "Вигадана", "Vyhadanyi", "Вигаданий"),
    ("Nebesna", "Небесна", "Nebesnyi", "Небесний"),
    ("Soniachna", "Сонячна", "Soniachnyi", "Сонячний"),
    ("Zoriana", "Зоряна", "Zorianyi", "Зоряний"),
    ("Vesniana", "Весняна", "Vesnianyi", "Весняний"),
    ("Kvitkova", "Квіткова", "Kvitkovyi", "Квітковий"),
    ("Papirna", "Папірна", "Papirnyi", "Папірний"),
    ("Khmarna", "Хмарна", "Khmarnyi", "Хмарний"),
    ("Rankova", "Ранкова", "Rankovyi", "Ранковий"),
)  # fmt: skip
_STREETS = (
    "Fabelweg", "Märchengasse", "Nirgendwoplatz", "Luftschlossstraße", "Kulissenweg",
    "Drehbuchstraße", "Bühnenallee", "Papierstraße", "Wolkenkuckucksweg",
    "Erfundene Allee",
)  # fmt: skip


@dataclass(frozen=True)
class Contact:
    """Someone to reach, as the form asks: all of it is invented."""

    name: str
    mail: str
    phone: str
    street: str
    number: str
    postcode: str


def german(dice: Dice, serial: int) -> Contact:
    """Return a person who offers something; `serial` makes mail and phone unique."""
    first, last = dice.pick(_GERMAN), dice.pick(_SURNAMES)
    return _contact(dice, f"{first} {last}", latin=(first, last), serial=serial)


def ukrainian(
    dice: Dice, serial: int, *, sex: Literal["f", "m"], script: str
) -> Contact:
    """Return a person who needs something, written in `script` latin or cyrillic."""
    first = dice.pick(_WOMEN if sex == "f" else _MEN)
    surname = dice.pick(_UKRAINIAN)
    last = surname[:2] if sex == "f" else surname[2:]
    at = 0 if script == "latin" else 1
    latin = (first[0], last[0])
    return _contact(dice, f"{first[at]} {last[at]}", latin=latin, serial=serial)


def _contact(dice: Dice, name: str, *, latin: tuple[str, str], serial: int) -> Contact:
    return Contact(
        name=name,
        mail=f"{_plain(latin[0])}.{_plain(latin[1])}.{serial}@example.org",
        phone=_phone(dice, serial),
        street=dice.pick(_STREETS),
        number=str(dice.between(1, 99)) + dice.pick(("", "", "", "a", " b")),
        postcode=dice.pick(POSTCODES),
    )


def _plain(word: str) -> str:
    marks = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    return word.lower().translate(marks)


def _phone(dice: Dice, serial: int) -> str:
    """Write one of the reserved numbers in one of the ways people write them.

    Five ranges of a thousand: serial 0 to 999 is Cologne, then Berlin, Hamburg …
    """
    town, stem = (
        ("221", "4710"), ("30", "23125"), ("40", "66969"), ("69", "90009"),
        ("89", "99998"),
    )[serial // 1000]  # fmt: skip
    last = f"{serial % 1000:03}"
    return dice.pick(
        (
            f"0{town} {stem}{last}",
            f"0{town}/{stem}-{last}",
            f"+49 {town} {stem}{last}",
            f"0049{town}{stem}{last}",
            f"(0{town}) {stem} {last}",
        )
    )
