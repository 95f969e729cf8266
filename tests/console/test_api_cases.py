"""One case by HTTP: everything about it, and nothing that is sealed or protected."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.console.api_office import ApiOffice, opened, told

HOUSEHOLD = {
    "kind": "housing",
    "languages": ["uk", "ru"],
    "waiting_since": "2022-03-18",
}
PROTECTED = {
    "kind": "housing",
    "dwelling": "flat",
    "beds": 4,
    "location": {"postcode": "40213", "disclosure": "protected"},
}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory) -> Iterator[ApiOffice]:
    """Three needs, and an offer at a protected address."""
    with opened(server, tmp_path_factory.mktemp("cases")) as made:
        client = made.client()
        told(client, "begin-day", {"day": "2022-03-18"})
        for number in range(1, 4):
            details = {**HOUSEHOLD, "persons": number}
            need = {"need": f"n-{number}", "household": f"p-{number}"}
            told(client, "raise-need", {**need, "details": details})
        offer = {"offer": "o-1", "provider": "p-100", "details": PROTECTED}
        told(client, "list-offer", offer)
        made.project()
        yield made


@pytest.fixture(scope="module")
def client(office: ApiOffice) -> TestClient:
    return office.client()


@pytest.mark.parametrize("name", ["need:n-3", "B-2022-0003", "b-2022-0003 "])
def test_a_case_is_found_by_its_id_or_its_number(
    client: TestClient, office: ApiOffice, name: str
):
    answer = client.get(f"/api/cases/{name}")

    body = answer.json()
    assert answer.headers["Beistand-Position"] == str(office.recorder.head())
    assert body["position"] == office.recorder.head()
    assert body["case"]["case_ref"] == "need:n-3"
    assert body["about"]["details"] == {**HOUSEHOLD, "persons": 3}
    assert body["need"]["persons"] == 3
    assert (body["offer"], body["matches"], body["unmet"]) == (None, [], None)
    assert [entry["type"] for entry in body["history"]] == ["need.raised.v2"]


def test_nothing_of_a_case_locates_a_protected_home(client: TestClient):
    answers = [
        client.get("/api/cases/offer:o-1"),
        client.get("/api/available_offers?format=csv"),
        client.get("/api/available_offers"),
    ]

    assert all(answer.status_code == 200 for answer in answers)
    assert not any("40213" in answer.text for answer in answers)


@pytest.mark.parametrize("name", ["need:n-99", "B-2022-9999", "%00", "need:%00", "x/y"])
def test_a_case_that_is_not_there_is_not_found(client: TestClient, name: str):
    answer = client.get(f"/api/cases/{name}")

    assert answer.status_code == 404
    assert "There is no case" in answer.json()["detail"]
