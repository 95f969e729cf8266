"""Read model: cases that look like one and the same, until a person decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from psycopg import sql

from projections.cases import TABLE as CASES
from projections.cases import Case
from projections.life import NeedLife, OfferLife
from projections.listing import Db, Listing, one_of, raw
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table


@dataclass(frozen=True)
class Likeness:
    """One row a pair of cases that share a mail, phone or address.

    Rows of cases that are withdrawn or merged are gone; the other one of a pair may
    be: `groups` of this module leaves such pairs out.
    """

    case_ref: Annotated[str, "The later case, offer:… or need:…"]
    other_ref: Annotated[str, "The case that it looks like"]
    side: Annotated[Literal["offer", "need"], "offer or need"]
    told_on: Annotated[date, "The day on which the office heard of the later one"]
    position: Annotated[int, "Where the later one's first fact stands in the ledger"]


TABLE = Table(
    "duplicates",
    Likeness,
    key=("case_ref", "other_ref"),
    indexes=(("other_ref",),),
)

LISTING = Listing(
    TABLE,
    filters={"side": one_of("side"), "case_ref": one_of("case_ref")},
    sorts=("position", "told_on"),
    order=("position",),
)


@dataclass(frozen=True)
class Group:
    """Standing cases of one side that hang together by what they share."""

    cases: tuple[Case, ...]


def groups(db: Db) -> tuple[Group, ...]:
    """Return the groups that wait for a person, the oldest case first in each."""
    with raw(db) as cursor:
        cursor.execute(_PENDING)
        pairs = [(str(one), str(other)) for one, other in cursor]
        cursor.execute(_CASES.format(CASES.names), ([r for p in pairs for r in p],))
        cases = [CASES.load(values) for values in cursor]
    leader = {case.case_ref: case.case_ref for case in cases}
    for one, other in pairs:
        leader[_head(leader, other)] = _head(leader, one)
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(_head(leader, case.case_ref), []).append(case)
    return tuple(Group(tuple(group)) for group in found.values())


_PENDING = """
SELECT d.case_ref, d.other_ref FROM readmodel.duplicates d
JOIN readmodel.cases c ON c.case_ref = d.other_ref AND c.status IN ('open', 'parked')
ORDER BY d.position, d.other_ref
"""
_CASES = sql.SQL(
    "SELECT {} FROM readmodel.cases WHERE case_ref = ANY(%s) ORDER BY position"
)


def _head(leader: dict[str, str], ref: str) -> str:
    while leader[ref] != ref:
        ref = leader[ref]
    return ref


def _of(
    life: OfferLife | NeedLife, side: Literal["offer", "need"]
) -> Iterator[Likeness]:
    state = life.state
    if state.status not in {"open", "parked"}:
        return
    for other in state.similar_to:
        yield Likeness(
            case_ref=f"{side}:{state.id}",
            other_ref=f"{side}:{other}",
            side=side,
            told_on=state.told_on,
            position=state.position,
        )


def of_offer(life: OfferLife, _known: Known) -> Iterator[Likeness]:
    return _of(life, "offer")


def of_need(life: NeedLife, _known: Known) -> Iterator[Likeness]:
    return _of(life, "need")


_PARTS = parts("status", "similar_to")
MODEL = ReadModel(
    (TABLE,),
    lives=PerLife(
        TABLE,
        "case_ref",
        offers=Rows(of_offer, _PARTS),
        needs=Rows(of_need, _PARTS),
    ),
)
