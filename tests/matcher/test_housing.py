"""Stays, rooms and promises: what a plan does with small, telling markets."""

from datetime import date

from tests.matcher.small import (
    DOUBLE,
    TODAY,
    family,
    held,
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


def test_two_stays_follow_one_another_in_one_flat():
    first = need("n1", period={"from": TODAY, "to": "2022-06-01"})
    second = need("n2", period={"from": "2022-06-01", "to": "2022-09-01"})

    plan = solved(home(), first, second)

    assert [(s.need, s.start, s.end) for s in plan.stays] == [
        ("n1", date(2022, 3, 18), date(2022, 6, 1)),
        ("n2", date(2022, 6, 1), date(2022, 9, 1)),
    ]
    assert plan.proven


def test_stays_that_share_one_night_do_not_share_a_flat():
    first = need("n1", period={"from": TODAY, "to": "2022-06-02"}, priority=3)
    second = need("n2", period={"from": "2022-06-01", "to": "2022-09-01"})

    plan = solved(home(), first, second)

    assert pairs(plan) == {"n1": ("o1", None)}
    assert reasons(plan) == {"n2": "outbid"}


def test_an_open_stay_ends_at_the_horizon_and_a_longest_stay_ends_it_earlier():
    long = home("o1", available={"from": "2022-03-20", "max_days": 90})

    stay = solved(long, need()).stays[0]
    whole = solved(home(), need()).stays[0]

    assert (stay.start, stay.end) == (date(2022, 3, 20), date(2022, 6, 18))
    assert (whole.end - whole.start).days == 180
    assert stay.open_ended


def test_a_contingent_that_shrinks_in_april_takes_fewer_over_april():
    lines = [line("double", 3, TODAY, "2022-04-01"), line("double", 1, "2022-04-01")]
    place = hotel(units=[DOUBLE], lines=lines)
    long = [need(f"n{n}", priority=1) for n in (1, 2, 3)]
    short = [
        need(f"s{n}", period={"from": TODAY, "to": "2022-04-01"}) for n in (1, 2, 3)
    ]

    plan = solved(place, *long, *short)

    assert sorted(stay.need[0] for stay in plan.stays) == ["n", "s", "s"]


def test_blocked_rooms_of_a_contingent_are_not_given():
    rooms = line("double", 2) | {"blocked": 1}

    plan = solved(hotel(units=[DOUBLE], lines=[rooms]), need("n1"), need("n2"))

    assert len(plan.stays) == 1


def test_promises_that_stay_keep_their_rooms():
    taken = held("o1", "2022-03-01", "2022-05-01")
    later = need(period={"from": "2022-05-01"})

    assert reasons(solved(home(), need(), held=[taken])) == {"n1": "no_dates"}
    assert pairs(solved(home(), later, held=[taken])) == {"n1": ("o1", None)}


def test_held_rooms_of_a_contingent_are_counted_by_unit():
    place = hotel(
        units=[DOUBLE, unit("single", 1)], lines=[line("double", 2), line("single", 1)]
    )
    taken = held("h1", TODAY, None, unit="double", count=2)

    plan = solved(place, need("n1"), need("n2"), held=[taken])

    assert [stay.unit for stay in plan.stays] == ["single"]


def test_people_who_must_not_meet_do_not_stay_in_one_hotel_at_one_time():
    place = hotel(units=[unit("single", 1)], lines=[line("single", 5)])
    afraid = need("n1", protection={"no_contact": ["p-n2"]})
    other = need("n2")
    later = need("n2", period={"from": "2022-10-01"})

    apart = solved(place, afraid, other)

    assert len(apart.stays) == 1
    assert [tier.bound for tier in apart.parts[0].tiers][:2] == [1, 1]
    assert len(solved(place, afraid, later).stays) == 2


def test_a_pin_holds_its_home_against_everyone():
    weak, strong = need("n1"), need("n2", priority=3)
    pin = {"offer": "o1", "need": "n1"}

    plan = solved(home(), weak, strong, pinned=[pin])

    assert pairs(plan) == {"n1": ("o1", None)}
    assert reasons(plan) == {"n2": "no_dates"}
    assert plan.parts[0].tiers[0].worth == plan.parts[0].tiers[0].bound == 1


def test_a_pin_to_a_home_that_does_not_suit_says_so():
    pin = {"offer": "o2", "need": "n1"}

    plan = solved(home("o1"), home("o2", beds=0), need(), pinned=[pin])

    assert reasons(plan) == {"n1": "pinned_impossible"}


def test_of_likely_duplicates_the_earliest_takes_part():
    first, second = need("n1", raised=9), need("n2", raised=3, similar_to=["n1"])

    plan = solved(home("o1"), home("o2"), first, second)

    assert set(pairs(plan)) == {"n2"}
    assert reasons(plan) == {"n1": "duplicate_pending"}


def test_of_likely_double_offers_one_is_given():
    twin = home("o2", similar_to=["o1"], listed=2)

    plan = solved(home("o1"), twin, need("n1"), need("n2"))

    assert [stay.offer for stay in plan.stays] == ["o1"]


def test_a_twin_of_a_promised_case_waits():
    twin = need("n2", similar_to=["n-held"])
    taken = held("o1", TODAY, None)

    plan = solved(home("o1"), home("o2"), twin, held=[taken])

    assert reasons(plan) == {"n2": "duplicate_pending"}


def test_an_option_that_has_run_out_is_not_offered():
    lapsed = home(option_until="2022-03-17")

    assert reasons(solved(lapsed, need())) == {"n1": "no_dates"}
    assert len(solved(home(option_until=TODAY), need()).stays) == 1


def test_open_checks_make_a_proposal_provisional_and_are_named():
    short = [{"kind": "visit", "state": "passed", "valid_until": "2022-04-01"}]
    child = family(member("a"), member("b", "2-5"), a_b="parent_child")
    cases = {
        ("identity",): [need(), need(period={"from": TODAY, "to": "2022-04-02"})],
        ("identity", "background"): [need(**child), need(persons=2)],
        ("identity", "visit"): [need(period={"from": TODAY, "to": "2022-04-03"})],
    }

    found = {
        due: [solved(home(checks=short), one).stays[0].due for one in asking]
        for due, asking in cases.items()
    }

    assert found == {due: [due] * len(asking) for due, asking in cases.items()}


def test_an_empty_market_has_an_empty_plan_with_a_proof():
    plan = solved()

    assert (plan.stays, plan.handovers, plan.unmet) == ((), (), ())
    assert (plan.worth, plan.bound, plan.gap, plan.proven) == (0, 0, 0.0, True)


def test_needs_without_any_offer_stay_unmet():
    assert reasons(solved(need())) == {"n1": "no_dates"}
    assert solved(home()).stays == ()


def test_a_need_of_which_nobody_knows_how_many_they_are_is_incomplete():
    unknown = need()
    del unknown["details"]["persons"], unknown["details"]["members"]

    assert reasons(solved(home(), unknown)) == {"n1": "incomplete"}
