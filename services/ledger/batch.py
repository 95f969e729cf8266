"""What goes into `record` and what comes out, and how it travels: flat arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.ledger.tree import JOINT

MOST_FACTS = 1000


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact before it has a position; `id` is `fact_id(command id, n)`, n from 0."""

    id: str
    type: str
    tags: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """Facts that have any of the types (none named: any type) and all of the tags."""

    types: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """Fails if a fact that matches any item was recorded after the position."""

    items: tuple[Item, ...]
    after: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One command's facts. `digest` is an HMAC of its content before sealing."""

    command_id: str
    digest: bytes
    facts: tuple[NewFact, ...]
    condition: Condition | None = None

    def __post_init__(self) -> None:
        if not self.facts:
            raise ValueError(f"{self.command_id}: nothing to record")
        if not self.command_id or JOINT in self.command_id:
            raise ValueError(f"{self.command_id!r} is no id of a command")
        for n, fact in enumerate(self.facts):
            if fact.id != fact_id(self.command_id, n):
                raise ValueError(f"{fact.id} is not fact {n} of {self.command_id}")
            if any(not tag or JOINT in tag or "\0" in tag for tag in fact.tags):
                raise ValueError(f"{fact.id}: a tag is empty or has a control sign")


@dataclass(frozen=True, slots=True)
class Recorded:
    """The facts stand at these positions now."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """The command was recorded before; there its facts stand."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Nothing was recorded: the fact at `by` came after what the command had seen."""

    by: int


Answer = Recorded | Repeated | Overtaken


class Conflicting(Exception):
    """A command's id was used before for other content."""

    def __init__(self, command_id: str) -> None:
        super().__init__(
            f"{command_id} was recorded before with other content; "
            "send the change under an id of its own."
        )
        self.command_id = command_id


def fact_id(command_id: str, n: int) -> str:
    """Return the id of a command's n-th fact, from 0."""
    return f"{command_id}.{n}"


def distinct(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return each command once; raise `Conflicting` when two share an id only."""
    found: dict[str, Entry] = {}
    for entry in entries:
        known = found.setdefault(entry.command_id, entry)
        if known.digest != entry.digest:
            raise Conflicting(entry.command_id)
    if sum(len(entry.facts) for entry in found.values()) > MOST_FACTS:
        raise ValueError(f"a batch has at most {MOST_FACTS} facts; record it in parts")
    return found


def told(
    entries: Sequence[Entry], asked: Mapping[str, Entry], answers: Sequence[Answer]
) -> tuple[Answer, ...]:
    """Answer every entry, given the answers to each command that was asked once."""
    got = dict(zip(asked, answers, strict=True))
    return tuple(
        got[entry.command_id]
        if asked[entry.command_id] is entry
        else again(got[entry.command_id])
        for entry in entries
    )


def again(answer: Answer) -> Answer:
    """Return the answer to the same command later in the same batch."""
    match answer:
        case Recorded(first, last):
            return Repeated(first, last)
        case Repeated() | Overtaken():
            return answer


@dataclass
class _Arrays:
    """The arguments of `ledger.record`, in its order."""

    command_ids: list[str] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    fact_entry: list[int] = field(default_factory=list)
    fact_command: list[str] = field(default_factory=list)
    fact_type: list[str] = field(default_factory=list)
    fact_tags: list[str] = field(default_factory=list)
    fact_data: list[bytes] = field(default_factory=list)
    item_entry: list[int] = field(default_factory=list)
    item_after: list[int] = field(default_factory=list)
    item_size: list[int] = field(default_factory=list)
    item_kind: list[int] = field(default_factory=list)
    want_item: list[int] = field(default_factory=list)
    want_tag: list[str] = field(default_factory=list)
    kind_no: list[int] = field(default_factory=list)
    kind_name: list[str] = field(default_factory=list)


def arrays(entries: Iterable[Entry]) -> tuple[str | list[str] | list[bytes], ...]:
    """Flatten entries into the arguments of `ledger.record`.

    Most columns are one text each, as the vault's are: the driver writes an array part
    by part in Python.
    """
    to = _Arrays()
    kinds: dict[frozenset[str], int] = {frozenset(): 0}
    for number, entry in enumerate(entries, start=1):
        to.command_ids.append(entry.command_id)
        to.digests.append(entry.digest)
        for fact in entry.facts:
            to.fact_entry.append(number)
            to.fact_command.append(entry.command_id)
            to.fact_type.append(fact.type)
            to.fact_tags.append(JOINT.join(sorted(set(fact.tags))))
            to.fact_data.append(fact.data)
        if entry.condition is not None:
            _add_condition(to, number, entry.condition, kinds)
    for names, kind in kinds.items():
        to.kind_no += [kind] * len(names)
        to.kind_name += sorted(names)
    return _flat(to)


def _flat(to: _Arrays) -> tuple[str | list[str] | list[bytes], ...]:
    return (
        texts(to.command_ids),
        to.digests,
        _numbers(to.fact_entry),
        texts(to.fact_command),
        texts(to.fact_type),
        to.fact_tags,
        to.fact_data,
        *map(_numbers, (to.item_entry, to.item_after, to.item_size, to.item_kind)),
        _numbers(to.want_item),
        texts(to.want_tag),
        _numbers(to.kind_no),
        texts(to.kind_name),
    )


def texts(parts: Iterable[str]) -> str:
    """Return one text for a column of them; no id, type or tag holds the joint."""
    return JOINT.join(parts)


def _numbers(parts: Iterable[int]) -> str:
    return "{" + ",".join(map(str, parts)) + "}"


def _add_condition(
    to: _Arrays, entry: int, condition: Condition, kinds: dict[frozenset[str], int]
) -> None:
    for item in condition.items:
        to.item_entry.append(entry)
        to.item_after.append(condition.after)
        to.item_size.append(len(item.tags))
        to.item_kind.append(kinds.setdefault(item.types, len(kinds)))
        number = len(to.item_entry)
        for tag in item.tags:
            to.want_item.append(number)
            to.want_tag.append(tag)
