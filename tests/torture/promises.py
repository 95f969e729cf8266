"""The promises, judged from three witnesses that know nothing of each other.

What the clients logged, what lies in the ledger, what stands on the facts topic. The
product's own folds and rules are not asked: stored bytes are read as JSON and counted.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.demo.sweep import promised_twice
from services.follow import StoredFact
from tests.torture.journal import Log, Sent

TELLING = ("offer.listed.v1", "offer.amended.v1", "need.raised.v2", "need.amended.v2")
"""Facts that a channel's message becomes; their `origin` names it."""


@dataclass(frozen=True)
class OnTopic:
    """A fact as it was read from the bus, in the topic's order."""

    position: int
    id: str
    data: bytes


@dataclass(frozen=True)
class Evidence:
    """All that is known when everything has come to rest."""

    log: Log
    ledger: Sequence[StoredFact]
    topic: Sequence[OnTopic] | None
    """None where no bus took part."""
    set_aside: Sequence[str]
    """What was set aside, opened: one text each."""


@dataclass
class Verdict:
    """Each broken promise as a sentence, by the promise that it breaks."""

    lost: list[str] = field(default_factory=list)
    stored_twice: list[str] = field(default_factory=list)
    promised_twice: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """All of them, with the name of the promise before each."""
        return [f"{name}: {one}" for name, many in vars(self).items() for one in many]


@dataclass(frozen=True)
class Told:
    """A message's trace in the ledger."""

    position: int
    recorded_us: int
    revision: int | None


def judge(evidence: Evidence) -> Verdict:
    """Judge all promises."""
    log, ledger = evidence.log, evidence.ledger
    traces, rows = _traces(ledger)
    aside = _aside(log.sent.values(), evidence.set_aside)
    return Verdict(
        lost=[
            *_not_kept(log, traces, rows, aside),
            *_told_too_early(log, traces),
            *_overwritten(rows),
            *_orders_lost(log, ledger),
        ],
        stored_twice=[
            *(f"{name} became {len(t)} facts" for name, t in _many(traces)),
            *(f"{name} was set aside {n} times" for name, n in aside.items() if n > 1),
            *_orders_twice(ledger),
        ],
        promised_twice=_promised_twice(ledger),
        gaps=[*_gaps(ledger), *_bus_gaps(ledger, evidence.topic)],
    )


def broken_already(log: Log, ledger: Sequence[StoredFact]) -> list[str]:
    """Return what no later fact can mend, while everything still runs."""
    traces, rows = _traces(ledger)
    early = Verdict(
        lost=[*_told_too_early(log, traces), *_overwritten(rows)],
        stored_twice=[f"{name} became {len(t)} facts" for name, t in _many(traces)],
        promised_twice=_promised_twice(ledger),
    )
    return early.broken


def accepted(log: Log) -> int:
    """Count the messages and orders that somebody was told are kept."""
    names = {told.id for told in log.accepted}
    return len(names) + sum(bool(answer.positions) for answer in log.answered)


def _traces(
    ledger: Iterable[StoredFact],
) -> tuple[dict[str, list[Told]], dict[str, list[Told]]]:
    """Return the traces of each message id, and those of each row in order."""
    by_id: dict[str, list[Told]] = defaultdict(list)
    by_row: dict[str, list[Told]] = defaultdict(list)
    for fact in ledger:
        origin = json.loads(fact.data).get("origin") if fact.type in TELLING else None
        if not isinstance(origin, dict):
            continue
        trace = Told(fact.position, fact.recorded_us, origin.get("revision"))
        by_id[str(origin["id"])].append(trace)
        by_row[str(origin["row_key"])].append(trace)
    return by_id, by_row


def _promised_twice(ledger: Sequence[StoredFact]) -> list[str]:
    return [
        f"{one.what} holds {one.promised} of {one.there} at fact {one.position}"
        for one in promised_twice(ledger)
    ]


def _many(traces: Mapping[str, list[Told]]) -> Iterator[tuple[str, list[Told]]]:
    return ((name, found) for name, found in traces.items() if len(found) > 1)


def _aside(sent: Iterable[Sent], texts: Iterable[str]) -> Counter[str]:
    """Count how often each poison was set aside; its id stands in its text.

    What cannot be read has no id to be known by, only its place on the bus, which
    stands in its text too: sent twice, it lies in two places. So the same text counts.
    No id is the beginning of another: all have as many digits.
    """
    found = Counter[str]()
    names = [message.id for message in sent if message.poison]
    for text, times in Counter(texts).items():
        for name in names:
            if name in text:
                found[name] = max(found[name], times)
    return found


def _not_kept(
    log: Log,
    traces: Mapping[str, list[Told]],
    rows: Mapping[str, list[Told]],
    aside: Counter[str],
) -> Iterator[str]:
    """Yield what was accepted, or acknowledged by Kafka, and is nowhere.

    An older state of a row that came after a newer one is rightly no fact. A receipt
    names what had no readable id by its place on the bus: that is no message of ours.
    """
    told = {one.id for one in log.accepted} & log.sent.keys()
    newest = _newest(log.sent.values(), traces, rows)
    for name in sorted(told | log.acked):
        message = log.sent[name]
        if name in traces or name in aside:
            continue
        if message.revision is not None and message.revision < newest[message.row]:
            continue
        how = "accepted" if name in told else "acknowledged by Kafka"
        yield f"{name} was {how} and is nowhere"


def _newest(
    sent: Iterable[Sent],
    traces: Mapping[str, list[Told]],
    rows: Mapping[str, list[Told]],
) -> Counter[str]:
    """Return the highest revision that the ledger has of each row."""
    newest = Counter[str]()
    for message in sent:
        for trace in traces.get(message.id, ()):
            newest[message.row] = max(newest[message.row], trace.revision or 0)
    return newest


def _told_too_early(log: Log, traces: Mapping[str, list[Told]]) -> Iterator[str]:
    """Yield what somebody was told before the ledger had it."""
    for told in log.accepted:
        found = traces.get(told.id)
        if found and told.at_us < found[0].recorded_us:
            early = found[0].recorded_us - told.at_us
            yield f"{told.id} was answered {early} µs before it was recorded"


def _overwritten(rows: Mapping[str, list[Told]]) -> Iterator[str]:
    for row, traces in rows.items():
        newest = 0
        for trace in traces:
            if trace.revision is not None and trace.revision < newest:
                yield (
                    f"revision {newest} of {row} was overwritten by "
                    f"{trace.revision} at fact {trace.position}"
                )
            newest = max(newest, trace.revision or 0)


def _orders_lost(log: Log, ledger: Iterable[StoredFact]) -> Iterator[str]:
    """Yield orders whose answer named facts that are not theirs."""
    command_at = {fact.position: fact.command_id for fact in ledger}
    for answer in log.answered:
        for position in answer.positions:
            if command_at.get(position) != answer.order:
                yield f"{answer.order} was told fact {position}, which is not its own"


def _orders_twice(ledger: Iterable[StoredFact]) -> Iterator[str]:
    """Yield commands whose facts do not stand together: they were recorded twice."""
    last: dict[str, int] = {}
    for fact in ledger:
        before = last.get(fact.command_id, fact.position - 1)
        if before != fact.position - 1:
            yield f"{fact.command_id} stands at {before} and again at {fact.position}"
        last[fact.command_id] = fact.position


def _gaps(ledger: Iterable[StoredFact]) -> Iterator[str]:
    for expected, fact in enumerate(ledger, start=1):
        if fact.position != expected:
            yield f"the ledger has {fact.position} where {expected} belongs"
            return


def _bus_gaps(
    ledger: Sequence[StoredFact], topic: Sequence[OnTopic] | None
) -> Iterator[str]:
    """Yield what the topic lacks, has otherwise, or has in another order.

    A fact may stand there again after a crash: what is new comes in order.
    """
    if topic is None:
        return
    stored = {fact.position: fact for fact in ledger}
    reached = 0
    for one in topic:
        fact = stored.get(one.position)
        if fact is None or (fact.id, fact.data) != (one.id, one.data):
            yield f"the topic's fact {one.position} is not the ledger's"
        if one.position > reached + 1:
            yield f"the topic goes from {reached} to {one.position}"
        reached = max(reached, one.position)
    if reached < len(ledger):
        yield f"the topic ends at {reached}, the ledger at {len(ledger)}"
