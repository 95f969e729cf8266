"""Every list of the desk by its name in the address."""

from collections.abc import Mapping
from typing import Any

from projections import (
    available_offers,
    capacity_by_day,
    cases,
    duplicates,
    expected_arrivals,
    flow,
    goods_stock,
    held_capacity,
    open_needs,
    open_questions,
    placements,
    plans,
    proposals,
    set_aside,
    situation,
    stopped_channels,
    tasks,
    visits_due,
)
from services.console.lists import Shelf

NEEDS = Shelf("needs", open_needs.LISTING, {"state": "new,clarify,proposed,parked"})
OFFERS = Shelf(
    "offers", available_offers.LISTING, {"state": "new,clarify,proposed,placed"}
)
PROPOSALS = Shelf("proposals", proposals.LISTING, {"living": "yes"}, "-persons", 25)
PLACEMENTS = Shelf("placements", placements.LISTING, {})
VISITS = Shelf("visits", visits_due.LISTING, {}, size=25)
QUESTIONS = Shelf("questions", open_questions.LISTING, {})
SET_ASIDE = Shelf("set-aside", set_aside.LISTING, {"state": "waiting"}, size=25)
STOPPED = Shelf("stopped-channels", stopped_channels.LISTING, {})
TASKS = Shelf("tasks", tasks.LISTING, {"done": "no"})
DUPLICATES = Shelf("duplicates", duplicates.LISTING, {}, size=25)
GOODS = Shelf("goods", goods_stock.LISTING, {})
PLANS = Shelf("plans", plans.LISTING, {})
UNMET = Shelf("unmet", plans.UNMET_LISTING, {})
CAPACITY = Shelf("capacity", capacity_by_day.LISTING, {})
SITUATION = Shelf("situation", situation.LISTING, {})
FLOW = Shelf("flow", flow.LISTING, {})
CASES = Shelf("cases", cases.LISTING, {})
ARRIVALS = Shelf("arrivals", expected_arrivals.LISTING, {}, size=25)
HELD = Shelf("held", held_capacity.LISTING, {})

SHELVES: Mapping[str, Shelf[Any]] = {
    shelf.name: shelf
    for shelf in (
        NEEDS, OFFERS, PROPOSALS, PLACEMENTS, VISITS, QUESTIONS, SET_ASIDE, TASKS,
        DUPLICATES, GOODS, PLANS, UNMET, CAPACITY, SITUATION, FLOW, CASES,
        ARRIVALS, HELD, STOPPED,
    )
}  # fmt: skip
