"""Mutants of reasons why needs stay unmet, and of hand-overs of goods."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from matcher import Handover, Plan
from tests.matcher.changing import Change, Mutant, handed, unmet

DAY = timedelta(days=1)


def reasons() -> Iterator[Mutant]:
    wrong = {
        "late": ("pets", "no_dates", "incomplete", "pinned_impossible"),
        "wheels": ("outbid", "lift", "duplicate_pending", "smokers"),
        "twin": ("outbid", "incomplete", "forbidden"),
        "beds-b": ("no_item", "best_before", "incomplete"),
        "sofa": ("outbid", "distance", "pinned_impossible"),
    }
    for need, reasons in wrong.items():
        for reason in reasons:
            yield f"{need}: {reason}", unmet(need, reason=reason), f"{reason}"
    for need in wrong:
        counted = "places, not 9" if need in {"late", "wheels", "twin"} else "lack 9"
        yield f"{need}: nine lacking", unmet(need, missing=9), counted
        yield f"{need}: nine suit", unmet(need, compatible=9), f"{need}, not 9"
        yield (
            f"{need}: another funnel",
            unmet(need, blocked=(("forbidden", 9),)),
            f"fall for {'need' if counted[0] == 'p' else 'request'} {need} at",
        )
        yield f"{need}: forgotten", _explained(need, times=0), "nothing, or too much"
        yield f"{need}: told twice", _explained(need, times=2), "says 2 times why"
    yield "a placed one explained", unmet("late", need="calm"), "why calm, late stay"
    yield "somebody else", unmet("late", need="nobody"), "why late, nobody stay unmet"


def _explained(need: str, *, times: int) -> Change:
    def changed(plan: Plan) -> Plan:
        rows = ((row,) * (times if row.need == need else 1) for row in plan.unmet)
        return replace(plan, unmet=tuple(chain.from_iterable(rows)))

    return changed


def pieces() -> Iterator[Mutant]:
    def more(by: int) -> Callable[[Handover], Handover]:
        return lambda row: replace(row, quantity=row.quantity + by)

    yield "a piece too many", handed("beds-b", "beds", more(1)), "more often than it is"
    yield "more than it lacks", handed("beds-a", "beds", more(1)), "more than it lacks"
    yield (
        "a piece too few",
        handed("beds-a", "beds", more(-1)),
        "what beds-a still lacks",
    )
    yield "no piece at all", handed("beds-b", "kept", more(-1)), "wrong day or quantity"
    changes: dict[str, tuple[Callable[[Handover], Handover], str]] = {
        "a day late": (lambda row: replace(row, day=row.day + DAY), "a wrong day"),
        "a day early": (lambda row: replace(row, day=row.day - DAY), "a wrong day"),
        "nearer": (lambda row: replace(row, metres=1), "metres away, not 1"),
        "of other worth": (lambda row: replace(row, worth=(9, 9, 9)), "a wrong worth"),
        "of no lot": (lambda row: replace(row, offer="x"), "is not in the market"),
        "for nobody": (lambda row: replace(row, need="x"), "is not in the market"),
        "for a sofa": (lambda row: replace(row, need="sofa"), "does not suit"),
    }
    for name, (change, words) in changes.items():
        yield f"beds {name}", handed("beds-b", "more", change), words
    yield (
        "beds lost",
        handed("beds-a", "beds", lambda _: None),
        "what beds-a still lacks",
    )
    yield "pinned beds lost", handed("beds-c", "kept", lambda _: None), "of its pin has"
    yield (
        "beds past their pin",
        handed("beds-c", "kept", lambda row: replace(row, offer="beds")),
        "lot beds for request beds-c goes past a pin",
    )
    yield (
        "beds twice",
        lambda p: replace(p, handovers=(*p.handovers, p.handovers[0])),
        "lot beds for request beds-a stands 2 times",
    )
