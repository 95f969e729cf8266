"""Whether the command line knows words, without doing what they say."""

from collections.abc import Sequence

import typer

from services.cli import app


def accepted(words: Sequence[str]) -> str:
    """Let the command line read `beistand …`; raise when it does not know a word.

    Returns the command's full name, like `beistand channel add`.
    """
    command, name, left = typer.main.get_command(app), words[0], list(words[1:])
    assert name == "beistand"
    while hasattr(command, "commands"):
        if not left or left[0] not in command.commands:
            raise LookupError(f"{name} has no {left[:1]}")
        command, name = command.commands[left[0]], f"{name} {left[0]}"
        del left[0]
    command.make_context(name, left)
    return name
