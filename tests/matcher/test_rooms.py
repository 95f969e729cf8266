"""Who sleeps where: rooms, sharing, cots, step-free rooms."""

import pytest

from matcher.plan import Room
from tests.matcher.small import (
    DOUBLE,
    Doc,
    family,
    home,
    hotel,
    line,
    member,
    need,
    pairs,
    reasons,
    solved,
    unit,
)


def test_a_household_takes_rooms_of_one_type_and_the_fewest():
    place = hotel(
        units=[unit("single", 1), DOUBLE], lines=[line("single", 3), line("double", 4)]
    )
    four = family(
        member("a"),
        member("b", sex="m"),
        member("c", "2-5"),
        member("d", "6-9", "m"),
        a_b="couple",
        a_c="parent_child",
        a_d="parent_child",
        b_c="parent_child",
        b_d="parent_child",
        c_d="siblings",
    )

    stay = solved(place, need(**four)).stays[0]

    assert (stay.unit, stay.count) == ("double", 2)
    assert sorted(ref for room in stay.rooms for ref in room.members) == list("abcd")
    assert {room.unit for room in stay.rooms} == {"double"}


@pytest.mark.parametrize(
    ("a", "b", "kind", "rooms"),
    [
        (member("a"), member("b", sex="m"), "couple", 1),
        (member("a"), member("b", "14-17"), "couple", 2),
        (member("a"), member("b", "10-13", "m"), "parent_child", 1),
        (member("a", "10-13"), member("b", "14-17"), "siblings", 1),
        (member("a", "10-13"), member("b", "14-17", "m"), "siblings", 2),
        (member("a", "2-5"), member("b", "6-9", "m"), "siblings", 1),
        (member("a", "6-9"), member("b", "10-13"), "siblings", 2),
        (member("a", "10-13", "x"), member("b", "14-17", "x"), "siblings", 2),
        (member("a"), member("b"), "other", 2),
    ],
)
def test_who_may_share_a_room(a: Doc, b: Doc, kind: str, rooms: int):
    place = hotel(units=[DOUBLE], lines=[line("double", 2)])

    stay = solved(place, need(**family(a, b, a_b=kind))).stays[0]

    assert stay.count == rooms


def test_people_nobody_knows_sleep_alone_where_rooms_are_known():
    place = hotel(units=[DOUBLE], lines=[line("double", 3)])
    three = need(persons=3, members=[])

    stay = solved(place, three).stays[0]

    assert (stay.count, stay.rooms) == (3, ())


def test_a_home_whose_rooms_are_unknown_takes_a_household_up_to_its_beds():
    strangers = family(member("a"), member("b"))

    assert pairs(solved(home(beds=2), need(**strangers))) == {"n1": ("o1", None)}
    assert reasons(solved(home(beds=1), need(**strangers))) == {"n1": "size"}


def test_members_are_laid_into_the_rooms_of_a_home():
    flat = home(units=[unit("r1", 1), unit("r2", 2)])
    three = family(member("a"), member("b", "6-9"), member("c"), a_b="parent_child")

    stay = solved(flat, need(**three)).stays[0]

    assert stay.rooms == (Room("r1", ("c",)), Room("r2", ("a", "b")))


def test_an_infant_lies_in_a_cot_and_needs_no_bed():
    with_cot = unit("r1", 1, cot_possible=True)
    two = family(member("a"), member("b", "0-1"), a_b="parent_child")
    twins = family(
        member("a"),
        member("b", "0-1"),
        member("c", "0-1"),
        a_b="parent_child",
        a_c="parent_child",
        b_c="siblings",
    )

    assert pairs(solved(home(units=[with_cot]), need(**two))) == {"n1": ("o1", None)}
    assert reasons(solved(home(units=[unit("r1", 1)]), need(**two))) == {"n1": "size"}
    assert reasons(solved(home(units=[with_cot]), need(**twins))) == {"n1": "size"}


def test_who_needs_it_step_free_gets_the_step_free_room():
    flat = home(step_free="some", units=[unit("r1", 1), unit("r2", 1, step_free=True)])
    two = family(member("a"), member("b", step_free=True))
    both = family(member("a", step_free=True), member("b", step_free=True))

    stay = solved(flat, need(**two)).stays[0]

    assert stay.rooms == (Room("r1", ("a",)), Room("r2", ("b",)))
    assert reasons(solved(flat, need(**both))) == {"n1": "size"}
