"""A home is lived in until somebody records the end of the stay, whatever its days."""

from datetime import date

import matcher
from events.base import Fact
from events.kinds.housing import Capacity, HousingNeed, HousingOffer, Protection, Unit
from events.match import Allocation, MatchEnded, MatchRefused
from events.need import NeedAmended
from events.realm import DayBegan
from events.values import Span
from services.ledger.rules.agenda import due
from services.ledger.rules.answers import CorrectAnswer
from services.ledger.rules.desk import AssignTask
from services.ledger.rules.matches import BeginMatch, ProposeMatch
from services.market import Market
from tests.rules.given import given, recorded
from tests.rules.world import (
    APRIL,
    DAY,
    FAMILY,
    JULY,
    MOVED_IN,
    OCTOBER,
    PLACED,
    SAID,
    TODAY,
    VISITED,
    Told,
    agreed,
    begun,
    checked,
    communicated,
    confirmed,
    flat,
    listed,
    of,
    proposed,
    raised,
)

AUGUST = date(2022, 8, 1)
SECOND = of("m-2", "o-1", "n-2")
LATER = HousingNeed(persons=2, members=FAMILY.members, relations=FAMILY.relations,
                    period=Span(start=JULY, end=OCTOBER))  # fmt: skip
SUMMER = Allocation(start=JULY, end=OCTOBER, count=1)
ENDED = MatchEnded(
    said=SAID, **of(), on=JULY, side="household", reason="moved_out", consequence="none"
)


def day(when: date) -> DayBegan:
    return DayBegan(said=SAID, day=when)


def moved_in(*, open_ended: bool) -> tuple[Fact, ...]:
    """A family that lives in the flat; its promise names April to July."""
    told = proposed(open_ended=open_ended)
    sides = agreed("household"), agreed("provider")
    home = listed(), raised(), told, VISITED, communicated(), sides, confirmed()
    return flat((DAY, home, day(APRIL), begun()))


def planned(*told: Told) -> list[tuple[str, str]]:
    market = Market()
    market.apply(recorded(flat(told)))
    document = market.document()
    plan = matcher.solve(document)
    assert matcher.faults(document, plan) == []
    return [(stay.need, stay.offer) for stay in plan.stays]


def test_where_no_end_was_agreed_nobody_else_is_planned_in_until_they_have_left():
    lives, late = moved_in(open_ended=True), raised("n-2", LATER)

    assert planned(lives, late) == []
    assert planned(lives, late, day(AUGUST)) == []
    assert ("n-2", "o-1") in planned(lives, late, ENDED)


def test_where_an_end_was_agreed_the_next_may_come_unless_it_has_passed_by():
    lives, late = moved_in(open_ended=False), raised("n-2", LATER)

    assert planned(lives, late) == [("n-2", "o-1")]
    assert planned(lives, late, day(AUGUST)) == []
    assert planned(lives, late, day(AUGUST), ENDED) == [("n-2", "o-1")]


def test_by_hand_nobody_is_promised_a_home_that_is_lived_in_on_and_on():
    propose = ProposeMatch(**SECOND, allocation=(SUMMER,), reason="asked for it")
    lives, late = moved_in(open_ended=True), raised("n-2", LATER)

    given(lives, late).when(propose).refused("promised already")
    given(moved_in(open_ended=False), late, day(AUGUST)).when(propose).refused(
        "promised already"
    )
    assert given(lives, late, ENDED).when(propose)._decided()


def test_a_no_that_was_not_said_brings_nobody_back_to_a_home_that_is_lived_in():
    refused = (
        raised("n-2", LATER),
        proposed(**SECOND, line=SUMMER),
        communicated(**SECOND),
        MatchRefused(
            said=SAID,
            **SECOND,
            side="household",
            reason="refused_offer",
            consequence="requeue",
        ),
    )
    correct = CorrectAnswer(**SECOND, side="household", answer="open", reason="slip")

    given(moved_in(open_ended=True), refused).when(correct).refused(
        "promised to others by now"
    )
    assert given(moved_in(open_ended=False), refused).when(correct)._decided()


def test_nobody_moves_in_where_somebody_still_lives():
    next_one = (
        raised("n-2", LATER),
        proposed(**SECOND, line=SUMMER),
        communicated(**SECOND),
        agreed("household", **SECOND),
        agreed("provider", **SECOND),
        confirmed(**SECOND),
        day(JULY),
    )
    begin = BeginMatch(**SECOND, on=JULY)

    given(MOVED_IN, next_one).when(begin).refused("Somebody still lives there")
    given(MOVED_IN, next_one, ENDED).when(begin).then(begun(**SECOND, on=JULY))


def test_a_stay_that_should_be_over_is_laid_before_a_person():
    def tasks(facts: tuple[Fact, ...], today: date) -> list[AssignTask]:
        market = Market()
        market.apply(recorded(facts))
        found = due((), market.needs.values(), today=today, policy=market.policy)
        return [one for one in found if isinstance(one, AssignTask)]

    over = AssignTask(
        case="need:n-1", task="over-m-1", what="review_match", match="m-1", due=JULY
    )

    assert tasks(MOVED_IN, date(2022, 6, 30)) == []
    assert tasks(MOVED_IN, JULY) == [over]
    assert tasks(PLACED, AUGUST) == [over]
    assert tasks((*MOVED_IN, ENDED), AUGUST) == []


def test_who_says_later_whom_they_must_not_meet_is_heard():
    shelter = HousingOffer(
        dwelling="shelter",
        units=(Unit(ref="r", type="double", sleeps=2),),
        capacity=(Capacity(unit="r", span=Span(start=TODAY), count=5),),
    )
    line = Allocation(unit="r", start=APRIL, end=JULY, count=1)
    there = (DAY, listed(details=shelter), checked("identity"), checked("visit"),
             raised(), proposed(line=line), communicated(), raised("n-2"))  # fmt: skip
    told = NeedAmended(
        said=SAID,
        need="n-1",
        changes=HousingNeed(protection=Protection(no_contact=("p-of-n-2",))),
    )

    assert planned(there) == [("n-2", "o-1")]
    assert planned(there, told) == []
