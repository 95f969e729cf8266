import pytest
from eventsourcing.dcb.api import DCBEvent
from eventsourcing.dcb.tests import DCBRecorderTestCase
from eventsourcing.persistence import ProgrammingError

from services.ledger.dcb import LedgerRecorder
from services.ledger.recorder import Recorder

LIBRARY = DCBRecorderTestCase()
"""The library's own suite; imported as a value, so that it is run with our fixtures."""
del DCBRecorderTestCase


def test_the_librarys_own_suite_of_appending_and_reading_passes(recorder: Recorder):
    LIBRARY._test_append_read(LedgerRecorder(recorder))


def test_the_librarys_own_suite_of_subscribing_passes(recorder: Recorder):
    LIBRARY._test_append_subscribe(LedgerRecorder(recorder))


def test_the_librarys_own_suite_passes_on_a_ledger_that_is_not_empty(
    recorder: Recorder,
):
    ledger = LedgerRecorder(recorder)
    before = ledger.append([DCBEvent(type="earlier", data=b"", tags=["old"])])

    LIBRARY._test_append_read(ledger, initial_position=before)


def test_equal_events_appended_twice_are_two_facts(recorder: Recorder):
    ledger = LedgerRecorder(recorder)
    event = DCBEvent(type="said", data=b"again", tags=["x"])

    positions = [ledger.append([event]), ledger.append([event])]

    assert positions == [1, 2]


def test_nothing_to_append_is_a_mistake(recorder: Recorder):
    with pytest.raises(ProgrammingError):
        LedgerRecorder(recorder).append([])
