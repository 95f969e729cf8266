"""Ways in which the code could break a promise: the machine must find each of them.

Each takes one safeguard away, in the product's own code where it stands there, and
gives it back afterwards.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from events.base import Recorded
from events.values import Origin
from services import matching
from services.intake.batch import Batch
from services.intake.draft import Draft
from services.intake.known import Known
from services.intake.orders import Place
from services.ledger import entries, handle
from services.ledger.batch import Answer, Condition, Entry
from services.ledger.rules import telling
from services.market import Market
from tests.model.ledger import Ledger
from tests.model.office import GROUP, MOST, Office

Break = AbstractContextManager[Any]


@dataclass(frozen=True)
class Mutant:
    """A safeguard that is gone, and within how many histories it must be missed."""

    name: str
    broken: Callable[[], Break]
    seen: str
    """What the machine says of it."""
    first_seed: int = 1
    histories: int = 300


def no_dedupe() -> Break:
    """The ledger forgets which commands it has taken."""
    one = Ledger._one

    def forgetful(self: Ledger, entry: Entry, *rest: Any) -> Answer:
        self.commands.pop(entry.command_id, None)
        return one(self, entry, *rest)

    return patch.object(Ledger, "_one", forgetful)


def no_condition() -> Break:
    """The ledger takes whatever comes, however old what it was decided on."""
    return patch.object(Ledger, "_overtaken", lambda *_: None)


def no_fence() -> Break:
    """A plan is appended as if nothing had happened since it was made."""
    return patch.object(matching, "_fence", lambda _part, after: Condition((), after))


def half_a_guard() -> Break:
    """A decision guards only the last of the lives that it concerns."""
    guard = entries.guard
    return patch.object(handle, "guard", lambda tags: guard(tuple(tags)[-1:]))


def older_revision_wins() -> Break:
    """Nobody compares revisions."""

    def news(self: Batch, draft: Draft, place: Place, before: Known) -> bool:
        return True

    def told(known: Origin | None, origin: Origin | None) -> Origin | None:
        return origin

    return _both(
        patch.object(Batch, "_is_news", news),
        patch.object(telling, "_new_origin", told),
    )


def offset_before_the_ledger() -> Break:
    """An intake says that it is done before it has done anything."""

    def hasty(self: Office, who: str) -> None:
        records = self.bus.poll(GROUP, MOST)
        ends = {(r.topic, r.partition): r.offset + 1 for r in records}
        self.bus.commit(GROUP, ends)
        self._settle(who, records)

    return patch.object(Office, "_take_in", hasty)


def poison_is_dropped() -> Break:
    """What cannot be read is thrown away."""
    return patch.object(Batch, "_asides", lambda *_: None)


def a_fold_forgets() -> Break:
    """A market counts the last fact of a page as folded, and does not fold it."""
    apply = Market.apply

    def skipping(self: Market, facts: Iterable[Recorded]) -> None:
        told = list(facts)
        apply(self, told[:-1])
        self.position += len(told[-1:])

    return patch.object(Market, "apply", skipping)


MUTANTS = (
    Mutant("no dedupe", no_dedupe, r"recorded twice|out of order"),
    Mutant("no condition", no_condition, r"a second home|of \d on", first_seed=3),
    Mutant("no fence", no_fence, r"a second home|is of a closed"),
    Mutant("half a guard", half_a_guard, r"a second home|no piece left", first_seed=3),
    Mutant("older revision wins", older_revision_wins, r"came late"),
    Mutant("offset before the ledger", offset_before_the_ledger, r"has no receipt"),
    Mutant("poison is dropped", poison_is_dropped, r"unreadable: \d"),
    Mutant("a fold forgets", a_fold_forgets, r"what a replay"),
)


def _both(*breaks: Break) -> Break:
    stack = ExitStack()
    for one in breaks:
        stack.enter_context(one)
    return stack
