"""One rich sample of every fact: each field is told in one of them.

A golden file is what lies in the ledgers of this world, so none is ever written anew:
`python -m tests.contract.samples` writes those that are missing.
"""

from pathlib import Path

from events.arrivals import ArrivalsExpected, CapacityHeldBack, CapacityReleased
from events.base import Fact, encode
from events.case import Private
from events.desk import (
    CaseLikened,
    ContactAttempted,
    NoteWritten,
    PersonalOpened,
    SubmissionNoted,
    SubmissionResent,
    SubmissionSetAside,
    TaskAssigned,
)
from events.kinds.housing import HousingOffer
from events.match import (
    Allocation,
    Due,
    GoodsDispatched,
    GoodsReceived,
    GoodsReserved,
    MatchAgreed,
    MatchAnswerCorrected,
    MatchBegun,
    MatchCancelled,
    MatchCommunicated,
    MatchConfirmed,
    MatchEnded,
    MatchLapsed,
    MatchOrigin,
    MatchProposed,
    MatchRefused,
    Why,
)
from events.need import (
    NeedAmended,
    NeedMerged,
    NeedParked,
    NeedPrioritised,
    NeedRaised,
    NeedReopened,
    NeedUnmerged,
    NeedWithdrawn,
)
from events.offer import (
    OfferAmended,
    OfferCapacityChanged,
    OfferChecked,
    OfferListed,
    OfferMerged,
    OfferReconfirmed,
    OfferUnmerged,
    OfferWithdrawn,
)
from events.pair import PairForbidden, PairPinned, PairReleased
from events.plan import PlanMade
from events.realm import (
    ChannelRegistered,
    ChannelResumed,
    ChannelStopped,
    DayBegan,
    PolicyAdopted,
    RealmOpened,
)
from tests.contract.rich import (
    APRIL,
    BEDS,
    BEDS_WANTED,
    CHILD_COMES,
    FAMILY,
    HOTEL,
    MARCH,
    OCTOBER,
    ORIGIN,
    PLAN,
    POLICY,
    PRIVATE,
    QUESTION,
    SAID,
    WELFARE,
    box,
)

GOLDEN = Path(__file__).parent / "golden"
_CASES: tuple[Fact, ...] = (
    OfferListed(
        said=SAID,
        offer="o-1",
        provider="p-provider",
        details=HOTEL,
        private=PRIVATE,
        open_questions=(QUESTION,),
        origin=ORIGIN,
        represented_by=WELFARE,
        similar_to=("o-2",),
    ),
    OfferAmended(
        said=SAID,
        offer="o-1",
        changes=HousingOffer(beds=60),
        unset=("m2",),
        settled=("beds",),
        breaks=("m-1",),
        private=PRIVATE,
        open_questions=(QUESTION,),
        origin=ORIGIN,
        represented_by=WELFARE,
        similar_to=("o-2",),
    ),
    OfferReconfirmed(said=SAID, offer="o-1", on=APRIL),
    OfferChecked(
        said=SAID,
        offer="o-1",
        check="visit",
        state="failed",
        on=MARCH,
        valid_until=OCTOBER,
        note=box("p-provider", "note"),
        breaks=("m-1",),
    ),
    OfferCapacityChanged(
        said=SAID, offer="o-1", capacity=HOTEL.capacity, quantity=7, breaks=("m-1",)
    ),
    OfferWithdrawn(
        said=SAID, offer="o-1", reason="provider_withdrew", breaks=("m-1", "m-2")
    ),
    OfferMerged(said=SAID, offer="o-2", into="o-1"),
    OfferUnmerged(said=SAID, offer="o-2", other="o-1"),
    NeedRaised(
        said=SAID,
        need="n-1",
        household="p-family",
        details=FAMILY,
        priority=3,
        private=Private(confidential=box("p-family", "confidential")),
        open_questions=(QUESTION,),
        origin=ORIGIN,
        represented_by=WELFARE,
        similar_to=("n-2",),
    ),
    NeedAmended(
        said=SAID,
        need="n-1",
        changes=CHILD_COMES,
        unset=("expected_birth",),
        settled=("persons",),
        breaks=("m-1",),
        priority=2,
        private=Private(contact=box("p-family", "contact")),
        open_questions=(QUESTION,),
        origin=ORIGIN,
        represented_by=WELFARE,
        similar_to=("n-2",),
    ),
    NeedPrioritised(said=SAID, need="n-1", priority=2, reason="newborn"),
    NeedParked(
        said=SAID, need="n-1", until=APRIL, reason="in hospital", breaks=("m-1",)
    ),
    NeedReopened(said=SAID, need="n-1", reason="the day has come"),
    NeedWithdrawn(said=SAID, need="n-1", reason="found_other_housing", breaks=("m-1",)),
    NeedMerged(said=SAID, need="n-2", into="n-1", waiting_since=MARCH),
    NeedUnmerged(said=SAID, need="n-2", other="n-1"),
)
_MATCHES: tuple[Fact, ...] = (
    PairPinned(said=SAID, offer="o-1", need="n-1", reason="the aunt lives there"),
    PairForbidden(
        said=SAID, offer="o-1", need="n-1", reason="was there before", breaks=("m-1",)
    ),
    PairReleased(said=SAID, offer="o-1", need="n-1", reason="settled"),
    ArrivalsExpected(
        said=SAID,
        arrivals="a-1",
        households=2,
        persons=5,
        on=APRIL,
        features=("step_free",),
        household_min=2,
        source="the state's reception centre",
    ),
    CapacityHeldBack(
        said=SAID,
        hold="h-1",
        arrivals="a-1",
        offer="o-1",
        unit="double",
        count=2,
        start=APRIL,
        end=OCTOBER,
        features=("step_free",),
        household_min=2,
        after=7,
        breaks=("m-1",),
    ),
    CapacityReleased(
        said=SAID, hold="h-1", arrivals="a-1", offer="o-1", reason="they are here"
    ),
    MatchProposed(
        said=SAID,
        match="m-1",
        offer="o-1",
        need="n-1",
        household="p-family",
        no_contact=("p-other",),
        persons=2,
        allocation=(
            Allocation(unit="double", start=MARCH, end=OCTOBER, count=1, quantity=0),
        ),
        open_ended=True,
        conditions=(Due(check="visit", due=APRIL),),
        required_sides=("household", "provider"),
        origin=MatchOrigin(
            how="plan", plan="plan-1", reason="near school", overrides=("distance",)
        ),
        why=(Why(code="language", value=300),),
        supersedes="m-0",
        bundle="b-1",
    ),
    MatchCommunicated(said=SAID, match="m-1", offer="o-1", need="n-1", answer_by=APRIL),
    MatchAgreed(said=SAID, match="m-1", offer="o-1", need="n-1", side="household"),
    MatchRefused(
        said=SAID,
        match="m-1",
        offer="o-1",
        need="n-1",
        side="provider",
        reason="landlord_refused",
        consequence="recheck",
        note=box("p-provider", "note"),
    ),
    MatchAnswerCorrected(
        said=SAID,
        match="m-1",
        offer="o-1",
        need="n-1",
        side="provider",
        answer="open",
        reason="wrong line",
    ),
    MatchLapsed(said=SAID, match="m-1", offer="o-1", need="n-1", silent=("provider",)),
    MatchCancelled(
        said=SAID,
        match="m-1",
        offer="o-1",
        need="n-1",
        reason="superseded",
        consequence="requeue",
        note=box("p-family", "note"),
    ),
    MatchConfirmed(said=SAID, match="m-1", offer="o-1", need="n-1"),
    MatchBegun(said=SAID, match="m-1", offer="o-1", need="n-1", on=APRIL),
    MatchEnded(
        said=SAID,
        match="m-1",
        offer="o-1",
        need="n-1",
        on=OCTOBER,
        side="household",
        reason="moved_out",
        consequence="none",
        note=box("p-family", "note"),
    ),
    GoodsReserved(said=SAID, match="m-3", offer="o-3", need="n-3", quantity=4),
    GoodsDispatched(said=SAID, match="m-3", offer="o-3", need="n-3", quantity=4),
    GoodsReceived(said=SAID, match="m-3", offer="o-3", need="n-3", quantity=3),
)
_DESK: tuple[Fact, ...] = (
    RealmOpened(said=SAID, realm="05111000", name="Düsseldorf", synthetic=True),
    ChannelRegistered(
        said=SAID, channel="web-form", source="/web", profile="german-form@1"
    ),
    ChannelStopped(
        said=SAID,
        channel="web-form",
        reason="set_aside",
        partition=2,
        offset=4711,
        note="100 messages in a row were set aside.",
    ),
    ChannelResumed(said=SAID, channel="web-form"),
    DayBegan(said=SAID, day=MARCH),
    PolicyAdopted(said=SAID, policy=POLICY),
    PlanMade(
        said=SAID,
        plan="plan-1",
        policy=2,
        worth=8_002_300,
        bound=8_002_300,
        proven=True,
        placed=1,
        persons_placed=2,
        content=PLAN,
    ),
    ContactAttempted(
        said=SAID,
        case="need:n-1",
        way="phone",
        outcome="not_reached",
        note=box("p-family", "note"),
    ),
    NoteWritten(said=SAID, case="offer:o-1", note=box("p-provider", "note")),
    TaskAssigned(
        said=SAID,
        task="rehouse-m-1",
        case="need:n-1",
        what="rehouse",
        assignee="K. Muster",
        due=APRIL,
        match="m-1",
        done=True,
    ),
    CaseLikened(said=SAID, case="need:n-2", to=("need:n-1",)),
    PersonalOpened(
        said=SAID,
        person="p-family",
        case="need:n-1",
        purpose="contact",
        reason="to hand over the key",
    ),
    SubmissionSetAside(
        said=SAID,
        submission="s-1",
        channel="web-form",
        source="/web",
        profile="german-form@1",
        row=17,
        field="beds",
        reason="no way to reach anybody",
        raw=box("s-1", "row"),
    ),
    SubmissionResent(said=SAID, submission="s-1", case="offer:o-1"),
    SubmissionNoted(
        said=SAID,
        submission="m-1",
        case="offer:o-1",
        origin=ORIGIN,
        reason="A newer revision of this row is known; nothing was changed.",
    ),
)
_GOODS: tuple[Fact, ...] = (
    OfferListed(said=SAID, offer="o-3", provider="p-provider", details=BEDS),
    NeedRaised(said=SAID, need="n-3", household="p-org", details=BEDS_WANTED),
)
SAMPLES: dict[str, Fact] = {
    fact.type: fact for fact in (*_DESK, *_CASES, *_MATCHES)
} | {f"{fact.type}-goods": fact for fact in _GOODS}
"""Golden file's name → the fact that lies in it."""


def write_missing() -> None:
    """Write the golden files of new facts; those that exist are never touched."""
    GOLDEN.mkdir(exist_ok=True)
    for name, fact in SAMPLES.items():
        path = GOLDEN / f"{name}.json"
        if not path.exists():
            path.write_bytes(encode(fact) + b"\n")


if __name__ == "__main__":
    write_missing()
