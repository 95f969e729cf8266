"""Odd markets stand too: pins, twins, refusals, links, whatever a document may say."""

import random
from typing import Any

import pytest

import matcher
from matcher import News, Standing
from tests.matcher.odd import odd_market
from tests.matcher.small import held, market, need
from tests.matcher.whole import whole

Doc = dict[str, Any]


def changed(document: Doc, dice: random.Random) -> tuple[Doc, News]:
    """Return the market in which one case is gone or otherwise, and the news of it."""
    part = dice.choice(["needs", "offers"])
    rows = [row for row in document[part] if row["details"]["kind"] == "housing"]
    old = dice.choice(rows)
    name, others = old["id"], [row for row in document[part] if row is not old]
    order = {"needs": "raised", "offers": "listed"}[part]
    row = None if dice.random() < 0.5 else old | {order: old[order] + 1}
    lines = [one for one in document["held"] if one["offer"] != name or row]
    now = document | {part: [*others, *([row] if row else [])], "held": lines}
    if part == "needs":
        return now, News(needs={name: row})
    here = [one for one in lines if one["offer"] == name]
    return now, News(offers={name: row}, held={name: here})


@pytest.mark.parametrize("seed", range(16))
def test_an_odd_market_is_answered_or_laid_out_anew_and_the_plan_holds(seed: int):
    document, dice = odd_market(seed) if seed else whole(), random.Random(seed)
    plan = Standing.of(document, matcher.solve(document))

    for _ in range(6):
        kinds = [
            {row["details"]["kind"] for row in document[part]}
            for part in ("needs", "offers")
        ]
        if not all("housing" in some for some in kinds):
            break
        document, news = changed(document, dice)
        if plan.heed(news) is None:
            plan = plan.again(document)
        assert matcher.faults(document, plan.written(document)) == []


def test_who_must_not_be_met_may_stay_where_nothing_is_offered():
    avoids = need("n1", protection={"no_contact": ["p-held"]})
    document = market(avoids, held=[held("o9", "2022-03-18", None)])

    plan = matcher.solve(document)

    assert matcher.faults(document, plan) == []
    assert plan.stays == ()
