"""What a cluster lacks for a realm, said before it is done, and done when it is asked.

`plan` compares, `apply` does what the plan says and nothing else. It never deletes,
never narrows and never takes a right away: such a difference is a fault, in words, for
the person who runs the cluster.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from services.bus import layout
from services.bus.cluster import Cluster, Granted
from services.bus.layout import Topic
from services.bus.names import Names
from services.bus.steps import Change, Create, Grant, Plan, Step, Widen

_SEES = frozenset({"DESCRIBE", "DESCRIBE_CONFIGS"})
_READS = _SEES | {"READ"}


def plan(cluster: Cluster, names: Names, channels: Iterable[str]) -> Plan:
    """Compare the cluster with what a realm with these channels needs."""
    known = tuple(channels)
    found, granted = cluster.topics(), cluster.rights()
    steps: list[Step] = []
    faults: list[str] = []
    for topic in layout.topics(names, known):
        steps.extend(_missing(topic, found))
        faults.extend(_too_wide(topic, found))
    if granted is None:
        return Plan(tuple(steps), tuple(faults), (NO_RIGHTS,))
    wanted = layout.rights(names, known)
    had = {Granted.of(right): right for right in wanted}
    steps.extend(Grant(had[one]) for one in had if one not in granted)
    faults.extend(_surplus(names, granted - set(had)))
    return Plan(tuple(steps), tuple(faults), ())


def apply(cluster: Cluster, wanted: Plan) -> None:
    """Do what a plan says; a plan that was carried out before changes nothing."""
    rights = [step.right for step in wanted.steps if isinstance(step, Grant)]
    for step in wanted.steps:
        match step:
            case Create(topic):
                cluster.create(topic)
            case Widen(name, partitions):
                cluster.widen(name, partitions)
            case Change(name, key, _, after):
                cluster.set(name, key, after)
            case Grant():
                pass
            case _:
                assert_never(step)
    if rights:
        cluster.grant(rights)


NO_RIGHTS = (
    "This Kafka keeps no rights: whoever reaches it reads and writes every topic. That "
    "is how the Kafka of a home is meant; one that others reach needs an authorizer."
)


def _missing(topic: Topic, found: Mapping[str, Topic]) -> Iterator[Step]:
    if (seen := found.get(topic.name)) is None:
        yield Create(topic)
        return
    if seen.partitions < topic.partitions:
        yield Widen(topic.name, topic.partitions)
    for key, value in topic.settings.items():
        if (before := seen.settings.get(key)) != value:
            yield Change(topic.name, key, before, value)


def _too_wide(topic: Topic, found: Mapping[str, Topic]) -> Iterator[str]:
    """More partitions are harmless, except where one of them is the order itself."""
    seen = found.get(topic.name)
    if seen is not None and topic.partitions == 1 < seen.partitions:
        yield (
            f"Topic {topic.name} has {seen.partitions} partitions and must have one, "
            "or its order is lost; delete it and let it be made and filled anew."
        )


def _surplus(names: Names, others: Iterable[Granted]) -> Iterator[str]:
    """Say who may do more than they should; others may read facts, and look."""
    for one in sorted(others, key=str):
        if (
            one.allows
            and _ours(names, one)
            and one.operation not in _tolerable(names, one)
        ):
            where = f"{one.name}*" if one.prefixed else one.name
            yield (
                f"{one.user} may {one.operation} {one.kind} {where}; "
                "take that right away."
            )


def _tolerable(names: Names, one: Granted) -> frozenset[str]:
    tools = one.kind == "group" and one.name.startswith(names.group(layout.TOOLS))
    return _READS if tools or one.name == names.facts else _SEES


def _ours(names: Names, one: Granted) -> bool:
    """Say whether a right reaches a topic of this realm, `*` and prefixes included."""
    if one.kind not in {"topic", "group"}:
        return False
    root = names.facts.removesuffix("facts")
    if one.prefixed:
        return root.startswith(one.name) or one.name.startswith(root)
    return one.name == "*" or one.name.startswith(root)


__all__ = ["NO_RIGHTS", "Plan", "apply", "plan"]
