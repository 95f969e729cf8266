"""A home for a journey; what it started ends with it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.postgres import stop


@pytest.fixture
def office() -> Iterator[Path]:
    """A home with a short path, for its socket's sake."""
    folder = Path(tempfile.mkdtemp(prefix="way-", dir="/tmp"))
    yield folder / "home"
    stop(folder / "home")
    shutil.rmtree(folder)
