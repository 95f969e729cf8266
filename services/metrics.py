"""Figures for Prometheus: how long things take, and how far they have come.

Nobody's name is in them, and no label grows without end: parts, tiers, routes and
outcomes are fixed in the code; channels are counted by name up to a limit.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.health import Health, Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_CHANNELS = 200
OTHER = "other"
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library left it bare
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
INFO = Gauge("beistand_info", "The release.", ["version"], registry=REGISTRY)
INFO.labels(version("beistand")).set(1)
APPEND = Histogram(
    "beistand_append_seconds",
    "From asking the ledger to record a batch to its answer after the commit.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
    registry=REGISTRY,
)
PLAN = Histogram(
    "beistand_plan_seconds",
    "One run of the matcher, from reading the ledger to the last part appended.",
    buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600),
    registry=REGISTRY,
)
GAP = Gauge(
    "beistand_plan_gap",
    "How much better any other plan could be at most, of its bound.",
    registry=REGISTRY,
)
WORTH = Gauge(
    "beistand_plan_worth",
    "What the last plan is worth in a tier.",
    ["kind", "tier"],
    registry=REGISTRY,
)
BOUND = Gauge(
    "beistand_plan_bound",
    "What any plan could be worth in a tier at most.",
    ["kind", "tier"],
    registry=REGISTRY,
)
STANDS = Histogram(
    "beistand_standing_seconds",
    "From reading what happened to the answer of the plan that stands.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
    registry=REGISTRY,
)
STANDING_GAP = Gauge(
    "beistand_standing_gap",
    "The gap of the plan that stands, after the events since it was made.",
    registry=REGISTRY,
)
DRIFT = Gauge(
    "beistand_standing_drift",
    "How much that gap has grown since the plan was made.",
    registry=REGISTRY,
)
STANDING_AT = Gauge(
    "beistand_standing_position",
    "The last fact that the plan that stands has seen.",
    registry=REGISTRY,
)
OVERTAKEN = Counter(
    "beistand_plan_parts_overtaken",
    "Parts of plans that others were faster than; the next run takes them.",
    registry=REGISTRY,
)
MESSAGES = Counter(
    "beistand_intake_messages",
    "Messages of a channel by what became of them.",
    ["channel", "outcome"],
    registry=REGISTRY,
)
UNREAD = Gauge(
    "beistand_intake_unread",
    "Messages on the bus that this process is to read and has not done yet.",
    registry=REGISTRY,
)
ASIDE = Gauge(
    "beistand_set_aside",
    "Messages and rows of a channel that were set aside and wait for somebody.",
    ["channel"],
    registry=REGISTRY,
)
BACKUP = Gauge(
    "beistand_backup_age_seconds",
    "Since the last backup of the ledger; -1 while there is none.",
    registry=REGISTRY,
)
BACKUP.set(-1)
HTTP = Histogram(
    "beistand_http_seconds",
    "Requests of the desk, by route, method and first digit of the status.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
_channels: set[str] = set()


def appending() -> AbstractContextManager[object]:
    """Time one append, as a context around the question to the ledger."""
    return APPEND.time()


def planned(
    *,
    seconds: float,
    gap: float,
    overtaken: int,
    tiers: Iterable[tuple[str, str, int, int]],
) -> None:
    """Take down a run of the matcher; a tier is its kind, name, worth and bound."""
    PLAN.observe(seconds)
    GAP.set(gap)
    OVERTAKEN.inc(overtaken)
    for kind, tier, worth, bound in tiers:
        WORTH.labels(kind, tier).set(worth)
        BOUND.labels(kind, tier).set(bound)


def stands(*, gap: float, drift: float, position: int, seconds: float) -> None:
    """Take down how the plan that stands fares after an event."""
    STANDS.observe(seconds)
    STANDING_GAP.set(gap)
    DRIFT.set(drift)
    STANDING_AT.set(position)


def arrived(channel: str, outcome: str, count: int = 1) -> None:
    """Count messages of a channel by what became of them, in the receipt's word."""
    MESSAGES.labels(known_channel(channel), outcome).inc(count)


def unread(count: float) -> None:
    """Take down how many messages wait on the bus; who is stopped is not counted.

    Not a number: nobody can tell.
    """
    UNREAD.set(count)


def waiting(set_aside: Mapping[str, int]) -> None:
    """Take down how many messages of each channel wait, set aside."""
    ASIDE.clear()
    for channel, count in set_aside.items():
        ASIDE.labels(known_channel(channel)).inc(count)


def backed_up(age: float | None) -> None:
    """Take down how old the last backup is; None while there is none."""
    BACKUP.set(-1 if age is None else age)


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """Take down one request; `route` is the route's own pattern, never a path."""
    HTTP.labels(route, method, f"{status // 100}xx").observe(seconds)


def known_channel(name: str) -> str:
    """Return the channel's label: its name, while there are not too many."""
    if not _CHANNEL.fullmatch(name):
        return OTHER
    if name not in _channels:
        if len(_channels) >= MOST_CHANNELS:
            return OTHER
        _channels.add(name)
    return name


def text(health: Health) -> bytes:
    """Return everything as Prometheus reads it, the parts of `health` with it."""
    parts = CollectorRegistry()
    parts.register(_Parts(health))
    return generate_latest(REGISTRY) + generate_latest(parts)


class _Parts(Collector):
    """How the parts of the process fare, looked at when they are asked for."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterable[Metric]:
        if (head := self._health.head) is not None:
            yield GaugeMetricFamily(
                "beistand_ledger_head", "The ledger's last position.", value=head
            )
        found = self._health.standings()
        for name, about, take in _OF_A_PART:
            family = GaugeMetricFamily(name, about, labels=["part"])
            for one in found:
                if (value := take(one)) is not None:
                    family.add_metric([one.part], value)
            yield family


_OF_A_PART: tuple[tuple[str, str, Callable[[Standing], float | None]], ...] = (
    ("beistand_part_well", "1 when the part is well.", lambda one: float(one.well)),
    ("beistand_part_silent_seconds", "Since its last beat.", lambda one: one.age),
    (
        "beistand_follower_lag_facts",
        "Facts between a follower and the ledger's own head.",
        lambda one: one.lag,
    ),
    (
        "beistand_follower_lag_seconds",
        "How long a follower has not reached what the ledger's head was.",
        lambda one: None if one.position is None else one.lag_seconds,
    ),
    ("beistand_follower_position", "Its last fact.", lambda one: one.position),
)
