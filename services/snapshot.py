"""The folded market kept in a file, so that a start does not read every fact again.

It is a shortcut and no evidence. It counts only if this very code folded it, nothing of
it is torn, and the ledger holds the fact it ends with, to the last byte: a leaf has the
fact's place, time, ids and content in it, so no other history has it there. Anything
else is thrown away with a sentence, and the ledger is read.
"""

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

import structlog
from pydantic import Field, ValidationError

from events.need import NeedState
from events.offer import OfferState
from events.plan import PlanMade
from events.policy import Policy
from events.values import Day, Strict
from services.follow import Feed
from services.market import Market
from services.steady import steady

EVERY = 5_000
"""Facts between two snapshots: to read so many takes about a second."""
NAME = "market.snapshot"
_FOLDS = ("events", "services.bundles", "services.market")
log = structlog.get_logger("beistand")


class Misfit(ValueError):
    """A snapshot that does not count; the text says why."""


class Head(Strict):
    """What a snapshot says of itself, and all of the market but its cases."""

    format: Literal["market-snapshot.v1"] = "market-snapshot.v1"
    code: str
    position: int
    leaf: str
    realm: str
    synthetic: bool
    today: Day | None = None
    policy: Policy
    policy_position: int
    plan: PlanMade | None = None
    offers: int = Field(ge=0)
    needs: int = Field(ge=0)


class Snapshots:
    """The one snapshot of a home."""

    def __init__(self, folder: Path, feed: Feed) -> None:
        self._path, self._feed = folder / NAME, feed

    def load(self) -> Market:
        """Return the market as it was kept, or an empty one."""
        try:
            return _checked(self._path, self._feed)
        except FileNotFoundError:
            return Market()
        except Misfit as misfit:
            log.warning("snapshot.thrown_away", reason=str(misfit))
            self._path.unlink(missing_ok=True)
            return Market()

    def keep(self, market: Market) -> None:
        """Write the market down, in the place of the snapshot before it."""
        if market.position == 0:
            return
        fact = self._feed.read(market.position - 1, 1).facts[0]
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        try:
            with os.fdopen(os.open(fresh, _OURS, 0o600), "wb") as file:
                with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as out:
                    for line in _sealed(_lines(market, fact.leaf)):
                        out.write(line)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        finally:
            fresh.unlink(missing_ok=True)


_OURS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _lines(market: Market, leaf: bytes) -> Iterator[bytes]:
    head = Head(
        code=code(),
        position=market.position,
        leaf=leaf.hex(),
        realm=market.realm,
        synthetic=market.synthetic,
        today=market.today,
        policy=market.policy,
        policy_position=market.policy_position,
        plan=market.plan,
        offers=len(market.offers),
        needs=len(market.needs),
    )
    for state in (head, *market.offers.values(), *market.needs.values()):
        yield state.model_dump_json(exclude_none=True, by_alias=True).encode() + b"\n"


def _sealed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines, and after them the digest of all."""
    seal = hashlib.sha256()
    for line in lines:
        seal.update(line)
        yield line
    yield seal.hexdigest().encode() + b"\n"


def _checked(path: Path, feed: Feed) -> Market:
    try:
        with gzip.open(path, "rb") as file, steady():
            head = Head.model_validate_json(file.readline())
            _fits(head, feed)
            return _read(head, file)
    except (gzip.BadGzipFile, EOFError, ValidationError) as error:
        raise Misfit(f"it cannot be read: {type(error).__name__}") from error


def _fits(head: Head, feed: Feed) -> None:
    if head.code != code():
        raise Misfit("another release folded it")
    facts = feed.read(head.position - 1, 1).facts
    if not facts:
        raise Misfit(f"the ledger ends before its position {head.position}")
    if facts[0].leaf.hex() != head.leaf:
        raise Misfit(f"the ledger holds another fact at position {head.position}")


def _read(head: Head, lines: Iterable[bytes]) -> Market:
    market = Market(
        position=head.position,
        realm=head.realm,
        synthetic=head.synthetic,
        today=head.today,
        policy=head.policy,
        policy_position=head.policy_position,
        plan=head.plan,
    )
    seal = hashlib.sha256(_line(head))
    told = iter(lines)
    for _ in range(head.offers):
        line = next(told, b"")
        seal.update(line)
        offer = OfferState.model_validate_json(line)
        market.offers[offer.id] = offer
    for _ in range(head.needs):
        line = next(told, b"")
        seal.update(line)
        need = NeedState.model_validate_json(line)
        market.needs[need.id] = need
    if next(told, b"").strip() != seal.hexdigest().encode():
        raise Misfit("it is not what was written")
    return market


def _line(head: Head) -> bytes:
    return head.model_dump_json(exclude_none=True, by_alias=True).encode() + b"\n"


@cache
def code() -> str:
    """Return the digest of the code that folds facts: another one folds otherwise."""
    found = hashlib.sha256()
    for name in _FOLDS:
        package, _, module = name.partition(".")
        root = files(package)
        parts = [root / f"{module}.py"] if module else sorted(_modules(root), key=str)
        for part in parts:
            found.update(part.read_bytes())
    return found.hexdigest()


def _modules(folder: Traversable) -> Iterator[Traversable]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _modules(one)
        elif one.name.endswith(".py"):
            yield one
