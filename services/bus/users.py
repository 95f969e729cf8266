"""Passwords of the office's own processes, each written where only its owner reads."""

import os
import secrets
from dataclasses import replace
from pathlib import Path

from services.bus.cluster import Cluster
from services.bus.connection import Bus
from services.bus.errors import NotAllowed


def give(cluster: Cluster, bus: Bus, user: str, file: Path) -> Bus:
    """Give a user a new password; return the bus as that user sees it.

    The file holds it as variables of the environment, mode 0600: `env_file` of compose,
    `EnvironmentFile` of systemd. An earlier password ends with this.
    """
    if bus.security == "PLAINTEXT":
        raise NotAllowed(
            f"Kafka at {bus.told()} knows no passwords; set BEISTAND_KAFKA_SECURITY to "
            "SASL_SSL or SASL_PLAINTEXT for one that does."
        )
    own = replace(bus, user=user, password=secrets.token_urlsafe(24))
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w") as written:
        written.write("".join(f"{name}={value}\n" for name, value in _variables(own)))
    cluster.set_password(user, str(own.password))
    fresh.rename(file)
    return own


def _variables(bus: Bus) -> list[tuple[str, str]]:
    said = [
        ("BEISTAND_KAFKA", bus.servers),
        ("BEISTAND_KAFKA_SECURITY", bus.security),
        ("BEISTAND_KAFKA_USER", str(bus.user)),
        ("BEISTAND_KAFKA_PASSWORD", str(bus.password)),
    ]
    return said if bus.ca is None else [*said, ("BEISTAND_KAFKA_CA", str(bus.ca))]
