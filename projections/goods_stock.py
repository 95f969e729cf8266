"""Read model: goods by item: offered, promised, sent, and still lacking."""

from dataclasses import dataclass
from typing import Annotated

from projections.listing import Listing, at_least, one_of, search
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


TABLE = Table("goods_lines", GoodsLine, key=("case_ref",), indexes=(("item",),))
VIEW = View(
    "goods_stock",
    GoodsStock,
    key=("item",),
    tools=True,
    body="""
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
    """,
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
