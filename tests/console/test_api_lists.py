"""Lists by HTTP: the same questions as on the pages, as JSON, CSV and XLSX."""

import csv
import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import fields

import pytest
from python_calamine import CalamineWorkbook
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from projections import open_needs, tasks
from projections.catalogue import SHOWN
from services.console.lists import Shelf
from services.console.readable import READABLE, found, wanted
from services.console.shelves import SHELVES
from tests.console.api_office import ApiOffice, opened, told

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULAS = ("=1+1", "+49", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://evil","x")')
NEEDS = 7
HOUSEHOLD = {
    "kind": "housing",
    "languages": ["uk", "ru"],
    "waiting_since": "2022-03-18",
}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory) -> Iterator[ApiOffice]:
    """Seven needs, and tasks with nasty names."""
    with opened(server, tmp_path_factory.mktemp("lists")) as made:
        client = made.client()
        told(client, "begin-day", {"day": "2022-03-18"})
        for number in range(1, NEEDS + 1):
            details = {**HOUSEHOLD, "persons": number}
            need = {"need": f"n-{number}", "household": f"p-{number}"}
            told(client, "raise-need", {**need, "details": details, "priority": 1})
        for number, text in enumerate(FORMULAS, start=1):
            task = {"task": f"t-{number}", "case": "need:n-1", "what": "other"}
            told(client, "assign-task", {**task, "assignee": text})
        made.project()
        yield made


@pytest.fixture(scope="module")
def client(office: ApiOffice) -> TestClient:
    return office.client()


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    text = client.get(address).content.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheet(content: bytes, name: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [list(row) for row in book.get_sheet_by_name(name).to_python()]


def test_a_list_comes_in_pages_with_the_position_it_is_of(
    client: TestClient, office: ApiOffice
):
    answer = client.get("/api/open_needs?sort=-persons&size=2&page=2")

    body = answer.json()
    assert answer.headers["Beistand-Position"] == str(office.recorder.head())
    assert [row["persons"] for row in body.pop("rows")] == [5, 4]
    assert body == {
        "name": "open_needs",
        "position": office.recorder.head(),
        "total": NEEDS,
        "page": 2,
        "size": 2,
    }


def test_a_row_holds_every_column_of_its_read_model(client: TestClient):
    (row,) = client.get("/api/open_needs?q=n-3").json()["rows"]

    assert list(row) == [field.name for field in fields(open_needs.OpenNeed)]
    assert (row["need"], row["languages"]) == ("n-3", ["uk", "ru"])
    assert row["waiting_since"] == "2022-03-18"


@pytest.mark.parametrize("name", sorted(READABLE))
@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_every_list_answers_in_every_form(client: TestClient, name: str, form: str):
    answer = client.get(f"/api/{name}?format={form}")

    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    columns = [column.name for column in READABLE[name].relation.columns]
    match form:
        case "json":
            assert answer.json()["name"] == name
        case "csv":
            assert answer.text.split("\r\n")[0] == ",".join(columns)
        case _:
            assert sheet(answer.content, name)[0] == columns


def test_what_tools_may_see_and_what_pages_list_can_be_read():
    tools = {shape.name for shape in SHOWN if shape.tools} - {"checkpoint", "realm"}
    lists = {shelf.listing.relation.name for shelf in SHELVES.values()}

    assert tools | lists == set(READABLE)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv"),
        (f"text/csv;q=0.5, {XLSX}", XLSX),
        (f"TEXT/CSV, {XLSX};q=0.9", "text/csv"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=many", "application/json"),
    ],
)
def test_accept_names_the_form(client: TestClient, accept: str, media: str):
    answer = client.get("/api/open_needs", headers={"Accept": accept})

    assert answer.headers["Content-Type"].split(";")[0] == media
    assert answer.headers["Vary"] == "Accept"


def test_a_file_is_whole_and_a_page_of_it_is_asked_for(client: TestClient):
    assert len(rows(client, "/api/open_needs?format=csv")) == NEEDS
    assert len(rows(client, "/api/open_needs?format=csv&size=3&page=3")) == 1


def test_a_long_list_is_read_page_after_page(client: TestClient, monkeypatch):
    monkeypatch.setattr("services.console.readable._AT_ONCE", 3)

    found = rows(client, "/api/open_needs?format=csv&sort=number")

    assert [row["need"] for row in found] == [f"n-{n}" for n in range(1, NEEDS + 1)]


def test_a_file_may_take_longer_than_a_page(office: ApiOffice, monkeypatch):
    monkeypatch.setattr("services.console.readable._AT_ONCE", 3)
    with office.reading() as db:
        for timeout in ("0", "150ms"):
            db.execute(f"SET LOCAL transaction_timeout = '{timeout}'")

        rows = iter(found(db, wanted("open_needs", {"format": "csv"})).rows)
        next(rows)
        time.sleep(0.3)

        assert len(list(rows)) == NEEDS - 1


def test_a_download_holds_what_its_page_lists(client: TestClient):
    shelf: Shelf[tasks.Task] = SHELVES["tasks"]
    with client.app.app.state.desk.reading() as db:  # type: ignore[attr-defined]  # the guard's inner application
        shown = shelf.show(db, QueryParams("sort=position"), "/tasks")

    assert shown.total == len(rows(client, shown.download("csv"))) == len(FORMULAS)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (
            "open_needs?colour=red",
            "There is no filter “colour” here; there are: q, state",
        ),
        (
            "open_needs?persons_min=many",
            "The filter “persons_min” takes a whole number",
        ),
        ("open_needs?step_free=perhaps", "takes yes or no"),
        ("open_needs?waiting_since_min=1.3.", "takes a day, or later"),
        ("open_needs?q=%00", "The filter “q” takes"),
        (
            "open_needs?sort=colour",
            "This list is not sorted by “colour”; it can be by:",
        ),
        ("open_needs?size=0", "“size” takes a whole number from 1 to 10000"),
        ("open_needs?size=10001", "“size” takes a whole number from 1 to 10000"),
        ("open_needs?page=-1", "“page” takes a whole number"),
        ("open_needs?page=999999999", "lies between 0 and"),
        (f"open_needs?page={'9' * 5000}", "“page” takes a whole number"),
        ("open_needs?format=pdf", "“format” is one of json, csv, xlsx."),
    ],
)
def test_a_wrong_question_is_answered_with_what_there_is(
    client: TestClient, address: str, why: str
):
    answer = client.get(f"/api/{address}")

    assert answer.status_code == 400
    assert why in answer.json()["detail"]


@pytest.mark.parametrize("name", ["open_need", "case_file", "personal_log", "lives"])
def test_what_is_no_list_says_which_there_are(client: TestClient, name: str):
    answer = client.get(f"/api/{name}")

    assert answer.status_code == 404
    assert "available_offers, capacity_by_day" in answer.json()["detail"]


def test_no_cell_of_a_csv_is_a_formula(client: TestClient):
    found = rows(client, "/api/tasks?format=csv&sort=position")

    assert [row["assignee"] for row in found] == [f"'{text}" for text in FORMULAS]


def test_no_cell_of_a_sheet_is_a_formula(client: TestClient):
    content = client.get("/api/tasks?format=xlsx&sort=position").content

    head, *found = sheet(content, "tasks")
    place = head.index("assignee")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        inside = [book.read(n) for n in book.namelist() if "worksheets/" in n]
    assert [row[place] for row in found] == [f"'{text}" for text in FORMULAS]
    assert not any(b"<f>" in xml or b"<hyperlink" in xml for xml in inside)


def test_a_sheet_keeps_days_and_numbers_and_says_what_columns_mean(
    client: TestClient, office: ApiOffice
):
    content = client.get("/api/open_needs?format=xlsx&q=n-3").content

    head, row = sheet(content, "open_needs")
    about = {str(line[0]): line[1] for line in sheet(content, "about")}
    known = dict(zip(head, row, strict=True))
    assert str(known["waiting_since"]) == "2022-03-18"
    assert (known["persons"], known["step_free"], known["horizon"]) == (3, False, "")
    assert about["ledger position"] == str(office.recorder.head())
    assert about["persons"] == "How many people; empty: unknown or goods"


def test_a_list_that_no_sheet_holds_is_refused_with_a_way_out(
    client: TestClient, monkeypatch
):
    monkeypatch.setattr("services.console.tables._MOST_ROWS", NEEDS - 1)

    answer = client.get("/api/open_needs?format=xlsx")

    assert answer.status_code == 400
    assert "narrow it by a filter, or take CSV" in answer.json()["detail"]


def test_the_index_leads_to_everything(client: TestClient):
    index = client.get("/api").json()

    assert sorted(index["read_models"]) == sorted(READABLE)
    assert client.get(index["openapi"]).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_lists_are_only_read(client: TestClient, method: str):
    answer = client.request(method, "/api/open_needs")

    assert answer.status_code == 404
    assert answer.json()["detail"].startswith(f"{method} /api/open_needs is not")


def test_an_answer_is_never_kept_by_a_cache(client: TestClient):
    assert client.get("/api/open_needs").headers["Cache-Control"] == "no-store"


def test_json_is_readable_line_by_line(client: TestClient):
    text = client.get("/api/open_needs?size=2").text

    head, *lines, foot = text.splitlines()
    assert json.loads(f"{head}{foot}")["total"] == NEEDS
    assert [json.loads(line.rstrip(","))["number"] for line in lines] == [1, 2]
