"""Details of a case, shown in words and changed by a form."""

from datetime import date

import pytest
from pydantic import BaseModel, JsonValue

from events.kinds.goods import GoodsNeed, GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer
from services.console.details import changed, shown, written
from services.console.fields import GROUPS, Kind, Side, fields
from services.console.words import words

DE = words("de")
FLAT: dict[str, JsonValue] = {
    "kind": "housing",
    "dwelling": "flat",
    "beds": 4,
    "accepts": {"pets": ["dog"], "families": True},
    "available": {"from": "2022-04-01"},
    "rent": {"kind": "rent", "cold": 45050},
    "languages": ["de", "uk"],
    "location": {"postcode": "40227", "disclosure": "area"},
}
TODAY = date(2022, 3, 18)
OFFER: tuple[Side, Kind] = ("offer", "housing")


def form(details, **other):
    """A form as it stands when nothing was touched."""
    filled = {}
    for field in fields("offer", "housing"):
        value = written(field, details)
        if value:
            many = tuple(value.split(", ")) if field.how == "many" else (value,)
            filled[f"details.{field.path}"] = many
    filled |= {name: (value,) for name, value in other.items()}
    return {name: values for name, values in filled.items() if values != ("",)}


def test_what_is_known_is_told_in_words():
    known, unknown = shown(FLAT, "offer", "housing", DE)

    told = {line.name: line.text for line in known}
    assert told["Art der Unterkunft"] == "Wohnung"
    assert told["Erlaubte Haustiere"] == "Hund"
    assert told["Verfügbar ab"] == "01.04.2022"
    assert told["Kaltmiete im Monat, Euro"] == "450,50\u00a0€"
    assert told["Sprachen vor Ort"] == "Deutsch, Ukrainisch"
    assert "Aufzug" in unknown


def test_a_form_that_nobody_touched_changes_nothing():
    assert changed(FLAT, OFFER, form(FLAT), TODAY) == ({}, ())


def test_only_what_was_changed_is_told_anew_the_whole_of_its_part():
    filled = form(FLAT) | {"details.accepts.women_only": ("true",)}

    assert changed(FLAT, OFFER, filled, TODAY) == (
        {"accepts": {"pets": ["dog"], "families": True, "women_only": True}},
        (),
    )


def test_a_field_that_was_emptied_is_unknown_again():
    filled = {n: v for n, v in form(FLAT).items() if n != "details.beds"}

    assert changed(FLAT, OFFER, filled, TODAY) == ({}, ("beds",))


def test_no_pets_is_an_answer_and_unknown_is_none():
    none = form(FLAT) | {"details.accepts.pets": ("none",)}

    changes, _ = changed(FLAT, OFFER, none, TODAY)

    assert isinstance(changes["accepts"], dict)
    assert changes["accepts"]["pets"] == []


def test_what_the_read_model_hides_is_left_alone():
    protected = {n: v for n, v in FLAT.items() if n != "location"}

    assert changed(protected, OFFER, form(protected), TODAY) == ({}, ())


def test_an_amount_that_is_none_is_named():
    with pytest.raises(ValueError, match=r"details\.rent\.cold"):
        changed(FLAT, OFFER, form(FLAT) | {"details.rent.cold": ("viel",)}, TODAY)


def test_people_are_told_with_the_day_of_their_age():
    filled = {
        "rows.members": ("1",),
        "members[0].ref": ("m1",),
        "members[0].age_band": ("27-64",),
        "members[4].age_band": ("2-5",),
        "members[4].needs.step_free": ("true",),
    }

    changes, _ = changed({"kind": "housing"}, ("need", "housing"), filled, TODAY)

    assert changes["members"] == [
        {"ref": "m1", "age_band": "27-64", "as_of": "2022-03-18"},
        {"ref": "m5", "age_band": "2-5", "needs": {"step_free": True},
         "as_of": "2022-03-18"},
    ]  # fmt: skip


def test_every_question_leads_to_a_field_of_the_contract():
    models: dict[tuple[Side, Kind], type[BaseModel]] = {
        ("offer", "housing"): HousingOffer,
        ("offer", "goods"): GoodsOffer,
        ("need", "housing"): HousingNeed,
        ("need", "goods"): GoodsNeed,
    }
    for about, model in models.items():
        names = {field.top for group in GROUPS[about] for field in group.fields}
        assert names <= set(model.model_fields)


def test_what_a_small_table_does_not_ask_is_kept_and_an_emptied_row_goes():
    rooms: list[JsonValue] = [
        {"ref": "u1", "type": "double", "sleeps": 2, "lockable": True},
        {"ref": "u2", "type": "single", "sleeps": 1},
    ]
    filled = {
        "rows.units": ("1",),
        "units[0].ref": ("u1",),
        "units[0].type": ("double",),
        "units[0].sleeps": ("3",),
        "units[1].ref": ("u2",),
    }

    changes, _ = changed({"kind": "housing", "units": rooms}, OFFER, filled, TODAY)

    assert changes["units"] == [
        {"ref": "u1", "type": "double", "sleeps": 3, "lockable": True}
    ]
