"""What may stand in the open part of a fact as a size or an age."""

import pytest

from services.intake.sizes import is_age, is_size


@pytest.mark.parametrize(
    "said",
    [
        "S", "xs", "XXL", "3XL", "M/L", "42", "38/40", "98-104", "EU 42", "Größe 38",
        "W32 L34", "75B", "90 x 200 cm", "140x200", "1,5 l", "12-18 Monate", "Groß",
    ],
)  # fmt: skip
def test_a_size_is_a_known_word_or_a_few_figures(said):
    assert is_size(said)


@pytest.mark.parametrize(
    "said",
    [
        "Olena", "Olena Kovalenko", "Olena Kovalenko 0151 2345678", "0151 2345678",
        "4710001", "40210", "2 Olena", "S. Müller", "38" + " " * 30 + "x",
    ],
)  # fmt: skip
def test_a_name_or_a_number_to_call_is_no_size(said):
    assert not is_size(said)


@pytest.mark.parametrize(
    "said", ["adult", "Kinder", "Säugling", "діти", "3-6 Jahre", "ab 12", "6+", "2 m"]
)
def test_an_age_is_a_known_word_or_years(said):
    assert is_age(said)


@pytest.mark.parametrize("said", ["Olena", "Kind von Olena", "0151234", "geb. 1.2.22"])
def test_who_it_is_for_is_no_age(said):
    assert not is_age(said)
