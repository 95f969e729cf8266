"""The importer makes of every soiled row what the committed table says."""

import csv
from collections import Counter, defaultdict

from services.demo.play import EXAMPLES, files
from services.demo.story import FIRST, SECOND

SAID_BY_COUNT = {"kept", "amended", "unchanged", "empty"}
"""What a report says by its counts, unless the row gives it a reason too."""
COUNTED = ("set_aside", "question", "duplicate", "amended", "unchanged")


def table():
    rows = defaultdict(list)
    with (EXAMPLES / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["file"]].append(row)
    return rows


def told(rows):
    """Return which fields of which rows a report must name, and its counts."""
    counts = Counter(row["becomes"] for row in rows)
    return (
        {
            (int(row["row"]), row["field"], row["reason"])
            for row in rows
            if row["becomes"] not in SAID_BY_COUNT or row["reason"].endswith(".")
        },
        tuple(counts[kind] for kind in COUNTED),
    )


def found(report):
    return (
        {(row.row, row.field, row.reason) for row in report.rows},
        (
            report.set_aside,
            report.open_questions,
            report.duplicates,
            report.amended,
            report.unchanged,
        ),
    )


def test_every_soiled_row_becomes_what_the_table_says(desk):
    expected = table()

    reports = desk.take([*files(FIRST), *files(SECOND)])

    assert {name: found(report) for name, report in reports.items()} == {
        name: told(expected[name]) for name in reports
    }


def test_the_same_files_twice_change_nothing(desk):
    some = files(FIRST)[2:6]
    desk.take(some)
    before = desk.recorder.head()

    reports = desk.take(some)

    assert desk.recorder.head() == before
    assert sum(report.taken + report.amended for report in reports.values()) == 0
