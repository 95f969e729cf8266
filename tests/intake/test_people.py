import pytest

from services.intake.people import Household, Person, band, household
from services.intake.reasons import Reason


def test_a_household_is_read_with_ages_sex_and_who_belongs_to_whom():
    read, doubts = household("Mutter 34 w; Tochter 12; Sohn 7; Oma 71 (stufenlos)")

    assert doubts == ()
    assert read.value == Household(
        people=(
            Person("mother", 34, "f"),
            Person("daughter", 12, "f"),
            Person("son", 7, "m"),
            Person("grandmother", 71, "f", ("step_free",)),
        ),
        relations=(
            (0, 1, "parent_child"),
            (0, 2, "parent_child"),
            (1, 2, "siblings"),
        ),
    )


@pytest.mark.parametrize(
    ("said", "relations"),
    [
        ("Mother (34), daughter (12)", ((0, 1, "parent_child"),)),
        (
            "Mutter 34; Vater 36; Baby 8 Monate",
            ((0, 2, "parent_child"), (1, 2, "parent_child"), (0, 1, "couple")),
        ),
        ("Ehefrau 60 w; Ehemann 62", ((0, 1, "couple"),)),
        ("Partner 30 m; Frau 29", ((0, 1, "couple"),)),
        ("Bruder 20; Schwester 17", ((0, 1, "siblings"),)),
        ("Erwachsene 51 w", ()),
    ],
)
def test_relations_come_from_explicit_role_words(said, relations):
    read, doubts = household(said)

    assert read.value is not None
    assert read.value.relations == relations
    assert doubts == ()


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ("Mutter 34; Tochter", Reason.NO_AGE),
        ("Frau 30; Kind 5", Reason.RELATION),
        ("Mutter 60; Mutter 34; Sohn 5", Reason.RELATION),
        ("Mutter 12; Tochter 34", Reason.RELATION),
    ],
)
def test_what_is_not_clear_about_a_household_is_asked(said, doubt):
    read, doubts = household(said)

    assert read.value is not None
    assert doubts == (doubt,)


@pytest.mark.parametrize(
    "said", ["2 Kinder; Mutter", "Mutter 34 w; Olena 12", "Mutter 34 m", "Sohn 200"]
)
def test_one_person_who_cannot_be_read_leaves_the_whole_household_open(said):
    read, _ = household(said)

    assert read.value is None
    assert read.reason is Reason.NO_HOUSEHOLD


def test_bands_are_cut_where_the_rules_cut_them():
    ages = (0, 1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 26, 27, 64, 65, 120)

    assert [band(age) for age in ages] == [
        "0-1", "0-1", "2-5", "2-5", "6-9", "6-9", "10-13", "10-13", "14-17", "14-17",
        "18-26", "18-26", "27-64", "27-64", "65+", "65+",
    ]  # fmt: skip
    assert band(121) is None
