import base64
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from events.values import Plain
from services.database import Role, Server
from services.ledger import vault_sql
from services.ledger.kek import WrongKeyFile
from services.ledger.vault import Contact, Forgotten, Tampered, Vault
from services.settings import load

MAYA = "p-maya"
PHONE = Plain(purpose="contact", content={"name": "Maya Ö.", "phone": "+4921112345"})
STREET = Plain(purpose="address", content={"street": "Geheimweg 3"})


def test_what_was_sealed_opens_for_its_own_command(vault: Vault):
    sealed = vault.seal(PHONE, MAYA, "c-1")

    opened = vault.open(sealed, "c-1")

    assert opened == PHONE.content
    assert "Maya" not in sealed.model_dump_json()


def test_a_box_does_not_open_for_another_command(vault: Vault):
    sealed = vault.seal(PHONE, MAYA, "c-1")

    with pytest.raises(Tampered):
        vault.open(sealed, "c-2")


def test_a_box_holds_any_text_and_equal_contents_give_equal_bytes(vault: Vault):
    content = {"b": '\x00 " \\ ü \U0001f600 \u2028'}
    plain = Plain.model_construct(purpose="message", content=content | {"a": "\n"})
    turned = Plain.model_construct(purpose="message", content={"a": "\n"} | content)

    boxes = [vault.seal(each, MAYA, "c-1") for each in (plain, turned)]

    assert vault.open(boxes[0], "c-1") == plain.content
    assert boxes[0].mark == boxes[1].mark


def test_contacts_find_each_other(vault: Vault):
    mail = Contact("mail", "maya@example.org")
    vault.remember([("offer:1", MAYA, mail), ("need:2", MAYA, mail)])

    assert vault.known([Contact("phone", "1"), mail]) == [
        frozenset(),
        frozenset({"offer:1", "need:2"}),
    ]


def test_a_forgotten_person_is_unreadable(vault: Vault):
    sealed = vault.seal(PHONE, MAYA, "c-1")

    vault.forget(MAYA)

    with pytest.raises(Forgotten):
        vault.open(sealed, "c-1")


def test_equal_contents_of_one_person_have_equal_marks(vault: Vault):
    other = Plain(purpose="contact", content={"name": "Maya O."})
    marks = [
        vault.seal(plain, subject, command).mark
        for plain, subject, command in [
            (PHONE, MAYA, "c-1"),
            (PHONE, MAYA, "c-2"),
            (other, MAYA, "c-1"),
            (PHONE, "p-olena", "c-1"),
            (PHONE.model_copy(update={"purpose": "message"}), MAYA, "c-1"),
        ]
    ]

    assert marks[0] == marks[1]
    assert len(set(marks)) == 4


def test_a_box_is_bound_to_person_purpose_realm_and_every_byte(
    vault: Vault, database: Server, tmp_path: Path
):
    sealed = vault.seal(PHONE, MAYA, "c-1")
    raw = base64.b64decode(sealed.box)
    flipped = raw[:-1] + bytes([raw[-1] ^ 1])
    stranger = vault.seal(PHONE, "p-olena", "c-1")

    for changed in (
        sealed.model_copy(update={"subject": "p-olena"}),
        sealed.model_copy(update={"purpose": "address"}),
        sealed.model_copy(update={"key_id": stranger.key_id}),
        sealed.model_copy(update={"box": base64.b64encode(flipped).decode()}),
    ):
        with pytest.raises(Tampered):
            vault.open(changed, "c-1")
    elsewhere = Vault(database, load(tmp_path, realm="05315000"))
    with pytest.raises(Tampered):
        elsewhere.open(sealed, "c-1")
    elsewhere.close()


def test_many_are_sealed_at_once_each_under_its_own_key(vault: Vault):
    parts = [(PHONE, f"p-{n // 2}", f"c-{n}") for n in range(500)]

    sealed = vault.seal_many(parts)

    assert [box.subject for box in sealed] == [subject for _, subject, _ in parts]
    assert len({box.key_id for box in sealed}) == 250
    assert len({box.box for box in sealed}) == 500
    assert vault.open(sealed[499], "c-499") == PHONE.content
    assert vault.seal_many([]) == []


def test_two_vaults_that_meet_a_new_person_at_once_agree_on_the_key(
    vault: Vault, database: Server, tmp_path: Path
):
    other = Vault(database, load(tmp_path))
    parts = [(PHONE, f"p-{n}", "c-1") for n in range(300)]

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda which: which.seal_many(parts), [vault, other])

    assert [box.key_id for box in one] == [box.key_id for box in two]
    other.close()


def test_forgetting_one_person_leaves_the_others(vault: Vault):
    mail = Contact("mail", "family@example.org")
    kept = vault.seal(PHONE, "p-olena", "c-1")
    vault.seal_many([(PHONE, MAYA, "c-1"), (STREET, MAYA, "c-1")])
    vault.remember([("offer:1", MAYA, mail), ("offer:2", "p-olena", mail)])

    destroyed = vault.forget(MAYA)

    assert destroyed == 2
    assert vault.open(kept, "c-1") == PHONE.content
    assert vault.known([mail]) == [frozenset({"offer:2"})]
    assert vault.forget(MAYA) == 0


def test_who_comes_back_after_being_forgotten_gets_a_new_key(vault: Vault):
    before = vault.seal(PHONE, MAYA, "c-1")
    vault.forget(MAYA)

    after = vault.seal(PHONE, MAYA, "c-2")

    assert (after.key_id == before.key_id, after.mark == before.mark) == (False, False)
    with pytest.raises(Forgotten):
        vault.open(before, "c-1")


def test_digests_and_pseudonyms_are_the_realms_own_and_stay(
    vault: Vault, database: Server, tmp_path: Path
):
    again = Vault(database, load(tmp_path))

    assert again.digest(b"row") == vault.digest(b"row")
    assert vault.digest(b"row") != hashlib.sha256(b"row").digest()
    assert again.pseudonym("mail", "a@b.de") == vault.pseudonym("mail", "a@b.de")
    assert vault.pseudonym("mail", "x") != vault.pseudonym("phone", "x")
    assert vault.pseudonym("mailx", "") != vault.pseudonym("mail", "x")
    assert re.fullmatch("p-[0-9a-f]{24}", vault.pseudonym("mail", "x"))
    again.close()


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(
    vault: Vault, tmp_path: Path
):
    file = tmp_path / "keys" / "kek"

    assert file.stat().st_mode & 0o777 == 0o400
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert len(file.read_bytes()) == 32


def test_a_lost_or_foreign_key_file_is_said_and_never_replaced(
    vault: Vault, database: Server, tmp_path: Path
):
    file = tmp_path / "keys" / "kek"
    file.unlink()
    with pytest.raises(WrongKeyFile, match="missing: put it back"):
        Vault(database, load(tmp_path))
    assert not file.exists()

    file.write_bytes(b"short")
    with pytest.raises(WrongKeyFile, match="damaged"):
        Vault(database, load(tmp_path))

    file.write_bytes(bytes(32))
    with pytest.raises(WrongKeyFile, match="does not belong to this vault"):
        Vault(database, load(tmp_path))


def test_neither_a_name_nor_a_key_lies_open_in_the_keys_database(
    vault: Vault, database: Server
):
    vault.seal(PHONE, MAYA, "c-1")
    vault.remember([("offer:1", MAYA, Contact("phone", "+4921112345"))])

    with database.connect(Role.VAULT) as db:
        rows = [
            repr(row)
            for table in ("keys", "own", "contacts")
            for row in db.execute(f"SELECT * FROM vault.{table}")
        ]

    assert len(rows) == 1 + 3 + 1
    assert [row for row in rows if "+49211" in row or "Maya Ö" in row] == []


def test_keys_cannot_be_changed_in_place(vault: Vault, database: Server):
    vault.seal(PHONE, MAYA, "c-1")

    with (
        database.connect(Role.VAULT) as db,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        db.execute("UPDATE vault.keys SET wrapped = ''")


def test_an_invented_realm_names_its_rows_alike_in_every_home(
    database: Server, tmp_path: Path
):
    with closing(Vault(database, load(tmp_path), synthetic=True)) as invented:
        found = invented.pseudonym("mail", "a@example.org")

    assert found == "p-ea68755ece6a4f1cdfcf0f8a"


def test_many_are_looked_up_by_the_index_however_many_there_are(
    vault: Vault, database: Server
):
    contacts = [Contact("mail", f"{number}@example.org") for number in range(6_000)]
    vault.remember([(f"offer:{c.text}"[:-12], MAYA, c) for c in contacts])
    vault.seal_many([(PHONE, f"p-{number}", "c-1") for number in range(6_000)])
    marks = ["mail"] * 1_500, [f"{number:064x}" for number in range(1_500)]
    whose = [f"p-{number}" for number in range(1_500)], ["contact"] * 1_500

    with database.connect(Role.VAULT) as db, db.transaction():
        db.execute(vault_sql.KNOWN, ["\x1f".join(column) for column in marks])
        db.execute(vault_sql.FETCH, ["\x1f".join(column) for column in whose])
        whole = db.execute(
            "SELECT relname, seq_scan FROM pg_stat_xact_user_tables "
            "WHERE relname IN ('contacts', 'keys') ORDER BY relname"
        ).fetchall()

    assert whole == [("contacts", 0), ("keys", 0)]
