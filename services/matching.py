"""Run the matcher: read the ledger up to a position, solve, append what still holds.

Level-triggered: each run looks at the whole open market; facts only wake it. A plan
is fenced by what it saw: a part is recorded only if nothing that touches its offers
or needs, or the policy, came in between. What was overtaken goes into the next run.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from events.base import Fact, Recorded, Said
from events.values import Actor
from matcher import Plan
from services import metrics
from services.follow import Feed
from services.hindsight import Hindsight
from services.ledger.batch import Condition, Entry, Item, Overtaken
from services.ledger.entries import DECISIVE, new_facts
from services.ledger.handle import read
from services.ledger.recorder import Answer, Recorder
from services.ledger.vault import Vault
from services.ledger.waves import batches
from services.market import Market
from services.moving import HEARD, UNHEARD, Moving
from services.planning import PlanPart, made, parts, plan_id
from services.progress import Progress
from services.snapshot import EVERY, Snapshots
from services.solver import Here, Solver, checked
from services.steady import steady
from services.told import gains, told

PAGE = 2_000
SYSTEM = Said(actor=Actor(ref="matching", role="system"), via="system")
_POLICY = Item(tags=frozenset({"policy"}))


@dataclass(frozen=True)
class Run:
    """What one run led to: the plan, how many parts stand, how many were overtaken."""

    plan: Plan
    plan_id: str
    position: int
    recorded: int
    overtaken: int
    seconds: float


class Matching:
    """Holds the folded market between runs; any thread may ask for it.

    Who asks has a copy of that moment: a run of minutes goes on with what it saw, and
    nobody waits for it.
    """

    def __init__(
        self,
        feed: Feed,
        recorder: Recorder,
        vault: Vault,
        snapshots: Snapshots | None = None,
    ) -> None:
        self.market, self.hindsight = Market(), Hindsight(feed)
        self.solver: Solver = Here()
        self._feed, self._recorder, self._vault = feed, recorder, vault
        self._snapshots, self._kept = snapshots, 0
        self._folding = threading.Lock()
        self._touched: set[str] | None = None

    def catch_up(self) -> Market:
        """Fold what was recorded since the last look; return the market now."""
        with self._folding:
            self._fold()
            return self.market.copy()

    def follow(self) -> tuple[Market, frozenset[str] | None]:
        """Return the market now, and the tags of all facts since this was last asked.

        `None` at first: everything is new. One thread asks.
        """
        with self._folding:
            self._fold()
            found, self._touched = self._touched, set()
            return self.market.copy(), None if found is None else frozenset(found)

    def keep(self) -> None:
        """Write the folded market down when much has come since it last was."""
        market = self.catch_up()
        if self._snapshots is not None and market.position - self._kept >= EVERY:
            self._snapshots.keep(market)
            self._kept = market.position

    def _fold(self) -> None:
        if self.market.position == 0 and self._snapshots is not None:
            self.market = self._snapshots.load()
            self._kept = self.market.position
        with steady():
            while facts := self._feed.read(self.market.position, PAGE).facts:
                self.market.apply(read(stored) for stored in facts)
                if self._touched is not None:
                    self._touched.update(tag for one in facts for tag in one.tags)

    def run(self, *, seed: int = 1, progress: Progress | None = None) -> Run:
        """Match everything open now; raise `Unsound` when the referee objects."""
        began = time.monotonic()
        market, tell = self.catch_up(), progress or _silent
        document, moving = market.document(), UNHEARD
        plan = checked(self.solver, document, seed=seed, progress=tell)
        if market.policy.told_gain is not None and told(market):
            other = market.document(HEARD)
            moved = checked(self.solver, other, seed=seed, progress=tell)
            if gains(market, plan, moved):
                document, plan, moving = other, moved, HEARD
        recorded, overtaken = self._append(plan, market, moving)
        self.hindsight.keep(plan_id(plan), document, plan)
        run = Run(
            plan=plan,
            plan_id=plan_id(plan),
            position=market.position,
            recorded=recorded,
            overtaken=overtaken,
            seconds=time.monotonic() - began,
        )
        _measure(run)
        return run

    def _append(self, plan: Plan, market: Market, moving: Moving) -> tuple[int, int]:
        name = plan_id(plan)
        after = market.position
        changes = list(parts(plan, market, SYSTEM, moving))
        entries = [self._entry(name, [made(plan, market, SYSTEM)], None)]
        entries += [
            self._entry(part.id, part.steps[0], _fence(part, after)) for part in changes
        ]
        answers = [
            answer
            for batch in batches(entries)
            for answer in self._recorder.record(batch)
        ][1:]
        ended = [self._go_on(*one) for one in zip(changes, answers, strict=True)]
        late = sum(isinstance(answer, Overtaken) for answer in ended)
        return len(answers) - late, late

    def _go_on(self, part: PlanPart, answer: Answer) -> Answer:
        """Append what did not fit into the first step of a part; return the last word.

        Up to there the fence held for all lives of the part, so it goes on from there.
        """
        for number, facts in enumerate(part.steps[1:], start=1):
            if isinstance(answer, Overtaken):
                break
            fence = _fence(part, answer.last)
            entry = self._entry(f"{part.id}.{number}", facts, fence)
            (answer,) = self._recorder.record([entry])
        return answer

    def _entry(
        self, name: str, facts: Iterable[Fact], condition: Condition | None
    ) -> Entry:
        new = new_facts(name, facts)
        digest = self._vault.digest(b"\n".join(fact.data for fact in new))
        return Entry(name, digest, new, condition)


class Pulse:
    """Says when to match by itself: quiet for 30 s, at most every 5 minutes.

    Where the plan that stands has drifted too far, nobody waits for quiet.
    """

    QUIET, PAUSE = 30.0, 300.0

    def __init__(self) -> None:
        self._news_at: float | None = None
        self._ran_at = float("-inf")
        self.drifted = False

    def news(self, now: float) -> None:
        """A fact that matters was recorded."""
        self._news_at = now

    def ran(self, now: float) -> None:
        """A run began, by itself or by the button."""
        self._ran_at, self._news_at = now, None

    def at_once(self) -> None:
        """The last run never came to matching: it is not paused after."""
        self._ran_at = float("-inf")

    def due(self, now: float) -> bool:
        """Say whether to run now."""
        quiet = self._news_at is not None and now - self._news_at >= self.QUIET
        return (quiet or self.drifted) and now - self._ran_at >= self.PAUSE


def matters(recorded: Recorded) -> bool:
    """Whether a fact changes the open market; the matcher's own facts do not."""
    fact = recorded.fact
    return fact.type in DECISIVE and fact.said.actor != SYSTEM.actor


def _fence(part: PlanPart, after: int) -> Condition:
    lives = [Item(types=DECISIVE, tags=frozenset({tag})) for tag in part.tags]
    return Condition((*lives, _POLICY), after)


def _measure(run: Run) -> None:
    metrics.planned(
        seconds=run.seconds,
        gap=run.plan.gap,
        overtaken=run.overtaken,
        tiers=[
            (part.name, tier.name, tier.worth, tier.bound)
            for part in run.plan.parts
            for tier in part.tiers
        ],
    )


def _silent(_: str, __: int, ___: int) -> None:
    """Nobody asked for progress."""
