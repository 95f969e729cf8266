"""Apache Kafka's own archives: fetched once, each checked against a committed digest.

`kafka.lock` names every archive and its SHA-256, so nothing is resolved on a user's
machine and nothing else than what was tested ever runs. `python -m
services.bus.archives` prints a new lock for `ROOTS`; the Java that runs them is a wheel
and stands in `requirements.lock`.
"""

import fcntl
import hashlib
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from services.bus.errors import NotFetched
from services.settings import cache, trust_this_machine

VERSION = "4.3.1"
# The logging archive's own wishes would pull an older kafka-clients, with which the
# broker dies: so the clients are named. slf4j is 1.7, hence log4j-slf4j-impl.
ROOTS = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    f"org.apache.kafka:kafka-clients:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)
AT_ONCE = 4
PATIENCE = 20
_FETCHING = "fetching-"


@dataclass(frozen=True)
class Archive:
    """One line of the lock."""

    sha256: str
    group: str
    artifact: str
    version: str

    @property
    def file(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.sha256}  {self.group}:{self.artifact}:{self.version}"


@lru_cache(maxsize=1)
def locked() -> tuple[Archive, ...]:
    """Return the lock, in the order of the class path."""
    lines = (files("services.bus") / "kafka.lock").read_text().splitlines()
    return tuple(_read(line) for line in lines)


def folder() -> Path:
    """Where the archives lie, for all homes of this user."""
    return cache() / f"kafka-{VERSION}"


def fetch() -> Path:
    """Return the folder with all archives, fetched and checked if it is not there yet.

    A folder that exists is whole: it is renamed into place after the last check. Two
    processes that fetch at once fetch once. Raises `NotFetched`.
    """
    place = folder()
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            _fill(place)
    return place


def _fill(place: Path) -> None:
    for left in place.parent.glob(f"{_FETCHING}*"):
        shutil.rmtree(left)
    fresh = Path(tempfile.mkdtemp(prefix=_FETCHING, dir=place.parent))
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda one: _fetch(one, fresh), locked()))
        shutil.rmtree(fresh / "repository")
        fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fetch(archive: Archive, into: Path) -> None:
    from jgo.config import GlobalSettings  # noqa: PLC0415 - only who fetches needs it
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - only who fetches needs it
    from jgo.maven import MavenContext  # noqa: PLC0415 - only who fetches needs it

    trust_this_machine()
    # An office's own mirror is asked first; it may be the only one within reach.
    own = GlobalSettings.load().repositories
    context = MavenContext(
        repo_cache=into / "repository",
        remote_repos=own if "central" in own else own | {"central": MAVEN_CENTRAL_URL},
        timeout=PATIENCE,
    )
    project = context.project(archive.group, archive.artifact)
    try:
        found = project.at_version(archive.version).artifact().resolve()
    except (OSError, RuntimeError) as error:  # what requests and jgo raise
        raise NotFetched(
            f"Apache Kafka {VERSION} could not be fetched: {archive.file}, {error}\n"
            "Give this machine a way to Maven Central, then run\n"
            "  beistand kafka fetch\n"
            "A proxy is named by HTTPS_PROXY; a mirror by a line `central = https://…` "
            "under `[repositories]` in ~/.config/jgo.conf. Or set "
            "BEISTAND_KAFKA=host:port to use a Kafka of your own."
        ) from error
    _check(archive, found)
    found.rename(into / archive.file)


def _check(archive: Archive, found: Path) -> None:
    seen = hashlib.sha256(found.read_bytes()).hexdigest()
    if seen != archive.sha256:
        raise NotFetched(
            f"{archive.file} is not the archive that was tested: its SHA-256 is {seen} "
            f"and not {archive.sha256}. Do not run it; ask who runs your mirror."
        )


def _read(line: str) -> Archive:
    digest, coordinates = line.split()
    group, artifact, version = coordinates.split(":")
    return Archive(digest, group, artifact, version)


def _resolved() -> tuple[Archive, ...]:
    """Ask the registry what `ROOTS` need now; only for a new lock."""
    from jgo.env import EnvironmentBuilder, LinkStrategy  # noqa: PLC0415 - only a new lock needs it
    from jgo.maven import MavenContext  # noqa: PLC0415 - only a new lock needs it

    with tempfile.TemporaryDirectory() as scratch:
        context = MavenContext(repo_cache=Path(scratch) / "repository")
        builder = EnvironmentBuilder(
            context, Path(scratch) / "environments", link_strategy=LinkStrategy.HARD
        )
        environment = builder.from_endpoint("+".join(ROOTS))
        lock = environment.lockfile
        if lock is None:
            raise NotFetched("The registry gave no lock; try again.")
        return tuple(
            Archive(str(one.sha256), one.groupId, one.artifactId, one.version)
            for one in lock.dependencies
        )


if __name__ == "__main__":
    sys.stdout.write("".join(f"{one}\n" for one in _resolved()))
