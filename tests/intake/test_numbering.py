import random

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from services.intake.numbering import in_country

_CODES = {"DE": 49, "UA": 380}


def _by_the_library(said: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(said, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    whole = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return whole.removeprefix(f"+{_CODES[region]}")


def test_digits_are_a_countrys_number_where_the_librarys_parser_says_so():
    dice = random.Random(1)
    starts = ("0", "02", "0211", "0201", "03", "049", "0490", "06", "07", "08", "09")
    said = [
        dice.choice(starts[number % 11 :])
        + "".join(dice.choices("0123456789", k=dice.randint(1, 15)))
        for number in range(3_000)
    ]
    said = [number for number in said if number[1:2] != "0"]
    assert len(said) > 2_500

    for region in _CODES:
        found = {number: in_country(number, region) for number in said}

        assert found == {number: _by_the_library(number, region) for number in said}
        assert 100 < sum(number is not None for number in found.values()) < len(said)
