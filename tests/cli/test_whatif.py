"""`beistand whatif` and `scarcity`: solved aside, compared, and nothing recorded."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from services.cli import app, whatif
from tests.console.whole_office import opened

ON_WHEELS = {"ref": "m1", "age_band": "65+", "needs": {"step_free": True}}
LARGE = {
    "kind": "housing",
    "persons": 6,
    "members": (ON_WHEELS,),
    "horizon": "acute",
    "near": "40227",
}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    """An office with two households for the one house that is large enough."""
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        for name in ("first", "second"):
            found.do("raise-need", need=name, household=f"h-{name}", details=LARGE)
        found.engine.match()
        yield found


@pytest.fixture
def run(office, monkeypatch):
    """Run a command in the office at hand, and see that nothing was recorded."""

    @contextmanager
    def here(home, *, demo):
        yield office.engine

    def run(*words, ends=0):
        before = office.desk.position()
        done = CliRunner().invoke(app, [*words, "--json"])
        assert done.exit_code == ends, done.output
        assert office.desk.position() == before
        assert "Beispiel" not in done.output
        assert "555010" not in done.output
        lines = done.stdout.splitlines()
        return lines[:-1], json.loads(lines[-1]) if lines else done.stderr

    monkeypatch.setattr(whatif, "opened", here)
    return run


def test_one_more_house_places_who_was_outbid(run):
    lines, told = run("whatif", "--more", "house=1")

    (gain,) = told["gains"]
    assert (gain["persons"], gain["acute"], told["loses"]) == (6, True, [])
    assert told["changes"] == [{"change": "more", "offer": "house", "count": 1}]
    assert told["after"]["persons"] - told["before"]["persons"] == 6
    assert "1 needs gain a home: 6 acute persons, 0 others" in lines


def test_an_offer_is_known_by_its_number_too(run, office):
    number = office.client().get("/offers/house").text.split("<h1>")[1][:11]

    assert run("whatif", "--more", f"{number.lower()}=1") == run(
        "whatif", "--more", "offer:house=1"
    )


def test_rooms_and_beds_may_be_otherwise(run):
    _, told = run("whatif", "--rooms", "hotel/u1=0", "--beds", "flat=1")

    assert told["gains"] == []
    assert [turn["need"] for turn in told["loses"]] == ["first"]
    assert told["moved"] >= 1


def test_a_rule_of_the_policy_may_be_otherwise(run):
    _, near = run("whatif", "--set", "max_metres=1")
    _, light = run("whatif", "--set", "priorities.acute_weights=1,1,1,1")

    assert near["nearer"] == near["moved"] == 3
    assert light["set"] == {"priorities.acute_weights": [1, 1, 1, 1]}


@pytest.mark.parametrize(
    ("words", "ends", "sentence"),
    [
        ((), 1, "Nothing is changed yet"),
        (("--more", "house"), 2, "is not NAME=VALUE"),
        (("--more", "house=some"), 2, "is no whole number"),
        (("--more", "house=1001"), 1, "a number from 0 to 1000"),
        (("--more", "castle=1"), 2, "No offer is called castle"),
        (("--rooms", "hotel=1"), 2, "names no rooms"),
        (("--rooms", "hotel/u9=1"), 1, "has no such rooms or beds"),
        (("--set", "colour=1"), 1, "nothing called colour"),
        (("--set", "preferences.keep.more=1"), 1, "nothing called preferences.keep"),
        (("--set", "max_metres=far"), 1, "cannot be like that"),
    ],
)
def test_what_cannot_be_tried_is_said(run, words, ends, sentence):
    _, said = run("whatif", *words, ends=ends)

    assert sentence in " ".join(said.split())


def test_what_is_dear_is_told_by_feature_and_confirmed_by_solving(run):
    lines, told = run("scarcity", "--confirm", "1")

    dear = told["kinds"][0]
    assert (dear["dwelling"], dear["beds"], dear["like"]) == ("house", 6, "house")
    (confirmed,) = told["confirmed"]
    assert confirmed["after"]["persons"] - confirmed["before"]["persons"] == 6
    said = "one more House for 6, step-free would place +6 persons, +6 acute"
    assert lines[-1] == said
    assert told["features"][0]["code"] == "step_free"
