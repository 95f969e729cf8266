"""The chart of beds: numbers in, points out."""

from datetime import date, timedelta

import pytest

from services.console.charts import BedDay, bed_chart

DAY = date(2022, 3, 18)


def days(*numbers):
    return [
        BedDay(DAY + timedelta(i), taken, held, free, needed)
        for i, (taken, held, free, needed) in enumerate(numbers)
    ]


def test_the_day_from_which_beds_do_not_suffice_is_marked():
    chart = bed_chart(days((5, 0, 5, 9), (5, 0, 5, 10), (5, 0, 5, 11)))

    assert chart.short_from == date(2022, 3, 20)


def test_enough_beds_leave_no_mark():
    assert bed_chart(days((5, 0, 5, 9), (5, 0, 5, 9))).short_from is None


@pytest.mark.parametrize("most", [0, 1, 7, 99, 101, 480, 5_000, 160_000])
def test_the_grid_has_round_numbers_and_holds_the_largest(most):
    chart = bed_chart(days((most, 0, 0, 0), (0, 0, 0, 0)))

    values = [value for _, value in chart.grid]
    assert values[0] == 0
    assert most <= values[-1] <= max(5, 2 * most)
    assert 2 <= len(values) <= 6


def test_what_is_taken_held_and_free_lies_on_top_of_each_other():
    chart = bed_chart(days((10, 10, 10, 0), (10, 10, 10, 0)))

    tops = {a.name: int(a.points.split()[0].split(",")[1]) for a in chart.areas}
    assert tops["free"] < tops["held"] < tops["taken"]
