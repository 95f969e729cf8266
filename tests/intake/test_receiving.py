"""`POST /intake`, behind the desk's guard, over a real ledger."""

import json
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from events.envelope import BATCH, STRUCTURED
from services.console.guard import Guard
from services.database import Unreachable
from services.intake.receiving import receiving
from tests.intake.test_messages import EVENT, ROW, TYPED

HERE = "http://127.0.0.1:8722"


@pytest.fixture
def client(intake):
    app = FastAPI()
    app.include_router(receiving(lambda _: intake))
    return TestClient(Guard(app), base_url=HERE)


@pytest.fixture
def post(client):
    def post(body, kind="application/json", to="/intake", **headers) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(
            to, content=content, headers={"content-type": kind, **headers}
        )

    return post


def told(answer) -> dict[str, int]:
    report = answer.json()
    said = {"rows", "receipts"}
    return {name: count for name, count in report.items() if count and name not in said}


def test_a_structured_cloudevent_is_taken_once(post, recorder):
    first = post(EVENT, STRUCTURED)
    again = post(EVENT, STRUCTURED)

    assert (first.status_code, told(first)) == (200, {"read": 1, "taken": 1})
    assert told(again) == {"read": 1, "unchanged": 1}
    assert recorder.head() == 1


def test_the_channel_is_who_spoke(post, recorder):
    post(EVENT, STRUCTURED)

    (fact,) = recorder.read()
    said = json.loads(fact.data)["said"]
    assert said["actor"] == {"ref": "/partner/muster", "role": "channel"}
    assert said["via"] == "channel"


def test_a_batch_and_a_binary_event_are_taken(post):
    batch = post([EVENT, TYPED | {"id": "e-2", "subject": "home-8"}], BATCH)
    binary = post(
        ROW | {"id": 9, "Telegram": "@jemand"},
        **{f"ce-{name}": str(v) for name, v in EVENT.items() if name != "data"}
        | {"ce-id": "e-3", "ce-subject": "home-9"},
    )

    assert told(batch) == {"read": 2, "taken": 2}
    assert told(binary) == {"read": 1, "taken": 1}


def test_a_later_revision_amends_and_an_earlier_does_not(post):
    changed = EVENT | {"id": "e-2", "revision": 4, "data": ROW | {"Accommodation": 4}}
    late = EVENT | {"id": "e-0", "revision": 2, "data": ROW | {"Accommodation": 1}}

    answers = [told(post(event, STRUCTURED)) for event in (EVENT, changed, late)]

    assert answers == [
        {"read": 1, "taken": 1},
        {"read": 1, "amended": 1},
        {"read": 1, "unchanged": 1},
    ]


def test_a_message_that_comes_again_after_a_newer_one_is_no_news(post, recorder):
    changed = EVENT | {"id": "e-2", "revision": 4, "data": ROW | {"Accommodation": 4}}

    answers = [told(post(event, STRUCTURED)) for event in (EVENT, changed, EVENT)]

    assert answers[2] == {"read": 1, "unchanged": 1}
    assert recorder.head() == 2


def test_one_id_with_other_content_is_refused_and_said(post, recorder):
    post(EVENT, STRUCTURED)
    answer = post(EVENT | {"data": ROW | {"Accommodation": 9}}, STRUCTURED)

    assert told(answer) == {"read": 1, "set_aside": 1}
    assert "same message id" in answer.json()["rows"][0]["reason"]
    assert [fact.type for fact in recorder.read()] == [
        "offer.listed.v1",
        "submission.set_aside.v1",
    ]


@pytest.mark.parametrize("by", ["query", "header"])
def test_bare_json_is_taken_by_the_profile_that_it_names(post, by):
    if by == "query":
        answer = post(ROW, to="/intake?profile=json-api")
    else:
        answer = post([ROW], **{"x-beistand-profile": "json-api"})

    assert (answer.status_code, told(answer)) == (200, {"read": 1, "taken": 1})


def test_a_row_that_reaches_nobody_is_set_aside_and_answered(post):
    answer = post(ROW | {"Telegram": None}, to="/intake?profile=json-api")

    assert told(answer) == {"read": 1, "set_aside": 1}


@pytest.mark.parametrize(
    ("body", "kind", "to", "why"),
    [
        (ROW, "application/json", "/intake", "names its profile"),
        (ROW, "application/json", "/intake?profile=nowhere", "no profile nowhere"),
        (b"{", STRUCTURED, "/intake", "not JSON"),
        (b'{"id": 1, "id": 2}', STRUCTURED, "/intake", "stands twice"),
        (ROW, STRUCTURED, "/intake", "specversion"),
        ([EVENT], STRUCTURED, "/intake", "a list of events"),
        ([], BATCH, "/intake", "1 to 500 messages"),
        (EVENT, BATCH, "/intake", "a batch is a JSON list"),
        (EVENT | {"type": "x.y.v1"}, STRUCTURED, "/intake", "the type is none of"),
        (EVENT | {"source": ""}, STRUCTURED, "/intake", "source"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    post, recorder, body, kind, to, why
):
    answer = post(body, kind, to)

    assert answer.status_code == 400
    assert why in answer.json()["detail"]
    assert recorder.head() == 0


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"kind": "housing", "beds": "Olena 0151"}, "beds: Input should be a valid"),
        ({"kind": "Olena 0151"}, "This kind is not known here"),
    ],
)
def test_a_refusal_names_the_field_and_never_what_stood_there(post, details, why):
    bad = TYPED | {"data": TYPED["data"] | {"details": details}}

    answer = post(bad, STRUCTURED)

    assert answer.status_code == 400
    assert why in answer.json()["detail"]
    assert "Olena" not in answer.text


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_what_a_form_of_another_site_could_send_is_refused(post, kind):
    assert post(EVENT, kind).status_code == 415


def test_a_page_of_another_site_is_refused(post, recorder):
    strange = {"origin": "https://example.org"}

    assert post(EVENT, STRUCTURED, **strange).status_code == 403
    assert post(EVENT, STRUCTURED, host="example.org").status_code == 403
    assert post(EVENT, STRUCTURED, origin=HERE).status_code == 200
    assert recorder.head() == 1


def test_a_message_is_bounded(post):
    assert post(b" " * 1_000_001, STRUCTURED).status_code == 413


def test_one_bad_event_of_a_batch_is_set_aside_and_the_others_are_taken(post, recorder):
    batch = [EVENT, ROW, TYPED | {"id": "e-2", "data": {"contact": {}}}, "no event"]

    answer = post([*batch, TYPED | {"id": "e-3", "subject": "home-8"}], BATCH)
    again = post(batch, BATCH)

    assert told(answer) == {"read": 5, "taken": 2, "set_aside": 3}
    assert told(again) == {"read": 4, "unchanged": 1, "set_aside": 3}
    assert [(r["id"], r["outcome"]) for r in answer.json()["receipts"]] == [
        ("e-1", "taken"),
        ("e-2", "set_aside"),
        ("e-3", "taken"),
    ]
    assert len(recorder.read()) == 5


def test_what_became_of_a_message_can_be_asked_at_any_time(client, post):
    first = post(EVENT, STRUCTURED).json()["receipts"][0]
    post(EVENT | {"id": "e-2"}, STRUCTURED)
    post(
        EVENT | {"id": "e-3", "subject": None, "data": ROW | {"Telegram": None}}, BATCH
    )

    def asked(path: str) -> Any:
        return client.get(f"/intake/{path}")

    assert asked("%2Fpartner%2Fmuster/e-1").json() == first
    assert asked("/partner/muster/e-1").json() == first
    assert asked("%2Fpartner%2Fmuster/e-2").json() == {
        "source": "/partner/muster",
        "id": "e-2",
        "outcome": "unchanged",
        "case": first["case"],
        "case_no": first["case_no"],
        "questions": [],
        "position": first["position"] + 1,
    }
    assert (first["outcome"], first["case_no"][-5:]) == ("taken", "-0001")
    assert asked("%2Fpartner%2Fmuster/e-9").status_code == 404
    assert "No message e-9 of /partner/muster" in asked("/partner/muster/e-9").text


def test_one_id_is_one_message_whatever_it_is_about(post, recorder):
    post(EVENT, STRUCTURED)
    other = post(EVENT | {"subject": "home-99"}, STRUCTURED)
    again = post(EVENT | {"subject": "home-99"}, STRUCTURED)

    assert told(other) == told(again) == {"read": 1, "set_aside": 1}
    assert [fact.type for fact in recorder.read()] == [
        "offer.listed.v1",
        "submission.set_aside.v1",
    ]


def test_a_repeat_that_comes_after_the_row_went_back_changes_nothing(post, recorder):
    """A, B, B again under an id of its own, A: then the third comes a second time."""
    beds = {4: ROW | {"Accommodation": 4}, 5: ROW | {"Accommodation": 5}}
    a, b = EVENT | {"data": beds[4]}, EVENT | {"id": "e-2", "data": beds[5]}
    for event in (a, b, b | {"id": "e-3"}, a | {"id": "e-4"}):
        post(event | {"revision": None}, STRUCTURED)
    facts = [fact.type for fact in recorder.read()]

    late = post(b | {"id": "e-3", "revision": None}, STRUCTURED)

    assert told(late) == {"read": 1, "unchanged": 1}
    assert facts == [
        "offer.listed.v1",
        "offer.amended.v1",
        "submission.noted.v1",
        "offer.amended.v1",
    ]
    assert len(recorder.read()) == 4


@pytest.mark.parametrize("told", [{"revision": 1_700_000_000}, {"id": "e" * 201}])
def test_what_no_fact_can_hold_is_refused_in_a_sentence(post, told):
    assert post(EVENT | told, STRUCTURED).status_code == 400


def test_a_program_hears_in_json_what_a_person_would_see_on_a_page(intake, monkeypatch):
    def away(*_: object) -> None:
        raise Unreachable("No answer from PostgreSQL")

    async def page(*_: object) -> Response:
        return Response("a page")

    app = FastAPI(exception_handlers={404: page})
    app.include_router(receiving(lambda _: intake))
    client = TestClient(app, base_url=HERE)
    missing = client.get("/intake/%2Fpartner/e-1")
    monkeypatch.setattr(intake.answers, "about", away)
    silent = client.get("/intake/%2Fpartner/e-1")

    assert (missing.status_code, "detail" in missing.json()) == (404, True)
    assert (silent.status_code, "send the same again" in silent.text) == (503, True)
