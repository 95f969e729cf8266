"""A column of very many numbers: in memory while they are few, then in a file.

The file has no name, lies where temporary files do, and is gone with the process.
"""

import weakref
from tempfile import SpooledTemporaryFile

import numpy as np

from matcher.columns import Narrow, Whole

IN_MEMORY = 1 << 27
"""Bytes from which on a column lies in a file."""
_WIDTH = np.dtype(np.int32).itemsize


class Shelf:
    """Numbers of 32 bits, put down one after the other, and read in stretches."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it lives as long as the shelf
        weakref.finalize(self, self._file.close)
        self._length = 0

    def add(self, numbers: Whole) -> None:
        """Put some more down."""
        self._file.seek(self._length * _WIDTH)
        self._file.write(numbers.astype(np.int32).tobytes())
        self._length += len(numbers)

    def read(self, first: int, last: int) -> Narrow:
        """Return the numbers from the `first` up to before the `last`."""
        self._file.seek(first * _WIDTH)
        found = np.frombuffer(self._file.read((last - first) * _WIDTH), np.int32)
        if len(found) != last - first:
            raise OSError("a temporary file ended before what was put into it")
        return found
