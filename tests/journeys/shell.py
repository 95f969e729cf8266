"""Beistand as a person starts it: the real command, a home of its own."""

import os
import subprocess
from pathlib import Path

from tests.docs.examples import ROOT

BEISTAND = str(ROOT / ".venv/bin/beistand")


def environment(home: Path) -> dict[str, str]:
    """Return what a fresh shell has, and where this Beistand lives."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home.parent),
        "BEISTAND_HOME": str(home),
        "NO_COLOR": "1",
    }


def beistand(home: Path, *words: str, ends: int = 0) -> str:
    """Run a command to its end; return what it printed on both streams."""
    done = subprocess.run(
        [BEISTAND, *words],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == ends, said
    return said
