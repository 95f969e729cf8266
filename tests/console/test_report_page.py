"""The page of an upload names what was not read."""

from tests.console.whole_office import forms, opened
from tests.intake.sheets import OFFER, text


def test_columns_that_no_field_is_read_from_are_named(server, tmp_path):
    sheet = text([OFFER | {"Lieblingsfarbe": "rot"}]).encode()
    with opened(server, tmp_path, peopled=False) as office:
        desk = office.client()
        token = next(
            f for f in forms(desk.get("/upload").text) if f.action == "/upload"
        ).fields

        answer = desk.post("/upload", data=token, files={"file": ("x.csv", sheet)})

    assert answer.status_code == 200
    assert "Lieblingsfarbe" in answer.text
    assert "Angebots-Nr." not in answer.text
