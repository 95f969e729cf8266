"""A market's digest is that of its canonical JSON, however it is put together."""

import hashlib
import json
from typing import Any

import pytest

from matcher.solving import digest
from tests.matcher.odd import odd_market

SMALL: list[dict[str, Any]] = [
    {},
    {"b": 1, "a": "ü"},
    {"rows": [], "more": [{"z": 1, "y": [None, True]}, "x"], "none": None},
]


@pytest.mark.parametrize("document", [*SMALL, odd_market(3)])
def test_a_digest_is_that_of_the_canonical_json(document: dict[str, Any]):
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )

    assert digest(document) == hashlib.sha256(text.encode()).hexdigest()
