"""Rows of earlier files that a later one does not have: told, and nothing more.

A row that is gone may have been sorted out, filtered or forgotten: it is never taken
for a withdrawal.
"""

import json
import re
from collections.abc import Iterable, Iterator

from events.need import NeedRaised
from events.offer import OfferListed
from events.upcast import versions
from services.ledger.batch import Item
from services.ledger.recorder import Recorder

PAGE = 2_000
_TOLD = versions(OfferListed.type) | versions(NeedRaised.type)
_ORIGIN = re.compile(
    rb'"source":("(?:[^"\\]|\\.)*"),"id":"(?:[^"\\]|\\.)*","row_key":"([^"]+)"'
)
"""Of an `Origin` in the stored bytes: to parse all of them takes ten times as long."""
_GONE = frozenset({"offer.withdrawn.v1", "need.withdrawn.v1"})


def missing(recorder: Recorder, sources: Iterable[str], rows: frozenset[str]) -> int:
    """Count the rows of these sources in the ledger that are not among `rows`."""
    named = {json.dumps(source, ensure_ascii=False).encode() for source in sources}
    kept = {row.encode() for row in rows}
    lost: set[str] = set()
    for tag, kind, data in _facts(recorder):
        if kind in _GONE:
            lost.discard(tag)
        elif (origin := _ORIGIN.search(data)) is None:
            continue
        elif origin[1] in named and origin[2] not in kept:
            lost.add(tag)
    return len(lost)


def _facts(recorder: Recorder) -> Iterator[tuple[str, str, bytes]]:
    """Yield tag, type and data in order, a page at a time: a ledger may be large."""
    after = 0
    items = [Item(types=_TOLD | _GONE)]
    while page := recorder.read(items, after=after, limit=PAGE):
        yield from ((fact.tags[0], fact.type, fact.data) for fact in page)
        after = page[-1].position
