"""The glossary knows every code that a person chooses from a list."""

from typing import get_args

import pytest

from events.match import ReasonCode
from events.policy import CheckKind
from tests.docs.examples import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    section = GLOSSARY.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [
        [cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines
    ][2:]


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("Reasons for refusing or ending", get_args(ReasonCode)),
        ("Checks", get_args(CheckKind)),
    ],
)
def test_every_code_has_a_german_word(heading, codes):
    known = {code: german for code, german, *_ in rows(heading)}

    assert set(known) == set(codes)
    assert all(known.values())
