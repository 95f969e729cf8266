"""A column of very many numbers: in memory while they are few, then in a file.

The file has no name, lies where temporary files do, and is gone with the process.
"""

import threading
import weakref
from tempfile import SpooledTemporaryFile

import numpy as np

from matcher.columns import STRETCH, Whole

IN_MEMORY = 1 << 27
"""Bytes from which on a column lies in a file."""
MOST = np.iinfo(np.int32).max


class Shelf:
    """Whole numbers, put down one after the other, and read in stretches.

    They take 32 bits each, until one comes that needs more.
    """

    def __init__(self) -> None:
        self._open(wide=False)
        self._one = threading.Lock()

    def add(self, numbers: Whole) -> None:
        """Put some more down."""
        if not self._wide and np.abs(numbers).max(initial=0) > MOST:
            self._widen()
        self._file.seek(self._length * self._width)
        self._file.write(numbers.astype(np.int64 if self._wide else np.int32).tobytes())
        self._length += len(numbers)

    def read(self, first: int, last: int) -> Whole:
        """Return the numbers from the `first` up to before the `last`.

        Several threads may read.
        """
        with self._one:
            self._file.seek(first * self._width)
            told = self._file.read((last - first) * self._width)
        if len(told) != (last - first) * self._width:
            raise OSError("a temporary file ended before what was put into it")
        if self._wide:
            return np.frombuffer(told, np.int64)
        return np.frombuffer(told, np.int32)

    def some(self, count: int) -> Whole:
        """Return room for so many of the numbers."""
        return np.empty(count, np.int64) if self._wide else np.empty(count, np.int32)

    @property
    def _width(self) -> int:
        return 8 if self._wide else 4

    def _open(self, *, wide: bool) -> None:
        self._wide, self._length = wide, 0
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it lives as long as the shelf
        weakref.finalize(self, self._file.close)

    def _widen(self) -> None:
        """Put all down again, with 64 bits each."""
        before, width = self._file, self._width
        before.seek(0)
        self._open(wide=True)
        while told := before.read(STRETCH * width):
            self.add(np.frombuffer(told, np.int32))
        before.close()
