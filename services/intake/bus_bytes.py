"""Records whose headers are named by bytes that are no text: read all the same.

aiokafka decodes the names of headers before anybody can see a record, and raises for
the whole fetch: one such record, and nothing behind it in its partition is ever read.
So batches are read by aiokafka as ever; one that it cannot read is read once more, by
its own reader in Python, over bytes that decode whatever they hold.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol, SupportsIndex

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy


class _Batch(Protocol):
    def __iter__(self) -> Iterator[object]: ...


class TolerantRecords:
    """What aiokafka's fetcher asks for the batches of one answer."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._records = MemoryRecords(data)
        self._number = 0

    def size_in_bytes(self) -> int:
        return int(self._records.size_in_bytes())

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def next_batch(self) -> "_TolerantBatch":
        self._number += 1
        return _TolerantBatch(self._records.next_batch(), self._data, self._number - 1)


class _TolerantBatch:
    """A batch; everything but its records is asked of the batch itself."""

    def __init__(self, batch: _Batch, data: bytes, number: int) -> None:
        self._batch, self._data, self._number = batch, data, number

    def __getattr__(self, name: str) -> object:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[object]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return iter(self._again())

    def _again(self) -> list[object]:
        """Read the batch by the reader in Python, which takes bytes of any kind."""
        slices = _slices(self._data)
        batch = _DefaultRecordBatchPy(next(islice(slices, self._number, None)))
        batch._maybe_uncompress()  # noqa: SLF001 - it would replace the bytes below
        batch._buffer = _Text(batch._buffer)  # noqa: SLF001 - the only door to them
        return list(batch)


class _Text(bytearray):
    """Bytes of which each slice is a text, at worst one full of question marks."""

    def __getitem__(self, at: SupportsIndex | slice) -> "int | _Text":  # type: ignore[override]  # a slice is of our own kind
        found = super().__getitem__(at)
        return _Text(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, errors="replace")


def _slices(data: bytes) -> Iterator[memoryview]:
    records = _MemoryRecordsPy(data)
    while (part := records._next_slice) is not None:  # noqa: SLF001 - as it stands
        yield part
        records._cache_next()  # noqa: SLF001 - as above


def tolerate() -> None:
    """Let every consumer of this process read on whatever a header is called."""
    fetcher.MemoryRecords = TolerantRecords
