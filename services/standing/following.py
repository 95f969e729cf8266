"""The newest plan as it stands: each look takes in what happened, and has the answer.

It begins with the newest plan in the ledger, whoever made it, and goes on from the next
one. Nothing of it is recorded: a run records, and the referee looks at that.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import structlog

import matcher
from events.plan import PlanMade
from matcher import Answer, HeldPlace, News, Standing
from services import metrics
from services.market import Market
from services.matching import Matching
from services.standing.sheet import Sheet

MILLION = 1_000_000
DRIFT = 500
"""Millionths of the bound, where the policy names no limit: 0.05 points."""
log = structlog.get_logger("beistand.standing")


@dataclass(frozen=True)
class Certificate:
    """What is proven of the plan `plan` after all facts up to `position`.

    `left` is bound - worth by tier: acute, persons, points. `drift` is how much the gap
    has grown since the plan was made.
    """

    plan: str
    position: int
    gap: float
    drift: float
    left: tuple[int, ...]


@dataclass(frozen=True)
class Placed:
    """A need's place, since which fact, and how many others would move for it."""

    held: HeldPlace
    moved: int
    position: int


@dataclass(frozen=True)
class Told:
    """The answer to what happened: who has another place, or none, than before.

    `whole`: these are all places there are, whatever was told before.
    """

    certificate: Certificate
    places: Mapping[str, Placed | None]
    whole: bool


class StandingPlan:
    """Follows the market that the matcher folds; one thread looks."""

    def __init__(self, matching: Matching) -> None:
        self._matching = matching
        self._plan: PlanMade | None = None
        self._seen: tuple[Sheet, Standing] | None = None
        self._told, self._gap = 0, 0.0
        self.due = False
        """Whether the gap has grown by more than the policy allows."""

    def look(self) -> Told | None:
        """Take in what was recorded since; `None` where nothing stands, or is new."""
        market, touched = self._matching.follow()
        plan, today = market.plan, market.today
        if plan is None or today is None or market.position == self._told:
            return None
        began = time.perf_counter()
        if self._plan != plan or touched is None:
            told = self._begun(market, plan)
        elif self._seen is None:
            told = None
        else:
            told = self._followed(market, touched, *self._seen)
        self._told = market.position
        if told is not None:
            limit = DRIFT if market.policy.drift is None else market.policy.drift
            self.due = told.certificate.drift * MILLION > limit
            metrics.stands(
                gap=told.certificate.gap,
                drift=told.certificate.drift,
                position=told.certificate.position,
                seconds=time.perf_counter() - began,
            )
        return told

    def start_over(self) -> None:
        """Lay it out anew with the next look, and tell all of it."""
        self._plan, self._told = None, 0

    def written(self) -> matcher.Plan:
        """Return it written out as a plan, for the referee; `LookupError`: none."""
        if self._seen is None:
            raise LookupError("no plan stands")
        return self._seen[1].written(self._matching.catch_up().document())

    def _begun(self, market: Market, plan: PlanMade) -> Told | None:
        """Lay the market out with the prices and places of a plan."""
        self._plan, self._seen, self.due = plan, None, False
        made = matcher.Plan.from_json(plan.content.model_dump(mode="json"))
        part = made.part("housing")
        self._gap = (part.bound - part.worth) / max(1, part.bound)
        try:
            standing = Standing.of(market.document(), made)
        except matcher.TooFarApart as error:
            log.warning("standing.not_possible", plan=plan.plan, reason=str(error))
            return None
        sheet = Sheet(market)
        self._seen = sheet, standing
        known = {one.need for one in made.stays} | {one.need for one in made.unmet}
        return self._anew(market, standing, market.needs.keys() - known)

    def _followed(
        self, market: Market, touched: Iterable[str], sheet: Sheet, standing: Standing
    ) -> Told:
        news = sheet.look(market, touched)
        if news == News():
            return Told(self._proven(market, standing.answer()), {}, whole=False)
        answer = None if news is None else standing.heed(news)
        if answer is None or news is None:
            standing = standing.again(market.document())
            self._seen = sheet, standing
            return self._anew(market, standing, _needs(touched))
        certified = self._proven(market, standing.tidy())
        about = {*news.needs, *news.forbidden}
        places: dict[str, Placed | None] = {}
        for need in sorted(answer.chosen.keys() | about):
            held = standing.held([need])
            moved = answer.moved if need in about and need in answer.chosen else 0
            for name in standing.each(need):
                if (place := held.get(name)) is None:
                    places[name] = None
                else:
                    places[name] = Placed(place, moved, market.position)
        return Told(certified, places, whole=False)

    def _anew(self, market: Market, standing: Standing, fresh: Iterable[str]) -> Told:
        """Tell all places of a market that was laid out; `fresh` ones look for one."""
        answer = standing.seek(fresh)
        places: dict[str, Placed | None] = {
            need: Placed(
                held, answer.moved if need in answer.chosen else 0, market.position
            )
            for need, held in standing.held().items()
        }
        return Told(self._proven(market, standing.answer()), places, whole=True)

    def _proven(self, market: Market, answer: Answer) -> Certificate:
        if self._plan is None:
            raise LookupError("no plan stands")
        return Certificate(
            plan=self._plan.plan,
            position=market.position,
            gap=answer.gap,
            drift=answer.gap - self._gap,
            left=tuple(tier.bound - tier.worth for tier in answer.tiers),
        )


def _needs(tags: Iterable[str]) -> Iterator[str]:
    for tag in tags:
        kind, _, name = tag.partition(":")
        if kind == "need":
            yield name
