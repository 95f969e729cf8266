"""How a command's facts go into the ledger, and what may not come in between."""

from collections.abc import Iterable

from events.base import Fact, encode
from events.contract import FACTS
from services.ledger.batch import Item, NewFact, fact_id

_ASIDE = ("contact.", "note.", "personal.", "task.")
DECISIVE = frozenset(name for name in FACTS if not name.startswith(_ASIDE))
"""Facts that may overtake a decision: a note or a call does not."""


def new_facts(command_id: str, facts: Iterable[Fact]) -> tuple[NewFact, ...]:
    """Return the facts as the recorder takes them; ids follow from the command's."""
    return tuple(
        NewFact(fact_id(command_id, number), fact.type, fact.tags(), encode(fact))
        for number, fact in enumerate(facts)
    )


def guard(tags: Iterable[str]) -> tuple[Item, ...]:
    """Return what must not have been recorded since: decisive facts on any tag."""
    return tuple(Item(types=DECISIVE, tags=frozenset((tag,))) for tag in tags)
