"""The optimum is that of an independent formulation, and its certificate verifies."""

import pytest

import matcher
from tests.matcher.independent import bound, optimum, options
from tests.matcher.instances import market

CHUNK = 10


@pytest.mark.parametrize("first", range(0, 200, CHUNK))
def test_the_optimum_is_that_of_another_formulation_and_its_proof_holds(first: int):
    for seed in range(first, first + CHUNK):
        document = market(seed)
        stays = options(document)

        plan = matcher.solve(document)

        best, placed = optimum(document, stays)
        tiers = plan.part("housing").tiers
        assert len(document["needs"]) >= 40
        assert len(document["offers"]) >= 30
        assert placed <= 0.8 * len(document["needs"]), "it is not scarce"
        assert tuple(tier.worth for tier in tiers) == best
        assert matcher.faults(document, plan) == []
        for n, tier in enumerate(tiers):
            assert bound(document, stays, n, tiers) == tier.bound >= tier.worth
