"""The contract as it was released, and what today's code would change about it.

A fact is read in both directions: tools that know the released schema read today's
facts, and today's code reads the facts of then. So a released fact never changes, not
even by a field that is added: that is a new version, read through an upcaster. What
channels send is read by us alone, so there may be more of it, never less.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from events import upcast
from events.submission import SUBMISSIONS
from services.contract.changes import Change, Schema, changes
from services.contract.files import ROOT, schemas
from services.contract.words import CLOUDEVENT

RELEASED = Path(__file__).parent / "released"
_READ_BY_US = frozenset({*SUBMISSIONS, CLOUDEVENT})
Schemas = Mapping[str, Schema]


class NoSuchRelease(ValueError):
    """Nothing is known by that name to compare with; the text says what there is."""


@dataclass(frozen=True)
class Verdict:
    """What was compared, and one sentence for each change that would break somebody."""

    against: str
    names: int
    refused: tuple[str, ...]


def check(against: str | None = None) -> Verdict:
    """Compare today's code with a release, unless told otherwise the last one.

    `against` is a folder of schemas, a released version, or a tag of the repository.
    Raises `NoSuchRelease`.
    """
    name = against or newest()
    old = known(name)
    new = {key: json.loads(text) for key, text in schemas().items()}
    return Verdict(name, len(old), tuple(refusals(old, new)))


def refusals(old: Schemas, new: Schemas) -> Iterator[str]:
    """Yield a sentence for each change of a released schema that is no new version."""
    for name in sorted(old):
        if name not in new:
            if name not in upcast.STEPS:
                yield _gone(name)
            continue
        for change in changes(old[name], new[name]):
            if change.side == "narrower" or name not in _READ_BY_US:
                yield _sentence(name, change)


def newest() -> str:
    """Return the last released version."""
    versions = [path.stem for path in RELEASED.glob("*.json")]
    return max(versions, key=lambda one: tuple(map(int, one.split("."))))


def known(name: str) -> Schemas:
    """Return the schemas of a folder, a version or a tag; raise `NoSuchRelease`."""
    if Path(name).is_dir():
        return _of_texts(name, (path.read_text() for path in Path(name).glob("*.json")))
    if (snapshot := RELEASED / f"{name.removeprefix('v')}.json").exists():
        found: Schemas = json.loads(snapshot.read_text())
        return found
    return _of_texts(name, _of_tag(name))


def release(version: str) -> Path:
    """Write down today's schemas as those of a version; they never change again."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(json.loads(text), ensure_ascii=False)}"
        for name, text in sorted(schemas().items())
    )
    path = RELEASED / f"{version}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return path


def _of_texts(name: str, texts: Iterable[str]) -> Schemas:
    read = [json.loads(text) for text in texts]
    named = {one["$id"]: one for one in read if isinstance(one, dict) and "$id" in one}
    if not named:
        there = ", ".join(sorted(path.stem for path in RELEASED.glob("*.json")))
        raise NoSuchRelease(
            f"{name} is no folder of schemas, no released version ({there}) and no tag "
            "that holds docs/schemas."
        )
    return named


def _of_tag(tag: str) -> list[str]:
    words = ("ls-tree", "-r", "--name-only", "--end-of-options", tag, "docs/schemas")
    names = [name for name in _git(*words).splitlines() if name.endswith(".json")]
    return [_git("show", f"{tag}:{name}") for name in names]


def _git(*words: str) -> str:
    """Return what git says: nothing when there is no git, no clone or no such thing."""
    try:
        said = subprocess.run(  # noqa: S603 - git's own words, and a name after its options
            ("git", *words),  # noqa: S607 - whichever git the person uses
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout


def _sentence(name: str, change: Change) -> str:
    who = _who(name, change)
    at = f"`{change.where}` " if change.where else ""
    return f"{name}: {at}{change.what}; {who}. Make it {_next(name)}."


def _who(name: str, change: Change) -> str:
    if change.side == "wider":
        return "who reads by the released schema does not know that"
    if name in _READ_BY_US:
        return "channels still send it as it was"
    return "what was recorded until now cannot be read by it"


def _gone(name: str) -> str:
    if name in _READ_BY_US:
        return f"{name} is gone; channels still send it. Keep it."
    return f"{name} is gone; such facts lie in ledgers. Read them in events/upcast.py."


def _next(name: str) -> str:
    stem, dot, number = name.rpartition(".v")
    return f"{stem}.v{int(number) + 1}" if dot else "another message"
