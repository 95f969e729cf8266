"""`beistand why`: the reasons of one need, for a person and as JSON."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from services.cli import app, why
from tests.console.whole_office import opened

ALONE = {"kind": "housing", "persons": 1, "horizon": "acute", "near": "40210"}
DOG = ALONE | {"pets": ({"kind": "dog", "count": 1},)}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        found.do("raise-need", need="dog", household="h-dog", details=DOG)
        found.engine.match()
        found.do("raise-need", need="new", household="h-new", details=ALONE)
        yield found


@pytest.fixture
def asked(office, monkeypatch):
    """Ask why, of the office at hand instead of one in a home."""

    @contextmanager
    def here(home, *, demo):
        yield office.engine

    def ask(need, ends=0):
        done = CliRunner().invoke(app, ["why", need, "--json"])
        assert done.exit_code == ends, done.output
        lines = done.stdout.splitlines()
        return lines[:-1], json.loads(lines[-1]) if lines else done.stderr

    monkeypatch.setattr(why, "opened", here)
    return ask


def test_a_pair_is_told_with_what_it_earns_and_the_next_best(asked):
    lines, told = asked("B-2022-0001")

    assert told["kind"] == "why"
    assert (told["need"], told["offer"]) == ("family", "flat")
    assert lines[0].startswith(f"As of {told['plan']} of 2022-03-18")
    assert lines[1].startswith("B-2022-0001 goes to A-2022-")
    assert any("points: " in line for line in lines)
    assert any("worth: " in line for line in lines)


def test_a_need_is_known_by_its_number_and_by_its_id(asked):
    assert asked("b-2022-0002") == asked("couple") == asked("need:couple")


def test_no_pair_is_told_with_the_funnel_and_what_would_help(asked):
    lines, told = asked("dog")

    assert told["kind"] == "why_not"
    assert told["reason"] == "pets"
    assert [change["code"] for change in told["changes"]] == ["pets"]
    assert any("pets are not allowed or not asked for" in line for line in lines)
    assert any("would help: if the provider agrees to the pets" in x for x in lines)
    assert sum(many for _, many in told["blocked"]) == told["offers"]


def test_no_pair_is_told_as_of_today_too(asked):
    lines, told = asked("dog")

    today = told["today"]
    assert (today["reason"], today["compatible"]) == ("pets", 0)
    assert lines.index("As of today:") > 1


def test_goods_are_told_lot_by_lot(asked):
    lines, told = asked("coat")

    assert told["kind"] == "served"
    assert told["lots"][0][:2] == ["coats", 3]
    assert "gets 3 pieces of A-2022-" in lines[1]


def test_a_pair_by_hand_says_who_reasoned(asked, office):
    office.do(
        "propose-match",
        match="m-hand",
        offer="house",
        need="new",
        allocation=({"start": "2022-03-18", "end": "2022-06-18", "count": 1},),
        reason="knows the house",
    )

    lines, told = asked("new")

    assert (told["kind"], told["match"]) == ("pair", "m-hand")
    assert lines == [
        "B-2022-0007 goes to A-2022-0003 (proposed), by hand: knows the house."
    ]


def test_what_no_plan_has_looked_at_ends_with_a_sentence(asked, office):
    office.do("raise-need", need="late", household="h-late", details=DOG)

    office.do("withdraw-need", need="late", reason="entered_by_mistake")
    office.do("raise-need", need="later", household="h-later", details=DOG)

    gone, news = asked("late", ends=1)[1], asked("later", ends=1)[1]

    assert gone == "B-2022-0008 is withdrawn, and no plan looks at it.\n"
    assert news.startswith("No plan has looked at B-2022-0009; `beistand match`")


def test_a_need_that_nobody_knows_is_wrong_use(asked):
    _, said = asked("B-2022-9999", ends=2)

    assert said.startswith("No need is called B-2022-9999")
