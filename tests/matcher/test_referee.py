"""The referee meets bad plans: every change of a good one is named."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import matcher
from bench.markets import Size
from bench.markets import market as generated
from matcher import Plan
from matcher.plan import Room
from tests.matcher.bad_plans import BAD, handover, stay
from tests.matcher.small import (
    Doc,
    family,
    home,
    lot,
    market,
    member,
    need,
    request,
    unit,
)


@pytest.fixture(scope="module")
def document() -> Doc:
    return generated(Size(needs=36, offers=24, goods=30, held=3), 5)


@pytest.fixture(scope="module")
def plan(document: Doc) -> Plan:
    return matcher.solve(document)


def test_a_good_plan_has_no_fault(document: Doc, plan: Plan):
    assert matcher.faults(document, plan) == []
    assert {row.part for row in plan.unmet} == {"housing", "goods"}


@pytest.mark.parametrize("change", BAD)
def test_a_changed_plan_is_named(change: str, document: Doc, plan: Plan):
    make, sentence = BAD[change]

    faults = matcher.faults(document, make(plan))

    assert any(sentence in fault for fault in faults), faults


def test_a_stay_moved_to_a_taken_home_is_named(document: Doc, plan: Plan):
    first = next(s for s in plan.stays if s.unit is None)
    second = next(s for s in plan.stays if s.unit is None and s != first)
    moved = replace(second, offer=first.offer, start=first.start, end=first.end)
    stays = tuple(moved if s == second else s for s in plan.stays)

    faults = matcher.faults(document, replace(plan, stays=stays))

    assert any(
        f"offer {first.offer} is promised more often" in fault for fault in faults
    )


@pytest.mark.parametrize(
    ("rooms", "sentence"),
    [
        ((Room("r1", ("a", "b", "c")),), "puts too many into room r1"),
        ((Room("r1", ("a",)), Room("r2", ("b",))), "everyone of the household one bed"),
        ((Room("r1", ("a", "a")), Room("r2", ("b", "c"))), "one bed"),
        ((Room("r1", ("c",)), Room("r9", ("a", "b"))), "that the home does not have"),
        (
            (Room("r1", ("c",)), Room("r2", ("a",)), Room("r2", ("b",))),
            "that the home does not have",
        ),
        ((Room("r1", ("a",)), Room("r2", ("b", "c"))), "share room r2 who may not"),
        ((), "does not give everyone of the household one bed"),
    ],
)
def test_people_laid_wrongly_are_named(rooms: tuple[Room, ...], sentence: str):
    flat = home(units=[unit("r1", 1), unit("r2", 2)])
    three = family(member("a"), member("b", "6-9"), member("c"), a_b="parent_child")
    document = market(flat, need(**three))
    plan = matcher.solve(document)

    faults = matcher.faults(document, stay(plan, rooms=rooms))

    assert any(sentence in fault for fault in faults), faults


def test_rooms_for_people_nobody_knows_are_named():
    document = market(home(units=[unit("r1", 1)]), need(members=[]))
    plan = matcher.solve(document)

    faults = matcher.faults(document, stay(plan, rooms=(Room("r1", ("a",)),)))

    assert any("rooms that nobody knows" in fault for fault in faults)


def test_a_plan_better_than_its_bound_breaks_a_rule():
    document = market(home(), need("n1"), need("n2", horizon="long_term"))
    plan = matcher.solve(document)
    second = replace(plan.stays[0], need="n2", worth=(0, 1, plan.stays[0].worth[2]))
    both = replace(plan, stays=(*plan.stays, second), unmet=())

    faults = matcher.faults(document, both)

    assert "persons: the plan exceeds its bound, so it breaks a rule" in faults


def test_a_handover_past_a_pin_is_named():
    cases = (lot("l1"), lot("l2"), request())
    document = market(*cases, pinned=[{"offer": "l1", "need": "r1"}])
    plan = matcher.solve(document)

    faults = matcher.faults(document, handover(plan, offer="l2"))

    assert "lot l2 for request r1 goes past a pin" in faults


def test_a_pinned_household_given_less_than_its_pin_allows_is_named():
    near, far = home("o1"), home("o2", location={"postcode": "40211"})
    pins = [{"offer": name, "need": "n1"} for name in ("o1", "o2")]
    document = market(near, far, need(near="40210"), pinned=pins)
    plan = matcher.solve(document)
    assert [one.offer for one in plan.stays] == ["o1"]
    worse = {"worth": (1, 1, 50), "metres": 5_000}
    points = (("whole_dwelling", 200), ("wasted_bed", -50), ("kilometre", -100))

    faults = matcher.faults(document, stay(plan, offer="o2", points=points, **worse))

    assert "need n1 has a better place where it is pinned, worth 150" in faults


def test_the_referee_knows_no_solver_and_nothing_of_the_matchers_reading():
    folder = Path(matcher.__file__).parent / "referee"
    imported = {
        name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in [getattr(node, "module", None) or node.names[0].name]
    }

    ours = {name for name in imported if name.startswith("matcher")}
    assert {n for n in ours if not n.startswith("matcher.referee")} == {"matcher.plan"}
    assert not {n for n in imported if n.startswith("ortools")}
