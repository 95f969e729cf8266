"""`beistand export`: what other tools may read, whole, as a file."""

import csv
import json
from collections.abc import Iterator

import pytest

from projections.catalogue import SHOWN
from projections.listing import WrongAsk
from services.export import EXPORTED, Exported, export, named
from tests.console.api_office import ApiOffice, opened, told

NEEDS = 60


@pytest.fixture(scope="module")
def office(server, tmp_path_factory) -> Iterator[ApiOffice]:
    with opened(server, tmp_path_factory.mktemp("export")) as found:
        client = found.client()
        for n in range(1, NEEDS + 1):
            details = {"kind": "housing", "persons": n % 5 + 1}
            need = {"need": f"n-{n}", "household": f"p-{n}", "details": details}
            told(client, "raise-need", need)
        found.project()
        yield found


def test_a_file_holds_all_that_the_filter_leaves(office, tmp_path):
    out = tmp_path / "needs.csv"

    done = export(
        office.server, "open_needs", out, filters={"persons_min": "5"}, sort="-number"
    )

    with out.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["need"] for row in found] == [f"n-{n}" for n in range(59, 0, -5)]
    assert done == Exported("open_needs", 12, NEEDS, out)


def test_a_json_file_has_no_pages(office, tmp_path):
    out = tmp_path / "needs.json"

    export(office.server, "open_needs", out, form="json")

    found = json.loads(out.read_text())
    assert (found["total"], len(found["rows"])) == (NEEDS, NEEDS)
    assert "page" not in found


def test_a_sheet_is_written_too(office, tmp_path):
    out = tmp_path / "needs.xlsx"

    export(office.server, "open_needs", out, form="xlsx")

    assert out.read_bytes().startswith(b"PK")


def test_what_other_tools_may_not_read_is_not_exported(office, tmp_path):
    tools = {shape.name for shape in SHOWN if shape.tools} - {"checkpoint", "realm"}

    assert set(EXPORTED) == tools
    with pytest.raises(WrongAsk, match="there are: available_offers, "):
        export(office.server, "open_questions", tmp_path / "x.csv")


def test_a_file_that_could_not_be_written_leaves_nothing_behind(
    office, tmp_path, monkeypatch
):
    monkeypatch.setattr("services.console.tables._MOST_ROWS", 1)

    with pytest.raises(WrongAsk, match="take CSV"):
        export(office.server, "open_needs", tmp_path / "x.xlsx", form="xlsx")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("filters", [{"colour": "red"}, {"page": "2"}])
def test_a_wrong_filter_says_which_there_are(office, tmp_path, filters):
    with pytest.raises(WrongAsk, match="there are: q, state"):
        export(office.server, "open_needs", tmp_path / "x.csv", filters=filters)


def test_a_filter_is_written_as_a_name_and_a_value():
    assert named(["state = new", "q=a=b"]) == {"state": "new", "q": "a=b"}
    with pytest.raises(WrongAsk, match="name=value, not “state”"):
        named(["state"])
