import pytest

from events.values import Plain
from services.ledger.vault import Contact, Forgotten, Tampered, Vault

MAYA = "p-maya"
PHONE = Plain(purpose="contact", content={"name": "Maya Ö.", "phone": "+4921112345"})


def test_what_was_sealed_opens_for_its_own_command(vault: Vault):
    sealed = vault.seal(PHONE, MAYA, "c-1")

    opened = vault.open(sealed, "c-1")

    assert opened == PHONE.content
    assert "Maya" not in sealed.model_dump_json()


def test_a_box_does_not_open_for_another_command(vault: Vault):
    sealed = vault.seal(PHONE, MAYA, "c-1")

    with pytest.raises(Tampered):
        vault.open(sealed, "c-2")


def test_contacts_find_each_other(vault: Vault):
    mail = Contact("mail", "maya@example.org")
    vault.remember([("offer:1", MAYA, mail), ("need:2", MAYA, mail)])

    assert vault.similar(["offer:1", "need:9"]) == {"offer:1": frozenset({"need:2"})}
    assert vault.known([Contact("phone", "1"), mail]) == [
        frozenset(),
        frozenset({"offer:1", "need:2"}),
    ]


def test_a_forgotten_person_is_unreadable(vault: Vault):
    sealed = vault.seal(PHONE, MAYA, "c-1")

    vault.forget(MAYA)

    with pytest.raises(Forgotten):
        vault.open(sealed, "c-1")
