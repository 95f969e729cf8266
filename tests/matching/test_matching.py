"""A plan is fenced by what it saw, and what it moves it moves in one append."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import matcher
from events.base import Said
from events.kinds.goods import GoodsNeed, GoodsOffer, Item
from events.kinds.housing import HousingNeed, HousingOffer
from events.match import Allocation, MatchState
from events.offer import OfferListed
from events.values import Actor
from matcher import Plan
from services import daily, planning, realm
from services.database import Server
from services.demo.sweep import promised_twice
from services.follow import LedgerFeed
from services.ledger.batch import Answer, Entry
from services.ledger.entries import new_facts
from services.ledger.handle import Order, Writer, read
from services.ledger.recorder import Recorder
from services.ledger.rules.base import Command, Refused
from services.ledger.rules.links import LinkNeeds
from services.ledger.rules.matches import CommunicateMatch, ProposeMatch
from services.ledger.rules.needs import RaiseNeed
from services.ledger.rules.offers import (
    AmendOffer,
    CheckOffer,
    ListOffer,
    WithdrawOffer,
)
from services.ledger.vault import Vault
from services.matching import Matching, Pulse, matters
from services.settings import load
from services.solver import Unsound

SAID = Said(actor=Actor(ref="K. Muster", role="coordinator"), via="desk")
TODAY = date(2022, 3, 18)
COT = Item(category="CHILDREN", code="cot")


class World:
    """A small office: a writer and a matcher on one ledger."""

    def __init__(self, server: Server, vault: Vault) -> None:
        self.recorder = Recorder(server)
        self.feed = LedgerFeed(server)
        self.writer = Writer(self.recorder, vault)
        self.matching = Matching(self.feed, self.recorder, vault)
        self.orders = 0

    def do(self, *commands: Command) -> None:
        for command in commands:
            self.orders += 1
            order = Order(id=f"t-{self.orders}", said=SAID, command=command)
            self.writer.do(order)

    def close(self) -> None:
        self.feed.close()
        self.recorder.close()

    def living(self) -> dict[str, MatchState]:
        """Need → its living match."""
        needs = self.matching.catch_up().needs.values()
        return {need.id: match for need in needs for match in need.living}


@pytest.fixture
def world(database: Server, vault: Vault, tmp_path: Path) -> Iterator[World]:
    with closing(World(database, vault)) as made:
        realm.ensure_open(made.writer, load(tmp_path), synthetic=False)
        daily.begin_day(made.writer, made.matching, TODAY)
        yield made


def home(name: str, beds: int = 2, similar_to: tuple[str, ...] = ()) -> ListOffer:
    details = HousingOffer(dwelling="flat", beds=beds)
    return ListOffer(
        offer=name, provider=f"p-{name}", details=details, similar_to=similar_to
    )


def household(name: str, persons: int = 2) -> RaiseNeed:
    details = HousingNeed(persons=persons, horizon="acute")
    return RaiseNeed(need=name, household=f"p-{name}", details=details)


def while_recording(recorder: Recorder, happens: Callable[[], object]) -> None:
    """Let something happen once, after the plan was made, before it is recorded."""
    record = recorder.record

    def late(entries: Sequence[Entry]) -> tuple[Answer, ...]:
        recorder.record = record  # type: ignore[method-assign] # put back
        happens()
        return record(entries)

    recorder.record = late  # type: ignore[method-assign] # a race, made certain


def test_a_plan_proposes_and_holds(world: World):
    world.do(home("h-1"), household("n-1"))

    run = world.matching.run()

    match = world.living()["n-1"]
    assert (match.offer, match.state, match.origin.plan) == (
        "h-1",
        "proposed",
        run.plan_id,
    )
    assert (run.recorded, run.overtaken) == (1, 0)


def depot(name: str, pieces: int) -> ListOffer:
    details = GoodsOffer(item=COT, quantity=pieces)
    return ListOffer(offer=name, provider=f"p-{name}", details=details)


def request(name: str) -> RaiseNeed:
    details = GoodsNeed(item=COT, quantity=1)
    return RaiseNeed(need=name, household=f"p-{name}", details=details)


def test_a_depot_with_more_requests_than_one_append_takes_serves_them_all(
    world: World, monkeypatch
):
    monkeypatch.setattr(planning, "MOST", 3)
    needs = [f"n-{number}" for number in range(10)]
    world.do(depot("o-1", 20), *map(request, needs))

    run = world.matching.run()

    assert sorted(world.living()) == needs
    assert (run.recorded, run.overtaken) == (1, 0)
    assert world.matching.run().recorded == 0


def test_what_is_withdrawn_between_two_appends_is_not_promised_by_the_second(
    world: World, monkeypatch
):
    monkeypatch.setattr(planning, "MOST", 3)
    needs = [f"n-{number}" for number in range(10)]
    world.do(depot("o-1", 20), *map(request, needs))

    def withdrawn() -> None:
        assert len(world.living()) == 3
        world.do(WithdrawOffer(offer="o-1", reason="provider_withdrew"))

    recorder = world.recorder
    while_recording(recorder, lambda: while_recording(recorder, withdrawn))
    run = world.matching.run()

    assert (run.recorded, run.overtaken) == (0, 1)
    assert world.living() == {}


def test_a_second_run_without_news_changes_nothing(world: World):
    world.do(home("h-1"), home("h-2", 3), household("n-1"), household("n-2", 3))
    world.matching.run()
    before = world.living()

    again = world.matching.run()

    assert again.recorded == 0
    assert world.living() == before


def test_an_offer_withdrawn_meanwhile_is_not_proposed(world: World):
    world.do(home("h-1"), home("h-2", 4), household("n-1"), household("n-2", 4))
    gone = WithdrawOffer(offer="h-1", reason="provider_withdrew")
    while_recording(world.recorder, lambda: world.do(gone))

    run = world.matching.run()

    assert (run.recorded, run.overtaken) == (1, 1)
    assert {need: match.offer for need, match in world.living().items()} == {
        "n-2": "h-2"
    }


def test_what_was_overtaken_goes_into_the_next_run(world: World):
    world.do(home("h-1"), household("n-1"))
    while_recording(world.recorder, lambda: world.do(home("h-2"), touch("h-1")))
    first = world.matching.run()

    second = world.matching.run()

    assert (first.overtaken, second.recorded) == (1, 1)
    assert set(world.living()) == {"n-1"}


def touch(offer: str) -> CheckOffer:
    return CheckOffer(offer=offer, check="visit", state="passed", on=TODAY)


def test_a_paused_matcher_that_wakes_up_promises_nothing_twice(
    world: World, database: Server, vault: Vault
):
    world.do(home("h-1"), household("n-1"), household("n-2"))
    with closing(World(database, vault)) as rival:
        rival.orders = 100

        def overtake() -> None:
            rival.do(household("n-3"))
            rival.matching.run()

        while_recording(world.recorder, overtake)

        late = world.matching.run()

    assert (late.recorded, late.overtaken) == (0, 1)
    assert len(world.living()) == 1


def test_a_home_whose_twin_is_promised_meanwhile_is_not_promised_too(world: World):
    """One flat that came through two channels: both of its cases are one home.

    An older release told the later of them alone, so the earlier can be promised.
    """
    later = home("h-1", similar_to=("h-2",))
    fact = OfferListed(
        said=SAID, offer="h-1", provider="p-h-1", details=later.details,
        similar_to=later.similar_to,
    )  # fmt: skip
    world.do(home("h-2"))
    world.recorder.record([Entry("old", bytes(32), new_facts("old", [fact]), None)])
    world.do(household("n-1"), household("n-2"))
    line = Allocation(start=TODAY, end=TODAY + timedelta(days=30), count=1)
    by_hand = ProposeMatch(
        match="m-1", offer="h-2", need="n-2", allocation=(line,), reason="asked for it"
    )
    while_recording(world.recorder, lambda: world.do(by_hand))

    run = world.matching.run()

    assert (run.recorded, run.overtaken) == (0, 1)
    assert {n: m.offer for n, m in world.living().items()} == {"n-2": "h-2"}


def test_a_twin_that_comes_in_overtakes_whoever_promises_the_earlier(world: World):
    world.do(home("h-2"), household("n-1"))
    line = Allocation(start=TODAY, end=TODAY + timedelta(days=30), count=1)
    by_hand = ProposeMatch(
        match="m-1", offer="h-2", need="n-1", allocation=(line,), reason="asked for it"
    )
    twin = home("h-1", similar_to=("h-2",))
    while_recording(world.recorder, lambda: world.do(twin))

    with pytest.raises(Refused, match="the same as offer:h-1"):
        world.do(by_hand)

    assert world.living() == {}


def test_a_home_that_makes_way_for_its_twin_does_so_in_one_append(world: World):
    world.do(home("h-1"), home("h-2"), household("n-1"), household("n-2"))
    world.matching.run()
    told = AmendOffer(offer="h-1", changes=HousingOffer(), similar_to=("h-2",))
    world.do(told)

    run = world.matching.run()

    assert (run.recorded, run.overtaken, len(world.living())) == (1, 0, 1)


def test_two_matchers_with_one_plan_record_it_once(
    world: World, database: Server, vault: Vault
):
    world.do(home("h-1"), household("n-1"))
    with closing(World(database, vault)) as rival:
        while_recording(world.recorder, rival.matching.run)

        world.matching.run()

    kinds = [stored.type for stored in world.recorder.read()]
    assert (kinds.count("plan.made.v1"), kinds.count("match.proposed.v1")) == (1, 1)


def test_a_move_lets_go_and_takes_in_one_append(world: World):
    world.do(home("big", 4), household("small"))
    world.matching.run()
    assert world.living()["small"].offer == "big"
    world.do(home("little", 2), household("large", 4))

    run = world.matching.run()

    found = {need: match.offer for need, match in world.living().items()}
    assert found == {"small": "little", "large": "big"}
    assert run.recorded == 1


def test_what_was_communicated_is_not_moved(world: World):
    world.do(home("big", 4), household("small"), touch("big"))
    world.matching.run()
    match = world.living()["small"]
    world.do(
        CommunicateMatch(match=match.id, offer="big", need="small"),
        home("little", 2),
        household("large", 4),
    )

    world.matching.run()

    assert {n: m.offer for n, m in world.living().items()} == {"small": "big"}


def test_a_plan_that_the_referee_refuses_is_thrown_away(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.do(home("h-1"), household("n-1", 2), household("n-2", 2))
    solve = matcher.solve

    def cheating(market: dict[str, object], **options: int) -> Plan:
        plan = solve(market, seed=options["seed"])
        stay = plan.stays[0]
        other = "n-2" if stay.need == "n-1" else "n-1"
        return replace(plan, stays=(stay, replace(stay, need=other)), unmet=())

    monkeypatch.setattr(matcher, "solve", cheating)
    head = world.recorder.head()

    with pytest.raises(Unsound, match="thrown away"):
        world.matching.run()

    assert world.recorder.head() == head


def test_it_matches_by_itself_when_the_market_is_quiet_again():
    pulse = Pulse()
    pulse.news(0)
    pulse.news(20)

    found = [pulse.due(now) for now in (20, 49, 51)]

    assert found == [False, False, True]


def test_it_matches_by_itself_every_five_minutes_at_most():
    pulse = Pulse()
    pulse.ran(0)
    pulse.news(10)

    assert [pulse.due(now) for now in (50, 299, 301)] == [False, False, True]


def test_its_own_facts_do_not_wake_it(world: World):
    world.do(home("h-1"), household("n-1"))
    head = world.recorder.head()
    world.matching.run()

    page = world.feed.read(head)

    assert page.facts
    assert not any(matters(read(stored)) for stored in page.facts)


def test_a_day_is_begun_once_and_lapses_what_is_due(world: World):
    world.do(home("h-1"), household("n-1"), touch("h-1"))
    world.matching.run()
    match = world.living()["n-1"]
    world.do(CommunicateMatch(match=match.id, offer="h-1", need="n-1"))
    later = date(2022, 3, 28)

    daily.begin_day(world.writer, world.matching, later)
    head = world.recorder.head()
    daily.begin_day(world.writer, world.matching, later)

    assert world.living() == {}
    assert world.recorder.head() == head


def test_households_that_belong_together_are_proposed_in_one_append(world: World):
    world.do(home("h-1", 2), home("h-2", 4), household("n-1"), household("n-2"))
    world.do(LinkNeeds(need="n-1", other="n-2", how="together"))

    run = world.matching.run()
    again = world.matching.run()

    living = world.living()
    assert {match.offer for match in living.values()} == {"h-2"}
    assert len({match.bundle for match in living.values()}) == 1
    assert living["n-1"].bundle is not None
    assert (run.recorded, again.recorded) == (1, 0)
    assert promised_twice(world.feed.read(0, 1_000).facts) == ()


def test_once_one_of_them_was_asked_no_plan_moves_the_others(world: World):
    world.do(home("h-2", 4), household("n-1"), household("n-2"))
    world.do(LinkNeeds(need="n-1", other="n-2", how="together"))
    world.matching.run()
    before = world.living()
    asked = before["n-1"]
    world.do(
        CheckOffer(offer="h-2", check="visit", state="passed", on=TODAY),
        CommunicateMatch(match=asked.id, offer="h-2", need="n-1"),
        home("h-3", 4),
    )

    world.matching.run()

    assert {name: match.id for name, match in world.living().items()} == {
        name: match.id for name, match in before.items()
    }
