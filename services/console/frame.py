"""What stands around every page: how far the read models are, and what waits where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from projections.listing import Db

_FRAME = """
SELECT
    (SELECT max(position) FROM readmodel.checkpoint WHERE read_model = 'lives'),
    (SELECT max(today) FROM readmodel.realm),
    (SELECT count(*) FROM readmodel.proposals
        WHERE state IN ('proposed', 'communicated', 'agreed')),
    (SELECT count(*) FROM readmodel.open_questions),
    (SELECT count(*) FROM readmodel.set_aside WHERE state = 'waiting'),
    (SELECT count(*) FROM readmodel.checkpoint WHERE parked IS NOT NULL),
    (SELECT sum(rebuilt)::bigint FROM readmodel.checkpoint)
"""


@dataclass(frozen=True)
class Tab:
    """One of the pages that are always at hand; `count` is what waits there."""

    name: str
    href: str
    count: int = 0

    def at(self, path: str) -> bool:
        """Whether `path` lies on this tab."""
        page = path.partition("?")[0]
        if self.href == "/":
            return page == "/"
        return page == self.href or page.startswith(f"{self.href}/")


@dataclass(frozen=True)
class Frame:
    """`parked` is how many read models stand still until they are rebuilt.

    Two frames with equal `state` stand around the same read models.
    """

    position: int
    today: date | None
    tabs: tuple[Tab, ...]
    parked: int = 0
    rebuilt: int = 0

    @property
    def state(self) -> tuple[int, int, int]:
        return self.position, self.rebuilt, self.parked


def framed(db: Db) -> Frame:
    """Read the frame in the page's own snapshot."""
    ((position, today, *waiting, parked, rebuilt),) = db.execute(_FRAME)
    proposals, questions, aside = waiting
    counts = {
        "proposals": _whole(proposals),
        "questions": _whole(questions),
        "set_aside": _whole(aside),
    }
    day = today if isinstance(today, date) else None
    return Frame(_whole(position), day, _tabs(counts), _whole(parked), _whole(rebuilt))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _tabs(counts: Mapping[str, int]) -> tuple[Tab, ...]:
    pages = {
        "situation": "/",
        "needs": "/needs",
        "offers": "/offers",
        "proposals": "/proposals",
        "goods": "/goods",
        "arrivals": "/arrivals",
        "plans": "/plans",
        "questions": "/questions",
        "set_aside": "/set-aside",
        "upload": "/upload",
    }
    return tuple(Tab(name, href, counts.get(name, 0)) for name, href in pages.items())
