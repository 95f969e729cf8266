"""Commands by HTTP: strict, once per key, never without an actor."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from events.envelope import LARGEST
from services.ledger.handle import read
from services.ledger.rules.catalogue import COMMANDS
from tests.console.api_office import WHO, ApiOffice, opened, told

FLAT = {
    "offer": "o-1",
    "provider": "p-1",
    "details": {"kind": "housing", "dwelling": "flat", "beds": 3},
}
NOTE = {"case": "offer:o-1", "note": {"purpose": "note", "content": {"text": "Ruhig"}}}
BOX = {"subject": "p-1", "purpose": "note", "key_id": "k", "mark": "m", "box": "AAAA"}


@pytest.fixture
def office(server, tmp_path) -> Iterator[ApiOffice]:
    with opened(server, tmp_path) as found:
        yield found


@pytest.fixture
def client(office: ApiOffice) -> TestClient:
    return office.client()


@pytest.fixture(scope="module")
def closed(server, tmp_path_factory) -> Iterator[TestClient]:
    """An office where nothing that is sent may lead to a fact."""
    with opened(server, tmp_path_factory.mktemp("closed")) as found:
        yield found.client()
        assert found.recorder.head() == 0


def post(client: TestClient, name: str, body: Any, **headers: str):
    return client.post(f"/api/commands/{name}", json=body, headers={**WHO, **headers})


def raw(client: TestClient, body: bytes, **headers: str):
    kind = {"Content-Type": "application/json"}
    return client.post(
        "/api/commands/list-offer", content=body, headers={**kind, **WHO, **headers}
    )


def test_a_command_is_recorded_and_says_where(client: TestClient, office: ApiOffice):
    answer = post(client, "list-offer", FLAT, **{"Idempotency-Key": "x-1"})

    (stored,) = office.recorder.read()
    said = read(stored).fact.said
    assert answer.status_code == 200
    assert answer.headers["Beistand-Position"] == "1"
    assert answer.json() == {
        "order": "x-1",
        "positions": [1, 1],
        "facts": ["offer.listed.v1"],
        "repeated": False,
    }
    assert (said.actor.ref, said.via) == ("K. Muster", "desk")


def test_the_same_key_twice_is_recorded_once(client: TestClient, office: ApiOffice):
    first = told(client, "list-offer", FLAT, **{"Idempotency-Key": '"x-1"'})
    again = told(client, "list-offer", FLAT, **{"Idempotency-Key": "x-1"})

    assert again == {**first, "repeated": True}
    assert office.recorder.head() == 1


def test_a_key_that_was_used_for_something_else_is_refused(client: TestClient):
    told(client, "list-offer", FLAT, **{"Idempotency-Key": "x-1"})
    answer = post(
        client, "list-offer", {**FLAT, "offer": "o-2"}, **{"Idempotency-Key": "x-1"}
    )

    assert answer.status_code == 409
    assert answer.json()["conflicting"].startswith("x-1 was recorded before")
    assert answer.headers["Beistand-Position"] == "1"


def test_without_a_key_every_call_is_an_order_of_its_own(client: TestClient):
    told(client, "list-offer", FLAT)
    orders = {told(client, "write-note", NOTE)["order"] for _ in range(2)}

    assert len(orders) == 2


def test_what_is_so_already_has_no_positions(client: TestClient):
    told(client, "begin-day", {"day": "2022-03-18"})
    answer = post(client, "begin-day", {"day": "2022-03-18"})

    assert answer.json()["positions"] == []
    assert answer.headers["Beistand-Position"] == "1"


def test_a_rule_that_says_no_is_told_as_a_sentence(closed: TestClient):
    answer = post(
        closed, "withdraw-offer", {"offer": "o-9", "reason": "provider_withdrew"}
    )

    assert answer.status_code == 409
    assert answer.json() == {"refused": "There is no offer o-9; check the number."}


def test_personal_data_is_sealed_on_its_way(client: TestClient, office: ApiOffice):
    told(client, "list-offer", FLAT)
    told(client, "write-note", NOTE)

    assert all(b"Ruhig" not in stored.data for stored in office.recorder.read())


def test_who_is_outside_cannot_send_a_sealed_part(closed: TestClient):
    answer = post(closed, "write-note", {**NOTE, "note": BOX})

    assert answer.status_code == 422
    assert answer.json()["detail"] == [
        {
            "field": "note",
            "message": "send it plain, as purpose and content; Beistand seals it",
        }
    ]


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 201, "a%00b", "%FF", "\x7fx"], ids=repr
)
def test_no_command_without_an_actor(closed: TestClient, name: str):
    answer = post(closed, "list-offer", FLAT, **{"Beistand-Actor": name})

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Say who acts in the header")


@pytest.mark.parametrize(
    "sent", ["Олена Коваль".encode(), quote("Олена Коваль").encode()], ids=len
)
def test_an_actor_has_a_name_in_any_script(
    client: TestClient, office: ApiOffice, sent: bytes
):
    answer = client.post(
        "/api/commands/list-offer", json=FLAT, headers=[(b"beistand-actor", sent)]
    )

    (stored,) = office.recorder.read()
    assert answer.status_code == 200
    assert read(stored).fact.said.actor.ref == "Олена Коваль"


def test_a_command_says_by_which_way_it_came(client: TestClient, office: ApiOffice):
    told(client, "list-offer", FLAT, **{"Beistand-Via": "phone"})
    answer = post(client, "list-offer", FLAT, **{"Beistand-Via": "pigeon"})

    (stored,) = office.recorder.read()
    assert read(stored).fact.said.via == "phone"
    assert answer.status_code == 400
    assert "desk, phone, mail" in answer.json()["detail"]


def test_a_key_that_is_no_id_is_refused(closed: TestClient):
    answer = post(closed, "list-offer", FLAT, **{"Idempotency-Key": "no spaces"})

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Idempotency-Key is an id of at most 120")


def test_fields_that_do_not_fit_are_named(closed: TestClient):
    body = {"need": "n-1", "details": {"kind": "housing", "persons": "three"}}
    answer = post(closed, "raise-need", body)

    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["detail"]} == {
        "household",
        "details.persons",
    }
    assert "three" not in answer.text


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is not JSON"),
        (b"{", "it is not JSON"),
        (b'{"offer": "o-1", "offer": "o-2"}', "stands twice"),
        (b'{"offer": NaN}', "NaN is no number"),
        (b'{"offer": "\xff"}', "it is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"offer": 1' + b"0" * 5_000 + b"}", "thousands of digits"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_json_with_a_trap_is_not_read(closed: TestClient, body: bytes, why: str):
    answer = raw(closed, body)

    assert answer.status_code == 400
    assert why in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'{"offer": "\\ud800"}'])
def test_json_that_is_no_command_is_unfit(closed: TestClient, body: bytes):
    assert raw(closed, body).status_code == 422


def test_a_body_without_end_is_not_read_to_its_end(closed: TestClient):
    answer = raw(closed, b" " * (LARGEST + 1))

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""],
)
def test_only_json_is_taken_so_that_no_form_can_send_it(closed: TestClient, kind: str):
    answer = raw(closed, json.dumps(FLAT).encode(), **{"Content-Type": kind})

    assert answer.status_code == 415


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_another_sites_page_is_turned_away(closed: TestClient, headers: dict[str, str]):
    answer = post(closed, "list-offer", FLAT, **headers)

    assert answer.status_code == 403


def test_a_command_that_does_not_exist_says_which_do(closed: TestClient):
    answer = post(closed, "give-everything", {})

    assert answer.status_code == 404
    assert all(name in answer.json()["detail"] for name in COMMANDS)


def test_a_command_is_given_by_post_only(closed: TestClient):
    assert closed.get("/api/commands/list-offer").status_code == 404
    assert closed.put("/api/commands/list-offer", json=FLAT).status_code == 404
