"""A start from a snapshot is a start from all facts, or the snapshot is thrown away."""

import gzip

import pytest

from services import snapshot
from services.ledger.handle import read
from services.market import Market
from services.matching import Matching
from services.snapshot import NAME, Snapshots, code
from tests.model.ledger import Ledger, MemoryFeed
from tests.model.turns import Turns
from tests.standing.offices import Office
from tests.standing.test_sheet import worked


class Counting(MemoryFeed):
    """A feed that knows how many facts were read for the fold."""

    folded = 0

    def read(self, after: int, limit: int = 1000):
        page = super().read(after, limit)
        self.folded += len(page.facts) * (limit > 1)
        return page


@pytest.fixture(scope="module")
def ledger():
    return worked(3).ledger


def kept(ledger: Ledger, folder, *, upto: int) -> Snapshots:
    market = Market()
    market.apply(map(read, ledger.facts[:upto]))
    snapshots = Snapshots(folder, MemoryFeed(ledger, Turns()))
    snapshots.keep(market)
    return snapshots


def started(ledger: Ledger, folder) -> tuple[Market, int]:
    """Return the market after a start, and how many facts it read."""
    feed = Counting(ledger, Turns())
    office = Office()
    matching = Matching(feed, office.recorder, office.vault, Snapshots(folder, feed))
    return matching.catch_up(), feed.folded


def replayed(ledger: Ledger) -> Market:
    market = Market()
    market.apply(map(read, ledger.facts))
    return market


def test_it_reads_what_came_since_and_knows_what_all_facts_say(ledger, tmp_path):
    upto = ledger.head - 20
    kept(ledger, tmp_path, upto=upto)

    found, many = started(ledger, tmp_path)

    assert found == replayed(ledger)
    assert many == 20
    assert found.document() == replayed(ledger).document()


def test_the_file_is_nobody_elses(ledger, tmp_path):
    kept(ledger, tmp_path / "snapshots", upto=50)

    assert (tmp_path / "snapshots").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "snapshots" / NAME).stat().st_mode & 0o777 == 0o600


def another_history(folder, ledger):
    kept(worked(4).ledger, folder, upto=ledger.head - 1)


def a_longer_history(folder, ledger):
    longer = worked(3, steps=70).ledger
    assert longer.head > ledger.head
    kept(longer, folder, upto=longer.head)


def another_release(folder, ledger):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "code", lambda: "other")
        kept(ledger, folder, upto=ledger.head - 1)


def torn(folder, ledger):
    kept(ledger, folder, upto=ledger.head - 1)
    whole = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(whole[: len(whole) // 2])


def changed(folder, ledger):
    kept(ledger, folder, upto=ledger.head - 1)
    told = gzip.decompress((folder / NAME).read_bytes())
    assert b'"priority":0' in told
    told = told.replace(b'"priority":0', b'"priority":3', 1)
    (folder / NAME).write_bytes(gzip.compress(told))


def a_line_less(folder, ledger):
    kept(ledger, folder, upto=ledger.head - 1)
    lines = gzip.decompress((folder / NAME).read_bytes()).splitlines(keepends=True)
    (folder / NAME).write_bytes(gzip.compress(b"".join([*lines[:-2], lines[-1]])))


def no_file_of_ours(folder, ledger):
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(b"something")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (another_history, "another fact at position"),
        (a_longer_history, "ends before its position"),
        (another_release, "another release folded it"),
        (torn, "cannot be read"),
        (changed, "not what was written"),
        (a_line_less, "cannot be read"),
        (no_file_of_ours, "cannot be read"),
    ],
)
def test_what_does_not_fit_is_thrown_away_with_a_sentence(
    spoil, why, ledger, tmp_path, capsys
):
    spoil(tmp_path, ledger)

    found, many = started(ledger, tmp_path)

    assert found == replayed(ledger)
    assert many == ledger.head
    assert why in capsys.readouterr().out
    assert not (tmp_path / NAME).exists()


def test_where_there_is_none_all_facts_are_read(ledger, tmp_path):
    assert started(ledger, tmp_path) == (replayed(ledger), ledger.head)


def test_it_is_written_again_when_much_has_come(ledger, tmp_path, monkeypatch):
    feed, office = MemoryFeed(ledger, Turns()), Office()
    matching = Matching(feed, office.recorder, office.vault, Snapshots(tmp_path, feed))

    matching.keep()
    early = (tmp_path / NAME).exists()
    monkeypatch.setattr("services.matching.EVERY", 10)
    matching.keep()

    assert (early, (tmp_path / NAME).exists()) == (False, True)
    assert started(ledger, tmp_path) == (replayed(ledger), 0)


def test_the_code_that_folds_is_known_by_its_digest():
    assert len(code()) == 64
