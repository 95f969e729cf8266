"""docs/read-models.md, from the row classes: `python -m projections.docs` writes it.

`--check` fails when what is committed is not what the code says.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from projections.catalogue import SHOWN
from projections.table import Shape, View

PAGE = Path(__file__).parent.parent / "docs" / "read-models.md"
INTRO = """# The read models

What other tools and the pages read, in the PostgreSQL schema `readmodel`; generated
from `projections/` (`python -m projections.docs`), and the same words stand in the
database as comments (`\\d+ readmodel.open_needs`).

- A read model is a function of the ledger's facts up to a position: the table
  `checkpoint` says up to which. `beistand rebuild --all` makes each anew and compares.
- No column locates a protected home: where an address is confidential, or a
  confidential household lives, the postcode is empty everywhere. What is sealed in the
  ledger is in no read model at all.
- Nothing here knows today: ages and horizons are computed when read, from
  `realm.today`, the business day.
- **tools** marks what the role `beistand_tools` may read (`beistand tools-access`);
  the rest is for the desk alone. Nobody but the projector writes.
- Stays and runs of days are half-open, `[from, to)`; times are UTC; `bigint` numbers
  are whole.

| read model | for | what it is |
| --- | --- | --- |
"""


def page() -> str:
    """Return the whole page."""
    lines = [f"| [`{r.name}`](#{r.name}) | {_for(r)} | {_first(r)} |\n" for r in SHOWN]
    return INTRO + "".join(lines) + "".join(map(_section, SHOWN))


def _section(relation: Shape) -> str:
    return "".join(_parts(relation))


def _parts(relation: Shape) -> Iterator[str]:
    kind = "view" if isinstance(relation, View) else "table"
    key = ", ".join(f"`{column}`" for column in relation.key)
    yield f"\n## {relation.name}\n\n{relation.about}\n\n"
    yield f"A {kind} for {_for(relation)}; one row for each {key}.\n\n"
    yield "| column | type | meaning |\n| --- | --- | --- |\n"
    for column in relation.columns:
        kind = column.type + ("" if column.nullable else " not null")
        yield f"| `{column.name}` | {kind} | {column.about} |\n"


def _for(relation: Shape) -> str:
    return "tools" if relation.tools else "the desk"


def _first(relation: Shape) -> str:
    return relation.about.partition(". ")[0].rstrip(".") + "."


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` say whether it is written; exit 1 if not."""
    if "--check" not in arguments:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    return int(PAGE.read_text(encoding="utf-8") != page())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
