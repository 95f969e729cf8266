"""What is otherwise in a market, row by row, is what two whole documents say it is."""

from random import Random

import pytest

from events.base import Fact
from events.kinds.housing import HousingNeed, Protection
from events.need import NeedMerged, NeedUnmerged, NeedWithdrawn
from events.offer import OfferMerged, OfferUnmerged
from events.policy import Policy
from events.realm import PolicyAdopted
from matcher import News
from matcher.standing import between
from services.ledger.handle import read
from services.market import Market
from services.standing.sheet import Sheet
from tests.model.office import Office
from tests.model.turns import TO_THE_END
from tests.rules.given import recorded
from tests.rules.world import (
    DAY,
    LOTS_PLACED,
    PLACED,
    PROPOSED,
    SAID,
    flat,
    listed,
    proposed,
    raised,
)

WHO = ("intake-1", "desk-1", "desk-2", "matcher-1", "calendar")


def worked(seed: int, steps: int = 60) -> Office:
    """Return an office that has worked for a while."""
    office, dice = Office.opened(), Random(seed)
    for _ in range(steps):
        office.send(office.channels.next(dice, "new"))
        who = dice.choices(WHO, (6, 4, 4, 3, 1))[0]
        office.work(who, TO_THE_END, None, dice)
        office.look()
    office.close()
    return office


def followed(facts: list[Fact], *, at_once: int = 1) -> int:
    """Compare after each few facts; return how often rows alone were otherwise."""
    market, sheet, known, rows = Market(), None, None, 0
    told = recorded(facts)
    for first in range(0, len(told), at_once):
        some = told[first : first + at_once]
        market.apply(some)
        if market.today is None:
            continue
        whole = market.document()
        if sheet is None or known is None:
            sheet, known = Sheet(market), whole
            continue
        tags = [tag for one in some for tag in one.fact.tags()]
        found, wanted = sheet.look(market, tags), between(known, whole)
        assert plain(found) == plain(wanted), [one.fact for one in some]
        rows += found is not None and found != News()
        known = whole
    return rows


def plain(news: News | None) -> object:
    if news is None:
        return None
    held = {offer: list(rows) for offer, rows in news.held.items()}
    return news.offers, news.needs, held, news.forbidden, news.places


@pytest.mark.parametrize("seed", range(6))
def test_each_fact_of_a_history_changes_the_rows_that_it_changes(seed: int):
    facts = [read(stored).fact for stored in worked(seed).ledger.facts]

    assert followed(facts) > 50
    assert followed(facts, at_once=7) > 10


@pytest.mark.parametrize("facts", [PROPOSED, PLACED, LOTS_PLACED])
def test_a_life_from_offer_to_placement_changes_its_rows(facts: list[Fact]):
    assert followed([DAY, *flat(facts)]) > 0


def test_whoever_is_like_a_case_changes_with_it():
    facts = [
        DAY,
        listed(offer="h-1"),
        listed(offer="h-2", similar_to=("h-1",)),
        listed(offer="h-3", similar_to=("h-2",)),
        OfferMerged(said=SAID, offer="h-2", into="h-1"),
        OfferUnmerged(said=SAID, offer="h-1", other="h-3"),
        raised(need="n-1"),
        raised(need="n-2", similar_to=("n-1",)),
        NeedWithdrawn(said=SAID, need="n-1", reason="other"),
    ]

    assert followed(facts) == 8


def test_whoever_avoids_a_person_changes_with_their_names():
    def alone(need: str, *avoids: str) -> Fact:
        protection = Protection(no_contact=avoids)
        return raised(need, HousingNeed(persons=1, protection=protection))

    one_home = OfferMerged(said=SAID, offer="o-1", into="o-2")
    facts = [
        DAY,
        listed("o-1"),
        listed("o-2"),
        alone("n-1"),
        alone("n-2"),
        alone("n-a", "p-of-n-1"),
        alone("n-b", "p-of-o-2"),
        proposed("m-2", "o-2", "n-a", by_hand=True),
        NeedMerged(said=SAID, need="n-1", into="n-2"),
        alone("n-c", "p-of-n-2"),
        one_home,
        OfferUnmerged(said=SAID, offer="o-2", other="o-1"),
        NeedUnmerged(said=SAID, need="n-1", other="n-2"),
    ]

    assert followed(facts) == 12
    assert followed(facts, at_once=3) == 4


def test_another_day_or_policy_is_more_than_rows():
    market = Market()
    begun = [DAY, listed(), raised()]
    market.apply(recorded(begun))
    sheet = Sheet(market)
    policy = PolicyAdopted(said=SAID, policy=Policy(name="other"))
    market.apply(recorded([*begun, policy])[3:])

    assert sheet.look(market, ()) is None
    assert sheet.look(market, ()) == News()
