"""The one door to personal data: who reads it is recorded before it opens."""

from collections.abc import Callable, Iterator

from pydantic import BaseModel

from events.contract import decode
from events.values import Sealed
from services.ledger.recorder import Item, Recorder
from services.ledger.vault import Forgotten, Vault

Content = dict[str, str]


class Gateway:
    """Opens the sealed parts of the facts about a case, a submission, a person.

    `note` records `personal.opened` and raises `Refused` where a rule says no; only
    when it returns is anything opened.
    """

    def __init__(self, recorder: Recorder, vault: Vault) -> None:
        self._recorder, self._vault = recorder, vault

    def open(
        self, about: str, purpose: str, note: Callable[[], object]
    ) -> tuple[Content, ...]:
        """Return what was sealed for the purpose in facts with the tag, newest first.

        Raises `Forgotten` when there is something and all of its keys are gone.
        """
        note()
        opened: list[Content] = []
        gone: Forgotten | None = None
        for sealed, command_id in self._boxes(about, purpose):
            try:
                opened.append(self._vault.open(sealed, command_id))
            except Forgotten as error:
                gone = error
        if gone is not None and not opened:
            raise gone
        return tuple(reversed(opened))

    def _boxes(self, about: str, purpose: str) -> Iterator[tuple[Sealed, str]]:
        """Give each box once, with the command that it was sealed for.

        A later fact may carry a box on; its home is the first fact that has it.
        """
        seen: set[str] = set()
        for fact in self._recorder.read([Item(tags=frozenset({about}))]):
            for sealed in sealed_in(decode(fact.type, fact.data)):
                if sealed.purpose == purpose and sealed.box not in seen:
                    seen.add(sealed.box)
                    yield sealed, fact.command_id


def sealed_in(value: object) -> Iterator[Sealed]:
    """Give the sealed parts of a model, in the order of its fields."""
    match value:
        case Sealed():
            yield value
        case BaseModel():
            for name in type(value).model_fields:
                yield from sealed_in(getattr(value, name))
        case tuple():
            for part in value:
                yield from sealed_in(part)
        case _:
            pass
