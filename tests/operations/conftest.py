"""Homes with short paths; what they started ends with them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.postgres import stop


@contextmanager
def homes_in_a_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ops-", dir="/tmp"))
    yield folder
    for home in folder.iterdir():
        stop(home)
    shutil.rmtree(folder)


@pytest.fixture
def homes():
    """A folder for homes and copies; every server in it ends with the test."""
    with homes_in_a_folder() as folder:
        yield folder
