"""How much may be set aside before a channel stops."""

import pytest

from services.intake.limit import ENOUGH, IN_A_ROW, SHARE, WINDOW, Gauge


def noted(*bad: bool) -> Gauge:
    gauge = Gauge()
    for one in bad:
        gauge.note(bad=one)
    return gauge


def test_as_many_bad_messages_in_a_row_as_nobody_can_mend_are_too_many():
    almost = noted(*[True] * (IN_A_ROW - 1))
    told = almost.trouble

    almost.note(bad=True)

    assert told == ""
    assert almost.trouble == "100 messages in a row were set aside."


def test_one_good_message_ends_a_row():
    gauge = noted(*[True] * (IN_A_ROW - 1), False, True)

    assert gauge.trouble == ""


@pytest.mark.parametrize(("bad", "stops"), [(30, False), (31, True)])
def test_too_large_a_share_of_the_last_messages_is_too_much(bad, stops):
    gauge = noted(*([True] * bad + [False] * (100 - bad)) * 10)

    assert bool(gauge.trouble) is stops


def test_a_share_of_a_few_messages_means_nothing():
    assert noted(*[True, False] * (ENOUGH // 2 - 1)).trouble == ""
    assert noted(*[True, False] * (ENOUGH // 2)).trouble != ""


def test_what_is_long_past_is_forgotten():
    gauge = noted(*[True, False, False] * 100, *[False] * WINDOW)

    assert (gauge.trouble, gauge.in_a_row, SHARE) == ("", IN_A_ROW, 30)


def test_a_batch_is_taken_up_to_the_message_that_meets_the_limit():
    gauge = noted(*[True] * 40)

    assert gauge.room([True] * 500) == 60
    assert gauge.room([False] + [True] * 499) == 101
    assert gauge.room([False, True] * 50) == 100
    assert gauge.room([]) == 0
    assert gauge.trouble == ""
