"""Our ledger behind the interface of the eventsourcing library, and nothing more.

The library is imported here alone. Its `append` names no command, so each call gets an
id of its own: equal events appended twice are two facts.
"""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Self

from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
    DCBSubscription,
)
from eventsourcing.persistence import IntegrityError, ProgrammingError

from services.ledger.recorder import (
    Condition,
    Entry,
    Item,
    NewFact,
    Overtaken,
    Recorder,
    StoredFact,
    fact_id,
)

PAGE = 500


class LedgerRecorder(DCBRecorder):
    """The library's recorder over ours."""

    def __init__(self, recorder: Recorder) -> None:
        self.ledger = recorder

    def read(
        self,
        query: DCBQuery | None = None,
        *,
        after: int | None = None,
        limit: int | None = None,
    ) -> DCBReadResponse:
        """Read up to the head as it is now; with a limit, the head is the last read."""
        upto = self.ledger.head()
        facts = self.ledger.read(
            _items(query), after=after or 0, upto=upto, limit=limit
        )
        if limit is None:
            return _Response(facts, upto or None)
        return _Response(facts, facts[-1].position if facts else None)

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None
    ) -> int:
        """Append all or raise `IntegrityError`; return the last position."""
        if not events:
            raise ProgrammingError("nothing to append")
        command = f"dcb-{uuid.uuid4()}"
        facts = tuple(
            NewFact(fact_id(command, n), event.type, tuple(event.tags), event.data)
            for n, event in enumerate(events)
        )
        digest = hashlib.sha256(command.encode()).digest()
        entry = Entry(command, digest, facts, _condition(condition))
        match self.ledger.record([entry])[0]:
            case Overtaken(by):
                raise IntegrityError(f"the fact at {by} came before")
            case recorded:
                return recorded.last

    def subscribe(
        self, query: DCBQuery | None = None, *, after: int | None = None
    ) -> "LedgerSubscription":
        return LedgerSubscription(self, query, after)


class LedgerSubscription(DCBSubscription[LedgerRecorder]):
    """Follows the ledger: reads pages, and waits where it ends."""

    def __init__(
        self, recorder: LedgerRecorder, query: DCBQuery | None, after: int | None
    ) -> None:
        super().__init__(recorder, query, after)
        self._items = _items(query)
        self._page: Iterator[StoredFact] = iter(())

    def __next__(self) -> DCBSequencedEvent:
        ledger = self._recorder.ledger
        while not self._has_been_stopped:
            if (fact := next(self._page, None)) is not None:
                return _event(fact)
            head = ledger.wait(self._last_position, 1.0)
            found = ledger.read(
                self._items, after=self._last_position, upto=head, limit=PAGE
            )
            self._last_position = found[-1].position if found[PAGE - 1 :] else head
            self._page = iter(found)
        raise StopIteration


class _Response(DCBReadResponse):
    def __init__(self, facts: Sequence[StoredFact], head: int | None) -> None:
        self._facts, self._head = iter(facts), head

    @property
    def head(self) -> int | None:
        return self._head

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> DCBSequencedEvent:
        return _event(next(self._facts))


def _event(fact: StoredFact) -> DCBSequencedEvent:
    event = DCBEvent(type=fact.type, data=fact.data, tags=list(fact.tags))
    return DCBSequencedEvent(event=event, position=fact.position)


def _items(query: DCBQuery | None) -> tuple[Item, ...]:
    return tuple(
        Item(frozenset(item.types), frozenset(item.tags))
        for item in (query.items if query else ())
    )


def _condition(condition: DCBAppendCondition | None) -> Condition | None:
    """Translate; in the library's words no item at all means every event."""
    if condition is None:
        return None
    items = _items(condition.fail_if_events_match) or (Item(),)
    return Condition(items, condition.after or 0)
