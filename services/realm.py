"""Open a ledger for work, when it is the one that was meant."""

import tomllib
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from events.base import BERLIN, Said
from events.policy import Policy
from events.realm import RealmOpened
from events.values import Actor
from services.database import Server
from services.ledger.handle import Order, Writer
from services.ledger.rules.realm import AdoptPolicy, OpenRealm
from services.settings import Settings

SYSTEM = Said(actor=Actor(ref="beistand", role="system"), via="system")
DEMO = "demo"


class WrongLedger(Exception):
    """The ledger is another than the one that was asked for."""


def demo_settings(settings: Settings) -> Settings:
    """Return the settings of the demo beside these: a home and a realm of its own."""
    home = settings.home.with_name(f"{settings.home.name}-{DEMO}")
    return settings.model_copy(
        update={
            "home": home,
            "realm": f"{settings.realm}-{DEMO}",
            "name": "Düsseldorf, erfunden",
        }
    )


def demo_server(server: Server, settings: Settings) -> Server:
    """Keep the demo out of a real database on a server of the user's."""
    if settings.database_url is None:
        return server
    return server.named(f"{server.ledger}_{DEMO}")


def ensure_open(
    writer: Writer, settings: Settings, *, synthetic: bool, policy: Policy | None = None
) -> None:
    """Open a new ledger; refuse one of another realm, or a real one for the demo."""
    opened = opened_as(writer)
    if opened is None:
        command = OpenRealm(
            realm=settings.realm, title=settings.name, synthetic=synthetic
        )
        _do(writer, "realm-opened", command)
        first = AdoptPolicy(policy=policy or default_policy())
        _do(writer, "policy-first", first)
        return
    check(opened, settings, synthetic=synthetic)


def opened_as(writer: Writer) -> RealmOpened | None:
    """Return how the ledger was opened; None for an empty one."""
    for recorded in writer.past("realm").facts:
        if isinstance(recorded.fact, RealmOpened):
            return recorded.fact
    return None


def check(opened: RealmOpened, settings: Settings, *, synthetic: bool) -> None:
    """Raise `WrongLedger` unless this is the realm that was meant."""
    if opened.synthetic and not synthetic:
        raise WrongLedger(
            "This ledger is synthetic and takes no real data; "
            "add --demo to look at it, or choose another --home."
        )
    if synthetic and not opened.synthetic:
        raise WrongLedger(
            "This ledger is a real one and the demo does not touch it; "
            "choose another --home for the demo."
        )
    if opened.realm != settings.realm:
        raise WrongLedger(
            f"This ledger is of the realm {opened.realm}, not {settings.realm}; "
            "set BEISTAND_REALM or choose another --home."
        )


def default_policy() -> Policy:
    """Return the policy a new realm begins with."""
    return read_policy((files("services") / "policy.toml").read_text())


def policy_from(path: Path) -> Policy:
    """Read a policy file; raise `ValueError` with what to mend."""
    return read_policy(path.read_text(encoding="utf-8"))


def read_policy(text: str) -> Policy:
    """Read a policy in TOML; lists become tuples on the way."""
    return Policy.model_validate(_frozen(tomllib.loads(text)))


def business_today(settings: Settings) -> date:
    """Return the day that is to begin: the setting's, else the calendar's in Berlin."""
    return settings.today or datetime.now(BERLIN).date()


def _do(writer: Writer, name: str, command: OpenRealm | AdoptPolicy) -> None:
    writer.do(Order(id=name, said=SYSTEM, command=command))


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    if isinstance(value, dict):
        return {name: _frozen(part) for name, part in value.items()}
    return value
