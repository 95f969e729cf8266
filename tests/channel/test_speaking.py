import threading

import pytest

from services.channel import Channel, NoReceipt, NotDelivered, NotValid
from tests.channel.lines import OFFER, SPOKEN, MemoryLine, receipt


def test_an_offer_in_five_lines():
    line = MemoryLine(answers=[[], [receipt("4711")]])

    with Channel(SPOKEN, line) as channel:
        sent = channel.offer("4711", OFFER)
        outcome = sent.receipt(timeout=10).outcome

    assert (outcome, sent.delivered().offset, line.is_closed) == ("taken", 0, True)


def test_what_does_not_fit_is_never_sent():
    line = MemoryLine()

    with Channel(SPOKEN, line) as channel, pytest.raises(NotValid):
        channel.offer("4711", {"beds": 3})

    assert line.sent == []


def test_the_receipts_of_others_are_not_ours():
    others = [receipt("4711", source="/channels/hotel"), receipt("4712")]
    channel = Channel(SPOKEN, MemoryLine(answers=[others]))

    with pytest.raises(NoReceipt, match="Nothing is lost"):
        channel.offer("4711", OFFER).receipt(timeout=0.01)


def test_receipts_come_in_any_order_and_can_be_asked_for_again():
    line = MemoryLine(answers=[[receipt("2"), receipt("1")]])
    channel = Channel(SPOKEN, line)
    first, second = channel.offer("1", OFFER), channel.offer("2", OFFER)

    assert first.receipt() == receipt("1")
    assert second.receipt() == receipt("2") == second.receipt()


def test_a_repeat_waits_for_a_receipt_of_its_own():
    channel = Channel(SPOKEN, MemoryLine(answers=[[receipt("1")]]))
    channel.offer("1", OFFER).receipt()

    with pytest.raises(NoReceipt):
        channel.offer("1", OFFER).receipt(timeout=0.01)


def test_what_the_bus_did_not_confirm_is_told_at_the_latest_when_closing():
    line = MemoryLine(lost=frozenset({"2"}))
    channel = Channel(SPOKEN, line)
    channel.offer("1", OFFER)
    channel.offer("2", OFFER)

    with pytest.raises(NotDelivered, match="2 fell off"):
        channel.close()

    assert line.is_closed


def test_no_receipt_is_waited_for_when_the_bus_does_not_have_the_message():
    channel = Channel(SPOKEN, MemoryLine(lost=frozenset({"1"})))

    with pytest.raises(NotDelivered):
        channel.offer("1", OFFER).receipt()


def test_an_error_inside_is_not_hidden_by_closing():
    line = MemoryLine(lost=frozenset({"1"}))

    with pytest.raises(ZeroDivisionError):
        _fail_after_an_offer(line)

    assert line.is_closed


def _fail_after_an_offer(line):
    with Channel(SPOKEN, line) as channel:
        channel.offer("1", OFFER)
        raise ZeroDivisionError


def test_whoever_sends_very_much_waits_for_the_oldest_and_loses_none(monkeypatch):
    monkeypatch.setattr("services.channel.speaking.MOST_UNCONFIRMED", 2)
    line = MemoryLine(lost=frozenset({"1", "3"}), slow={"1", "2"})
    channel = Channel(SPOKEN, line)

    for number in ("1", "2", "3", "4"):
        channel.offer(number, OFFER)

    assert [sent.id for sent in line.sent] == ["1", "2", "3", "4"]
    with pytest.raises(NotDelivered, match=r"1, 3\. .* the first .* 1 fell off"):
        channel.close()
    assert line.is_closed


def test_flushing_goes_through_all_and_names_each_that_did_not_arrive():
    channel = Channel(SPOKEN, MemoryLine(lost=frozenset({"1", "3"})))
    for number in ("1", "2", "3"):
        channel.offer(number, OFFER)

    with pytest.raises(NotDelivered, match=r"has not confirmed 1, 3\."):
        channel.flush()

    channel.close()  # it was told


def test_what_the_sender_was_told_is_not_told_again_when_closing():
    channel = Channel(SPOKEN, MemoryLine(lost=frozenset({"1"})))
    sent = channel.offer("1", OFFER)

    with pytest.raises(NotDelivered):
        sent.delivered()

    channel.close()


def test_a_wait_that_was_too_short_tells_nothing_for_good():
    line = MemoryLine(lost=frozenset({"1"}), slow={"1"})
    channel = Channel(SPOKEN, line)
    with pytest.raises(NotDelivered):
        channel.offer("1", OFFER).delivered(timeout=0.01)

    with pytest.raises(NotDelivered, match="1 fell off"):
        channel.close()


def test_a_channel_that_is_open_for_long_keeps_nothing_that_has_arrived():
    channel = Channel(SPOKEN, MemoryLine())
    for number in range(100):
        channel.offer(str(number), OFFER)
    asked = channel.offer("asked", OFFER)
    swept = len(channel._underway._waiting)

    asked.delivered()

    assert (swept, len(channel._underway._waiting)) == (1, 0)


def test_threads_share_a_channel():
    numbers = [str(number) for number in range(20)]
    line = MemoryLine(answers=[[receipt(number)] for number in reversed(numbers)])
    channel = Channel(SPOKEN, line)
    sent = [channel.offer(number, OFFER) for number in numbers]
    got = {}

    def ask(one):
        got[one.id] = one.receipt()

    threads = [threading.Thread(target=ask, args=(one,)) for one in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)

    assert got == {number: receipt(number) for number in numbers}


def test_rows_and_needs_are_sent_too():
    line = MemoryLine()
    need = {"contact": OFFER["contact"], "details": {"kind": "housing", "persons": 2}}

    with Channel(SPOKEN, line) as channel:
        channel.row("17", {"Betten": 3}, id="17@monday")
        channel.need("18", need, revision=1)

    kinds = [(sent.id, dict(sent.headers)["ce_type"]) for sent in line.sent]
    assert kinds == [
        ("17@monday", b"row.submitted.v1"),
        ("18.1", b"need.submitted.v1"),
    ]
