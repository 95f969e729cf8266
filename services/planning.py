"""From the matcher's plan to the facts that append it, part by part. Pure.

A part holds all pairs of its offers, and of the offers that its needs leave: so no
proposal is recorded before the room it takes was let go. Where that is more than one
append takes, its steps follow each other under one fence. Likely duplicates count as
one offer, or one need: at most one of them is promised, so whatever happens to one of
them meanwhile is about all.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from events.base import Fact, Said
from events.case import CaseState
from events.kinds.housing import HousingNeed
from events.match import (
    Allocation,
    Due,
    MatchCancelled,
    MatchOrigin,
    MatchProposed,
    MatchState,
    Why,
)
from events.need import NeedState
from events.plan import PlanContent, PlanMade
from matcher import Plan
from matcher.plan import Handover, Stay
from services.bundles import bundles
from services.groups import Groups
from services.ledger.rules.aftermath import call_back
from services.market import Market
from services.moving import UNHEARD, Moving, movable, same

HEAD = ("plan", "policy", "worth", "bound", "proven", "placed", "persons_placed")
MOST = 900
"""Facts of one step at most: the ledger takes 1,000 in one append."""


@dataclass(frozen=True)
class PlanPart:
    """Facts that belong together, and whose lives they depend on.

    Each step is one append: one as a rule, several where there are too many facts.
    """

    id: str
    tags: tuple[str, ...]
    steps: tuple[tuple[Fact, ...], ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(fact for step in self.steps for fact in step)


@dataclass(frozen=True)
class _Change:
    """One need's news: the match it leaves, the one it gets."""

    leaves: MatchState | None
    gets: MatchProposed | None
    kit: tuple[str, ...] = ()
    """A tag of the kit of which it is a part, if any."""

    @property
    def offers(self) -> tuple[str, ...]:
        return tuple(m.offer for m in (self.leaves, self.gets) if m is not None)

    @property
    def need(self) -> str:
        return next(m.need for m in (self.gets, self.leaves) if m is not None)

    @property
    def tags(self) -> tuple[str, ...]:
        return (f"need:{self.need}", *(f"offer:{offer}" for offer in self.offers))

    @property
    def with_others(self) -> str:
        """What is got in one append with others, if anything; else with nobody."""
        bundle = None if self.gets is None else self.gets.bundle
        return bundle or "".join(self.kit) or self.need


def plan_id(plan: Plan) -> str:
    """Name the plan by its content: the same plan of the same market is one plan."""
    text = json.dumps(plan.to_json(), sort_keys=True)
    return "plan-" + hashlib.sha256(text.encode()).hexdigest()[:20]


def made(plan: Plan, market: Market, said: Said) -> PlanMade:
    """Return the plan as a fact, its prices and reasons with it."""
    content = PlanContent.model_validate_json(json.dumps(plan.to_json()))
    needs = {stay.need for stay in plan.stays} | {h.need for h in plan.handovers}
    return PlanMade(
        said=said,
        plan=plan_id(plan),
        policy=market.policy_position,
        worth=plan.worth,
        bound=plan.bound,
        proven=plan.proven,
        placed=len(needs),
        persons_placed=plan.persons,
        content=content,
    )


def head_faults(fact: PlanMade, plan: Plan, policy: int) -> Iterator[str]:
    """Yield what the head of a recorded plan tells otherwise than its content.

    `policy` is the position of the one that was in force.
    """
    content = made(plan, Market(policy_position=policy), fact.said)
    for name in HEAD:
        told, true = getattr(fact, name), getattr(content, name)
        if told != true:
            yield f"the head says {name} {told}, what was planned {true}"


def parts(
    plan: Plan, market: Market, said: Said, moving: Moving = UNHEARD
) -> Iterator[PlanPart]:
    """Yield what changes, grouped so that no group depends on another."""
    name = plan_id(plan)
    changes = list(_changes(plan, market, said, moving))
    alike = _alike(market)
    groups = list(_together(changes, alike))
    known = alike.members()
    for number, group in enumerate(groups):
        touched = {alike.root(tag) for change in group for tag in change.tags}
        tags = tuple(sorted(tag for root in touched for tag in known[root]))
        yield PlanPart(f"{name}-{number}", tags, tuple(_steps(group, said)))


def _steps(group: list[_Change], said: Said) -> Iterator[tuple[Fact, ...]]:
    """Yield what is appended at a time; kits and bundles are never torn apart."""
    step: list[Fact] = []
    for facts in (*_let_go(group, said), *_taken(group)):
        if step and len(step) + len(facts) > MOST:
            yield tuple(step)
            step = []
        step += facts
    yield tuple(step)


def _let_go(group: list[_Change], said: Said) -> Iterator[list[Fact]]:
    """First let go, then take: the order in which a reader meets them is safe too.

    Who was told of what is let go is to be called.
    """
    for change in group:
        if (old := change.leaves) is not None:
            yield [
                MatchCancelled(
                    said=said,
                    match=old.id,
                    offer=old.offer,
                    need=old.need,
                    reason="superseded",
                ),
                *_calls(old, said),
            ]


def _calls(old: MatchState, said: Said) -> Iterator[Fact]:
    if old.state == "communicated":
        yield call_back(old, said, "household")
        yield call_back(old, said, "provider")


def _taken(group: list[_Change]) -> Iterable[list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for change in group:
        if change.gets is not None:
            found.setdefault(change.with_others, []).append(change.gets)
    return found.values()


def _changes(
    plan: Plan, market: Market, said: Said, moving: Moving
) -> Iterator[_Change]:
    name = plan_id(plan)
    stays = {stay.need: stay for stay in plan.stays}
    bundle = bundles(plan.stays, market.needs)
    for need in market.needs.values():
        if isinstance(need.details, HousingNeed):
            old = _moving(need, market, moving)
            stay = stays.get(need.id)
            kept = old is not None and old.bundle == bundle.get(need.id)
            if kept and old and stay and same(old, stay, plan.today):
                continue
            new = None
            if stay is not None:
                new = _proposed_stay(stay, need, name, said, old)
                new = new.model_copy(update={"bundle": bundle.get(need.id)})
            if old is not None or new is not None:
                yield _Change(old, new)
    for move in plan.handovers:
        need = market.needs[move.need]
        yield _Change(None, _proposed_goods(move, need, name, said), _kit(need))


def _kit(need: NeedState) -> tuple[str, ...]:
    word = getattr(need.details, "kit", None)
    return () if word is None else (f"kit:{need.person}/{word}",)


def _moving(need: NeedState, market: Market, moving: Moving) -> MatchState | None:
    for match in need.living:
        offer = market.offers[match.offer]
        if movable(offer, match, moving) and need.status == "open":
            return match
    return None


def _proposed_stay(
    stay: Stay, need: NeedState, plan: str, said: Said, old: MatchState | None
) -> MatchProposed:
    line = Allocation(unit=stay.unit, start=stay.start, end=stay.end, count=stay.count)
    why = [Why(code=code, value=value) for code, value in stay.points]
    if stay.metres is not None:
        why.append(Why(code="metres", value=stay.metres))
    return MatchProposed(
        said=said,
        match=_match_id(plan, stay.need, stay.offer),
        offer=stay.offer,
        need=stay.need,
        household=need.person,
        no_contact=need.avoids,
        persons=stay.persons,
        allocation=(line,),
        open_ended=stay.open_ended,
        conditions=tuple(Due.model_validate({"check": check}) for check in stay.due),
        origin=MatchOrigin(how="plan", plan=plan),
        why=tuple(why),
        supersedes=None if old is None else old.id,
    )


def _proposed_goods(
    move: Handover, need: NeedState, plan: str, said: Said
) -> MatchProposed:
    why = () if move.metres is None else (Why(code="metres", value=move.metres),)
    return MatchProposed(
        said=said,
        match=_match_id(plan, move.need, move.offer),
        offer=move.offer,
        need=move.need,
        household=need.person,
        allocation=(Allocation(start=move.day, quantity=move.quantity),),
        origin=MatchOrigin(how="plan", plan=plan),
        why=why,
    )


def _match_id(plan: str, need: str, offer: str) -> str:
    text = f"{plan}\n{need}\n{offer}"
    return "m-" + hashlib.sha256(text.encode()).hexdigest()[:20]


def _alike(market: Market) -> Groups:
    """Group the cases that look alike, closed ones too: they may be opened again."""
    groups = Groups()
    sides: tuple[tuple[str, Mapping[str, CaseState]], ...] = (
        ("offer", market.offers),
        ("need", market.needs),
    )
    for side, cases in sides:
        for name, case in cases.items():
            for other in (*case.similar_to, case.merged_into):
                if other is not None:
                    groups.join(f"{side}:{name}", f"{side}:{other}")
    return groups


def _together(changes: list[_Change], alike: Groups) -> Iterable[list[_Change]]:
    """Group changes that share an offer or a need, or twins of them, or a kit."""
    shared = Groups()
    for change in changes:
        first, *others = (alike.root(tag) for tag in (*change.tags, *change.kit))
        for other in others:
            shared.join(other, first)
    groups: dict[str, list[_Change]] = {}
    for change in changes:
        root = shared.root(alike.root(change.tags[0]))
        groups.setdefault(root, []).append(change)
    return groups.values()
