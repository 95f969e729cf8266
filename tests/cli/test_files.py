"""`beistand solve` and `beistand referee`: files in, a sentence and a code out."""

import json

import pytest
from typer.testing import CliRunner

from services.cli import app

INSTANCE = {
    "format": "assignment-instance.v1",
    "needs": ["n1", "n2"],
    "offers": [{"id": "o1", "capacity": 4}],
    "edges": [["n1", "o1", 0, 90, 2, 1200], ["n2", "o1", 0, 30, 3, 700]],
}


@pytest.fixture
def files(tmp_path):
    """An instance on disk, and where its plan is to lie."""
    instance = tmp_path / "instance.json"
    instance.write_text(json.dumps(INSTANCE))
    return str(instance), str(tmp_path / "plan.json")


def beistand(*words):
    return CliRunner().invoke(app, words)


def last(done):
    return json.loads(done.stdout.splitlines()[-1])


def test_a_solved_file_passes_the_referee(files):
    instance, plan = files

    done = beistand("solve", instance, "--out", plan, "--json")
    judged = beistand("referee", instance, plan, "--json")

    told = last(done)
    assert (done.exit_code, judged.exit_code) == (0, 0)
    assert (told["worth"], told["chosen"], told["proven"]) == (1200, 1, True)
    assert last(judged) == {"holds": True, "faults": []}


def test_a_search_stopped_at_the_same_step_writes_the_same_plan(files, tmp_path):
    instance, plan = files
    again = str(tmp_path / "again.json")

    done = beistand("solve", instance, "--out", plan, "--steps", "1", "--json")
    beistand("solve", instance, "--out", again, "--steps", "1")

    assert last(done)["engine"]["name"].endswith(", stopped early at step 1")
    assert (tmp_path / "plan.json").read_text() == (tmp_path / "again.json").read_text()
    assert beistand("referee", instance, again).exit_code == 0


def test_a_plan_that_does_not_hold_ends_with_a_sentence(files, tmp_path):
    instance, plan = files
    beistand("solve", instance, "--out", plan)
    told = json.loads((tmp_path / "plan.json").read_text())
    (tmp_path / "plan.json").write_text(json.dumps(told | {"worth": 1201}))

    judged = beistand("referee", instance, plan, "--json")

    assert judged.exit_code == 1
    assert "does not hold: " in judged.stderr
    assert "worth 1200, not 1201" in " ".join(last(judged)["faults"])


@pytest.mark.parametrize("content", ["{", '{"format": "assignment-plan.v1"}', "[1]"])
def test_an_unreadable_instance_is_wrong_use(files, tmp_path, content):
    instance, plan = files
    (tmp_path / "instance.json").write_text(content)

    done = beistand("solve", instance, "--out", plan)

    assert done.exit_code == 2
    assert done.stderr.startswith(instance)
    assert not (tmp_path / "plan.json").exists()


def test_an_unreadable_plan_is_wrong_use(files, tmp_path):
    instance, plan = files
    (tmp_path / "plan.json").write_text("{}")

    judged = beistand("referee", instance, plan)

    assert judged.exit_code == 2
    assert "not a file of the format assignment-plan.v1" in judged.stderr


def test_a_file_that_is_not_there_is_wrong_use(files):
    instance, plan = files

    judged = beistand("referee", instance, plan)

    assert judged.exit_code == 2
    assert "check the path" in judged.stderr
