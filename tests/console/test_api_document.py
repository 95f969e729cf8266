"""The API's description: complete, sound, and true of what is answered."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from services.console.openapi import document
from services.console.readable import READABLE
from services.ledger.rules.catalogue import COMMANDS
from tests.console.api_bodies import Schema
from tests.console.api_office import opened, told
from tests.docs.examples import ROOT

FLAT = {
    "offer": "o-1",
    "provider": "p-1",
    "details": {"kind": "housing", "dwelling": "flat", "beds": 3},
    "told": {"contact": {"purpose": "contact", "content": {"phone": "0211 1"}}},
}


@pytest.fixture(scope="module")
def client(server, tmp_path_factory) -> Iterator[TestClient]:
    with opened(server, tmp_path_factory.mktemp("document")) as found:
        client = found.client()
        told(client, "list-offer", FLAT)
        told(client, "assign-task", {"task": "t", "case": "offer:o-1", "what": "other"})
        found.project()
        yield client


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def references(part: object) -> Iterator[str]:
    match part:
        case dict():
            for name, value in part.items():
                if name == "$ref" and isinstance(value, str):
                    yield value
                else:
                    yield from references(value)
        case list():
            for value in part:
                yield from references(value)
        case _:
            pass


def faults(described: Schema, schema: Schema, value: object) -> list[str]:
    """Return what the schema finds wrong with the value."""
    whole = {**schema, "components": described["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def body_of(described: Schema, path: str) -> Schema:
    content = described["paths"][path]["post"]["requestBody"]["content"]
    schema: Schema = content["application/json"]["schema"]
    return schema


def answer_of(described: Schema, path: str, method: str, status: str) -> Schema:
    content = described["paths"][path][method]["responses"][status]["content"]
    schema: Schema = content["application/json"]["schema"]
    return schema


def test_every_list_and_every_command_is_described(described):
    paths = set(described["paths"])

    assert re.fullmatch(r"3\.1\.\d", described["openapi"])
    assert {f"/api/{name}" for name in READABLE} <= paths
    assert {f"/api/commands/{name}" for name in COMMANDS} <= paths
    assert "/api/cases/{case}" in paths


def test_no_operation_is_called_like_another(described):
    names = [
        operation["operationId"]
        for path in described["paths"].values()
        for operation in path.values()
    ]

    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(described):
    known = {f"#/components/schemas/{n}" for n in described["components"]["schemas"]}

    assert set(references(described)) <= known


def test_every_schema_is_one(described):
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", sorted(READABLE))
def test_a_list_answers_as_described(client, described, name):
    path = f"/api/{name}"
    schema = answer_of(described, path, "get", "200")

    assert faults(described, schema, client.get(path).json()) == []


def test_a_case_answers_as_described(client, described):
    schema = answer_of(described, "/api/cases/{case}", "get", "200")
    told = client.get("/api/cases/offer:o-1").json()

    assert faults(described, schema, told) == []
    assert faults(described, schema, {**told, "case": None}) != []


def test_a_list_is_described_with_all_that_it_can_be_asked(described):
    operation = described["paths"]["/api/open_needs"]["get"]
    asked = {one["name"]: one for one in operation["parameters"]}

    listing = READABLE["open_needs"]
    assert list(asked) == [*listing.filters, "sort", "page", "size", "format"]
    assert asked["persons_min"]["description"] == "a whole number, or more"
    assert "-persons" in asked["sort"]["schema"]["enum"]


def test_a_column_is_described_as_in_the_database(described):
    need = described["components"]["schemas"]["OpenNeed"]["properties"]

    assert need["need"]["description"] == "The need's id, opaque"
    assert set(need) == {c.name for c in READABLE["open_needs"].relation.columns}


def test_a_body_that_is_taken_is_described(described):
    schema = body_of(described, "/api/commands/list-offer")

    assert faults(described, schema, FLAT) == []
    assert faults(described, schema, {**FLAT, "details": {"kind": "castle"}}) != []


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("begin-match", "The household has moved in, or the hand-over has begun."),
        ("write-note", "Write note."),
    ],
)
def test_a_command_is_described_in_its_own_words(described, name, summary):
    assert described["paths"][f"/api/commands/{name}"]["post"]["summary"] == summary


def test_nobody_is_told_how_to_send_a_sealed_part(described):
    assert "Sealed" not in described["components"]["schemas"]


def test_the_answers_of_a_command_are_as_described(client, described):
    path = "/api/commands/list-offer"
    answers = [
        client.post(path, json=FLAT, headers={"Beistand-Actor": "K. Muster"}),
        client.post(path, json={}, headers={"Beistand-Actor": "K. Muster"}),
        client.post(path, json=FLAT),
        client.post(path, content=b"{}"),
    ]

    assert [answer.status_code for answer in answers] == [409, 422, 400, 415]
    for answer in answers:
        schema = answer_of(described, path, "post", str(answer.status_code))
        assert faults(described, schema, answer.json()) == []


def test_other_routes_keep_their_place_in_the_document():
    base = {
        "openapi": "3.1.0",
        "paths": {"/intake": {}},
        "components": {"schemas": {"Row": {}}},
    }

    found: Any = document(base)

    assert found["paths"]["/intake"] == {}
    assert found["components"]["schemas"]["Row"] == {}


def test_there_is_no_page_that_loads_from_elsewhere(client: TestClient):
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_every_list_header_and_answer_stands_in_the_documentation(described):
    text = (ROOT / "docs/api.md").read_text()
    operation = described["paths"]["/api/commands/list-offer"]["post"]
    headers = [one["name"] for one in operation["parameters"]]

    told = [*READABLE, *headers, *operation["responses"]]

    assert [name for name in told if name not in text] == []
