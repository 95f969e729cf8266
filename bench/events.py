"""One event at a time in a scarce city: what an answer takes, and how the gap drifts.

The city is matched once (`--file` keeps the plan for the next time). Then needs and
offers come, go and change; each answer has its certificate, and each new place is
proposed before the next event, so that it weighs to keep it. In the end the plan is
written out: the referee looks at all of it, and the bounds that the events left in
memory must be those that all pairs prove.
"""

import copy
import gc
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import matcher
from bench import city
from bench.yardsticks import Figure, Figures, Options, percentile
from matcher.standing import Answer, News, Standing

NAME = "events"
SUMMARY = "One event at a time, 10,000 × 6,000: milliseconds by kind, moves, drift"
NEEDS, OFFERS, EVENTS = 10_000, 6_000, 1_000
_A_LINE = 100
"""Events after which a line is printed."""
KINDS = {
    "need": 40,
    "need cancelled": 20,
    "need amended": 12,
    "offer": 15,
    "offer withdrawn": 5,
    "offer amended": 8,
}
"""What happens, and how often out of a hundred."""
LIMIT = 0.0005
"""Drift of the gap from which on a re-price is due: 0.05 points."""
Doc = dict[str, object]


class Happenings:
    """A market document and what happens to it next; the same seed gives the same."""

    def __init__(self, document: Doc, seed: int) -> None:
        self._document, self._dice = document, random.Random(f"events {seed}")
        self.offers, self.needs = _named(document, "offers"), _named(document, "needs")
        size = max(EVENTS, len(self.needs)), max(EVENTS, len(self.offers))
        more = city.document(*size, seed + 1_000)
        self._offers = [_renamed(row) for row in _rows(more, "offers")]
        self._needs = [_renamed(row) for row in _rows(more, "needs")]

    @property
    def document(self) -> Doc:
        """Return the market document as it is now."""
        rows = {
            "offers": list(self.offers.values()),
            "needs": list(self.needs.values()),
        }
        return self._document | rows

    def next(self) -> tuple[str, News]:
        """Let something happen; return what kind of thing, and the news."""
        dice = self._dice
        kind = dice.choices([*KINDS], [*KINDS.values()])[0]
        side, _, what = kind.partition(" ")
        known, fresh = (
            (self.needs, self._needs) if side == "need" else (self.offers, self._offers)
        )
        if not what:
            row = fresh.pop()
        else:
            row = copy.deepcopy(known[dice.choice(sorted(known))])
        name = str(row["id"])
        if what == "amended":
            self._shift(row, "period" if side == "need" else "available")
        gone = what in {"cancelled", "withdrawn"}
        known.pop(name, None)
        if not gone:
            known[name] = row
        told = {name: None if gone else row}
        return kind, News(needs=told) if side == "need" else News(offers=told)

    def propose(self, answer: Answer) -> News:
        """Return the needs that are proposed another place now."""
        told = {}
        for name, place in answer.chosen.items():
            if name in self.needs:
                told[name] = self.needs[name] | {"current": current(place)}
        self.needs |= told
        return News(needs=told)

    def _shift(self, row: Doc, span: str) -> None:
        details = cast("dict[str, dict[str, str]]", row["details"])
        later = timedelta(days=self._dice.choice((-14, -7, 7, 14)))
        end = date.fromisoformat(details[span]["to"]) + later
        details[span] = details[span] | {"to": end.isoformat()}


@dataclass(slots=True)
class Log:
    """What the events took and led to."""

    clock: dict[str, list[float]]
    busy: dict[str, list[float]]
    moved: dict[str, list[int]]
    drift: list[float]
    after: list[float]
    laid_anew: Counter[str]
    priced_anew: int = 0


def run(options: Options) -> Figures:
    """Match one city, let events happen, write the plan out and have it refereed."""
    needs = options.times(options.needs or NEEDS)
    offers = options.times(options.offers or OFFERS)
    document = city.document(needs, offers, options.seed)
    plan = _matched(document, options)
    options.say(f"matched, gap {plan.gap:.6%}")
    document |= {"needs": list(proposed(document, plan))}
    standing = Standing.of(document, plan)
    happenings, log = (
        Happenings(document, options.seed),
        Log({}, {}, {}, [], [], Counter()),
    )
    first = standing.answer()
    gc.collect()
    gc.freeze()  # what stays is not gone through again while somebody waits
    for n in range(options.times(EVENTS)):
        standing = one_event(standing, happenings, log)
        if (n + 1) % _A_LINE == 0:
            options.say(f"{n + 1} events, drift {log.drift[-1] * 100:.5f} points")
    proof = _of_proof(standing, first, happenings)
    return {"needs": needs, "offers": offers, **_of_log(log), **proof}


def _of_log(log: Log) -> Figures:
    return {
        "events": sum(map(len, log.clock.values())),
        "kinds": {kind: _of_kind(log, kind) for kind in sorted(log.clock)},
        "afterwards_cpu_ms": {
            "p50": percentile(log.after, 0.5),
            "p99": percentile(log.after, 0.99),
        },
        "drift_points": round(100 * max(log.drift), 6),
        "drift_limit_points": 100 * LIMIT,
        "priced_anew": log.priced_anew,
    }


def _of_proof(standing: Standing, first: Answer, happenings: Happenings) -> Figures:
    """Write the plan out, and have it refereed."""
    last = standing.answer()
    written = standing.written(happenings.document)
    told = [(tier.worth, tier.bound) for tier in written.part("housing").tiers]
    return {
        "tiers": {
            "before": {one.name: one.bound - one.worth for one in first.tiers},
            "after": {one.name: one.bound - one.worth for one in last.tiers},
        },
        "gap": {"before": first.gap, "after": last.gap},
        "same_bounds": told == [(one.worth, one.bound) for one in last.tiers],
        "faults": len(matcher.faults(happenings.document, written)),
    }


def _matched(document: Doc, options: Options) -> matcher.Plan:
    """Return the city's plan: that of `--file`, or a new one, which is kept there."""
    if options.file is not None and options.file.exists():
        return matcher.Plan.from_json(json.loads(options.file.read_text()))
    plan = matcher.solve(document, seed=options.seed)
    if options.file is not None:
        options.file.write_text(json.dumps(plan.to_json()))
    return plan


def one_event(standing: Standing, happenings: Happenings, log: Log) -> Standing:
    """Let one thing happen, and propose what follows; price anew where it is due."""
    kind, news = happenings.next()
    began, worked = time.perf_counter(), time.process_time()
    answer = standing.heed(news)
    if answer is None:
        log.laid_anew[kind] += 1
        return standing.again(happenings.document)
    log.clock.setdefault(kind, []).append(time.perf_counter() - began)
    log.busy.setdefault(kind, []).append(time.process_time() - worked)
    log.moved.setdefault(kind, []).append(answer.moved)
    log.drift.append(standing.drift)
    worked = time.process_time()
    standing.tidy()
    standing.heed(happenings.propose(answer))
    log.after.append(time.process_time() - worked)
    if standing.drift <= LIMIT:
        return standing
    log.priced_anew += 1
    document = happenings.document
    return Standing.of(document, matcher.solve(document))


def proposed(document: Doc, plan: matcher.Plan) -> Iterator[Doc]:
    """Yield the needs, each with the place that it is proposed."""
    stays = {stay.need: (stay.offer, stay.unit) for stay in plan.stays}
    for need in cast("list[Doc]", document["needs"]):
        yield need | {"current": current(stays.get(str(need["id"])))}


def current(place: tuple[str, str | None] | None) -> Doc | None:
    """Return a proposal as a need tells it."""
    return None if place is None else {"offer": place[0], "unit": place[1]}


def _of_kind(log: Log, kind: str) -> Mapping[str, Figure]:
    moved = sorted(log.moved[kind])
    return {
        "events": len(moved),
        "p50_ms": percentile(log.clock[kind], 0.5),
        "p99_ms": percentile(log.clock[kind], 0.99),
        "max_ms": percentile(log.clock[kind], 1.0),
        "p50_cpu_ms": percentile(log.busy[kind], 0.5),
        "p99_cpu_ms": percentile(log.busy[kind], 0.99),
        "moved_p95": moved[min(len(moved) - 1, int(len(moved) * 0.95))],
        "moved_mean": round(sum(moved) / len(moved), 2),
        "laid_anew": log.laid_anew[kind],
    }


def _rows(document: Doc, name: str) -> list[Doc]:
    return cast("list[Doc]", document[name])


def _named(document: Doc, name: str) -> dict[str, Doc]:
    return {str(row["id"]): row for row in _rows(document, name)}


def _renamed(row: Doc) -> Doc:
    """Return a row of another market as one that this one has not seen yet."""
    names = {key: f"later-{row[key]}" for key in ("id", "household") if key in row}
    return row | names | {"similar_to": []}
