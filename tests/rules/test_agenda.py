"""What a day brings due, and that it is harmless to ask twice."""

from collections.abc import Sequence
from datetime import date

from events.base import Fact
from events.lives import fold_need, fold_offer
from events.need import NeedParked
from events.offer import OfferReconfirmed, OfferWithdrawn
from events.policy import Habits, Policy
from events.realm import DayBegan
from services.ledger.rules.agenda import due
from services.ledger.rules.answers import LapseMatch
from services.ledger.rules.base import Command
from services.ledger.rules.desk import AssignTask
from services.ledger.rules.needs import ReopenNeed
from services.ledger.rules.offers import CheckOffer
from tests.rules.given import given, recorded
from tests.rules.world import (
    AGREED,
    ANSWER_BY,
    APRIL,
    ASKED,
    BEFORE,
    DAY,
    JULY,
    MOVED_IN,
    PROPOSED,
    SAID,
    TODAY,
    checked,
    listed,
    of,
    raised,
)

LAPSE = LapseMatch(**of())
REOPEN = ReopenNeed(need="n-1", reason="the day has come")
RECONFIRM = AssignTask(
    case="offer:o-1",
    task="reconfirm-o-1-2022-03-10",
    what="reconfirm_offer",
    due=date(2022, 6, 8),
)
WITHDRAWN = OfferWithdrawn(said=SAID, offer="o-1", reason="provider_withdrew")


def agenda(facts: Sequence[Fact], today: date, days: int = 90) -> list[Command]:
    """Return what falls due on a day after these facts."""
    history = recorded(facts)
    offer, need = fold_offer("o-1", history), fold_need("n-1", history)
    policy = Policy(name="x", habits=Habits(reconfirm_days=days))
    return list(
        due(
            [offer] if offer else [],
            [need] if need else [],
            today=today,
            policy=policy,
        )
    )


def test_nothing_falls_due_where_nothing_is():
    assert agenda((), TODAY) == []
    assert agenda(PROPOSED, TODAY) == []


def test_a_proposal_lapses_on_the_day_of_its_answer_and_not_before():
    assert agenda(ASKED, date(2022, 3, 27)) == []
    assert agenda(ASKED, ANSWER_BY) == [LAPSE]
    assert agenda(AGREED, ANSWER_BY) == []


def test_a_parked_need_comes_back_on_its_day_and_not_before():
    parked = (raised(), NeedParked(said=SAID, need="n-1", until=APRIL, reason="ill"))

    assert agenda(parked, date(2022, 3, 31)) == []
    assert agenda(parked, APRIL) == [REOPEN]


def test_a_check_expires_the_day_after_its_last():
    visited = (listed(), checked("visit", valid_until=TODAY))

    assert agenda(visited, TODAY) == []
    assert agenda(visited, date(2022, 3, 19)) == [
        CheckOffer(offer="o-1", check="visit", state="expired", on=TODAY)
    ]
    assert agenda((listed(), checked("visit")), JULY, 999) == []
    assert agenda((listed(), checked("visit", "expired")), JULY, 999) == []


def test_the_checks_of_a_home_are_looked_after_while_somebody_lives_there():
    expired = CheckOffer(offer="o-1", check="visit", state="expired", on=BEFORE)
    old = checked("visit", valid_until=BEFORE)

    assert agenda((listed(), old, WITHDRAWN), TODAY) == []
    assert agenda((*MOVED_IN, old, WITHDRAWN), APRIL) == [expired]
    facts = given(*MOVED_IN, old, WITHDRAWN).when(expired)._decided()
    assert [fact.type for fact in facts] == ["offer.checked.v1", "task.assigned.v1"]


def test_an_offer_is_asked_again_after_ninety_days_once():
    old = (DAY, listed())

    assert agenda(old, date(2022, 6, 7)) == []
    assert agenda(old, date(2022, 6, 8)) == [RECONFIRM]
    assert agenda(old, date(2022, 6, 9)) == [RECONFIRM]
    assert agenda((*old, WITHDRAWN), JULY) == []
    again = OfferReconfirmed(said=SAID, offer="o-1", on=APRIL)
    assert agenda((*old, again), date(2022, 6, 8)) == []


def test_the_same_day_asked_twice_changes_nothing_more():
    begun = DayBegan(said=SAID, day=date(2022, 6, 8))
    history = (*ASKED, checked("documents", valid_until=BEFORE), begun)
    commands = agenda(history, begun.day)
    assert [command.name for command in commands] == [
        "lapse-match",
        "check-offer",
        "assign-task",
    ]

    facts = given(*history)
    for command in commands:
        facts = given(*facts.facts, *facts.when(command)._decided())
    after = [facts.when(command)._decided() for command in commands]

    assert after == [(), (), ()]
