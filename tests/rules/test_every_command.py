"""No command without a yes and a no: read from the tests themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ledger.rules.base import Command
from services.ledger.rules.catalogue import COMMANDS

NAMES = {command.__name__: name for name, command in COMMANDS.items()}
NEVER_REFUSED = frozenset(("adopt-policy", "note-submission", "set-aside"))
"""Commands whose only no is that nothing changes."""


def told(source: str) -> Iterator[tuple[str, str]]:
    """Yield command and outcome of each `….when(Command(…)).then(…)` or `.refused(…)`.

    An outcome is `yes` (facts), `same` (no facts) or `no` (refused).
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    attr="then" | "refused" as said,
                    value=ast.Call(
                        func=ast.Attribute(attr="when"),
                        args=[ast.Call(func=ast.Name(id=command)), *_],
                    ),
                ),
                args=expected,
            ) if command in NAMES:
                happened = "yes" if expected else "same"
                yield NAMES[command], "no" if said == "refused" else happened
            case _:
                pass


def outcomes() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in COMMANDS}
    for path in Path(__file__).parent.glob("test_*.py"):
        for command, outcome in told(path.read_text()):
            found[command].add(outcome)
    return found


TOLD = outcomes()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_yes_and_a_no(name: str):
    no = "same" if name in NEVER_REFUSED else "no"

    assert {"yes", no} <= TOLD[name]


def test_a_command_without_a_test_is_found():
    assert list(told("given().when(WithdrawOffer(offer='o')).then(WITHDRAWN)")) == [
        ("withdraw-offer", "yes")
    ]
    assert list(told("given().when(WithdrawOffer(offer='o')).then()")) == [
        ("withdraw-offer", "same")
    ]
    assert list(told("given(x).when(WithdrawOffer(offer='o')).refused('no')")) == [
        ("withdraw-offer", "no")
    ]
    assert list(told("WithdrawOffer(offer='o').decide(past, said)")) == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_an_order_with_a_sentence(name: str):
    command = COMMANDS[name]

    assert command.name == name
    assert name.replace("-", "").isalpha()
    assert issubclass(command, Command)
    assert command.model_json_schema()["properties"]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_with_sealed_parts_says_whose_they_are(name: str):
    command = COMMANDS[name]
    holds = "Plain" in str(command.model_json_schema().get("$defs", {}))

    assert not holds or command.person is not Command.person
