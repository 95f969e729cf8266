import re
import tomllib
from typing import Any

import pytest

from services.intake.fields import FIELDS
from services.intake.files import FileRefused
from services.intake.profile import BUILT_IN, Profile, load, profiles, recognise
from services.intake.source import open_source
from services.intake.suggest import suggest
from tests.intake.sheets import FORM, OFFER, as_csv

ALL = profiles()
README = (BUILT_IN / "README.md").read_text("utf-8")


def one(path, known, **how) -> Any:
    (draft,) = open_source(path, known, **how).drafts()
    return draft


@pytest.mark.parametrize("profile", ALL.values(), ids=ALL)
def test_each_profile_is_recognised_by_its_own_headings(profile):
    headings = [column.heading for column in profile.columns]

    fitted = recognise(ALL.values(), headings)

    assert fitted is not None
    assert fitted.profile == profile
    assert fitted.unused == ()
    assert len(fitted.places) == len(headings)


@pytest.mark.parametrize(
    "profile", [p for p in ALL.values() if p.bilingual], ids=lambda p: p.name
)
@pytest.mark.parametrize("side", [0, 1])
def test_our_own_sheets_may_be_in_one_language(profile, side):
    halves = [column.heading.split(" / ") for column in profile.columns]
    headings = [half[min(side, len(half) - 1)] for half in halves]

    fitted = recognise(ALL.values(), headings)

    assert fitted is not None
    assert fitted.profile == profile


def test_the_readme_names_every_profile_and_every_key():
    keys = set(Profile.model_fields) - {"is_own"}

    assert [name for name in ALL if f"`{name}`" not in README] == []
    assert [key for key in keys if not re.search(rf"`{key}[`.]", README)] == []


def test_a_profile_of_the_users_stands_for_ours_and_wins_a_tie(tmp_path):
    own = (BUILT_IN / "german-form.toml").read_text("utf-8")
    (tmp_path / "mine.toml").write_text(own.replace("german-form", "mine"), "utf-8")

    found = profiles(tmp_path)
    fitted = recognise(found.values(), list(FORM))

    assert set(found) == {*ALL, "mine"}
    assert fitted is not None
    assert fitted.profile.name == "mine"


def test_a_users_words_are_understood(tmp_path):
    own = (BUILT_IN / "offers.toml").read_text("utf-8")
    words = '[words.dwelling]\n"loft" = "flat"\n'
    (tmp_path / "offers.toml").write_text(own + words, "utf-8")
    path = as_csv(tmp_path / "a.csv", [OFFER | {"Wohnform": "Loft"}])

    draft = one(path, profiles(tmp_path))

    assert draft.asked == ()
    assert draft.details.dwelling == "flat"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('format = "', 'format = "x', "format"),
        ('to = "beds"', 'to = "bedds"', "there is no field `bedds`"),
        (", required = true", "", "mark the columns by which it is known"),
        ("[", "[[[", "is no TOML"),
        ("bilingual = true", "bilingual = true\nbiling = 1", "biling"),
    ],
)
def test_a_profile_that_cannot_be_used_says_what_to_mend(tmp_path, old, new, why):
    text = (BUILT_IN / "offers.toml").read_text("utf-8").replace(old, new)
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(FileRefused, match=r"The profile mine\.toml") as caught:
        load(path)

    assert why in str(caught.value)


def test_two_profiles_that_fit_alike_are_told_apart_by_the_person(tmp_path):
    text = (BUILT_IN / "offers.toml").read_text("utf-8")
    for name in ("one", "two"):
        changed = text.replace('name = "offers"', f'name = "{name}"')
        (tmp_path / f"{name}.toml").write_text(changed, "utf-8")
    path = as_csv(tmp_path / "a.csv", [OFFER])

    with pytest.raises(FileRefused, match="profiles one and two; say --profile NAME"):
        one(path, profiles(tmp_path))

    draft = one(path, profiles(tmp_path), chosen="two")
    assert draft.came.profile == "two@1"


def test_a_suggestion_takes_known_headings_over_and_shows_no_cell(tmp_path):
    row = FORM | {"Ihre Mailadresse": "geheim@example.org", "Baujahr": "1950"}
    path = as_csv(tmp_path / "Meine Tabelle.csv", [row, row | {"PLZ": "40215"}])

    text = suggest(path, ALL)
    told = tomllib.loads(text)

    assert told["name"] == "meine-tabelle"
    assert {column["to"] for column in told["columns"]} <= set(FIELDS)
    assert len(told["columns"]) == len(FORM)
    assert '# { heading = "Ihre Mailadresse", to = "?" },  # mail addresses' in text
    assert '# { heading = "Baujahr", to = "?" },  # ' in text
    assert "Beispiel" not in text
    assert "geheim" not in text
    assert 'dates = "mdy"' in text


def test_a_suggestion_can_be_used_as_it_stands(tmp_path):
    own = tmp_path / "profiles"
    own.mkdir()
    path = as_csv(tmp_path / "a.csv", [FORM])
    (own / "a.toml").write_text(suggest(path, ALL), "utf-8")

    draft = one(path, profiles(own))

    assert draft.came.profile == "a@1"
    assert draft.asked == ()
