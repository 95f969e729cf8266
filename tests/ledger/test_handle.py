"""The one way to write: once, fenced, sealed, whatever races or repeats."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date

import pytest

from events.base import Fact, Said
from events.kinds.housing import HousingOffer
from events.offer import OfferListed
from events.values import Actor, Plain
from services.database import Server
from services.ledger.batch import Answer, Conflicting, Entry
from services.ledger.handle import Order, Outcome, Writer, read
from services.ledger.recorder import Recorder
from services.ledger.rules.base import Command, Past, Refused, Told
from services.ledger.rules.desk import WriteNote
from services.ledger.rules.offers import (
    CheckOffer,
    ListOffer,
    ReconfirmOffer,
    WithdrawOffer,
)
from services.ledger.rules.realm import BeginDay
from services.ledger.vault import Vault
from services.ledger.waves import waves

SAID = Said(actor=Actor(ref="K. Muster", role="coordinator"), via="desk")
SECRET = "Oleksandra Unauffindbar"


@pytest.fixture
def rival(database: Server, vault: Vault) -> Iterator[Writer]:
    """Another desk, on a connection of its own."""
    with closing(Recorder(database)) as recorder:
        yield Writer(recorder, vault)


@pytest.fixture
def writer(recorder: Recorder, vault: Vault) -> Writer:
    return Writer(recorder, vault)


def order(name: str, command: Command) -> Order:
    return Order.model_construct(id=name, said=SAID, command=command)


def listing(offer: str = "o-1") -> ListOffer:
    return ListOffer(
        offer=offer,
        provider="p-1",
        details=HousingOffer(dwelling="flat", beds=2),
        told=Told(contact=Plain(purpose="contact", content={"name": SECRET})),
    )


def test_what_is_accepted_is_in_the_ledger(writer: Writer, recorder: Recorder):
    outcome = writer.do(order("x-1", listing()))

    (stored,) = recorder.read()
    fact = read(stored).fact
    assert outcome.positions == range(1, 2)
    assert outcome.facts == (fact,)
    assert isinstance(fact, OfferListed)
    assert fact.said == SAID


def test_personal_data_is_sealed_before_it_is_recorded(
    writer: Writer, recorder: Recorder, vault: Vault
):
    writer.do(order("x-1", listing()))

    (stored,) = recorder.read()
    fact = read(stored).fact
    assert SECRET.encode() not in stored.data
    assert isinstance(fact, OfferListed)
    assert fact.private.contact is not None
    assert vault.open(fact.private.contact, "x-1") == {"name": SECRET}


def test_the_same_order_twice_is_done_once(writer: Writer, recorder: Recorder):
    first = writer.do(order("x-1", listing()))

    again = writer.do(order("x-1", listing()))

    assert (again.positions, again.repeated) == (first.positions, True)
    assert recorder.head() == 1


def test_an_id_with_other_content_is_refused(writer: Writer, recorder: Recorder):
    writer.do(order("x-1", listing()))

    with pytest.raises(Conflicting, match="an id of its own"):
        writer.do(order("x-1", listing("o-2")))
    assert recorder.head() == 1


def test_one_refusal_does_not_stop_the_batch(writer: Writer, recorder: Recorder):
    orders = [
        order("x-1", listing()),
        order("x-2", WithdrawOffer(offer="o-9", reason="provider_withdrew")),
        order("x-3", listing("o-2")),
    ]

    answers = writer.do_all(orders)

    assert [type(answer) for answer in answers] == [Outcome, Refused, Outcome]
    assert str(answers[1]) == "There is no offer o-9; check the number."
    assert recorder.head() == 2


def test_what_is_too_much_for_one_append_is_refused_and_stops_nothing_beside_it(
    writer: Writer, recorder: Recorder
):
    class Endless(ListOffer):
        name = "list-offer-endlessly"

        def decide(self, past: Past, said: Said) -> list[Fact]:
            return super().decide(past, said) * 1_001

    told = listing("o-2")
    endless = Endless(offer="o-2", provider="p-1", details=told.details, told=told.told)

    too_much, done = writer.do_all([order("x-1", endless), order("x-2", listing())])

    assert isinstance(too_much, Refused)
    assert str(too_much).startswith("It would change 1001 promises at once")
    assert isinstance(done, Outcome)
    assert recorder.head() == 1


def test_orders_about_one_life_follow_each_other_in_one_batch(
    writer: Writer, recorder: Recorder
):
    writer.do(order("day", BeginDay(day=date(2022, 3, 18))))
    writer.do(order("x-1", listing()))
    days = [date(2022, 2, day) for day in range(1, 21)]
    many = [
        order(
            f"y-{day}", CheckOffer(offer="o-1", check="visit", state="passed", on=day)
        )
        for day in days
    ]

    answers = writer.do_all(many)

    assert all(isinstance(answer, Outcome) for answer in answers)
    assert recorder.head() == 22


def test_waves_keep_the_order_about_each_life():
    orders = [order(f"y-{n}", listing(f"o-{n % 2}")) for n in range(4)]

    found = [[one.id for one in wave] for wave in waves(orders)]

    assert found == [["y-0", "y-1"], ["y-2", "y-3"]]


def test_what_is_so_already_records_nothing(writer: Writer, recorder: Recorder):
    writer.do(order("x-1", listing()))
    gone = WithdrawOffer(offer="o-1", reason="provider_withdrew")
    writer.do(order("x-2", gone))

    outcome = writer.do(order("x-3", gone))

    assert not outcome.changed
    assert recorder.head() == 2


def between(recorder: Recorder, happens: Callable[[], object]) -> None:
    """Let something happen once, after a decision was taken, before it is recorded."""
    record = recorder.record

    def late(entries: Sequence[Entry]) -> tuple[Answer, ...]:
        recorder.record = record  # type: ignore[method-assign]  # put back as it was
        happens()
        return record(entries)

    recorder.record = late  # type: ignore[method-assign]  # a race made certain


def test_a_note_does_not_overtake_a_decision(
    writer: Writer, recorder: Recorder, rival: Writer
):
    writer.do(order("x-1", listing()))
    note = Plain(purpose="note", content={"text": "called"})
    taken: list[int] = []
    between(
        recorder,
        lambda: taken.append(
            rival.do(order("n-1", WriteNote(case="offer:o-1", note=note))).positions[0]
        ),
    )

    gone = WithdrawOffer(offer="o-1", reason="provider_withdrew")
    outcome = writer.do(order("x-2", gone))

    assert (taken, outcome.positions) == ([2], range(3, 4))


def test_a_decision_that_was_overtaken_is_taken_again(
    writer: Writer, recorder: Recorder, rival: Writer
):
    writer.do(order("day", BeginDay(day=date(2022, 3, 18))))
    writer.do(order("x-1", listing()))
    gone = WithdrawOffer(offer="o-1", reason="provider_withdrew")
    between(recorder, lambda: rival.do(order("thief", gone)))

    with pytest.raises(Refused, match="withdrawn"):
        writer.do(order("x-2", ReconfirmOffer(offer="o-1")))

    assert recorder.head() == 3


def test_racing_desks_list_an_offer_only_once(database: Server, vault: Vault):
    def desk(number: int) -> object:
        with closing(Recorder(database)) as recorder:
            writer = Writer(recorder, vault)
            return type(writer.do_all([order(f"r-{number}", listing())])[0])

    with ThreadPoolExecutor(8) as desks:
        answers = list(desks.map(desk, range(8)))

    assert (answers.count(Outcome), answers.count(Refused)) == (1, 7)
