"""The plan is the seed's alone, and leaves no kind of fault out."""

from collections import Counter

from tests.torture.plan import DECK, Kind, plan


def test_a_seed_is_a_plan():
    assert plan(60, 7) == plan(60, 7)
    assert plan(60, 7) != plan(60, 8)


def test_a_minute_brings_every_kind_and_more_than_fifteen_faults():
    faults = plan(60, 1)

    assert len(faults) >= 24
    assert {fault.kind for fault in plan(62, 1)} == set(Kind)
    assert all(0 <= fault.at < 60 for fault in faults)
    assert list(faults) == sorted(faults)


def test_ten_minutes_deal_every_card_as_often_as_any_other():
    dealt = Counter((fault.kind, fault.what) for fault in plan(600.5, 3))
    once = Counter((card.kind, card.what) for card in DECK)

    assert dealt == Counter({card: 10 * n for card, n in once.items()})
