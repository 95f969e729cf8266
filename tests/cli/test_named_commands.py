"""A sentence that sends somebody to a command names one that there is."""

import ast
import re
import shlex

import pytest
from typer.exceptions import TyperException

from tests.cli.words import accepted
from tests.quality.sources import modules, name

_COMMAND = re.compile(r"`(beistand [^`]+)`")
_BLANK = re.compile(r"\b[A-Z][A-Z-]+\b|…")


def texts(source):
    """Yield every text of a module, what is filled in as a blank of its own."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.JoinedStr(values=parts):
                yield "".join(
                    str(one.value) if isinstance(one, ast.Constant) else "NAME"
                    for one in parts
                )
            case ast.Constant(value=str(text)):
                yield text
            case _:
                pass


def named(source):
    """Return the commands that the texts of a module name."""
    found = {
        " ".join(one.split())
        for text in texts(source)
        for one in _COMMAND.findall(text)
    }
    return sorted(one for one in found if not one.endswith("…"))


def known(command):
    """Raise for a word that the command line does not know; arguments may lack."""
    try:
        accepted(shlex.split(_BLANK.sub("name", command)))
    except TyperException as error:
        if type(error).__name__ != "MissingParameter":
            raise
    except LookupError as error:
        if not str(error).endswith("has no []"):
            raise


COMMANDS = [
    pytest.param(command, id=f"{name(path)}: {command}")
    for path in modules()
    for command in named(path.read_text())
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_a_sentence_names_is_one_that_there_is(command):
    known(command)


def test_a_command_that_there_is_not_is_noticed():
    (found,) = named('say(f"Run `beistand topcis apply --for {name}`.")')

    with pytest.raises((AssertionError, LookupError, TyperException)):
        known(found)
