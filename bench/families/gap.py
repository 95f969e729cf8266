"""Generalised assignment: each job to one agent, within the agents' capacities.

Read in the format of the OR-Library (gap1 to gap12, gapa to gapd) and of Yagiura's
larger instances: agents m, jobs n, m rows of n costs, m rows of n resources, m
capacities; the OR-Library puts the number of problems in front. The types C, D, E are
generated as published (Chu and Beasley 1997; Laguna et al. 1995 for E), with our dice.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Rows: TypeAlias = tuple[tuple[int, ...], ...]
Kind = Literal["C", "D", "E"]
Document: TypeAlias = dict[str, object]
FINE = 1_000
"""A unit of cost is worth so much: prices are whole numbers of worth, and of a unit of
cost they would prove little."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Costs and resources are agents × jobs; costs are to be least, or profits most."""

    name: str
    cost: Rows
    resource: Rows
    capacity: tuple[int, ...]
    most: bool = False

    @property
    def jobs(self) -> int:
        return len(self.cost[0])

    @property
    def agents(self) -> int:
        return len(self.cost)

    @property
    def base(self) -> int:
        """Return what each assigned job is worth before its cost: all must be assigned.

        More than leaving one out could ever save.
        """
        columns: list[tuple[int, ...]] = list(zip(*self.cost, strict=True))
        high, low = sum(map(max, columns)), sum(map(min, columns))
        return 1 + high - low + max(max(column) for column in columns)

    def document(self) -> Document:
        """Return it as assignment-instance.v1: all at one time, worth for cost."""
        base, sign = self.base, 1 if self.most else -1
        return {
            "format": "assignment-instance.v1",
            "needs": [f"job-{j}" for j in range(self.jobs)],
            "offers": [
                {"id": f"agent-{i}", "capacity": c} for i, c in enumerate(self.capacity)
            ],
            "edges": [
                [f"job-{j}", f"agent-{i}", 0, 1, taken, FINE * (base + sign * cost)]
                for j in range(self.jobs)
                for i in range(self.agents)
                for cost, taken in [(self.cost[i][j], self.resource[i][j])]
                if 0 < taken <= self.capacity[i]
            ],
        }

    def cost_of(self, worth: int) -> int:
        """Return the cost (or profit) of a full assignment that is worth so much.

        Of a bound: the least cost (the most profit) that a full assignment can have.
        """
        reached = worth // FINE  # which rounds a bound towards the truth
        total = self.jobs * self.base
        return reached - total if self.most else total - reached


def read(text: str, name: str, *, most: bool = False) -> tuple[Gap, ...]:
    """Return the problems of a file; `ValueError`: it is none."""
    try:
        numbers = [int(word) for word in text.split()]
    except ValueError as error:
        raise ValueError(f"{name} is no file of whole numbers: {error}") from None
    for first, count in ((1, numbers[0] if numbers else 0), (0, 1)):
        found = list(_problems(numbers[first:], name, most=most))
        if found and len(found) == count:
            return tuple(found)
    raise ValueError(f"{name} is not of the form agents, jobs, costs, resources")


def _problems(numbers: Sequence[int], name: str, *, most: bool) -> Iterator[Gap]:
    """Yield problem after problem; nothing where the numbers do not come out even."""
    found, at = [], 0
    while at + 2 <= len(numbers):
        agents, jobs = numbers[at : at + 2]
        size, at = agents * jobs, at + 2
        if agents < 1 or jobs < 1 or at + 2 * size + agents > len(numbers):
            return
        rows = [tuple(numbers[k : k + jobs]) for k in range(at, at + 2 * size, jobs)]
        cost, resource = tuple(rows[:agents]), tuple(rows[agents:])
        at += 2 * size + agents
        capacity = tuple(numbers[at - agents : at])
        found.append((cost, resource, capacity))
    if at == len(numbers):
        for n, (cost, resource, capacity) in enumerate(found, 1):
            yield Gap(f"{name}-{n}", cost, resource, capacity, most)


def generated(kind: Kind, jobs: int, agents: int, seed: int) -> Gap:
    """Return an instance of a published type; the same words give the same one."""
    dice = random.Random(f"gap {kind} {jobs} {agents} {seed}")
    resource = _table(agents, jobs, lambda: _resource(kind, dice))
    cost = tuple(tuple(_cost(kind, taken, dice) for taken in row) for row in resource)
    capacity = tuple(8 * sum(row) // (10 * agents) for row in resource)
    return Gap(f"{kind}-{jobs}x{agents}-{seed}", cost, resource, capacity)


def _table(agents: int, jobs: int, draw: Callable[[], int]) -> Rows:
    return tuple(tuple(draw() for _ in range(jobs)) for _ in range(agents))


def _resource(kind: Kind, dice: random.Random) -> int:
    match kind:
        case "C":
            return dice.randint(5, 25)
        case "D":
            return dice.randint(1, 100)
        case "E":
            return int(1 - 10 * math.log(1 - dice.random()))


def _cost(kind: Kind, taken: int, dice: random.Random) -> int:
    """Return a cost: in D and E, who takes less of an agent costs more there."""
    match kind:
        case "C":
            return dice.randint(10, 50)
        case "D":
            return 111 - taken + dice.randint(-10, 10)
        case "E":
            return int(1000 / taken - 10 * dice.random())
