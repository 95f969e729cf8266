"""The committed files are what the generator writes, and nobody in them is real."""

import re

import pytest

from bench.duesseldorf.__main__ import EXAMPLES
from bench.duesseldorf.contacts import POSTCODES
from bench.duesseldorf.households import households
from bench.duesseldorf.scenario import SEED, expected, scenario

DRAMA = re.compile(r"(?:0|0049|49)(?:2214710|3023125|4066969|6990009|8999998)[0-9]{3}")
"""The numbers that the Bundesnetzagentur keeps free for film and print."""


@pytest.fixture(scope="module")
def files():
    return scenario(SEED)


def test_the_generator_repeats_the_committed_files_byte_for_byte(files):
    written = {file.name: file.content() for file in files}
    written["expected.csv"] = expected(files)

    committed = {name: (EXAMPLES / name).read_bytes() for name in written}

    assert {name for name in written if written[name] != committed[name]} == set()


def test_nothing_lies_beside_them_that_nobody_wrote(files):
    names = {path.name for path in EXAMPLES.iterdir()}

    assert names == {file.name for file in files} | {
        "README.md",
        "expected.csv",
        "policy.toml",
    }


def test_no_mail_address_and_no_phone_number_is_anybodys(files):
    cells = [
        (heading, str(cell))
        for file in files
        for line in file.lines
        for heading, cell in line.cells.items()
        if cell and not line.marks
    ]
    mails = [cell for heading, cell in cells if "mail" in heading.lower()]
    phones = [
        re.sub(r"[^0-9]", "", cell)
        for heading, cell in cells
        if re.search("phone|telefon|whatsapp", heading.lower())
    ]

    assert [mail for mail in mails if not mail.strip().endswith("@example.org")] == []
    assert [phone for phone in phones if not DRAMA.fullmatch(phone)] == []
    assert len(mails) > 900
    assert len(phones) > 900


def test_the_sizes_are_those_of_the_scenario(files):
    rows = {file.name[:2]: len(file.lines) for file in files}

    assert 290 <= sum(rows[name] for name in ("01", "02", "03", "04")) <= 310
    assert 250 <= rows["06"] + rows["10"] <= 270
    assert 395 <= rows["07"] + rows["08"] <= 405
    assert len(POSTCODES) == 37


def test_households_are_as_the_surveys_say():
    many = households(SEED, 3000)
    adults = [p for h in many for p in h.people if p.age >= 18]

    singles = sum(len(h.people) == 1 for h in many) / len(many)
    women = sum(p.sex == "f" for p in adults) / len(adults)
    step_free = sum(any(p.needs == "step_free" for p in h.people) for h in many)
    pets = sum(bool(h.pets) for h in many)

    assert singles == pytest.approx(0.45, abs=0.03)
    assert women == pytest.approx(0.80, abs=0.06)
    assert step_free / len(many) == pytest.approx(0.08, abs=0.02)
    assert pets / len(many) == pytest.approx(0.12, abs=0.02)


def test_more_households_do_not_change_the_first():
    assert households(SEED, 20)[:10] == households(SEED, 10)
