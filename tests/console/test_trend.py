"""The picture of worth and bound: plans in, points of an SVG out."""

from datetime import UTC, date, datetime

import pytest

from events.plan import Engine
from projections.plans import Plan, TierLine
from services.console.trend import HEIGHT, WIDTH, Trend, trend

ENGINE = Engine(name="glop", ortools="9.15", seed=1, threads=1)


def plan(name, *tiers, part="housing"):
    return Plan(
        plan=name,
        position=1,
        saw=0,
        made_at=datetime(2022, 3, 18, tzinfo=UTC),
        made_on=date(2022, 3, 18),
        market="ab12",
        policy_position=0,
        worth=0,
        bound=0,
        gap=0,
        gap_ppm=0,
        tiers=tuple(
            TierLine(part=part, name=tier, worth=worth, bound=bound, prices=0, placed=0)
            for tier, worth, bound in tiers
        ),
        apart=0,
        engine=ENGINE,
        proven=False,
        placed=0,
        persons_placed=0,
        unmet={},
        unmet_count=0,
    )


def drawn(plans, shown) -> Trend:
    found = trend(plans, shown)
    assert found is not None
    return found


def test_one_plan_alone_has_no_picture():
    assert trend([plan("a", ("persons", 5, 5))], "a") is None


def test_plans_whose_tiers_have_other_names_are_left_out():
    before, after = plan("a", ("beds", 5, 5)), plan("b", ("persons", 5, 5))

    assert trend([before, after], "b") is None


def test_between_two_plans_the_older_one_stands():
    both = [plan("a", ("persons", 0, 10)), plan("b", ("persons", 10, 10))]

    curve = drawn(both, "b").curves[0]

    assert curve.worth == f"70,{HEIGHT - 30} {WIDTH - 14},{HEIGHT - 30} {WIDTH - 14},14"
    assert curve.bound == f"70,14 {WIDTH - 14},14 {WIDTH - 14},14"
    assert curve.at == (WIDTH - 14, 14)
    assert not curve.closed


def test_a_plan_older_than_the_picture_is_not_marked():
    both = [plan("a", ("persons", 5, 5)), plan("b", ("persons", 5, 5))]

    curve = drawn(both, "old").curves[0]

    assert curve.at is None
    assert curve.closed


def test_goods_are_not_drawn():
    goods = plan("a", ("pieces", 5, 5), part="goods")

    assert drawn([goods, goods], "a").curves == ()


@pytest.mark.parametrize(
    ("worth", "bound"), [(0, 0), (-900, -850), (-5, 7), (1, 1), (179, 180), (9, 10**9)]
)
def test_the_picture_holds_every_value_between_round_numbers(worth, bound):
    both = [plan("a", ("points", worth, bound)), plan("b", ("points", bound, bound))]

    curve = drawn(both, "a").curves[0]

    values = [value for _, value in curve.grid]
    assert values[0] <= min(0, worth)
    assert max(0, bound) <= values[-1]
    assert 2 <= len(values) <= 7
    points = f"{curve.worth} {curve.bound}".split()
    assert all(14 <= int(point.split(",")[1]) <= HEIGHT - 30 for point in points)
