from collections.abc import Callable

import pytest

from events.base import Said, encode
from events.desk import NoteWritten
from events.values import Actor, Plain, Sealed
from services.ledger.gateway import Gateway
from services.ledger.recorder import Entry, NewFact, Recorder, fact_id
from services.ledger.rules.base import Refused
from services.ledger.vault import Forgotten, Vault

SAID = Said(actor=Actor(ref="Jana", role="coordinator"), via="desk")
CASE = "offer:1"


@pytest.fixture
def write(recorder: Recorder, vault: Vault) -> Callable[..., Sealed]:
    """Record a note about the case; a box that is given is carried on."""

    def note(command: str, text: str = "", box: Sealed | None = None) -> Sealed:
        plain = Plain(purpose="note", content={"text": text})
        sealed = box or vault.seal(plain, "p-maya", command)
        fact = NoteWritten(said=SAID, case=CASE, note=sealed)
        new = NewFact(fact_id(command, 0), fact.type, fact.tags(), encode(fact))
        recorder.record([Entry(command, command.encode(), (new,))])
        return sealed

    return note


@pytest.fixture
def gateway(recorder: Recorder, vault: Vault) -> Gateway:
    return Gateway(recorder, vault)


def test_what_was_sealed_about_a_case_opens_newest_first(gateway: Gateway, write):
    write("c-1", "first")
    write("c-2", "second")

    assert gateway.open(CASE, "note", list) == ({"text": "second"}, {"text": "first"})
    assert gateway.open(CASE, "contact", list) == ()
    assert gateway.open("offer:2", "note", list) == ()


def test_a_box_that_a_later_fact_carries_on_opens_once(gateway: Gateway, write):
    box = write("c-1", "first")
    write("c-2", box=box)

    assert gateway.open(CASE, "note", list) == ({"text": "first"},)


def test_nothing_opens_before_it_is_noted_who_reads(
    gateway: Gateway, write, monkeypatch
):
    write("c-1", "first")
    order: list[str] = []
    opened = Vault.open

    def watched(vault: Vault, sealed: Sealed, command_id: str) -> dict[str, str]:
        order.append("opened")
        return opened(vault, sealed, command_id)

    monkeypatch.setattr(Vault, "open", watched)
    gateway.open(CASE, "note", lambda: order.append("noted"))

    assert order == ["noted", "opened"]


def test_what_a_rule_refuses_stays_sealed(gateway: Gateway, write):
    write("c-1", "first")

    def refuse() -> None:
        raise Refused("Contact data is shown only after both sides have agreed.")

    with pytest.raises(Refused):
        gateway.open(CASE, "note", refuse)


def test_a_forgotten_persons_parts_are_said_to_be_gone(
    gateway: Gateway, vault: Vault, write
):
    write("c-1", "first")
    vault.forget("p-maya")

    with pytest.raises(Forgotten):
        gateway.open(CASE, "note", list)

    write("c-2", "came back")
    assert gateway.open(CASE, "note", list) == ({"text": "came back"},)
