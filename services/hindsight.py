"""Why, and why not, as of a plan: the market that it saw, made again from the ledger.

What a plan saw is what the ledger held up to its position. After a run in this
process it is at hand; otherwise it is folded again once, then kept.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import matcher
from events.plan import PlanMade
from services.follow import Feed, StoredFact
from services.ledger.handle import read
from services.market import Json, Market
from services.moving import HEARD, UNHEARD
from services.planning import head_faults
from services.rereading import Rereading

PAGE = 2_000
KEPT = 2
"""Plans at hand: the newest, and the one that pages still show meanwhile."""


class Hindsight:
    """The reasons of the newest plans; any thread may ask."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._lock = threading.Lock()
        self._known: OrderedDict[str, matcher.Reasons] = OrderedDict()

    def keep(self, name: str, document: Json, plan: matcher.Plan) -> None:
        """Keep what a run has just seen."""
        with self._lock:
            self._add(name, matcher.Reasons(document, plan))

    def reasons(self, name: str, position: int) -> matcher.Reasons:
        """Return the reasons of the plan recorded at `position`.

        `LookupError`: there is no such plan there, or this release reads the market
        otherwise than the one that made it.
        """
        with self._lock:
            if name not in self._known:
                self._add(name, self._again(position))
            return self._known[name]

    def _add(self, name: str, reasons: matcher.Reasons) -> None:
        self._known[name] = reasons
        self._known.move_to_end(name)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def _again(self, position: int) -> matcher.Reasons:
        document, plan = as_of(self._feed, position)
        return matcher.Reasons(document, plan)


@dataclass(frozen=True)
class Evidence:
    """A plan as it was recorded, and the market that the ledger held when it was made.

    `otherwise` says where the market tells something otherwise than its facts.
    """

    fact: PlanMade
    plan: matcher.Plan
    document: Json
    policy: int
    otherwise: tuple[str, ...]

    def faults(self) -> list[str]:
        """Return what is wrong: facts against market, head against plan, the plan."""
        return [
            *self.otherwise,
            *head_faults(self.fact, self.plan, self.policy),
            *matcher.faults(self.document, self.plan),
        ]


def evidence(feed: Feed, position: int) -> Evidence:
    """Return the plan recorded at `position`, and all that it can be judged by.

    `LookupError`: there is no plan there.
    """
    fact = _recorded(feed, position)
    again = Rereading()
    market = _market(feed, fact.content.position, again.take)
    document = _seen(market, fact) or market.document()
    plan = matcher.Plan.from_json(fact.content.model_dump(mode="json"))
    otherwise = tuple(again.faults(document))
    return Evidence(fact, plan, document, market.policy_position, otherwise)


def as_of(feed: Feed, position: int) -> tuple[Json, matcher.Plan]:
    """Return the plan recorded at `position`, and the market document that it saw.

    `LookupError`: there is no plan there, or this release reads the market otherwise
    than the one that made it.
    """
    fact = _recorded(feed, position)
    document = _seen(_market(feed, fact.content.position), fact)
    if document is None:
        raise LookupError(
            f"{fact.plan} was made by a release that read the market otherwise"
        )
    return document, matcher.Plan.from_json(fact.content.model_dump(mode="json"))


def _seen(market: Market, fact: PlanMade) -> Json | None:
    """Return what the plan saw: with or without what was told free to move."""
    for moving in (UNHEARD, HEARD):
        document = market.document(moving)
        if matcher.digest(document) == fact.content.market:
            return document
    return None


def _recorded(feed: Feed, position: int) -> PlanMade:
    facts = [read(one).fact for one in feed.read(position - 1, 1).facts]
    fact = next((one for one in facts if isinstance(one, PlanMade)), None)
    if fact is None:
        raise LookupError(f"no plan stands at position {position}")
    return fact


def _market(
    feed: Feed,
    position: int,
    also: Callable[[Iterable[StoredFact]], None] = lambda _: None,
) -> Market:
    market = Market()
    while market.position < position:
        many = min(PAGE, position - market.position)
        page = feed.read(market.position, many)
        if not page.facts:
            raise LookupError(f"the ledger ends before position {position}")
        market.apply(read(stored) for stored in page.facts)
        also(page.facts)
    return market
