import pytest

from services.intake import lists, parse, reach
from services.intake.parse import Read
from services.intake.readers import Ways, no_contact
from services.intake.reasons import Reason


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("2", 2),
        ("2.0", 2),
        (" 4 Betten", 4),
        ("zwei", 2),
        ("дві", 2),
        ("max. 4", 4),
        ("bis zu 5 Personen", 5),
        ("1 Bett", 1),
        ("2x", 2),
    ],
)
def test_a_number_that_has_one_reading_is_taken(said, number):
    assert parse.beds(said) == Read(number)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("2 (+2 Children)", Reason.MANY_NUMBERS),
        ("2-3", Reason.MANY_NUMBERS),
        ("1e1", Reason.MANY_NUMBERS),
        ("ca. 3-4", Reason.ABOUT),
        ("about 4", Reason.ABOUT),
        ("2,5", Reason.NOT_WHOLE),
        ("-3", Reason.NOT_WHOLE),
        ("true", Reason.NO_NUMBER),
        ("viele", Reason.NO_NUMBER),
        ("=1+1", Reason.FORMULA),
        ("0", Reason.ZERO_BEDS),
        ("99999", Reason.TOO_LARGE),
        ("２", Reason.NO_NUMBER),
        ("2x2", Reason.MANY_NUMBERS),
        ("2 x 3", Reason.MANY_NUMBERS),
        ("50 qm", Reason.NOT_WHOLE),
        ("2 Zimmer", Reason.NOT_WHOLE),
    ],
)
def test_a_number_that_has_none_or_two_is_asked_for(said, why):
    assert parse.beds(said) == Read(None, why)


def test_other_columns_count_rooms_and_metres():
    assert parse.whole("50 qm") == Read(50)
    assert parse.whole("2 Zimmer") == Read(2)
    assert parse.whole("2x2") == Read(None, Reason.MANY_NUMBERS)


@pytest.mark.parametrize("said", ["Ja", "yes", "Yes / Ja", "так", "x", "TRUE"])
def test_yes_in_three_languages_is_yes(said):
    assert parse.yes_no(said) == Read(value=True)


@pytest.mark.parametrize("said", ["Nein", "no", "No / Nein", "ні", "false"])
def test_no_in_three_languages_is_no(said):
    assert parse.yes_no(said) == Read(value=False)


@pytest.mark.parametrize("said", ["Ja, aber nur Hunde", "Yes / Nein", "vielleicht"])
def test_a_yes_with_a_but_is_asked_for(said):
    assert parse.yes_no(said) == Read(None, Reason.NO_YES_NO)


@pytest.mark.parametrize("said", ["", "  ", "-", "?", "k.A.", "unbekannt", "n/a"])
def test_words_for_not_knowing_are_blank_and_never_no(said):
    assert parse.is_blank(said)


@pytest.mark.parametrize("said", ["40210", "40210.0", "D-40210", " 40210 "])
def test_a_postcode_may_come_as_a_number_or_with_its_country(said):
    assert parse.postcode(said) == Read("40210")


def test_a_lost_zero_is_said_and_not_guessed():
    assert parse.postcode("1067") == Read(None, Reason.POSTCODE_ZERO)
    assert parse.postcode("1067.0") == Read(None, Reason.POSTCODE_ZERO)


@pytest.mark.parametrize(
    ("said", "cents"),
    [("450", 45_000), ("450,5", 45_050), ("1.250,00 €", 125_000), ("€ 450.50", 45_050)],
)
def test_money_is_read_in_both_spellings(said, cents):
    assert parse.cents(said) == Read(cents)


def test_an_amount_that_could_be_a_thousand_or_a_one_is_asked_for():
    assert parse.cents("1,250") == Read(None, Reason.NO_MONEY)


def test_languages_that_are_known_are_taken_and_the_rest_is_asked_for():
    assert parse.languages("Deutsch\nEnglisch") == Read(("de", "en"))
    assert parse.languages("de; Ukrainisch (etwas)") == Read(("de", "uk"))
    assert parse.languages("German, Klingon") == Read(("de",), Reason.UNKNOWN_LANGUAGE)


@pytest.mark.parametrize(
    ("said", "floor"), [("EG", 0), ("2. OG", 2), ("3", 3), ("UG", -1), ("1st floor", 1)]
)
def test_a_floor_is_read_as_people_say_it(said, floor):
    assert parse.floor(said) == Read(floor)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("0211 8991234", "+492118991234"),
        ("+49 (0)211 8991234", "+492118991234"),
        ("0049 176 12345678", "+4917612345678"),
        ("0176-12345678", "+4917612345678"),
        ("+380 67 123 4567", "+380671234567"),
        ("Tel: 0211/4710001", "+492114710001"),
        ("(0211) 471 00 01", "+492114710001"),
        ("+49 (0) 211 4710001", "+492114710001"),
        ("+49 (211) 4710001", "+492114710001"),
        ("0151-23456789 (mobil)", "+4915123456789"),
        ("0211 4710001 oder per Mail", "+492114710001"),
    ],
)
def test_a_phone_number_with_one_country_is_taken(said, number):
    assert reach.phone(said) == Read(number)


@pytest.mark.parametrize("said", ["067 123 45 67", "1761234567", "0712 345 678"])
def test_a_phone_number_whose_country_is_open_is_never_guessed(said):
    assert reach.phone(said) == Read(None, Reason.PHONE_REGION)


@pytest.mark.parametrize(
    "said",
    [
        "0211 4710001 (abends ab 18 Uhr)",
        "0211 4710001 Mo-Fr 9-17 Uhr",
        "0211 4710001 (2. Stock)",
        "0211 4710001 (2)",
        "0211 4710001, 18:30",
        "+49 30 123456 ab 9 Uhr",
        "0211 4710001 oder 0151 23456789",
        "0211 4710001 + 0151 23456789",
        "0" + "a" * 100_000 + "1",
    ],
)
def test_figures_beside_a_phone_number_never_become_part_of_it(said):
    assert reach.phone(said) == Read(None, Reason.NO_PHONE)


def test_whom_to_keep_away_is_not_known_by_a_number_with_figures_beside_it():
    said = no_contact("0211 4710001 (abends ab 18 Uhr); 0211 4710001", Ways())

    assert said == Read(("phone:+492114710001",), Reason.NO_CONTACT_NAME)


def test_a_mail_address_must_be_whole():
    assert reach.mail("mailto:Anna@Example.org") == Read(("anna@example.org",))
    assert reach.mail("a@x.org; b@y.org") == Read(("a@x.org", "b@y.org"))
    assert reach.mail("kommt noch@") == Read(None, Reason.NO_MAIL)


def test_an_address_is_compared_however_the_street_is_spelt():
    token = reach.address_token("40210", "Gerresheimer Straße", "12 a")

    assert token == reach.address_token("40210", "gerresheimer str.", "12a")
    assert token == reach.address_token("40210", "Gerresheimer Strasse 12 A", "")
    assert reach.address_token("40210", "Gerresheimer Straße", "") is None


def test_rooms_are_read_with_their_marks():
    found = lists.units("2; 1 (abschließbar); 1 (stufenlos, Kinderbett)").value

    assert found is not None
    assert [unit.sleeps for unit in found] == [2, 1, 1]
    assert [unit.lockable for unit in found] == [None, True, None]
    assert [unit.step_free for unit in found] == [None, None, True]
    assert [unit.cot_possible for unit in found] == [None, None, True]
    assert lists.units("2; schön") == Read(None, Reason.NO_ROOMS)


def test_pets_are_counted_and_unknown_ones_asked_for():
    found = lists.pets("1 Hund; 2 Katzen").value

    assert found is not None
    assert [(pet.kind, pet.count) for pet in found] == [("dog", 1), ("cat", 2)]
    assert lists.pets("keine") == Read(())
    assert lists.pets("1 Drache") == Read(None, Reason.NO_PET)
    assert lists.accepted_pets("ja") == Read(lists.ALL_PETS)
    assert lists.accepted_pets("Hund, Katze") == Read(("dog", "cat"))


def test_protection_that_cannot_be_read_is_taken_in_the_strictest_sense():
    found = lists.protection("bitte diskret")

    assert found.value is not None
    assert found.value.women_only
    assert found.value.confidential_address
    assert found.reason is Reason.NO_PROTECTION
