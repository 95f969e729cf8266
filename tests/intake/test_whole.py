"""What is sealed of a row is the row as it came, and can be mended to it again."""

from typing import Any

import pytest

from services.intake.cells import joined
from services.intake.profile import profiles
from services.intake.repair import mended
from services.intake.source import open_source
from services.ledger.handle import read
from tests.intake.conftest import SAID
from tests.intake.sheets import as_csv, form, text


def drafts(path) -> list[Any]:
    return list(open_source(path, profiles()).drafts())


def sealed(draft) -> dict[str, str]:
    """Return what lies in the sealed box of a row, put together again."""
    return joined(draft.came.raw.content)


def test_two_columns_with_one_heading_are_both_kept(tmp_path):
    sheet = text([form() | {"Notiz": "eins", "Notiz ": "zwei"}])
    path = tmp_path / "a.csv"
    path.write_text(sheet)

    (draft,) = drafts(path)

    place = len(form()) + 2
    assert sealed(draft)["Notiz"] == "eins"
    assert sealed(draft)[f"Notiz [{place}]"] == "zwei"


@pytest.mark.parametrize("long", ["x" * 1_999, "x" * 5_000, "y\r\n" * 4_000])
def test_a_column_that_is_called_like_a_piece_stays_its_own(tmp_path, long):
    row = form() | {"Kontakt": long, "Kontakt (2)": "zwei", "Kontakt (3)": ""}

    (draft,) = drafts(as_csv(tmp_path / "a.csv", [row]))

    assert sealed(draft)["Kontakt"] == long.replace("\r\n", "\n")
    assert sealed(draft)["Kontakt (2)"] == "zwei"


def test_pieces_that_were_sealed_before_are_put_together():
    lying = {"line": "a" * 2_000, "line (2)": "b" * 2_000, "line (3)": "c", "x (2)": ""}

    assert joined(lying) == {
        "line": "a" * 2_000 + "b" * 2_000 + "c",
        "x (2)": "",
    }


def test_a_line_break_of_windows_is_one_when_the_row_is_mended(
    intake, tmp_path, recorder
):
    languages = "Sprachen (sprechen / verstehen)"
    nobody = form(Sprachen="Deutsch\r\nEnglisch", E="", Tel="")
    path = as_csv(tmp_path / "a.csv", [nobody])
    (draft,) = drafts(path)
    intake.submit(path, SAID)
    facts: list[Any] = [read(stored).fact for stored in recorder.read()]

    asked = intake.to_mend(facts[0].submission, draft.came.raw.content)
    made: Any = mended(facts[0], asked | {"E-Mail": "a@example.org"}, profiles())

    assert asked[languages] == "Deutsch\nEnglisch"
    assert made.details.languages == ("de", "en")
    assert made.asked == ()


def test_a_bad_line_is_sealed_to_its_end(tmp_path):
    line = '{"id": "' + "x" * 60_000 + "END"
    path = tmp_path / "a.jsonl"
    path.write_text(line)

    (aside,) = drafts(path)

    assert sealed(aside) == {"line": line}


def test_a_long_cell_in_a_column_that_nothing_reads_is_sealed_to_its_end(tmp_path):
    long = "z" * 30_000 + "END"

    (draft,) = drafts(as_csv(tmp_path / "a.csv", [form() | {"Notiz": long}]))

    assert draft.asked == ()
    assert sealed(draft)["Notiz"] == long
