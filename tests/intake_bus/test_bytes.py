"""Batches as other clients write them: compressed, and with names that are no text."""

from typing import Any, cast

import pytest
from aiokafka.record.default_records import (
    DefaultRecordBatch,
    _DefaultRecordBatchBuilderPy,
)

from services.intake.bus_bytes import TolerantRecords

CODECS = {
    "none": DefaultRecordBatch.CODEC_NONE,
    "gzip": DefaultRecordBatch.CODEC_GZIP,
    "snappy": DefaultRecordBatch.CODEC_SNAPPY,
    "lz4": DefaultRecordBatch.CODEC_LZ4,
    "zstd": DefaultRecordBatch.CODEC_ZSTD,
}
every_codec = pytest.mark.parametrize("codec", CODECS)
VALUE = b'{"beds": 3}' * 50
"""Long enough that it is worth compressing: else a batch is written as it is."""


class Bytes(str):
    """A name of a header that is no text on the wire."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"


def _batch(codec: str, header: str) -> bytes:
    builder = _DefaultRecordBatchBuilderPy(
        magic=2,
        compression_type=CODECS[codec],
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=100_000,
    )
    headers = [(header, b"1.0")]
    for offset in range(3):
        builder.append(offset, 1_700_000_000_000, b"4711", VALUE, headers)
    return bytes(builder.build())


def _read(data: bytes):
    """Return how the only batch is compressed, and what our reader finds in it."""
    records = TolerantRecords(data)
    batch = cast("Any", records.next_batch())
    found = [(one.offset, one.value, list(one.headers)) for one in batch]
    assert not records.has_next()
    names = {number: name for name, number in CODECS.items()}
    return names[batch.compression_type], found


@every_codec
def test_a_compressed_batch_is_read(codec):
    found = _read(_batch(codec, "ce_specversion"))

    headers = [("ce_specversion", b"1.0")]
    assert found == (codec, [(offset, VALUE, headers) for offset in range(3)])


@every_codec
def test_a_compressed_batch_whose_headers_are_no_text_is_read_too(codec):
    used, found = _read(_batch(codec, Bytes("xx")))

    assert used == codec
    assert [(offset, value) for offset, value, _ in found] == [
        (offset, VALUE) for offset in range(3)
    ]
