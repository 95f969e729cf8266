"""A message on its way in: what will become of it, and who it says that it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.draft import Drafted
from services.intake.identity import source


@dataclass(frozen=True)
class Heard:
    """`source` and `id` are what its receipt names, even where nobody believes them."""

    draft: Drafted
    source: str
    id: str


def apart(drafts: Iterable[Drafted]) -> Iterator[list[Drafted]]:
    """Cut drafts into waves in which no row and no message stands twice.

    Those of one row keep their order; those of different rows may overtake each other,
    so that a batch with a few repeats does not fall into many small ones.
    """
    waves: list[list[Drafted]] = []
    reached: dict[tuple[str, ...], int] = {}
    for draft in drafts:
        keys = _keys(draft)
        level = max(reached.get(key, 0) for key in keys)
        reached |= dict.fromkeys(keys, level + 1)
        if level == len(waves):
            waves.append([])
        waves[level].append(draft)
    yield from waves


def _keys(draft: Drafted) -> tuple[tuple[str, ...], ...]:
    came = draft.came
    row = ("row", source(came), *came.key.parts)
    if came.event is None:
        return (row,)
    return (row, ("event", source(came), came.event))
