"""What a visitor finds: nothing of one machine, nothing unexplained, no dead ends."""

import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from tests.quality.sources import ROOT, files, is_vendored, name, texts

ALLOWED_IN_ROOT = frozenset(
    {
        ".ci",
        ".dockerignore",
        ".gitattributes",
        ".gitignore",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Dockerfile",
        "LICENSE",
        "Makefile",
        "README.md",
        "SECURITY.md",
        "bench",
        "deploy",
        "docker-compose.yml",
        "docs",
        "events",
        "examples",
        "matcher",
        "projections",
        "pyproject.toml",
        "requirements.lock",
        "scripts",
        "services",
        "tests",
    }
)
ADDRESS = re.compile(r"(?m)\w+://|--(?:extra-)?index-url|--find-links|^-[if] ")
# Somebody's home or work folder; `~` and `$HOME` are how a document says it.
MACHINE_PATH = re.compile(r"(?<![\w.$~{}-])/(?:root|work|Users|home/(?!<|USER)\w+)/")
VERSION = re.compile(r"^## (?:\[?Unreleased\]?|(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\))$")


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_root_holds_only_what_a_visitor_expects():
    found = {path.relative_to(ROOT).parts[0] for path in files()}

    assert found - ALLOWED_IN_ROOT == set()


def test_the_lock_names_packages_and_hashes_but_no_registry():
    lock = (ROOT / "requirements.lock").read_text()
    packages = re.findall(
        r"^([a-z0-9.-]+)==.*((?:\\\n +--hash=sha256:\w+ *)+)", lock, re.MULTILINE
    )

    assert ADDRESS.findall(lock) == []
    assert len(packages) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE)) > 0


def test_the_lock_holds_what_the_project_asks_for():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*asked["project"]["dependencies"], *asked["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=!~;]", one)[0].strip() for one in wanted}
    locked = re.findall(
        r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )

    assert names - set(locked) == set()


def test_no_lock_of_another_tool_names_a_registry():
    others = [path for path in files() if path.name in {"package-lock.json", "uv.lock"}]

    assert [name(path) for path in others if ADDRESS.search(path.read_text())] == []


def test_nothing_names_a_folder_of_one_machine():
    assert {
        name(path): found
        for path, text in texts()
        if path.name != "test_repository.py" and (found := MACHINE_PATH.findall(text))
    } == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cd /root/beistand", True),
        ("/home/olena/x", True),
        ("~/.local/share", False),
        ("$HOME/work/x", False),
        ("/home/<name>/x", False),
        ("https://example.org/work/a", False),
    ],
)
def test_a_machines_folder_is_noticed(text, found):
    assert bool(MACHINE_PATH.search(text)) == found


def test_the_changelog_tells_of_this_version():
    headings = [
        line
        for line in (ROOT / "CHANGELOG.md").read_text().splitlines()
        if line.startswith("## ")
    ]
    read = [VERSION.match(line) for line in headings]
    released = [(one[1], date.fromisoformat(one[2])) for one in read if one and one[1]]

    assert [line for line, one in zip(headings, read, strict=True) if not one] == []
    assert released == sorted(released, key=lambda one: one[1], reverse=True)
    assert headings[0] == "## Unreleased" or released[0][0] == project()["version"]


def test_the_licence_is_the_one_that_the_project_names():
    text = (ROOT / "LICENSE").read_text()

    assert project()["license"] == "EUPL-1.2"
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text
    assert "Appendix" in text


def homes():
    """Return the folders of others: one a package, inside a folder `vendor`."""
    inside = (path for path in files() if is_vendored(path))
    cut = ((path, path.parts.index("vendor") + 2) for path in inside)
    return {Path(*path.parts[:end]) for path, end in cut if len(path.parts) > end}


def test_everything_of_others_keeps_its_licence():
    bare = {
        name(home)
        for home in homes()
        if not any(path.name.upper().startswith("LICEN") for path in home.rglob("*"))
    }

    assert bare == set()


def test_everything_of_others_is_named_where_people_look():
    told = (ROOT / "docs" / "third-party.md").read_text()

    assert {home.name for home in homes() if home.name not in told} == set()


def test_what_comes_from_others_is_unmodified():
    """`SHA256SUMS` in a folder `vendor` names every file that was taken, as it came."""
    for vendor in {home.parent for home in homes()}:
        found = {
            f"{digest(path)}  {path.relative_to(vendor)}"
            for path in vendor.glob("*/**/*")
            if path.is_file()
        }

        assert set((vendor / "SHA256SUMS").read_text().splitlines()) == found


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
