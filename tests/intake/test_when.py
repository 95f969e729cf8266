from datetime import date

import pytest

from services.intake import when
from services.intake.parse import Read
from services.intake.reasons import Reason
from services.intake.when import Stay

MARCH = date(2022, 3, 18)


@pytest.mark.parametrize(
    "said",
    [
        "2022-03-18",
        "18.03.2022",
        "18.3.22",
        "18. März 2022",
        "18 March 2022",
        "ab 18.03.2022",
        "2022-03-18 14:05",
        "2022-03-18T00:00:00",
        "03/18/2022",
        "18/03/2022",
        "3/18/2022 2:05:00 PM",
    ],
)
@pytest.mark.parametrize("order", ["dmy", "mdy", None])
def test_a_date_with_one_reading_is_taken_whatever_was_declared(said, order):
    assert when.day(said, order) == Read(MARCH)


@pytest.mark.parametrize(
    ("said", "here"),
    [
        ("2022-03-31T22:00:00.000Z", date(2022, 4, 1)),
        ("2022-03-31T21:59:59Z", date(2022, 3, 31)),
        ("2022-01-31T22:00:00Z", date(2022, 1, 31)),
        ("2022-03-31T23:00:00+01:00", date(2022, 4, 1)),
        ("2022-03-31T22:00:00+0200", date(2022, 3, 31)),
        ("2022-03-31T23:30:00-05:00", date(2022, 4, 1)),
        ("2022-04-01T00:30:00+05:30", date(2022, 3, 31)),
        ("3/31/2022 10:30:00 PM UTC", date(2022, 4, 1)),
        ("ab 2022-03-31T22:00Z", date(2022, 4, 1)),
        ("31.03.2022 22:00 MEZ", date(2022, 3, 31)),
        ("31.03.2022 14:00-16:00", date(2022, 3, 31)),
    ],
)
def test_a_moment_with_a_zone_is_the_day_that_it_is_in_berlin(said, here):
    assert when.day(said, "dmy") == Read(here)


def test_a_date_with_two_readings_follows_what_the_profile_declares():
    assert when.day("04/05/2022", "dmy") == Read(date(2022, 5, 4))
    assert when.day("04/05/2022", "mdy") == Read(date(2022, 4, 5))
    assert when.day("04/05/2022", None) == Read(None, Reason.AMBIGUOUS_DATE)
    assert when.day("04/04/2022", None) == Read(date(2022, 4, 4))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("31.02.2022", Reason.NO_DATE),
        ("nach Ostern", Reason.NO_DATE),
        ("April 2022", Reason.NO_DATE),
        ("44640", Reason.DATE_NUMBER),
        ("25.03.1922", Reason.FAR_DATE),
        ("2022-03-31T25:00:00Z", Reason.NO_DATE),
        ("2022-03-31T22:00:00+99:00", Reason.NO_DATE),
    ],
)
def test_what_is_no_date_is_asked_for(said, why):
    assert when.day(said, "dmy") == Read(None, why)


@pytest.mark.parametrize(
    ("said", "stay"),
    [
        ("6 Monate", Stay(max_days=180)),
        ("ein Jahr", Stay(max_days=365)),
        ("up to 2 weeks", Stay(max_days=14)),
        ("at least 3 months", Stay(min_days=90)),
        ("mind. 3 Monate", Stay(min_days=90)),
        ("6 Monate+", Stay(min_days=180)),
        ("unbefristet", Stay()),
        ("until further notice", Stay()),
        ("bis 30.06.2022", Stay(until=date(2022, 6, 30))),
    ],
)
def test_a_length_of_stay_is_read(said, stay):
    assert when.stay(said, "dmy") == Read(stay)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("3-6 Monate", Reason.RANGE_DURATION),
        ("ca. 6 Monate", Reason.ABOUT),
        ("nach Absprache", Reason.NO_DURATION),
        ("6", Reason.NO_DURATION),
    ],
)
def test_an_uncertain_length_of_stay_is_asked_for(said, why):
    assert when.stay(said, "dmy") == Read(None, why)
