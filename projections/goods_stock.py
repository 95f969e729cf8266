"""Read model: goods by item: offered, promised, sent, and still lacking."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from psycopg import sql

from events.kinds.goods import GoodsNeed, GoodsOffer
from projections.life import NeedLife, OfferLife
from projections.listing import Listing, at_least, one_of, search
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table, View


@dataclass(frozen=True)
class GoodsLine:
    """One row a standing goods case: what it adds to the stock of its item."""

    case_ref: Annotated[str, "The case, offer:… or need:…"]
    item: Annotated[str, "The code of the item"]
    category: Annotated[str, "The category of the item"]
    unit: Annotated[str, "piece, pack, kg, litre or set"]
    offered: Annotated[int, "Pieces of the lot"]
    promised: Annotated[int, "Of these, held by matches or gone"]
    reserved: Annotated[int, "Of these, put aside"]
    dispatched: Annotated[int, "Of these, sent"]
    received: Annotated[int, "Of these, arrived"]
    needed: Annotated[int, "Pieces that were asked for"]
    covered: Annotated[int, "Of these, held by matches or brought"]


@dataclass(frozen=True)
class GoodsStock:
    """One row an item: the sums over all standing offers and needs."""

    item: Annotated[str, "The code of the item"]
    category: Annotated[str, "Its category"]
    unit: Annotated[str, "piece, pack, kg, litre or set"]
    lots: Annotated[int, "How many offers there are"]
    offered: Annotated[int, "Pieces offered"]
    promised: Annotated[int, "Of these, held by matches or gone"]
    reserved: Annotated[int, "Of these, put aside"]
    dispatched: Annotated[int, "Of these, sent"]
    received: Annotated[int, "Of these, arrived"]
    requests: Annotated[int, "How many needs there are"]
    needed: Annotated[int, "Pieces asked for"]
    covered: Annotated[int, "Of these, held by matches or brought"]
    lacking: Annotated[int, "needed minus covered"]
    left: Annotated[int, "offered minus promised"]


TABLE = Table(
    "goods_lines", GoodsLine, key=("case_ref",), indexes=(("item",),), shown=False
)
VIEW = View(
    "goods_stock",
    GoodsStock,
    key=("item",),
    tools=True,
    body=sql.SQL("""
        SELECT item, min(category) AS category, min(unit) AS unit,
            count(*) FILTER (WHERE case_ref LIKE 'offer:%') AS lots,
            sum(offered)::bigint AS offered,
            sum(promised)::bigint AS promised,
            sum(reserved)::bigint AS reserved,
            sum(dispatched)::bigint AS dispatched,
            sum(received)::bigint AS received,
            count(*) FILTER (WHERE case_ref LIKE 'need:%') AS requests,
            sum(needed)::bigint AS needed,
            sum(covered)::bigint AS covered,
            sum(needed - covered)::bigint AS lacking,
            sum(offered - promised)::bigint AS "left"
        FROM goods_lines
        GROUP BY item
    """),
)

LISTING = Listing(
    VIEW,
    filters={
        "q": search("item"),
        "item": one_of("item"),
        "category": one_of("category"),
        "lacking_min": at_least("lacking"),
        "left_min": at_least("left"),
    },
    sorts=("item", "category", "offered", "needed", "lacking", "left", "dispatched"),
    order=("-lacking", "item"),
)


def of_offer(life: OfferLife, _known: Known) -> Iterator[GoodsLine]:
    """Yield what a lot adds: all while it stands, afterwards what is bound."""
    state, lot = life.state, life.state.details
    if not isinstance(lot, GoodsOffer) or lot.item is None:
        return
    matches = state.matches.values()
    promised = sum(match.taken for match in matches)
    offered = (lot.quantity or 0) if state.status == "open" else promised
    if state.status != "open" and not promised:
        return
    yield GoodsLine(
        case_ref=f"offer:{state.id}",
        item=lot.item.code,
        category=lot.item.category,
        unit=lot.item.unit,
        offered=offered,
        promised=promised,
        reserved=sum(match.reserved for match in matches),
        dispatched=sum(match.dispatched for match in matches),
        received=sum(match.received for match in matches),
        needed=0,
        covered=0,
    )


def of_need(life: NeedLife, _known: Known) -> Iterator[GoodsLine]:
    """Yield what a request adds while it stands, parked ones too."""
    state, request = life.state, life.state.details
    standing = state.status in {"open", "parked"}
    if not isinstance(request, GoodsNeed) or request.item is None or not standing:
        return
    yield GoodsLine(
        case_ref=f"need:{state.id}",
        item=request.item.code,
        category=request.item.category,
        unit=request.item.unit,
        offered=0,
        promised=0,
        reserved=0,
        dispatched=0,
        received=0,
        needed=request.quantity or 0,
        covered=sum(match.brought for match in state.matches.values()),
    )


_SHOWN = parts("status", "details", "matches")


def _shown_offer(life: OfferLife) -> object:
    return _SHOWN(life) if isinstance(life.state.details, GoodsOffer) else None


def _shown_need(life: NeedLife) -> object:
    return _SHOWN(life) if isinstance(life.state.details, GoodsNeed) else None


MODEL = ReadModel(
    (TABLE, VIEW),
    lives=PerLife(
        TABLE,
        "case_ref",
        offers=Rows(of_offer, _shown_offer),
        needs=Rows(of_need, _shown_need),
    ),
)
