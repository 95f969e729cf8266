"""A promise names its tests, and they are there."""

import re

from tests.docs.examples import ROOT

PAGE = ROOT / "docs" / "guarantees.md"
ROW = re.compile(
    r"^\| (?!promise|command|---|`)(?P<promise>[^|]+) \|.*\| (?P<tests>[^|]*) \|$",
    re.MULTILINE,
)


def test_every_promise_names_tests_that_exist():
    rows = list(ROW.finditer(PAGE.read_text()))

    missing = {
        row["promise"]: name
        for row in rows
        for name in re.findall(r"`([^`]+)`", row["tests"]) or ["none"]
        if not _has_tests(name)
    }

    assert (len(rows) >= 10, missing) == (True, {})


def _has_tests(name: str) -> bool:
    place = ROOT / name
    files = [place] if place.is_file() else list(place.glob("test_*.py"))
    return any("def test_" in file.read_text() for file in files)
