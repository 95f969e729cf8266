"""`beistand match --standing`: how the newest plan stands by now, nothing recorded."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from services.cli import app, working
from tests.console.whole_office import _home, _household, opened


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("o"), peopled=False) as found:
        yield found


def test_it_says_who_could_go_where_as_of_now(office, monkeypatch):
    @contextmanager
    def here(home, *, demo):
        yield office.engine

    monkeypatch.setattr(working, "opened", here)
    words = ["match", "--standing", "--json"]
    before = CliRunner().invoke(app, words)
    office.do("list-offer", offer="h-1", provider="p-1", details=_home("flat", 2))
    run = office.engine.match()
    office.do("raise-need", need="n-1", household="h-1", details=_household(2))
    head = office.desk.position()

    done = CliRunner().invoke(app, words)

    assert (before.exit_code, "No plan stands" in before.output) == (1, True)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "plan": run.plan_id,
        "position": head,
        "gap": 0.0,
        "drift": 0.0,
        "due": False,
        "left": [0, 0, 0],
        "places": {
            "n-1": {
                "offer": "h-1",
                "unit": None,
                "start": "2022-03-18",
                "end": "2022-09-14",
                "rooms": 1,
            }
        },
        "faults": [],
    }
    assert office.desk.position() == head
