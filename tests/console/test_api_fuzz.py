"""Whatever is sent to the API, it answers; and what it took can be read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from services.console.readable import READABLE
from tests.console.api_bodies import JUNK, ODD, Maker
from tests.console.api_office import WHO, ApiOffice, opened, told

ANSWERS = {200, 400, 404, 409, 422}
HEADERS = {**WHO, "Content-Type": "application/json"}
HOME = {"kind": "housing", "dwelling": "flat", "beds": 4}
HOUSEHOLD = {"kind": "housing", "persons": 3}
ITEM = {"code": "bed-140", "category": "BEDDING"}
LOT = {"kind": "goods", "item": ITEM, "quantity": 9}
REQUEST = {"kind": "goods", "item": ITEM, "quantity": 2}
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@pytest.fixture(scope="module")
def office(server, tmp_path_factory) -> Iterator[ApiOffice]:
    """A day, two offers, two needs and a proposal, for the rest to meet."""
    with opened(server, tmp_path_factory.mktemp("fuzz")) as found:
        client = found.client()
        told(client, "begin-day", {"day": "2022-03-18"})
        for n, about in enumerate((HOME, LOT), start=1):
            offer = {"offer": f"o-{n}", "provider": f"p-{n}", "details": about}
            told(client, "list-offer", offer)
        for n, about in enumerate((HOUSEHOLD, REQUEST), start=1):
            need = {"need": f"n-{n}", "household": f"p-{n + 2}", "details": about}
            told(client, "raise-need", need)
        yield found


@pytest.fixture(scope="module")
def client(office: ApiOffice) -> TestClient:
    return office.client()


@pytest.fixture(scope="module")
def orders(client: TestClient) -> st.SearchStrategy[tuple[str, Any]]:
    """Paths of commands with a body: fitting, spoilt, or nothing like it."""
    document = client.get("/api/openapi.json").json()
    maker = Maker(document)
    made = []
    for path, what in document["paths"].items():
        if "post" in what and path.startswith("/api/commands/"):
            content = what["post"]["requestBody"]["content"]
            schema = content["application/json"]["schema"]
            bodies = maker.fitting(schema) | maker.spoilt(schema)
            made.append(st.tuples(st.just(path), bodies))
            made.append(st.tuples(st.just(path), maker.fitting(schema)))
    return st.one_of([*made, st.tuples(st.just("/api/commands/list-offer"), JUNK)])


def test_no_body_breaks_a_command(client: TestClient, orders, office: ApiOffice):
    taken = []

    @settings(max_examples=300, suppress_health_check=SLOW)
    @given(orders)
    def send(order: tuple[str, Any]):
        path, body = order
        answer = client.post(path, content=json.dumps(body), headers=HEADERS)
        assert answer.status_code in ANSWERS, (order, answer.text)
        if answer.status_code == 200:
            taken.append(path)

    send()
    assert len(set(taken)) > 5, "the bodies are too odd to say anything"


def test_what_was_taken_can_be_read(client: TestClient, office: ApiOffice):
    office.project()

    for name in READABLE:
        for form in ("json", "csv", "xlsx"):
            assert client.get(f"/api/{name}?format={form}").status_code == 200
    for row in client.get("/api/cases?size=100").json()["rows"]:
        assert client.get(f"/api/cases/{row['case_ref']}").status_code == 200


def test_no_question_breaks_a_list(client: TestClient):
    document = client.get("/api/openapi.json").json()
    lists = {
        path: [parameter["name"] for parameter in what["get"]["parameters"]]
        for path, what in document["paths"].items()
        if "get" in what and path != "/api/cases/{case}"
    }
    values = st.sampled_from((*ODD, "1", "-1", "yes", "2022-03-18", "a,b", "csv"))

    @settings(max_examples=100, suppress_health_check=SLOW)
    @given(st.data())
    def ask(data: st.DataObject):
        path = data.draw(st.sampled_from(sorted(lists)))
        names = st.sampled_from([*lists[path], "x"])
        asked = data.draw(
            st.dictionaries(names, values | st.text(max_size=9), max_size=3)
        )
        assert client.get(path, params=asked).status_code in {200, 400}

    ask()
