"""What is asked when everything has come to rest, directly and past all faults."""

import json
from collections.abc import Iterator
from contextlib import closing

from events.values import Sealed
from services import projecting
from services.database import Role
from services.follow import StoredFact, stored
from services.ledger.vault import Vault
from services.settings import load
from tests.torture.bus import Watch
from tests.torture.journal import Log
from tests.torture.office import Office
from tests.torture.promises import Evidence

_ALL = """
SELECT position, id, command_id, type, tags, data, recorded_us, leaf
FROM ledger.facts ORDER BY position
"""


def evidence(office: Office, log: Log, watch: Watch | None) -> Evidence:
    """Gather what the promises are judged by."""
    ledger = facts(office)
    aside = list(_opened(office, ledger))
    topic = None if watch is None else watch.facts()
    return Evidence(log=log, ledger=ledger, topic=topic, set_aside=aside)


def facts(office: Office) -> list[StoredFact]:
    """Return the whole ledger as it lies there; a gap is not hidden."""
    with office.server.connect(Role.READER) as db:
        return [stored(row) for row in db.execute(_ALL, binary=True)]


def unequal(office: Office) -> list[str]:
    """Return the read models that stand still, or differ from a rebuild."""
    parked = office.parked()
    compared = projecting.rebuild(office.server)
    return parked + [name for name, both in compared.items() if not both.equal]


def _opened(office: Office, ledger: list[StoredFact]) -> Iterator[str]:
    """Yield the text of each message that was set aside, as the vault has it."""
    settings = load(office.home, realm=office.realm)
    with closing(Vault(office.server, settings)) as vault:
        for fact in ledger:
            if fact.type != "submission.set_aside.v1":
                continue
            raw = Sealed.model_validate(json.loads(fact.data)["raw"])
            yield "\n".join(vault.open(raw, fact.command_id).values())
