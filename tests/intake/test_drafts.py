"""A row and what it becomes, whole values compared."""

from datetime import date
from typing import Any

from events.case import RepresentedBy
from events.kinds.goods import GoodsNeed, GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer
from services.intake.draft import Aside, CheckDraft, Draft
from services.intake.profile import profiles
from services.intake.reasons import Reason
from services.intake.source import open_source
from tests.intake.sheets import FORM, NEED, OFFER, as_csv, form


def drafts(tmp_path, *rows) -> list[Any]:
    return list(open_source(as_csv(tmp_path / "a.csv", rows), profiles()).drafts())


def draft(tmp_path, row) -> Any:
    (made,) = drafts(tmp_path, row)
    assert isinstance(made, Draft)
    return made


def reasons(made) -> list[tuple[str, Reason]]:
    return [(asked.field, asked.reason) for asked in made.asked]


def test_a_home_from_the_web_form(tmp_path):
    made = draft(tmp_path, FORM)

    assert made.details == HousingOffer.model_validate(
        {
            "beds": 3,
            "languages": ("de", "en"),
            "step_free": "all",
            "accepts": {"pets": ()},
            "available": {"from": date(2022, 3, 20), "max_days": 180},
            "location": {"postcode": "40210"},
        }
    )
    assert made.asked == ()
    assert made.told.contact.content == {
        "name": "Erika Beispiel",
        "mail": "erika@example.org",
        "phone": "+492114710001",
    }
    assert made.told.address.content == {
        "street": "Musterstraße",
        "house_number": "12",
        "city": "Düsseldorf",
        "country": "Deutschland",
    }
    assert made.told.message.content == {
        "message": "Gerne bald.",
        "residents.pets": "Nein",
    }
    assert made.ways[0] == "mail:erika@example.org"
    assert made.tokens == (
        "mail:erika@example.org",
        "phone:+492114710001",
        "address:40210:musterstr12",
    )
    assert made.came.key.personal
    assert made.came.profile == "german-form@1"


def test_a_home_of_our_own_sheet_with_everything_said(tmp_path):
    row = OFFER | {
        "Anbieter": "Privatperson",
        "Adresse geschützt": "ja",
        "Betten": "",
        "Betten je Zimmer": "2; 1 (abschließbar)",
        "Ganze Wohnung": "ja",
        "Wohnfläche m²": "72",
        "Etage": "2. OG",
        "Aufzug": "nein",
        "Stufenlos": "teilweise",
        "Bad": "eigenes",
        "Küche": "gemeinsam",
        "Bewohner": "2 Frauen; 1 Kind",
        "Nur Frauen": "ja",
        "Kinder ab Alter": "6",
        "Haustiere erlaubt": "Hund; Katze",
        "Mindestdauer": "3 Monate",
        "Verfügbar bis (Auszugstag)": "01.10.2022",
        "Mieter": "Haushalt",
        "Kaltmiete €": "450,50",
        "Möbliert": "ja",
    }

    made = draft(tmp_path, row)

    rooms = (
        {"ref": "r1", "type": "room", "sleeps": 2},
        {"ref": "r2", "type": "room", "sleeps": 1, "lockable": True},
    )
    assert made.details == HousingOffer.model_validate(
        {
            "provider_kind": "citizen",
            "dwelling": "flat",
            "beds": 3,
            "units": rooms,
            "whole_unit": True,
            "m2": 72,
            "floor": 2,
            "lift": False,
            "step_free": "some",
            "bathroom": "own",
            "kitchen": "shared",
            "residents": {"adults_f": 2, "children": 1},
            "accepts": {
                "women_only": True,
                "children_min_age": 6,
                "pets": ("dog", "cat"),
            },
            "available": {
                "from": date(2022, 3, 20),
                "to": date(2022, 10, 1),
                "min_days": 90,
            },
            "tenant": "household",
            "rent": {"kind": "rent", "cold": 45_050},
            "furnished": True,
            "location": {"postcode": "40210", "disclosure": "protected"},
        }
    )
    assert made.asked == ()
    assert made.came.revision == 1


def test_beds_that_contradict_the_rooms_leave_both_unknown(tmp_path):
    made = draft(tmp_path, OFFER | {"Betten": "9", "Betten je Zimmer": "2; 1"})

    assert (made.details.beds, made.details.units) == (None, None)
    assert reasons(made) == [("units", Reason.BEDS_DIFFER)]


def test_a_last_day_before_the_first_is_asked_for(tmp_path):
    made = draft(tmp_path, OFFER | {"Verfügbar bis (Auszugstag)": "1.1.2022"})

    assert made.details.available.end is None
    assert reasons(made) == [("available.to", Reason.DATES_SWAPPED)]


def test_a_place_abroad_has_no_postcode_of_ours(tmp_path):
    made = draft(tmp_path, form(Land="Frankreich"))

    assert made.details.location is None
    assert reasons(made) == [("country", Reason.ABROAD)]


def test_an_occupied_home_offers_no_bed_until_somebody_asked(tmp_path):
    row = {
        "Timestamp": "3/5/2022 14:22:10",
        "Status": "leider occupied",
        "Available from- / Verfügbar von- ": "ab sofort",
        "How many people can you host max.? / Wievielen Menschen können sie maximal "
        "Unterkunft bieten?": "2 (+2 Children)",
        "E-Mail ": "a@example.org",
    }

    made = draft(tmp_path, row)

    assert made.details.beds is None
    assert reasons(made) == [
        ("status", Reason.OCCUPIED),
        ("beds", Reason.MANY_NUMBERS),
    ]


def test_a_household_with_needs_of_one_of_them(tmp_path):
    row = NEED | {
        "Haushalt": "Mutter 34 w; Tochter 12; Oma 71 (stufenlos)",
        "Personen": "3",
        "Sprachen": "Ukrainisch",
        "Priorität": "2",
        "Grund der Priorität": "alleinerziehend",
        "Wartet seit": "01.03.2022",
        "Ab": "20.03.2022",
        "Miete zahlt": "Jobcenter",
        "Haustiere": "1 Hund",
        "Schutz": "nur Frauen; Adresse geheim",
        "Kein Kontakt zu": "max@example.org",
        "Wunsch-PLZ": "40215; 40217",
        "Verbunden mit": "N-2 (nahe)",
    }

    made = draft(tmp_path, row)

    assert made.details == HousingNeed.model_validate(
        {
            "persons": 3,
            "members": (
                {"ref": "m1", "age_band": "27-64", "sex": "f"},
                {"ref": "m2", "age_band": "10-13", "sex": "f"},
                {
                    "ref": "m3",
                    "age_band": "65+",
                    "sex": "f",
                    "needs": {"step_free": True},
                },
            ),
            "relations": ({"a": "m1", "b": "m2", "kind": "parent_child"},),
            "pets": ({"kind": "dog", "count": 1},),
            "languages": ("uk",),
            "horizon": "acute",
            "waiting_since": date(2022, 3, 1),
            "period": {"from": date(2022, 3, 20)},
            "rent_payer": "jobcenter",
            "wishes": (
                {"kind": "district", "value": "40215"},
                {"kind": "district", "value": "40217"},
            ),
            "protection": {"women_only": True, "confidential_address": True},
        }
    )
    assert made.priority == 2
    assert made.told.confidential.content == {"codes": "SHH", "said": "alleinerziehend"}
    assert made.no_contact == ("mail:max@example.org",)
    assert [(link.reference, link.how) for link in made.links] == [("N-2", "near")]


def test_people_who_do_not_add_up_stay_unknown(tmp_path):
    made = draft(tmp_path, NEED | {"Personen": "3"})

    assert (made.details.persons, made.details.members) == (None, None)
    assert reasons(made) == [("persons", Reason.PERSONS_DIFFER)]


def test_what_somebody_of_a_household_needs_counts_for_all_until_it_is_said(tmp_path):
    made = draft(tmp_path, NEED | {"Bedarfe": "stufenlos"})

    assert [member.needs.step_free for member in made.details.members] == [True, True]
    assert reasons(made) == [("requirements", Reason.WHO_NEEDS)]


def test_a_person_to_be_kept_away_who_is_only_a_name_keeps_the_address_secret(tmp_path):
    made = draft(tmp_path, NEED | {"Kein Kontakt zu": "Max"})

    assert made.details.protection.confidential_address
    assert reasons(made) == [("no_contact", Reason.NO_CONTACT_NAME)]


def test_a_household_spoken_for_is_not_known_by_its_speakers_phone(tmp_path):
    made = draft(tmp_path, NEED | {"Vertreten durch": "Verband Muster"})

    assert made.ways == ()
    assert made.tokens == ()
    assert made.represented_by == RepresentedBy(org="Verband Muster", ref="N-1")


HOTEL = {
    "Vertrag": "V-1",
    "Hotel": "Hotel Muster",
    "E-Mail": "hotel@example.org",
    "PLZ": "40213",
    "Zimmertyp": "Doppelzimmer",
    "Zimmer": "25",
    "Davon gesperrt": "5",
    "Von": "15.03.2022",
    "Bis (Abreisetag)": "01.04.2022",
}


def test_all_rows_of_a_contract_are_one_contingent(tmp_path):
    made, other = drafts(
        tmp_path,
        HOTEL,
        HOTEL | {"Zimmertyp": "EZ", "Zimmer": "15", "Davon gesperrt": ""},
        HOTEL | {"Vertrag": "V-2", "Zimmer": "viele"},
        HOTEL | {"Zimmer": "20", "Von": "01.04.2022", "Bis (Abreisetag)": ""},
    )

    first, april = date(2022, 3, 15), date(2022, 4, 1)
    assert made.details == HousingOffer.model_validate(
        {
            "provider_kind": "hotel",
            "dwelling": "hotel_unit",
            "units": (
                {"ref": "double-2", "type": "double", "sleeps": 2},
                {"ref": "single-1", "type": "single", "sleeps": 1},
            ),
            "capacity": (
                {
                    "unit": "double-2",
                    "span": {"from": first, "to": april},
                    "count": 25,
                    "blocked": 5,
                },
                {"unit": "single-1", "span": {"from": first, "to": april}, "count": 15},
                {
                    "unit": "double-2",
                    "span": {"from": april},
                    "count": 20,
                    "blocked": 5,
                },
            ),
            "available": {"from": first},
            "location": {"postcode": "40213"},
        }
    )
    assert made.tokens == ()
    assert made.found_by == ("mail:hotel@example.org|find",)
    assert other.details.units is None
    assert {reason for _, reason in reasons(other)} == {
        Reason.NO_NUMBER,
        Reason.NO_UNIT,
    }


def test_rows_of_one_contract_that_contradict_each_other_are_asked_about(tmp_path):
    (made,) = drafts(
        tmp_path,
        HOTEL | {"Aufzug": "ja"},
        HOTEL | {"Zimmertyp": "EZ", "Aufzug": "nein"},
    )

    assert ("lift", Reason.ROWS_DIFFER) in reasons(made)


GOODS = {
    "Nr.": "G-1",
    "Angebot oder Bedarf": "Angebot",
    "E-Mail": "a@example.org",
    "Artikel": "Bett 140 cm",
    "Menge": "3 Stück",
}


def test_a_request_names_its_kit_and_what_serves_as_well(tmp_path):
    asked = GOODS | {"Angebot oder Bedarf": "Bedarf", "Teil des Sets": "baby-1"}
    plain, odd = drafts(
        tmp_path,
        asked | {"Auch recht": "Bett 90 cm; bed-180"},
        asked | {"Nr.": "G-2", "Teil des Sets": "Familie K.", "Auch recht": "Thron"},
    )

    assert plain.details.kit == "baby-1"
    assert plain.details.equivalents == ("bed-90", "bed-180")
    assert (odd.details.kit, odd.details.equivalents) == (None, None)
    assert {field for field, _ in reasons(odd)} == {"kit", "equivalents"}


def test_a_lot_and_a_request_of_goods(tmp_path):
    lot, request = drafts(
        tmp_path,
        GOODS | {"Zustand": "gut", "PLZ": "40210", "Wert je Stück €": "40"},
        GOODS
        | {
            "Nr.": "G-2",
            "Angebot oder Bedarf": "Bedarf",
            "Organisation": "Verein",
            "Benötigt bis": "01.04.2022",
        },
    )

    item = {
        "category": "FURNITURE",
        "code": "bed-140",
        "name": "Bett 140 cm",
        "unit": "piece",
    }
    assert lot.details == GoodsOffer.model_validate(
        {
            "item": item | {"condition": "good"},
            "quantity": 3,
            "value_minor": 4_000,
            "location": {"postcode": "40210"},
        }
    )
    assert request.details == GoodsNeed.model_validate(
        {
            "item": item,
            "quantity": 3,
            "needed_by": date(2022, 4, 1),
            "organisation": True,
        }
    )
    assert lot.tokens == ("mail:a@example.org|bed-140/",)
    assert (lot.case, request.case) == ("offer", "need")


def test_a_piece_that_is_not_in_the_catalogue_stays_in_the_sealed_row(tmp_path):
    made = draft(tmp_path, GOODS | {"Artikel": "Allerlei von Frau Muster"})

    assert made.details.item is None
    assert reasons(made) == [("item.name", Reason.NO_ITEM)]


def test_a_word_for_a_code_that_no_catalogue_has_stays_in_the_sealed_row(tmp_path):
    made = draft(
        tmp_path,
        GOODS | {"Artikelcode": "OlenaKovalenko", "Kategorie": "Möbel"},
    )

    assert made.details.item is None
    assert (made.asked[0].reason, "Kovalenko" in str(made.details)) == (
        Reason.NO_ITEM,
        False,
    )


def test_a_name_in_the_column_of_sizes_stays_in_the_sealed_row(tmp_path):
    said = "Olena Kovalenko 0151 2345678"
    made = draft(tmp_path, GOODS | {"Größe": said, "Altersgruppe": "Olena"})
    good = draft(tmp_path, GOODS | {"Größe": "38/40", "Altersgruppe": "3-6 Jahre"})

    assert (made.details.item.size, made.details.item.age_group) == (None, None)
    assert reasons(made) == [
        ("item.size", Reason.UNKNOWN_WORD),
        ("item.age_group", Reason.UNKNOWN_WORD),
    ]
    assert (good.details.item.size, good.details.item.age_group) == (
        "38/40",
        "3-6 Jahre",
    )


def test_a_row_without_a_kind_is_set_aside(tmp_path):
    (aside,) = drafts(tmp_path, GOODS | {"Angebot oder Bedarf": "mal sehen"})

    assert isinstance(aside, Aside)
    assert (aside.field, aside.reason) == ("case", Reason.NO_CASE)


def test_a_row_that_reaches_nobody_is_set_aside(tmp_path):
    (aside,) = drafts(tmp_path, form(E="kommt noch@", Telefon="bitte mailen"))

    assert isinstance(aside, Aside)
    assert (aside.field, aside.reason) == ("contact", Reason.NO_REACH)


def test_a_phone_that_could_be_tried_is_a_way_to_reach_someone(tmp_path):
    made = draft(tmp_path, form(E="", Telefon="067 123 45 67"))

    assert reasons(made) == [("phone", Reason.PHONE_REGION)]
    assert made.told.contact.content["phone"] == "067 123 45 67"
    assert made.ways == ()


def test_a_check_is_read_or_set_aside(tmp_path):
    row = {
        "E-Mail": "a@example.org",
        "Prüfung": "Besichtigung",
        "Ergebnis": "bestanden",
        "Geprüft am": "14.03.2022",
        "Geprüft von": "Team A",
    }

    made, aside = drafts(tmp_path, row, row | {"Ergebnis": "war schön dort"})

    assert isinstance(made, CheckDraft)
    assert made.checked.model_dump() == {
        "kind": "visit",
        "state": "passed",
        "at": date(2022, 3, 14),
        "valid_until": None,
    }
    assert made.tokens == ("mail:a@example.org",)
    assert isinstance(aside, Aside)
    assert (aside.field, aside.reason) == ("check.state", Reason.NO_CHECK)
