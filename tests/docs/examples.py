"""Finds the examples of a document and runs them, as a reader would.

A fence in `python`, `sh`, `console` or `java` says `run`, or `shown:` and why it is
not run:

    ```python run          the code, in one namespace for the whole document
    ```sh run              a script; it must end with 0
    ```console run         `$ command` lines, each followed by what it prints
    ```java run            a class with a `main`; Kafka's client is on its class path
    ```output              what the runnable block before it prints
    ```sh shown: asks for a password

In expected output `…` stands for anything. A document is one session: its blocks run
in order, in a folder that looks like the clone, with a home of their own.
"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests import java

ROOT = Path(__file__).resolve().parents[2]
RUNNABLE = frozenset({"python", "sh", "console", "java"})
FENCE = re.compile(
    r"^```(?P<language>\w+) *(?P<says>[^\n]*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ ((?:[^\\\n]|\\[\s\S])*)\n?((?:(?!\$ ).+\n?)*)", re.MULTILINE)
SECONDS = 120
CURL = Path(__file__).parent / "curl.py"


@dataclass(frozen=True)
class Block:
    """One fence: `says` is what stands behind the language, `line` its first line."""

    language: str
    says: str
    body: str
    line: int


def blocks(text: str) -> list[Block]:
    """Return the fences of a Markdown text in their order."""
    return [
        Block(
            fence["language"],
            fence["says"].strip(),
            fence["body"],
            text.count("\n", 0, fence.start("body")) + 1,
        )
        for fence in FENCE.finditer(text)
    ]


def undecided(text: str) -> list[Block]:
    """Return the examples that neither run nor say why they are only shown."""
    return [
        block
        for block in blocks(text)
        if block.language in RUNNABLE
        and block.says != "run"
        and not re.fullmatch(r"shown: \S.*", block.says)
    ]


def run(path: Path, folder: Path) -> int:
    """Run a document's examples inside `folder`; return how many there were."""
    session = Session(path, folder)
    count = 0
    for block, after in pairwise([*blocks(path.read_text()), None]):
        if block is not None and block.says == "run":
            said = session.run(block)
            count += 1
            if after is not None and after.language == "output":
                compare(said, after.body, f"{path.name}:{after.line}")
    return count


def compare(said: str, expected: str, where: str) -> None:
    """Fail unless `said` is `expected`, in which `…` stands for anything."""
    parts = (re.escape(part) for part in expected.strip().split("…"))
    fits = re.fullmatch(".*?".join(parts), said.strip(), re.DOTALL)
    assert fits, f"{where} promises\n{expected}\nand this was printed:\n{said}"


def with_curl(folder: Path, path: str) -> str:
    """Return a search path on which there is a curl, or one that does as much."""
    if shutil.which("curl", path=path) is not None:
        return path
    own = folder / "curl" / "curl"
    own.parent.mkdir()
    own.write_text(f"#!{sys.executable}\n{CURL.read_text()}")
    own.chmod(0o755)
    return f"{own.parent}:{path}"


class Session:
    """What the blocks of one document share: a namespace, a folder, a home."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._folder = folder
        self._names: dict[str, object] = {"__name__": path.stem}
        self._environment = os.environ | {
            "PATH": f"{ROOT / '.venv/bin'}:{with_curl(folder, os.environ['PATH'])}",
            "BEISTAND_HOME": str(folder / "home"),
            "NO_COLOR": "1",
        }

    def run(self, block: Block) -> str:
        """Return what the block printed; fail where it fails."""
        match block.language:
            case "python":
                return self._python(block)
            case "sh":
                return self._shell(block.body, block.line)
            case "console":
                return self._console(block)
            case "java":
                return java.run(block.body, self._folder)
            case other:
                raise AssertionError(f"no way to run {other} at line {block.line}")

    def _python(self, block: Block) -> str:
        # The empty lines make a traceback name the document's own line.
        source = "\n" * (block.line - 1) + block.body
        printed = io.StringIO()
        with (
            contextlib.redirect_stdout(printed),
            contextlib.chdir(self._folder),
            _environment(self._environment),
        ):
            exec(compile(source, str(self._path), "exec"), self._names)  # noqa: S102 our own documents
        return printed.getvalue()

    def _shell(self, script: str, line: int) -> str:
        ended = subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        where = f"{self._path.name}:{line}"
        assert ended.returncode == 0, f"{where}: {script}\n{ended.stderr}{ended.stdout}"
        return ended.stdout

    def _console(self, block: Block) -> str:
        commands = COMMAND.findall(block.body)
        assert commands, f"{self._path.name}:{block.line} has no `$ command`"
        said = ""
        for command, expected in commands:
            said = self._shell(command, block.line)
            if expected.strip():
                compare(said, expected, f"{self._path.name}:{block.line}")
        return said


@contextlib.contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
