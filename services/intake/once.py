"""Once: the source and the id of a message are one message, for ever.

What a message leads to is recorded under an order that is named after both. So the
ledger, which takes an order's id once and with one content, is the index in which a
repeat is found: after a crash, through another door, years later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.intake import led
from services.intake.draft import Aside, CheckDraft, Draft, Drafted, From
from services.intake.identity import Identity, source
from services.intake.known import Known
from services.intake.led import Led
from services.intake.orders import Around, Orders, Place
from services.intake.reasons import Reason, Retired
from services.intake.report import Report
from services.ledger.batch import Conflicting
from services.ledger.handle import Order, Writer
from services.ledger.rules.desk import NoteSubmission

SET_ASIDE = "submission.set_aside.v1"
_CHANGES_NOTHING = frozenset((str(Reason.OLDER_REVISION), str(Reason.WITHDRAWN)))


@dataclass(frozen=True)
class MessageOrders(Orders):
    """Orders of which those of messages are named after source and id.

    A message that was set aside has used its name; once a person has mended it, it
    comes in under a second one.
    """

    mended: bool = False

    def new(self, draft: Draft, place: Place, around: Around) -> Order:
        return self._named(draft.came, super().new(draft, place, around))

    def anew(self, draft: Draft, place: Place, known: Known, around: Around) -> Order:
        return self._named(draft.came, super().anew(draft, place, known, around))

    def check(self, draft: CheckDraft, offer: str) -> Order:
        return self._named(draft.came, super().check(draft, offer))

    def aside(self, aside: Aside) -> Order:
        order = super().aside(aside)
        if self.mended or aside.reason is Reason.SAME_ID:
            return order
        return self._named(aside.came, order)

    def note(self, draft: Draft, why: str | None) -> Order:
        """Keep the id of a message that changed nothing."""
        place = self.place(draft)
        name = self.identity.message(source(draft.came), draft.came.event or "")
        noted = NoteSubmission(
            submission=name,
            case=place.tag(draft),
            origin=self._origin(draft.came, place),
            reason=why if why in _CHANGES_NOTHING else None,
        )
        return Order(id=name, said=self.moment.said, command=noted)

    def _named(self, came: From, order: Order) -> Order:
        if came.event is None:
            return order
        name = self.identity.message(source(came), came.event)
        return order.model_copy(
            update={"id": f"{name}-mended" if self.mended else name}
        )


@dataclass(frozen=True)
class Sorted:
    """Drafts of which something may come, and those that came before."""

    fresh: Sequence[Drafted]
    repeated: Sequence[Drafted] = ()


@dataclass(frozen=True)
class Once:
    """Knows messages again."""

    writer: Writer
    identity: Identity

    def name(self, came: From) -> str:
        return self.identity.message(source(came), came.event or "")

    def sort(self, drafts: Sequence[Drafted]) -> Sorted:
        """Tell new messages from repeats; one that says something else is set aside.

        A row of a file has no id of its own, so it is always looked at. Of two with
        one id in these very drafts the first one counts, as it does in the ledger.
        """
        before = self.led_to(drafts)
        met: dict[str, Drafted] = {}
        fresh: list[Drafted] = []
        repeated: list[Drafted] = []
        for draft in drafts:
            name = None if draft.came.event is None else self.name(draft.came)
            fact = None if name is None else before.get(name)
            first = draft if name is None else met.setdefault(name, draft)
            if fact is None and first is draft:
                fresh.append(draft)
            elif not (
                self.is_same(fact, draft) if fact else self._is_again(first, draft)
            ):
                fresh.append(Aside(draft.came, "id", "", Reason.SAME_ID))
            elif fact is not None and fact.type == SET_ASIDE:
                fresh.append(_as_before(fact, draft))
            elif fact is None and isinstance(draft, Aside):
                fresh.append(draft)  # counted as set aside, and kept once
            else:
                repeated.append(draft)
        return Sorted(fresh, repeated)

    def note(
        self, drafts: Sequence[Drafted], report: Report, orders: "MessageOrders"
    ) -> None:
        """Keep the ids of those messages that led to nothing; a repeat finds them.

        Else a repeat that comes late, after the row has moved on, would be news. What
        became of a check stands on its offer: the same again is known there.
        """
        told = [d for d in drafts if isinstance(d, Draft) and d.came.event is not None]
        first = {self.name(draft.came): draft for draft in reversed(told)}
        why = {row.row: row.reason for row in report.rows}
        while True:
            before = self.led_to(told)
            noted = [
                orders.note(draft, why.get(draft.came.row))
                for name, draft in reversed(first.items())
                if name not in before
            ]
            try:
                self.writer.do_all(noted)
            except Conflicting:
                continue  # another intake has noted one of them a moment ago
            return

    def led_to(self, drafts: Iterable[Drafted]) -> dict[str, Led]:
        """Return what was recorded of these messages, by their names."""
        names = [self.name(d.came) for d in drafts if d.came.event is not None]
        found = self.writer.recorder.led_to(names) if names else {}
        return {name: led.read(fact) for name, fact in found.items()}

    def was_set_aside(self, draft: Drafted, submission: str) -> bool:
        """Say whether this very message was set aside as `submission`.

        Then it has used its name. Mended into a message with another id, it takes that
        one's name, as if it had come itself: so that it can come only once.
        """
        return any(
            fact.type == SET_ASIDE and fact.told.submission == submission
            for fact in self.led_to([draft]).values()
        )

    def is_same(self, fact: Led, draft: Drafted) -> bool:
        """Say whether the message is the one that led to the fact, by its content.

        What another version of a profile read cannot be compared any more; then the id
        alone counts. So it does for a check, which keeps nothing of its message.
        """
        if fact.by is draft:
            return True
        seen = fact.told
        if fact.type == SET_ASIDE:
            return seen.submission == self.identity.submission(draft)
        if seen.origin is None:
            return isinstance(draft, CheckDraft)
        if isinstance(draft, Aside) or seen.origin.row_key != self.identity.row(
            draft.came
        ):
            return False
        if seen.origin.profile == draft.came.profile:
            return seen.origin.digest == self.identity.content(draft.came)
        return _kind(seen.origin.profile) == _kind(draft.came.profile)

    def _is_again(self, first: Drafted, draft: Drafted) -> bool:
        """Say whether a message says what one with its id said a moment ago."""
        if isinstance(first, Aside) or isinstance(draft, Aside):
            name = self.identity.submission
            return type(first) is type(draft) and name(first) == name(draft)
        one, other = first.came, draft.came
        return self.identity.row(one) == self.identity.row(other) and (
            self.identity.content(one) == self.identity.content(other)
        )


def _as_before(fact: Led, draft: Drafted) -> Aside:
    """Return the message as it was set aside, to be counted as such again."""
    why = fact.told.reason
    known = next((one for one in Reason if str(one) == why), why)
    return Aside(draft.came, "", "", known or Retired.REFUSED)


def _kind(profile: str | None) -> str:
    """Return the name of a profile that has versions; else nothing to compare."""
    name, at, _ = (profile or "").partition("@")
    return name if at else f"{profile} as it is"
