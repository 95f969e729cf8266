"""What a cluster lacks, step by step, each in words."""

from dataclasses import dataclass

from services.bus.layout import Right, Topic


@dataclass(frozen=True)
class Create:
    """A topic is missing."""

    topic: Topic

    def __str__(self) -> str:
        return f"create topic {self.topic.name} ({self.topic.partitions} partitions)"


@dataclass(frozen=True)
class Widen:
    """A topic has too few partitions."""

    name: str
    partitions: int

    def __str__(self) -> str:
        return f"widen topic {self.name} to {self.partitions} partitions"


@dataclass(frozen=True)
class Change:
    """A setting of a topic is another."""

    name: str
    key: str
    before: str | None
    after: str

    def __str__(self) -> str:
        return f"set {self.key} of {self.name} to {self.after} (is {self.before})"


@dataclass(frozen=True)
class Grant:
    """A right is missing."""

    right: Right

    def __str__(self) -> str:
        return f"grant: {self.right}"


Step = Create | Widen | Change | Grant


@dataclass(frozen=True)
class Plan:
    """What `apply` would do, what no `apply` mends, and what is worth knowing."""

    steps: tuple[Step, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.steps and not self.faults
