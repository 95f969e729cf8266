"""Whoever judges an outage must notice what is not true."""

from services.follow import StoredFact
from tests.torture.outage import Away, Seen, Told, judged
from tests.torture.plan import KAFKA, POSTGRES

GONE = [Away(KAFKA, since=100.0, until=160.0, answered=160.0)]


def taken(at, source="https://hotels.example.org/rows"):
    data = f'{{"origin": {{"source": "{source}"}}}}'.encode()
    return StoredFact(1, "c.0", "c", "offer.listed.v1", (), data, int(at * 1e6), b"")


def seen(part, *, red=(), until=200):
    return [Seen(at, part, at not in red) for at in range(90, until)]


def test_an_outage_that_everybody_told_the_truth_about_is_true():
    told = judged(seen("intake-1", red=range(105, 163)), GONE, [taken(163.5)])

    assert told == Told(3.5)
    assert told.broken == []


def test_a_part_that_is_ready_without_its_server_is_not_believed():
    told = judged(seen("relay-1", red=range(105, 140)), GONE, [taken(161)])

    assert told.broken[0] == "relay-1 was ready 40.0 s into the outage"
    assert len(told.broken) == 20


def test_a_part_may_see_a_server_answer_before_we_do():
    away = [Away(KAFKA, since=100.0, until=160.0, answered=168.0)]

    assert judged(seen("relay-1", red=range(105, 163)), away, [taken(169)]).untrue == []
    assert judged(seen("relay-1", red=range(105, 158)), away, [taken(169)]).untrue == [
        "relay-1 was ready 58.0 s into the outage",
        "relay-1 was ready 59.0 s into the outage",
    ]


def test_a_part_that_is_red_for_no_reason_is_not_believed():
    told = judged(seen("projecting", red=[120]), GONE, [taken(161)])

    assert len(told.untrue) == 1


def test_a_part_that_stays_red_for_long_after_is_not_believed():
    told = judged(seen("intake-2", red=range(105, 185)), GONE, [taken(161)])

    assert len(told.untrue) == 4


def test_all_parts_need_the_ledger():
    away = [Away(POSTGRES, since=100.0, until=160.0, answered=160.0)]

    told = judged(seen("desk"), away, [taken(161)])

    assert len(told.untrue) == 49


def test_an_intake_that_goes_on_late_or_never_is_told():
    assert judged([], GONE, [taken(181)]).broken == ["intake went on after 21.0 s"]
    assert judged([], GONE, [taken(150)]).broken == ["intake did not go on"]
    assert judged([], GONE, [taken(165, "https://sheet.example.org/rows")]).broken == [
        "intake did not go on"
    ]
