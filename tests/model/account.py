"""What must be true when everyone has finished and the bus is empty."""

from collections.abc import Sequence

from events.base import Recorded
from projections.life import MODELS, Life, about, bare, evolve_life
from services.intake.identity import Identity
from services.ledger.handle import read
from services.market import Market
from tests.model.channels import SOURCES, Message
from tests.model.office import Office
from tests.model.vault import REALM, MemoryVault

PAGE = 7
OFTEN = 4
"""One history in so many has its lives stored and loaded, which takes a while."""


def account(office: Office) -> None:
    """Raise `AssertionError` where a message is lost, or a fold is not a replay."""
    recorded = [read(stored) for stored in office.ledger.facts]
    _every_message_ended(office)
    _newest_counts(office)
    _folds_are_replays(office, recorded)
    if office.ledger.head % OFTEN == 0:
        _lives_are_replays(recorded)


def _every_message_ended(office: Office) -> None:
    """Each has its receipt, and led to a fact of its own or was set aside."""
    sent, commands = office.accepted, office.ledger.commands
    assert len(office.receipts) == office.bus.published, "a message has no receipt"
    unread = {m.value for m in sent if not m.readable}
    told = [one for one in office.receipts.values() if one.outcome == "set_aside"]
    aside = len(office.witness.aside)
    assert min(aside, len(told)) >= len(unread), f"{len(unread)} unreadable: {aside}"
    names = Identity(REALM, MemoryVault(office.keys))
    for message in sent:
        if message.readable:
            name = names.message(SOURCES[message.channel], message.id)
            assert name in commands, f"{message.id} is lost"
    for message in office.mended:
        name = names.message(SOURCES[message.channel], message.id)
        assert {name, f"{name}-mended"} & set(commands), f"{message.id} is lost"


def _newest_counts(office: Office) -> None:
    """A case that nobody else touched says what the newest revision of its row says.

    Of equal revisions under two ids the one that was recorded later is the newest.
    """
    witness = office.witness
    by_id: dict[tuple[str, str], Message] = {}
    for message in office.channels.sent:
        if message.readable:
            by_id.setdefault((SOURCES[message.channel], message.id), message)
    newest: dict[str, Message] = {}
    for came, ref in witness.messages.items():
        message = by_id[came]
        if ref not in newest or message.revision >= newest[ref].revision:
            newest[ref] = message
    for name, message in newest.items():
        case = witness.cases[name]
        if case.closed_ever or case.by_desk:
            continue
        told = message.details
        now = {part: case.details.get(part) for part in told}
        assert now == told, f"{name} is {now}, not {told} of {message.id}"


def _folds_are_replays(office: Office, recorded: Sequence[Recorded]) -> None:
    replayed = Market()
    replayed.apply(recorded)
    assert office.view == replayed, "the desk's view is not what a replay gives"
    for name, hands in office.hands.items():
        if name.startswith("matcher"):
            folded = hands.matching.catch_up()
            assert folded == replayed, f"{name} folds what a replay does not"


def _lives_are_replays(recorded: Sequence[Recorded]) -> None:
    """What read models are made of: stored page by page, it is what a replay gives."""
    straight: dict[str, Life | None] = {}
    stored: dict[str, bytes] = {}
    for start in range(0, len(recorded), PAGE):
        touched: dict[str, Life | None] = {}
        for one in map(bare, recorded[start : start + PAGE]):
            for ref in about(one.fact):
                if ref not in touched:
                    touched[ref] = _loaded(ref, stored)
                touched[ref] = evolve_life(ref, touched[ref], one)
                straight[ref] = evolve_life(ref, straight.get(ref), one)
        for ref, life in touched.items():
            if life is not None:
                stored[ref] = life.model_dump_json().encode()
    for ref, life in straight.items():
        assert life == _loaded(ref, stored), f"{ref} is not what a replay gives"


def _loaded(ref: str, stored: dict[str, bytes]) -> Life | None:
    if ref not in stored:
        return None
    return MODELS[ref.partition(":")[0]].model_validate_json(stored[ref])
