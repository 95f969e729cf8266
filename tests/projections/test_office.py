"""What the office does around cases: tasks, set-aside rows, plans, days, numbers."""

from dataclasses import replace
from datetime import date

from events.desk import (
    PersonalOpened,
    SubmissionResent,
    SubmissionSetAside,
    TaskAssigned,
)
from events.match import MatchLapsed
from events.need import NeedWithdrawn
from events.offer import OfferWithdrawn
from events.plan import (
    Engine,
    Part,
    PlanContent,
    PlanMade,
    Price,
    Stay,
    Tier,
    Unmet,
)
from events.policy import Policy
from events.realm import PolicyAdopted
from projections import flow, personal_log, plans, realm, set_aside, situation, tasks
from projections.flow import Flow
from projections.listing import some
from projections.personal_log import Opening
from projections.plans import Plan, TierLine, UnmetNeed
from projections.realm import Realm
from projections.set_aside import Submission
from projections.situation import Situation
from projections.tasks import Task
from tests.projections.facts import (
    DAY,
    HIDDEN,
    SAID,
    about,
    at,
    began,
    ended,
    ledger,
    listed,
    opened,
    placed,
    proposed,
    raised,
    refused,
    request,
    sealed,
    the,
)


def aside(name, **more):
    return SubmissionSetAside(
        said=SAID,
        submission=name,
        channel="sheet",
        source="offers.csv",
        row=3,
        reason="no_contact",
        raw=sealed(name, "raw"),
        **more,
    )


def test_a_row_set_aside_waits_until_it_is_repaired_or_given_up(singly, db):
    singly.apply(
        ledger(
            aside("s1", profile="offers@1", field="mail"),
            aside("s2"),
            aside("s3"),
            SubmissionResent(said=SAID, submission="s2", case="offer:o1"),
        )
    )
    singly.apply(ledger(SubmissionResent(said=SAID, submission="s3"), after=4))

    first = Submission(
        submission="s1",
        state="waiting",
        channel="sheet",
        source="offers.csv",
        profile="offers@1",
        row_no=3,
        field="mail",
        reason="no_contact",
        case_ref=None,
        recorded_at=at(1),
        position=1,
    )
    rest = replace(first, profile=None, field=None)
    assert some(db, set_aside.TABLE, {}) == (
        first,
        replace(
            rest,
            submission="s2",
            state="taken",
            case_ref="offer:o1",
            recorded_at=at(2),
            position=2,
        ),
        replace(rest, submission="s3", state="given_up", recorded_at=at(3), position=3),
    )


def test_a_task_is_as_it_was_assigned_last(singly, db):
    first = TaskAssigned(
        said=SAID, task="t1", case="offer:o1", what="call_back", due=DAY
    )
    last = first.model_copy(update={"assignee": "Bo", "done": True})

    singly.apply(ledger(listed(), first, last))

    assert some(db, tasks.TABLE, {}) == (
        Task(
            task="t1",
            case_ref="offer:o1",
            case_no="A-2022-0001",
            what="call_back",
            assignee="Bo",
            due=DAY,
            match=None,
            done=True,
            recorded_at=at(3),
            position=3,
        ),
    )


def test_whoever_read_personal_data_stands_in_the_log(singly, db):
    singly.apply(
        ledger(
            raised(),
            PersonalOpened(
                said=SAID,
                person="p-n1",
                case="need:n1",
                purpose="contact",
                reason="visit",
            ),
        )
    )

    assert some(db, personal_log.TABLE, {}) == (
        Opening(
            position=2,
            recorded_at=at(2),
            actor="Ada",
            role="coordinator",
            person="p-n1",
            case_ref="need:n1",
            purpose="contact",
            reason="visit",
        ),
    )


ENGINE = Engine(name="pdlp", ortools="9.15", seed=1, threads=1)


def tier(name, worth, bound):
    paid = (Price(offer="o1", day=DAY, price=3),) * (bound - worth)
    return Tier(
        name=name, worth=worth, bound=bound, scale=1, multipliers=(), prices=paid
    )


def stay(need, persons, *, acute):
    return Stay(
        need=need,
        offer="o1",
        start=DAY,
        end=DAY,
        open_ended=False,
        count=1,
        persons=persons,
        rooms=(),
        due=(),
        worth=(acute, persons, 0),
        points=(),
    )


def unmet(need, reason, missing=3, compatible=0):
    return Unmet(
        need=need,
        part="housing",
        reason=reason,
        missing=missing,
        blocked=(("size", 2),),
        compatible=compatible,
    )


def made(plan, *left):
    tiers = (tier("acute", 12, 12), tier("persons", 9, 10))
    parts = Part(name="housing", tiers=tiers, steps=(1, 1), proven=False)
    content = PlanContent(
        format="plan.v1",
        market="ab12",
        realm="05111000",
        position=2,
        today=DAY,
        policy="default",
        engine=ENGINE,
        stays=(stay("n8", 6, acute=12), stay("n9", 3, acute=0)),
        handovers=(),
        unmet=left,
        parts=(parts,),
    )
    return PlanMade(
        said=SAID,
        plan=plan,
        policy=0,
        worth=2_999_999,
        bound=3_000_000,
        proven=False,
        placed=4,
        persons_placed=9,
        content=content,
    )


def test_a_plan_shows_its_proof_in_numbers(singly, db):
    left = (unmet("n1", "size"), unmet("n2", "outbid"), unmet("n3", "size"))

    singly.apply(ledger(raised(), raised("n2"), made("plan-1", *left)))

    assert some(db, plans.TABLE, {}) == (
        Plan(
            plan="plan-1",
            position=3,
            saw=2,
            made_at=at(3),
            made_on=DAY,
            market="ab12",
            policy_position=0,
            worth=2_999_999,
            bound=3_000_000,
            gap=1,
            gap_ppm=1,
            tiers=(
                TierLine(
                    part="housing", name="acute", worth=12, bound=12, prices=0, placed=6
                ),
                TierLine(
                    part="housing",
                    name="persons",
                    worth=9,
                    bound=10,
                    prices=1,
                    placed=9,
                ),
            ),
            apart=0,
            engine=ENGINE,
            proven=False,
            placed=4,
            persons_placed=9,
            unmet={"outbid": 1, "size": 2},
            unmet_count=3,
        ),
    )


def test_the_newest_plan_says_whom_it_left_out(singly, db):
    singly.apply(
        ledger(
            raised(),
            raised("n2"),
            made("plan-1", unmet("n1", "size"), unmet("n2", "dates")),
            made("plan-2", unmet("n2", "outbid", 2, 5)),
        )
    )

    assert some(db, plans.UNMET, {}) == (
        UnmetNeed(
            plan="plan-2",
            need="n2",
            case_no="B-2022-0002",
            part="housing",
            reason="outbid",
            missing=2,
            compatible=5,
            blocked=(("size", 2),),
        ),
    )


def test_the_realm_knows_its_day_and_its_policy(singly, db):
    policy = Policy(name="spring")
    singly.apply(ledger(opened()))
    before = realm.current(db)

    singly.apply(
        ledger(
            PolicyAdopted(said=SAID, policy=policy),
            began(),
            began(date(2022, 3, 19)),
            after=1,
        )
    )

    start = Realm(
        realm="05111000",
        name="Düsseldorf",
        synthetic=True,
        today=None,
        policy=None,
        policy_position=0,
    )
    assert before == start
    assert realm.current(db) == replace(
        start, today=date(2022, 3, 19), policy=policy, policy_position=2
    )


def test_there_is_no_realm_before_it_was_opened(db):
    assert realm.current(db) is None


EMPTY = Situation(
    day=DAY,
    postcode_area="40210",
    closed=False,
    needs=0,
    persons=0,
    acute=0,
    waited_days=0,
    offers=0,
    beds=0,
    beds_free=0,
    proposed=0,
    provisional=0,
    placed=0,
)
APRIL = date(2022, 4, 1)


def test_the_situation_counts_people_and_beds_by_area(singly, db):
    singly.apply(
        ledger(
            opened(),
            began(APRIL),
            listed("o1"),
            listed("o2"),
            listed("o3"),
            raised("n1"),
            raised("n2"),
            raised("n3", HIDDEN),
            raised("n4"),
            request(),
            proposed("m1", ("o1", "n1"), due=("visit",)),
            proposed("m2", ("o2", "n2")),
            *placed("m2", ("o2", "n2")),
        )
    )

    assert some(db, situation.VIEW, {}) == (
        replace(
            EMPTY,
            day=APRIL,
            postcode_area="",
            needs=1,
            persons=2,
            waited_days=15,
        ),
        replace(
            EMPTY,
            day=APRIL,
            offers=3,
            beds=12,
            beds_free=4,
            proposed=3,
            provisional=3,
            placed=3,
        ),
        replace(
            EMPTY,
            day=APRIL,
            postcode_area="40215",
            needs=2,
            persons=6,
            acute=6,
            waited_days=30,
        ),
    )


def test_a_home_of_a_confidential_household_is_in_no_areas_cell(singly, db):
    pair = ("o1", "n1")

    singly.apply(
        ledger(
            opened(),
            began(APRIL),
            listed(),
            raised(details=HIDDEN),
            proposed("m1", pair, persons=2),
            *placed("m1", pair),
        )
    )

    assert some(db, situation.VIEW, {}) == (
        replace(EMPTY, day=APRIL, postcode_area="", offers=1, beds=4, placed=2),
    )


def test_a_day_that_ended_stays_as_it_was(singly, db):
    second = date(2022, 3, 19)
    singly.apply(ledger(opened(), began(), listed(), raised()))

    singly.apply(
        ledger(
            raised("n2"),
            began(second),
            NeedWithdrawn(said=SAID, need="n1", reason="disengaged"),
            after=4,
        )
    )

    at_40215 = replace(EMPTY, postcode_area="40215")
    at_40210 = replace(EMPTY, offers=1)
    assert some(db, situation.VIEW, {}) == (
        replace(at_40210, closed=True),
        replace(at_40215, closed=True, needs=2, persons=6, acute=6, waited_days=2),
        replace(at_40210, day=second),
        replace(at_40215, day=second, needs=1, persons=3, acute=3, waited_days=2),
    )


def test_a_day_is_closed_where_a_page_of_facts_begins_with_the_next(singly, db):
    singly.apply(ledger(opened(), began(), raised()))

    singly.apply(ledger(began(date(2022, 3, 19)), after=3))

    days = [(row.day, row.closed) for row in some(db, situation.VIEW, {})]
    assert days == [(DAY, True), (date(2022, 3, 19), False)]


def test_each_business_day_counts_what_happened_on_it(singly, db):
    second = date(2022, 3, 19)

    singly.apply(
        ledger(
            listed("o0"),
            began(),
            listed(),
            raised(),
            raised("n2"),
            proposed(),
            began(second),
            *placed(),
        )
    )
    singly.apply(
        ledger(
            ended(second),
            proposed("m2", ("o1", "n2")),
            refused("m2", ("o1", "n2")),
            proposed("m3", ("o1", "n2")),
            MatchLapsed(**about("m3", ("o1", "n2")), silent=("provider",)),
            OfferWithdrawn(said=SAID, offer="o1", reason="provider_withdrew"),
            NeedWithdrawn(said=SAID, need="n2", reason="disengaged"),
            after=12,
        )
    )

    assert the(db, flow.TABLE, "2022-03-17") == Flow(day=date(2022, 3, 17), offers=1)
    assert the(db, flow.TABLE, "2022-03-18") == Flow(
        day=DAY, offers=1, needs=2, persons=6, proposed=1
    )
    assert the(db, flow.TABLE, "2022-03-19") == Flow(
        day=second,
        offers_withdrawn=1,
        needs_withdrawn=1,
        proposed=2,
        agreed=2,
        refused=1,
        lapsed=1,
        confirmed=1,
        begun=1,
        ended=1,
    )
