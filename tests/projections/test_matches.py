from dataclasses import replace
from datetime import date

import pytest

from events.base import Said
from events.kinds.housing import HousingOffer, Location
from events.match import (
    Allocation,
    MatchAgreed,
    MatchAnswerCorrected,
    MatchCancelled,
    MatchCommunicated,
    MatchEnded,
    MatchLapsed,
    MatchOrigin,
    MatchRefused,
    Why,
)
from events.values import Actor
from projections import placements, proposals
from projections.listing import some
from projections.placements import Placement
from projections.proposals import Proposal
from tests.projections.facts import (
    HIDDEN,
    about,
    at,
    checked,
    ledger,
    listed,
    placed,
    proposed,
    raised,
    the,
)

LINE = Allocation(start=date(2022, 4, 1), end=date(2022, 7, 1), count=1)
ASKED = MatchCommunicated(**about(), answer_by=date(2022, 3, 28))
PROPOSAL = Proposal(
    match="m1",
    offer="o1",
    need="n1",
    offer_case="A-2022-0001",
    need_case="B-2022-0001",
    kind="housing",
    plan="plan-1",
    by_hand=False,
    reason_by_hand=None,
    state="proposed",
    living=True,
    provisional=False,
    due=(),
    due_by=None,
    stay_from=date(2022, 4, 1),
    stay_to=date(2022, 7, 1),
    open_ended=False,
    unit=None,
    count=1,
    quantity=0,
    allocation=(LINE,),
    persons=3,
    why=(Why(code="metres", value=1200),),
    distance_m=1200,
    postcode_area="40210",
    household_answer="open",
    provider_answer="open",
    answer_by=None,
    reason=None,
    superseded=None,
    reserved=0,
    dispatched=0,
    received=0,
    proposed_at=at(3),
    position=3,
)


def shown(singly, db, *facts):
    singly.apply(ledger(listed(), raised(), *facts))
    return the(db, proposals.TABLE, "m1")


def test_a_proposal_says_what_it_holds_and_why(singly, db):
    assert shown(singly, db, proposed()) == PROPOSAL


def test_a_proposal_that_a_plan_took_back_says_where(singly, db):
    matcher = Said(actor=Actor(ref="matching", role="system"), via="system")
    gone = MatchCancelled(**about() | {"said": matcher}, reason="superseded")

    assert shown(singly, db, proposed(), gone).superseded == 4


def test_a_proposal_with_open_checks_is_provisional(singly, db):
    row = shown(singly, db, proposed(due=("visit", "identity")), checked("identity"))

    assert row == replace(PROPOSAL, provisional=True, due=("visit",))


def test_a_proposal_turns_firm_with_its_last_check(singly, db):
    row = shown(singly, db, proposed(due=("visit",)), checked("visit"))

    assert row == PROPOSAL


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ([ASKED], ("communicated", "open", "open", None)),
        (
            [ASKED, MatchAgreed(**about(), side="provider")],
            ("communicated", "open", "agreed", None),
        ),
        (placed()[:3], ("agreed", "agreed", "agreed", None)),
        (placed()[:4], ("confirmed", "agreed", "agreed", None)),
        (
            [
                ASKED,
                MatchAgreed(**about(), side="household"),
                MatchRefused(
                    **about(), side="provider", reason="rent_above_limit",
                    consequence="requeue",
                ),
            ],
            ("refused", "agreed", "refused", "rent_above_limit"),
        ),
        (
            [
                ASKED,
                MatchAgreed(**about(), side="household"),
                MatchLapsed(**about(), silent=("provider",)),
            ],
            ("lapsed", "agreed", "lapsed", "expired_without_interaction"),
        ),
        (
            [
                ASKED,
                MatchAgreed(**about(), side="household"),
                MatchAnswerCorrected(
                    **about(), side="household", answer="open", reason="wrong row"
                ),
            ],
            ("communicated", "open", "open", None),
        ),
        (
            [MatchCancelled(**about(), reason="superseded")],
            ("cancelled", "open", "open", "superseded"),
        ),
    ],
)  # fmt: skip
def test_a_proposal_shows_each_sides_answer(singly, db, facts, told):
    state, household, provider, reason = told

    row = shown(singly, db, proposed(), *facts)

    assert row == replace(
        PROPOSAL,
        state=state,
        living=state not in {"refused", "lapsed", "cancelled"},
        household_answer=household,
        provider_answer=provider,
        answer_by=row.answer_by,
        reason=reason,
    )


def test_a_pair_made_by_hand_says_by_whose_reason(singly, db):
    origin = MatchOrigin(how="by_hand", reason="sisters live next door")
    wanted = proposed().model_copy(
        update={"origin": origin, "required_sides": ("household",)}
    )

    assert shown(singly, db, wanted) == replace(
        PROPOSAL,
        plan=None,
        by_hand=True,
        reason_by_hand="sisters live next door",
        provider_answer="not_asked",
    )


def test_rooms_of_two_kinds_are_named_both(singly, db):
    lines = (
        Allocation(unit="double", start=date(2022, 4, 1), count=2),
        Allocation(
            unit="single", start=date(2022, 4, 3), end=date(2022, 5, 1), count=1
        ),
    )

    row = shown(singly, db, proposed(allocation=lines))

    assert row == replace(
        PROPOSAL, unit="double, single", count=3, allocation=lines, stay_to=None
    )


@pytest.mark.parametrize("who", ["home", "household"])
def test_a_protected_pair_is_not_located_by_its_reasons(singly, db, who):
    location = Location(
        postcode="40210", disclosure="protected" if who == "home" else "area"
    )
    home = HousingOffer(dwelling="flat", beds=4, location=location)
    need = raised(details=HIDDEN) if who == "household" else raised()

    singly.apply(ledger(listed(details=home), need, proposed()))

    assert the(db, proposals.TABLE, "m1") == replace(
        PROPOSAL, why=(), distance_m=None, postcode_area=None
    )


PLACEMENT = Placement(
    match="m1",
    offer="o1",
    need="n1",
    offer_case="A-2022-0001",
    need_case="B-2022-0001",
    kind="housing",
    state="begun",
    persons=3,
    stay_from=date(2022, 4, 1),
    stay_to=date(2022, 7, 1),
    open_ended=False,
    unit=None,
    count=1,
    quantity=0,
    received=0,
    confirmed_at=at(7),
    begun_on=date(2022, 4, 1),
    ended_on=None,
    reason=None,
    position=3,
)


def test_a_placement_begins_with_its_confirmation(singly, db):
    facts = ledger(listed(), raised(), proposed(), *placed())

    singly.apply(facts[:6])
    before = some(db, placements.TABLE, {})
    singly.apply(facts[6:])

    assert before == ()
    assert some(db, placements.TABLE, {}) == (PLACEMENT,)


def test_a_placement_stays_in_the_list_when_it_is_over(singly, db):
    day = date(2022, 6, 1)
    over = MatchEnded(**about(), on=day, side="household", reason="moved_out")

    singly.apply(ledger(listed(), raised(), proposed(), *placed(), over))

    assert some(db, placements.TABLE, {}) == (
        replace(PLACEMENT, state="ended", ended_on=day, reason="moved_out"),
    )


def test_a_case_placed_anew_keeps_the_numbers_of_both(singly, db):
    singly.apply(ledger(listed(), raised(), proposed()))
    singly.apply(ledger(listed("o2"), after=3))
    singly.apply(
        ledger(
            MatchCancelled(**about(), reason="superseded"),
            proposed("m2", ("o2", "n1")),
            after=4,
        )
    )

    row = the(db, proposals.TABLE, "m2")

    assert (row.offer_case, row.need_case) == ("A-2022-0002", "B-2022-0001")
