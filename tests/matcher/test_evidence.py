"""A proof by itself: in few bytes, put back to the last price, or refused."""

import json
import lzma
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import matcher
from bench import city
from matcher import evidence
from tests.matcher.odd import odd_market
from tests.matcher.small import home, market, need
from tests.matcher.whole import whole


def bare(plan: matcher.Plan) -> matcher.Plan:
    """Return the plan without anything that proves it."""
    parts = [
        replace(part, tiers=tuple(replace(t, prices=(), bound=0) for t in part.tiers))
        for part in plan.parts
    ]
    return replace(plan, parts=tuple(parts))


@pytest.mark.parametrize("seed", [*range(6), None])
def test_a_proof_is_put_back_to_the_last_price(seed: int | None):
    plan = matcher.solve(whole() if seed is None else odd_market(seed))

    proof = matcher.proof_of(plan)

    assert matcher.with_proof(bare(plan), proof) == plan


def test_a_proof_is_a_tenth_of_what_it_is_as_rows():
    plan = matcher.solve(city.document(200, 120, seed=5))
    rows = json.dumps([part["tiers"] for part in plan.to_json()["parts"]])  # type: ignore[attr-defined] # plain JSON

    assert len(matcher.proof_of(plan)) * 10 < len(rows)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": "plan-proof.v2"}, "not a file of the format"),
        ({"market": "0" * 64}, "for another market"),
        ({"parts": []}, "shorter than"),
        ({"parts": [{}, {}]}, "cannot be read"),
        ({"parts": None}, "cannot be read"),
    ],
)
def test_what_is_no_proof_of_this_plan_is_refused(
    change: dict[str, Any], sentence: str
):
    plan = matcher.solve(market(home(), need()))
    told = json.loads(lzma.decompress(matcher.proof_of(plan)))
    odd = lzma.compress(json.dumps(told | change).encode())

    with pytest.raises(ValueError, match=sentence):
        matcher.with_proof(plan, odd)


def test_a_deflated_proof_of_an_earlier_release_is_read():
    plan = matcher.solve(market(home(), need()))
    told = lzma.decompress(matcher.proof_of(plan))

    assert matcher.with_proof(plan, zlib.compress(told)) == plan


GREEDY = {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28}
"""Takes more memory than a proof may."""


@pytest.mark.parametrize(
    "told_otherwise",
    [
        lambda _: b"",
        lambda told: told,
        lambda told: zlib.compress(told)[:-3],
        lambda told: lzma.compress(told)[:-3],
        lambda told: lzma.compress(told, filters=[GREEDY]),
        lambda told: lzma.compress(told + b" " * evidence.LARGEST, preset=0),
        lambda told: zlib.compress(told + b" " * evidence.LARGEST, 1),
        lambda told: lzma.compress(told[:-3]),
        lambda told: lzma.compress(told.replace(b"housing", b"h\xffusing")),
    ],
)
def test_what_is_cut_short_or_not_packed_or_takes_too_much_is_refused(
    told_otherwise: Callable[[bytes], bytes],
):
    plan = matcher.solve(market(home(), need()))
    odd = told_otherwise(lzma.decompress(matcher.proof_of(plan)))

    with pytest.raises(ValueError, match=r"^the proof"):
        matcher.with_proof(plan, odd)
