"""The people of the scenario answer alike, whoever asks and whenever."""

from collections import Counter

import pytest

from services.demo.people import AGREE, People


@pytest.mark.parametrize(("side", "percent"), AGREE.items())
def test_so_many_agree_as_was_guessed(side, percent):
    people = People(2022)

    agreed = sum(
        people.refuses(f"n{need}", f"o{offer}", side) is None
        for need in range(50)
        for offer in range(40)
    )

    assert abs(agreed / 2000 - percent / 100) < 0.03


def test_the_same_question_has_the_same_answer():
    assert People(1).refuses("n1", "o1", "provider") == People(1).refuses(
        "n1", "o1", "provider"
    )


def test_other_seeds_are_other_people():
    answers = {
        seed: [People(seed).refuses(f"n{n}", "o", "household") for n in range(40)]
        for seed in (1, 2)
    }

    assert answers[1] != answers[2]


def test_who_refuses_says_why_in_a_code_of_its_side():
    people = People(2022)

    reasons = {
        side: Counter(
            no.reason
            for need in range(300)
            if (no := people.refuses(f"n{need}", "o", side)) is not None
        )
        for side in AGREE
    }

    assert "found_other_housing" in reasons["household"]
    assert "found_other_housing" not in reasons["provider"]
    assert "filled_by_other" in reasons["provider"]


def test_the_answers_of_this_release_are_those_of_the_last():
    days = [People(2022).takes_days("n", f"o{n}", "household") for n in range(8)]

    assert days == [0, 0, 0, 0, 2, 0, 0, 0]
