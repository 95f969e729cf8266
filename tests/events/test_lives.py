"""What each fact changes in the lives it is about, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from events.arrivals import CapacityHeldBack, CapacityReleased, Hold
from events.base import Fact, Recorded, Said, day_of
from events.contract import FACTS
from events.kinds.goods import GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer
from events.lives import fold_match, fold_need, fold_offer
from events.match import (
    LIVING,
    Allocation,
    GoodsDispatched,
    GoodsReceived,
    GoodsReserved,
    MatchAnswerCorrected,
    MatchCommunicated,
    MatchEnded,
    MatchLapsed,
    MatchRefused,
    MatchState,
    evolve_match,
)
from events.need import (
    NeedAmended,
    NeedMerged,
    NeedParked,
    NeedPrioritised,
    NeedReopened,
    NeedState,
    NeedUnmerged,
    NeedWithdrawn,
    evolve_need,
)
from events.offer import (
    CheckState,
    OfferAmended,
    OfferCapacityChanged,
    OfferMerged,
    OfferReconfirmed,
    OfferState,
    OfferUnmerged,
    OfferWithdrawn,
    evolve_offer,
    missing,
)
from events.pair import PairForbidden, PairPinned, PairReleased
from events.values import OpenQuestion
from tests.contract.samples import SAMPLES
from tests.rules.given import recorded
from tests.rules.world import (
    AGREED,
    ANSWER_BY,
    APRIL,
    ASKED,
    BEDS,
    BEFORE,
    HOTEL,
    JULY,
    LOTS_PLACED,
    MOVED_IN,
    OCTOBER,
    PAIR,
    PLACED,
    PROPOSED,
    SAID,
    TODAY,
    agreed,
    begun,
    box,
    cancelled,
    checked,
    communicated,
    confirmed,
    listed,
    moved,
    of,
    proposed,
    raised,
)

State = OfferState | NeedState | MatchState


@dataclass(frozen=True)
class Effect:
    """What a fact does to a life: `life` is `offer:…`, `need:…` or `match:…`."""

    before: Sequence[Fact]
    fact: Fact
    life: str
    changes: dict[str, object]


def told(life: str, facts: Sequence[Fact]) -> State | None:
    kind, _, name = life.partition(":")
    history = recorded(facts)
    match kind:
        case "offer":
            return fold_offer(name, history)
        case "need":
            return fold_need(name, history)
        case _:
            return fold_match(name, history)


def difference(before: State, after: State) -> dict[str, object]:
    """Return the fields that are another now; matches by their states."""
    changed = {name: value for name, value in after if value != getattr(before, name)}
    if "matches" in changed and not isinstance(after, MatchState):
        changed["matches"] = {m.id: m.state for m in after.matches.values()}
    return changed


DOUBT = OpenQuestion(field="beds", reason="unclear")
MORE = OpenQuestion(field="floor", reason="unclear")
DOUBTED = listed("o-1", HousingOffer(m2=40)).model_copy(
    update={"open_questions": (DOUBT,), "similar_to": ("o-2",)}
)
REFUSED = MatchRefused(
    said=SAID,
    **of(),
    side="provider",
    reason="landlord_refused",
    consequence="requeue",
)
BEDS_UNKNOWN = OfferAmended(
    said=SAID,
    offer="o-1",
    changes=HousingOffer(m2=80),
    unset=("beds",),
    settled=("beds",),
    open_questions=(MORE,),
    similar_to=("o-2", "o-3"),
)
PARKED = NeedParked(said=SAID, need="n-1", until=APRIL, reason="ill")
HELD_BACK = CapacityHeldBack(
    said=SAID,
    hold="h-1",
    arrivals="a-1",
    offer="o-1",
    count=1,
    start=APRIL,
    end=JULY,
    features=("lift",),
    household_min=2,
    after=7,
)
HELD_LONGER = HELD_BACK.model_copy(update={"end": OCTOBER})
LONGER = Hold(
    id="h-1",
    arrivals="a-1",
    count=1,
    start=APRIL,
    end=OCTOBER,
    features=("lift",),
    household_min=2,
    after=7,
)
EFFECTS = [
    Effect(
        [DOUBTED, listed("o-2"), OfferUnmerged(said=SAID, offer="o-1", other="o-2")],
        BEDS_UNKNOWN,
        "offer:o-1",
        {
            "details": HousingOffer(m2=80),
            "questions": (MORE,),
            "similar_to": ("o-3",),
        },
    ),
    Effect(
        [listed()],
        OfferReconfirmed(said=SAID, offer="o-1", on=APRIL),
        "offer:o-1",
        {"confirmed_on": APRIL},
    ),
    Effect(
        [listed(), OfferWithdrawn(said=SAID, offer="o-1", reason="other")],
        OfferReconfirmed(said=SAID, offer="o-1", on=APRIL),
        "offer:o-1",
        {"confirmed_on": APRIL, "status": "open"},
    ),
    Effect(
        [listed(), checked("visit"), checked("identity")],
        checked("visit", "failed", on=TODAY, valid_until=APRIL),
        "offer:o-1",
        {
            "checks": (
                CheckState(kind="identity", state="passed", on=BEFORE),
                CheckState(kind="visit", state="failed", on=TODAY, valid_until=APRIL),
            )
        },
    ),
    Effect([listed(), HELD_BACK], HELD_LONGER, "offer:o-1", {"holds": (LONGER,)}),
    Effect(
        [listed(), HELD_BACK],
        CapacityReleased(
            said=SAID, hold="h-1", arrivals="a-1", offer="o-1", reason="they are here"
        ),
        "offer:o-1",
        {"holds": ()},
    ),
    Effect(
        [listed("o-1", HOTEL)],
        OfferCapacityChanged(said=SAID, offer="o-1", capacity=()),
        "offer:o-1",
        {"details": HOTEL.model_copy(update={"capacity": ()})},
    ),
    Effect(
        [listed("o-1", BEDS)],
        OfferCapacityChanged(said=SAID, offer="o-1", quantity=0),
        "offer:o-1",
        {"details": GoodsOffer(item=BEDS.item, quantity=0)},
    ),
    Effect(
        [listed()],
        OfferWithdrawn(said=SAID, offer="o-1", reason="other"),
        "offer:o-1",
        {"status": "withdrawn"},
    ),
    Effect(
        [listed(), listed("o-2")],
        OfferMerged(said=SAID, offer="o-1", into="o-2"),
        "offer:o-1",
        {"status": "merged", "merged_into": "o-2"},
    ),
    Effect(
        [listed("o-1", similar_to=("o-2",)), listed("o-2")],
        OfferMerged(said=SAID, offer="o-2", into="o-1"),
        "offer:o-1",
        {"similar_to": ()},
    ),
    Effect(
        [listed(), OfferMerged(said=SAID, offer="o-1", into="o-2")],
        OfferUnmerged(said=SAID, offer="o-1", other="o-2"),
        "offer:o-1",
        {"status": "open", "merged_into": None, "apart_from": ("o-2",)},
    ),
    Effect(
        [raised()],
        NeedAmended(
            said=SAID,
            need="n-1",
            changes=HousingNeed(persons=3, waiting_since=date(2022, 3, 1)),
            priority=2,
            unset=("period", "members", "relations"),
        ),
        "need:n-1",
        {
            "details": HousingNeed(persons=3, waiting_since=date(2022, 3, 1)),
            "priority": 2,
            "waiting_since": date(2022, 3, 1),
        },
    ),
    Effect(
        [raised()],
        NeedPrioritised(said=SAID, need="n-1", priority=3, reason="newborn"),
        "need:n-1",
        {"priority": 3},
    ),
    Effect([raised()], PARKED, "need:n-1", {"status": "parked", "parked_until": APRIL}),
    Effect(
        [raised(), PARKED],
        NeedReopened(said=SAID, need="n-1", reason="well"),
        "need:n-1",
        {"status": "open", "parked_until": None},
    ),
    Effect(
        [raised()],
        NeedWithdrawn(said=SAID, need="n-1", reason="other"),
        "need:n-1",
        {"status": "withdrawn"},
    ),
    Effect(
        [raised(), raised("n-2")],
        NeedMerged(said=SAID, need="n-2", into="n-1", waiting_since=date(2022, 3, 1)),
        "need:n-1",
        {"waiting_since": date(2022, 3, 1)},
    ),
    Effect(
        [raised(), raised("n-2")],
        NeedMerged(said=SAID, need="n-2", into="n-1", waiting_since=OCTOBER),
        "need:n-1",
        {},
    ),
    Effect(
        [raised(), PARKED, NeedMerged(said=SAID, need="n-1", into="n-2")],
        NeedUnmerged(said=SAID, need="n-2", other="n-1"),
        "need:n-1",
        {"status": "parked", "merged_into": None, "apart_from": ("n-2",)},
    ),
    Effect(
        [*PAIR, PairForbidden(said=SAID, offer="o-1", need="n-1", reason="x")],
        PairPinned(said=SAID, offer="o-1", need="n-1", reason="y"),
        "need:n-1",
        {"pinned": ("o-1",), "forbidden": ()},
    ),
    Effect(
        [*PAIR, PairPinned(said=SAID, offer="o-1", need="n-1", reason="y")],
        PairForbidden(said=SAID, offer="o-1", need="n-1", reason="x"),
        "offer:o-1",
        {"pinned": (), "forbidden": ("n-1",)},
    ),
    Effect(
        [*PAIR, PairForbidden(said=SAID, offer="o-1", need="n-1", reason="x")],
        PairReleased(said=SAID, offer="o-1", need="n-1", reason="y"),
        "need:n-1",
        {"forbidden": ()},
    ),
    Effect(PAIR, proposed(), "offer:o-1", {"matches": {"m-1": "proposed"}}),
    Effect(PAIR, proposed(), "need:n-1", {"matches": {"m-1": "proposed"}}),
    Effect(
        PROPOSED,
        communicated(),
        "match:m-1",
        {"state": "communicated", "answer_by": ANSWER_BY},
    ),
    Effect(ASKED, agreed("provider"), "match:m-1", {"agreed": ("provider",)}),
    Effect(
        [*ASKED, agreed("provider")],
        agreed("household"),
        "match:m-1",
        {"agreed": ("household", "provider"), "state": "agreed"},
    ),
    Effect(
        AGREED,
        REFUSED,
        "match:m-1",
        {"state": "refused", "reason": "landlord_refused", "refused_by": "provider"},
    ),
    Effect(
        AGREED,
        REFUSED,
        "offer:o-1",
        {"matches": {"m-1": "refused"}, "forbidden": ("n-1",)},
    ),
    Effect(
        [*AGREED, REFUSED],
        MatchAnswerCorrected(
            said=SAID, **of(), side="provider", answer="open", reason="x"
        ),
        "match:m-1",
        {
            "state": "communicated",
            "agreed": ("household",),
            "reason": None,
            "refused_by": None,
        },
    ),
    Effect(
        [*AGREED, REFUSED],
        MatchAnswerCorrected(
            said=SAID, **of(), side="provider", answer="agreed", reason="x"
        ),
        "need:n-1",
        {"matches": {"m-1": "agreed"}, "forbidden": ()},
    ),
    Effect(
        ASKED,
        MatchLapsed(said=SAID, **of(), silent=("provider",)),
        "match:m-1",
        {"state": "lapsed", "reason": "expired_without_interaction"},
    ),
    Effect(
        AGREED,
        cancelled("superseded"),
        "match:m-1",
        {"state": "cancelled", "reason": "superseded"},
    ),
    Effect(AGREED, confirmed(), "match:m-1", {"state": "confirmed"}),
    Effect(PLACED, begun(), "match:m-1", {"state": "begun", "begun_on": APRIL}),
    Effect(
        MOVED_IN,
        MatchEnded(said=SAID, **of(), on=JULY, side="office", reason="moved_out"),
        "match:m-1",
        {"state": "ended", "ended_on": JULY, "reason": "moved_out"},
    ),
    Effect(LOTS_PLACED, moved(GoodsReserved, 4), "match:m-g", {"reserved": 4}),
    Effect(
        [*LOTS_PLACED, moved(GoodsReserved, 4)],
        moved(GoodsReserved, 2),
        "match:m-g",
        {"reserved": 2},
    ),
    Effect(
        [*LOTS_PLACED, moved(GoodsDispatched, 1)],
        moved(GoodsDispatched, 2),
        "match:m-g",
        {"dispatched": 3},
    ),
    Effect(
        LOTS_PLACED,
        GoodsReceived(said=SAID, **of("m-g", "o-g", "n-g"), quantity=2),
        "match:m-g",
        {"received": 2},
    ),
]
FIRSTS = {"offer.listed.v1", "need.raised.v2"}
NO_LIFE = {
    "realm.opened.v1",
    "channel.registered.v1",
    "channel.stopped.v1",
    "channel.resumed.v1",
    "day.began.v1",
    "policy.adopted.v2",
    "arrivals.expected.v1",
    "plan.made.v1",
    "contact.attempted.v1",
    "note.written.v1",
    "task.assigned.v1",
    "case.likened.v1",
    "personal.opened.v1",
    "submission.set_aside.v1",
    "submission.resent.v1",
    "submission.noted.v1",
}
"""Facts that are read as they are: no offer, need or match is another after them."""


@pytest.mark.parametrize(
    "effect", EFFECTS, ids=lambda e: f"{e.fact.type} on {e.life.partition(':')[0]}"
)
def test_a_fact_changes_this_and_nothing_else(effect: Effect):
    before = told(effect.life, effect.before)
    after = told(effect.life, [*effect.before, effect.fact])

    assert before is not None
    assert after is not None
    assert difference(before, after) == effect.changes


def test_every_fact_has_its_effect_told():
    told_here = {effect.fact.type for effect in EFFECTS}

    assert told_here | FIRSTS | NO_LIFE == set(FACTS)


@pytest.mark.parametrize("name", sorted(NO_LIFE))
def test_what_has_no_life_changes_none(name: str):
    place = Recorded(99, "x", "x", 0, SAMPLES[name])

    for life in ("offer:o-1", "need:n-1", "match:m-1"):
        state = told(life, MOVED_IN)
        match state:
            case OfferState():
                assert evolve_offer(state, place) == state
            case NeedState():
                assert evolve_need(state, place) == state
            case MatchState():
                assert evolve_match(state, place) == state
            case None:
                pytest.fail("it lives")


def test_an_offer_begins_as_it_was_listed():
    state = fold_offer("o-1", recorded([raised(), DOUBTED]))

    assert state == OfferState(
        id="o-1",
        person="p-of-o-1",
        position=2,
        told_on=BEFORE,
        confirmed_on=BEFORE,
        details=HousingOffer(m2=40),
        questions=(DOUBT,),
        similar_to=("o-2",),
    )


def test_a_need_waits_since_it_was_told_unless_it_says_since_when():
    earlier = date(2022, 2, 24)
    since = HousingNeed(waiting_since=earlier)
    valid = Said(
        actor=SAID.actor,
        via="mail",
        valid_from=datetime(2022, 3, 1, 23, 30, tzinfo=UTC),
    )
    by_mail = raised().model_copy(update={"said": valid})

    found = [
        told("need:n-1", [fact]) for fact in (raised(), raised("n-1", since), by_mail)
    ]

    assert [n.waiting_since for n in found if isinstance(n, NeedState)] == [
        BEFORE,
        earlier,
        date(2022, 3, 2),
    ]


def test_a_day_is_one_of_berlin():
    fact = SAMPLES["day.began.v1"].model_copy(update={"said": SAID})
    late = int(datetime(2022, 3, 18, 23, 30, tzinfo=UTC).timestamp() * 1e6)

    assert day_of(Recorded(1, "x", "x", late, fact)) == date(2022, 3, 19)


def test_a_match_holds_its_home_while_it_lives_and_its_pieces_for_good():
    over = MatchEnded(said=SAID, **of(), on=JULY, side="office", reason="moved_out")
    goods = over.model_copy(update=of("m-g", "o-g", "n-g"))

    for history in (PROPOSED, ASKED, AGREED, PLACED, MOVED_IN):
        state = told("match:m-1", history)
        assert isinstance(state, MatchState)
        assert state.state in LIVING
        assert (state.living, state.holding) == (True, True)
    for end in (over, REFUSED, cancelled("other")):
        state = told("match:m-1", [*MOVED_IN, end])
        assert isinstance(state, MatchState)
        assert (state.living, state.holding) == (False, False)
    spent = told("match:m-g", [*LOTS_PLACED, goods])
    assert isinstance(spent, MatchState)
    assert (spent.living, spent.holding) == (False, True)


def test_a_life_before_its_first_fact_is_none():
    assert told("offer:o-1", [checked("visit"), proposed()]) is None
    assert told("need:n-1", [PARKED, proposed()]) is None
    assert told("match:m-1", [communicated()]) is None


def test_facts_of_other_lives_are_not_seen():
    other = [
        listed("o-2"),
        checked("visit", offer="o-2"),
        proposed("m-2", "o-2", "n-2"),
    ]

    assert told("offer:o-1", [*PAIR, *other]) == told("offer:o-1", PAIR)


@pytest.mark.parametrize(
    ("until", "open_ended", "due"),
    [
        (None, False, ()),
        (date(2022, 6, 30), False, ()),
        (date(2022, 6, 29), False, ("identity",)),
        (APRIL, True, ()),
        (date(2022, 3, 31), True, ("identity",)),
    ],
)
def test_a_check_must_stand_on_every_day_of_the_stay(
    until: date | None, due: tuple[str, ...], *, open_ended: bool
):
    match = told("match:m-1", [proposed(open_ended=open_ended)])
    offer = told(
        "offer:o-1",
        [listed(), checked("visit"), checked("identity", valid_until=until)],
    )

    assert isinstance(match, MatchState)
    assert isinstance(offer, OfferState)
    assert missing(offer, match) == due


def test_a_stay_without_an_end_is_checked_on_its_first_day():
    endless = Allocation(start=APRIL, count=1)
    match = told("match:m-1", [proposed(line=endless)])
    nameless = told("match:m-1", [proposed(line=Allocation(quantity=1))])

    assert isinstance(match, MatchState)
    assert isinstance(nameless, MatchState)
    assert (match.last_day_checked, nameless.last_day_checked) == (APRIL, None)


def test_a_folded_life_survives_being_written_down():
    for life in ("offer:o-1", "need:n-1", "match:m-1"):
        state = told(life, [*MOVED_IN, REFUSED])
        assert state is not None
        text = state.model_dump_json(by_alias=True)
        assert type(state).model_validate_json(text) == state


def test_a_later_box_replaces_the_earlier_one_of_its_purpose():
    first = listed().model_copy(
        update={"private": listed().private.model_copy(update={"contact": box()})}
    )
    later = OfferAmended.model_validate(
        {
            "said": SAID,
            "offer": "o-1",
            "changes": HousingOffer(),
            "private": {"contact": box(mark="m-2"), "address": box("address")},
        }
    )

    state = told("offer:o-1", [first, later])

    assert isinstance(state, OfferState)
    assert (state.private.contact, state.private.address) == (
        box(mark="m-2"),
        box("address"),
    )


def test_nobody_asked_means_nobody_to_wait_for():
    alone = proposed().model_copy(update={"required_sides": ()})
    asked = MatchCommunicated(said=SAID, **of(), answer_by=ANSWER_BY)

    state = told("match:m-1", [alone, asked])

    assert isinstance(state, MatchState)
    assert state.state == "agreed"
