"""The drill: what was backed up stands again elsewhere, whole, in order and readable.

The real commands, two homes, ledger and keys apart. Then what an operator fears: a
damaged archive, a changed fact, the wrong key file, a place that is not empty.
"""

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from events.base import Said
from events.contract import decode
from events.values import Actor
from services import copies, database, restoring
from services.assemble import beistand
from services.backup import Places, Together, backup
from services.copies import Unusable
from services.ledger import migrate
from services.ledger.gateway import sealed_in
from services.ledger.kek import WrongKeyFile
from services.ledger.migrate import Unfit
from services.ledger.tree import root
from services.restoring import restore
from services.settings import load
from tests.journeys.shell import beistand as run
from tests.operations.conftest import homes_in_a_folder

OFFERS = """Angebots-Nr.;Name;Telefon;E-Mail;PLZ;Straße und Hausnummer;Wohnform;Betten;Verfügbar ab
W-1;Erika Auffindbar;0211 5559913;erika@example.org;40227;Geheimstraße 7;Wohnung;3;01.04.2022
W-2;Otto Auffindbar;0211 5559914;otto@example.org;40221;Geheimstraße 8;Zimmer;1;01.04.2022
"""  # noqa: E501 - one row of a sheet is one line


SAID = Said(actor=Actor(ref="Amt", role="coordinator"), via="desk")


@dataclass(frozen=True)
class Lived:
    """A home with facts in it, the two halves of its backup, and what was said."""

    home: Path
    ledger: Path
    keys: Path
    said: dict[str, object]


@pytest.fixture(scope="module")
def lived():
    with homes_in_a_folder() as folder:
        home, sheet = folder / "home", folder / "offers.csv"
        sheet.write_text(OFFERS)
        run(home, "intake", str(sheet), "--as", "Amt")
        ledger, keys = folder / "ledger", folder / "keys"
        said = run(home, "backup", str(ledger), "--keys", str(keys), "--json")
        sheet.write_text(OFFERS.replace("W-1", "W-3"))
        run(home, "intake", str(sheet), "--as", "Amt")
        yield Lived(home, ledger, keys, json.loads(said.splitlines()[-1]))


def with_its_key_file(lived, home):
    (home / "keys").mkdir(parents=True)
    shutil.copy2(lived.home / "keys" / "kek", home / "keys" / "kek")
    return home


def names(home):
    """Open what is sealed in every fact and return the names."""
    with beistand(load(home)) as engine:
        boxes = [
            engine.vault.open(sealed, fact.command_id)
            for fact in engine.recorder.read()
            for sealed in sealed_in(decode(fact.type, fact.data))
        ]
    return sorted({box["name"] for box in boxes if "name" in box})


def leaves(home):
    with beistand(load(home)) as engine:
        return [fact.leaf for fact in engine.recorder.read()]


def test_a_restored_ledger_is_the_one_that_was_copied_and_rebuilds(lived, homes):
    home = with_its_key_file(lived, homes / "b")

    told = run(home, "restore", str(lived.ledger), "--keys", str(lived.keys), "--json")

    said = json.loads(told.splitlines()[-1])
    before, after = leaves(lived.home), leaves(home)
    assert said == {
        "position": lived.said["position"],
        "root": lived.said["root"],
        "read_models": lived.said["position"],
    }
    assert after == before[: len(after)]
    assert len(before) > len(after) == said["position"]
    assert root(after).hex() == said["root"]
    assert names(home) == ["Erika Auffindbar", "Otto Auffindbar"]
    run(home, "rebuild", "--all")
    run(home, "doctor")


def test_what_was_restored_goes_on_where_it_stood(lived, homes):
    home, sheet = with_its_key_file(lived, homes / "b"), homes / "offers.csv"
    restore(load(home), lived.ledger, lived.keys)
    sheet.write_text(OFFERS.replace("W-2", "W-9"))

    with beistand(load(home)) as engine:
        again = engine.intake.submit(sheet, SAID)

    assert (again.taken, again.unchanged) == (1, 1)
    assert len(leaves(home)) > lived.said["position"]


def test_an_older_releases_copy_comes_back_where_this_one_has_prepared(homes):
    older, home = homes / "older", homes / "b"
    with pytest.MonkeyPatch.context() as as_it_was:
        as_it_was.setattr(migrate, "LEDGER_STEPS", migrate.LEDGER_STEPS[:5])
        as_it_was.setattr(migrate, "KEYS_STEPS", migrate.KEYS_STEPS[:1])
        with beistand(load(older)) as engine:
            engine.begin_today()
            places = Places(homes / "ledger", homes / "keys")
            taken = backup(engine.server, load(older), places, synthetic=False)
    (home / "keys").mkdir(parents=True)
    shutil.copy2(older / "keys" / "kek", home / "keys" / "kek")
    run(home, "upgrade")

    found = restore(load(home), places.ledger, places.keys)

    assert taken.manifest.ledger.schema_version == 5
    assert found.read_models == taken.manifest.position
    assert leaves(home) == leaves(older)
    run(home, "doctor")


def slow(work):
    """Let something take longer than a transaction may idle."""

    def slowly(*rest):
        time.sleep(1.2)
        return work(*rest)

    return slowly


def test_a_disk_may_take_longer_than_a_transaction_may_idle(homes, monkeypatch):
    home, places = homes / "b", Places(homes / "ledger", homes / "keys")
    with beistand(load(homes / "a")) as engine:
        engine.begin_today()
        monkeypatch.setattr(database, "_IDLE", 600)
        monkeypatch.setattr(copies, "digest", slow(copies.digest))
        monkeypatch.setattr(restoring, "prove", slow(restoring.prove))

        taken = backup(engine.server, engine.settings, places, synthetic=False)
    (home / "keys").mkdir(parents=True)
    shutil.copy2(homes / "a" / "keys" / "kek", home / "keys" / "kek")
    found = restore(load(home), places.ledger, places.keys)

    assert found.read_models == taken.manifest.position


def test_nothing_is_ever_written_over(lived):
    with pytest.raises(Unusable, match="never written over"):
        restore(load(lived.home), lived.ledger, lived.keys)


def test_no_name_and_no_key_file_is_in_the_ledgers_copy(lived):
    [folder] = lived.ledger.iterdir()
    with ZipFile(folder / copies.LEDGER) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    key_file = (lived.home / "keys" / "kek").read_bytes()

    assert b"Auffindbar" not in inside
    assert key_file not in inside
    assert sorted(one.name for one in folder.iterdir()) == [
        "ledger.zip",
        copies.MANIFEST,
    ]
    assert {one.stat().st_mode & 0o077 for one in folder.iterdir()} == {0}


def test_keys_do_not_lie_beside_the_ledger_without_being_told(lived, homes):
    said = run(lived.home, "backup", str(homes / "copy"), ends=1)

    assert "Say with --keys where the keys go" in said
    assert not (homes / "copy").exists()


@pytest.mark.parametrize("keys", ["copy", "copy/keys", "."])
def test_a_place_within_the_other_is_no_other_place(homes, keys):
    with pytest.raises(Together, match="is no other place"):
        Places.of(
            homes / "copy", homes / keys, together=False, kek=homes / "home" / "kek"
        )


def test_both_in_one_place_must_be_said(lived, homes):
    run(lived.home, "backup", str(homes / "copy"), "--together")
    home = with_its_key_file(lived, homes / "b")

    restore(load(home), homes / "copy", None)

    assert names(home) == ["Erika Auffindbar", "Otto Auffindbar"]


def test_the_copy_never_lands_beside_the_key_file(lived):
    with pytest.raises(Together, match="does not belong there"):
        Places.of(lived.home, None, together=True, kek=load(lived.home).kek)


def test_a_damaged_archive_is_noticed_before_anything_is_touched(lived, homes):
    copy = homes / "damaged"
    shutil.copytree(lived.ledger, copy)
    [archive] = copy.glob("*/ledger.zip")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    home = with_its_key_file(lived, homes / "b")

    with pytest.raises(Unusable, match="is not what was written"):
        restore(load(home), copy, lived.keys)

    assert not (home / "postgres").exists()


def test_a_fact_that_was_changed_in_the_copy_is_found_and_nothing_is_kept(lived, homes):
    copy = homes / "forged"
    shutil.copytree(lived.ledger, copy)
    [folder] = copy.iterdir()
    forge(folder)
    home = with_its_key_file(lived, homes / "b")

    with pytest.raises(Unusable, match="is missing or was changed"):
        restore(load(home), copy, lived.keys)
    restore(load(home), lived.ledger, lived.keys)


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"root": "0" * 64}, Unusable, "is not the one that was copied"),
        ({"format": 2}, Unusable, "restore it with 0.1.0"),
        ({"position": "x"}, Unusable, "cannot be read"),
        ({"ledger.schema_version": 99}, Unfit, "made by a newer Beistand"),
        ({"synthetic": True}, Unusable, "add --demo"),
    ],
)
def test_a_manifest_that_does_not_fit_is_said(lived, homes, wrong, error, sentence):
    copy = homes / "other"
    shutil.copytree(lived.ledger, copy)
    [manifest] = copy.glob(f"*/{copies.MANIFEST}")
    told = json.loads(manifest.read_text())
    for name, value in wrong.items():
        place, _, inner = name.rpartition(".")
        (told[place] if place else told)[inner] = value
    manifest.write_text(json.dumps(told))

    with pytest.raises(error, match=sentence):
        restore(load(with_its_key_file(lived, homes / "b")), copy, lived.keys)


def forge(folder):
    """Let the second bed of an offer be a third, with a manifest that fits."""
    archive, manifest = folder / copies.LEDGER, folder / copies.MANIFEST
    with ZipFile(archive) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    assert b'"beds":3' in parts["facts"]
    parts["facts"] = parts["facts"].replace(b'"beds":3', b'"beds":4')
    with ZipFile(archive, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    told = json.loads(manifest.read_text())
    told["ledger"]["sha256"] = copies.digest(archive)
    manifest.write_text(json.dumps(told))


def test_without_the_key_file_nothing_is_brought_back(lived, homes):
    with pytest.raises(Unusable, match="put its copy there first"):
        restore(load(homes / "b"), lived.ledger, lived.keys)


def test_another_key_file_is_said_and_the_right_one_then_works(lived, homes):
    home = with_its_key_file(lived, homes / "b")
    right = (home / "keys" / "kek").read_bytes()
    (home / "keys" / "kek").chmod(0o600)
    (home / "keys" / "kek").write_bytes(bytes(32))

    with pytest.raises(WrongKeyFile, match="does not belong to this vault"):
        restore(load(home), lived.ledger, lived.keys)
    (home / "keys" / "kek").write_bytes(right)
    restore(load(home), lived.ledger, lived.keys)


def test_a_folder_without_a_finished_copy_is_said(lived, homes):
    (homes / "empty").mkdir()

    with pytest.raises(Unusable, match="no finished copy"):
        restore(load(homes / "b"), homes / "empty", None)


def test_a_copy_of_another_realm_is_refused(lived, homes):
    copy = homes / "other"
    shutil.copytree(lived.ledger, copy)
    [manifest] = copy.glob(f"*/{copies.MANIFEST}")
    manifest.write_text(manifest.read_text().replace("05111000", "05315000"))

    with pytest.raises(Unusable, match="realm 05315000, not 05111000"):
        restore(load(homes / "b"), copy, lived.keys)
