"""Options that many commands share, and how a command ends."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console

from projections.projector import Outdated
from services.assemble import Beistand, beistand
from services.backup import Together
from services.bus.errors import BusError
from services.copies import Unusable
from services.door import PortTaken
from services.intake.files import FileRefused
from services.ledger.batch import Conflicting
from services.ledger.handle import Contended
from services.ledger.kek import WrongKeyFile
from services.ledger.migrate import Unfit
from services.ledger.recorder import Unreachable
from services.ledger.rules.base import Refused
from services.postgres import NotStarted
from services.realm import WrongLedger
from services.settings import Settings, load
from services.solver import Unsound

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Where this realm's database and keys live."),
]
Demo = Annotated[
    bool, typer.Option("--demo", help="Work on the demo's invented realm.")
]
As = Annotated[
    str | None,
    typer.Option("--as", help="Who acts: your name; the ledger keeps it."),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object as the last line.")
]

REFUSED, WRONG_USE = 1, 2
P = ParamSpec("P")
R = TypeVar("R")
_KNOWN = (
    BusError, FileRefused,
    Refused, Conflicting, Contended, NotStarted, Unfit, Unreachable, Unsound,
    WrongLedger, WrongKeyFile, PortTaken, Together, Unusable, Outdated,
)  # fmt: skip
note = Console(stderr=True)
_BEGAN = time.monotonic()
"""When this process began; progress is told in its seconds."""


class WrongUse(Exception):
    """The call was not meant like this; the text says how."""


def fail(sentence: str, code: int = REFUSED) -> typer.Exit:
    """Say a sentence and end; no traceback for a person's mistake."""
    note.print(sentence, style="red", highlight=False, markup=False, soft_wrap=True)
    return typer.Exit(code)


def sentence(error: ValidationError) -> str:
    """Return the first fault of an input in one line."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    said = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Turn every kind of no into a sentence and an exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except WrongUse as error:
            raise fail(str(error), WRONG_USE) from error
        except ValidationError as error:
            raise fail(sentence(error), WRONG_USE) from error
        except _KNOWN as error:
            raise fail(str(error)) from error
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            text = f"{error.filename}: {error.strerror}; check the path."
            raise fail(text, WRONG_USE) from error

    return run


@contextmanager
def opened(home: Path | None, *, demo: bool, **given: object) -> Iterator[Beistand]:
    """Open the realm for one command."""
    with beistand(settings(home, **given), demo=demo) as engine:
        yield engine


def settings(home: Path | None, **given: object) -> Settings:
    """Read the settings for one command."""
    try:
        return load(home, **given)
    except ValidationError as error:
        raise WrongUse(_setting(error)) from error


def _setting(error: ValidationError) -> str:
    """Say which setting does not fit, by the name that the operator gave it."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if name not in Settings.model_fields:
        return sentence(error)
    about = Settings.model_fields[name].description
    return f"BEISTAND_{name.upper()} does not fit: {first['msg']}. It is: {about}"


def actor(name: str | None) -> str:
    """Return who acts; nothing is recorded for nobody."""
    if not name or not name.strip():
        raise WrongUse("Say who acts with --as NAME; the ledger keeps it.")
    return name.strip()


def say(line: str) -> None:
    """Print a line for a person; with `--json` the object still comes last."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def progress(phase: str, worth: int, bound: int) -> None:
    """Tell on stderr how far a run is: its phase, and the gap certified by then."""
    known = f": {worth} of at most {bound}" if worth or bound else ""
    gap = f", gap {(bound - worth) / bound:.4%}" if worth and bound > 0 else ""
    seconds = time.monotonic() - _BEGAN
    note.print(f"{seconds:7.1f} s  {phase}{known}{gap}", highlight=False)


def result(found: Mapping[str, object]) -> None:
    """Print the one JSON object, the last line of stdout."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")
