"""At night nobody tries words out: each command of the operator's page is known."""

import re
import shlex

import pytest
from typer.exceptions import TyperException

from services.settings import Settings
from tests.cli.words import accepted
from tests.containers import composed
from tests.docs.examples import ROOT, blocks

PAGE = (ROOT / "docs" / "operate.md").read_text()
BINARY = ".venv/bin/"
NUMBER = "8700"
_INLINE = re.compile(r"`((?:docker compose|beistand) [^`]+)`")
_BLANK = re.compile(r"\b[A-Z][A-Z-]+\b")
ENGINE = {"up", "exec", "run", "ps", "logs", "restart", "stop", "cp"}


def commands():
    """Return every command of the page, in text and in examples, blanks filled in."""
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    found = [" ".join(one.split()) for one in _INLINE.findall(prose)]
    for block in blocks(PAGE):
        found += [line.removeprefix(BINARY) for line in block.body.splitlines()]
    told = [line for line in found if line.startswith(("beistand ", "docker "))]
    return sorted(set(told))


def words(command):
    return shlex.split(_BLANK.sub("name", command))


@pytest.mark.parametrize("command", commands())
def test_every_command_is_one_that_there_is(command):
    said = words(command)

    told = inside(said) if said[0] == "docker" else said

    assert told == ["beistand"] or accepted(told)


def inside(said):
    """Return what `docker compose` runs in a container; raise for what it cannot."""
    given = [word for word in said[2:] if word != "--detach"]
    while given and given[0].startswith("--profile"):
        given = given[2:]
    action, rest = given[0], [word for word in given[1:] if word != "--build"]
    assert action in ENGINE, f"docker compose {action}"
    if action == "cp":
        rest = [rest[0].partition(":")[0]]
    while rest and rest[0].startswith("--"):
        rest = rest[2:] if rest[0] == "--volume" else rest[1:]
    assert not rest or rest[0] in composed.read()["services"], rest
    if action == "run":
        return ["beistand", *rest[1:]]
    return rest[1:] or ["beistand", "health"]


@pytest.mark.parametrize(
    "command",
    [
        "beistand rebiuld NAME",
        "docker compose restart kafak",
        "docker compose cp deks:/file .",
        "beistand health --deep",
    ],
)
def test_a_command_that_there_is_not_is_noticed(command):
    said = words(command)

    with pytest.raises((AssertionError, LookupError, TyperException)):
        accepted(inside(said) if said[0] == "docker" else said)


def test_there_are_ten_situations_each_with_its_end():
    parts = re.split(r"^### \d+\. ", PAGE.split("\n## Ten situations at night\n")[1],
                     flags=re.MULTILINE)[1:]  # fmt: skip
    parts[-1] = parts[-1].split("\n## ")[0]

    assert len(parts) == 10
    for part in parts:
        marks = [
            part.index(mark) for mark in ("**Seen:**", "**Do:**", "**Over when:**")
        ]
        assert marks == sorted(marks), part.splitlines()[0]


def test_every_setting_is_told():
    known = {
        "DATABASE_URL" if name == "database_url" else f"BEISTAND_{name.upper()}"
        for name in Settings.model_fields
    }

    assert {name for name in known if f"`{name}`" not in PAGE} == set()


@pytest.mark.parametrize("profile", ["monitoring", "kafka-ui"])
def test_every_profile_is_told(profile):
    assert f"--profile {profile}" in PAGE
