"""A site that follows a realm from the bus: read models of its own, and no ledger.

The same apply code as beside the ledger, on a database of its own. Where a database
does hold the ledger, projecting from the bus works too, and gaps are healed from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from services import postgres
from services.busfeed import KafkaFeed
from services.database import Server
from services.follow import LedgerFeed
from services.health import Health
from services.ledger.migrate import has_ledger, prepare_site
from services.projecting import Projecting, projecting
from services.settings import Settings


def prepared(settings: Settings) -> Server:
    """Return the site's database server, ready for read models."""
    server = postgres.serve(settings)
    prepare_site(server)
    return server


def bus_feed(server: Server, settings: Settings) -> KafkaFeed:
    """Return the facts on the bus as a feed, healed from the ledger where one is."""
    ledger = LedgerFeed(server) if has_ledger(server) else None
    return KafkaFeed(settings, ledger=ledger)


@contextmanager
def following(
    server: Server, settings: Settings, health: Health | None = None
) -> Iterator[Projecting]:
    """Lend a follower that keeps the read models at the head of the bus."""
    with projecting(server, bus_feed(server, settings), health) as follower:
        yield follower
