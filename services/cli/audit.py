"""`beistand audit …`: look whether two places still hold the same."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict

import typer

from services.audit.bus import Compared
from services.audit.bus import audit as compared
from services.bus.connection import bus_of
from services.cli.options import REFUSED, AsJson, Demo, Home, opened, result, say, told
from services.follow import LedgerFeed

audit = typer.Typer(no_args_is_help=True, help="Compare what is held in two places.")
_NAMED = 10


@audit.callback()
def _about() -> None:
    """Look whether two places still hold the same."""


@told
def bus(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Compare every fact on the bus with the ledger; exit 1 where they differ."""
    with opened(home, demo=demo) as engine, closing(LedgerFeed(engine.server)) as feed:
        found = compared(bus_of(engine.settings), engine.settings.realm, feed)
    for line in lines(found):
        say(line)
    if as_json:
        result(asdict(found) | {"same": found.same})
    if not found.same:
        raise typer.Exit(REFUSED)


def lines(found: Compared) -> Iterator[str]:
    """Say what was found, the good news too."""
    yield (
        f"{found.topic}: {found.records} records, {found.facts} facts, "
        f"{found.repeated} repeated; the ledger had {found.ledger}."
    )
    gaps = [f"{first}-{last}" for first, last in found.missing]
    named = {
        "Missing on the bus": gaps,
        "Changed on the bus": found.changed,
        "On the bus, but not in the ledger": found.unknown,
        "Changed in the ledger": found.rewritten,
    }
    yield from (f"{what}: {_some(which)}" for what, which in named.items() if which)
    if found.behind:
        yield f"{found.behind} facts wait for the relay: does `beistand run relay` run?"
    if found.out_of_order:
        yield f"{found.out_of_order} facts stand before one of their earlier ones."
    if found.no_facts:
        yield f"{found.no_facts} records are no facts."
    if found.same:
        yield "Bus and ledger hold the same."


def _some(which: Sequence[object]) -> str:
    named = ", ".join(str(one) for one in which[:_NAMED])
    more = len(which) - _NAMED
    return f"{named} and {more} more" if more > 0 else named


audit.command("bus")(bus)
