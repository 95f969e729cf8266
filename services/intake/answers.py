"""What became of messages, read from the ledger.

Nothing here remembers: an answer is what the facts say. So a receipt that was lost
with its process is made again, word for word, when its message is delivered again.
That a person has mended a message since is told to who asks, and by no receipt: two
intakes may answer the same message, and the slower one must not take anything back.
"""

from collections.abc import Mapping, Sequence

from events.base import Fact
from events.desk import SubmissionNoted
from events.need import NeedAmended, NeedRaised
from events.offer import OfferAmended, OfferChecked, OfferListed
from events.receipt import Outcome, Question, Receipt
from events.upcast import versions
from services.intake.draft import Aside, Drafted
from services.intake.heard import Heard
from services.intake.identity import Identity
from services.intake.led import Led, read
from services.intake.numbers import CaseNumbers
from services.intake.once import SET_ASIDE, Once
from services.intake.reasons import Reason
from services.ledger.batch import Item
from services.ledger.handle import Writer

_FIRST: tuple[tuple[type[Fact], Outcome], ...] = (
    (OfferListed, "taken"),
    (NeedRaised, "taken"),
    (OfferChecked, "taken"),
    (OfferAmended, "amended"),
    (NeedAmended, "amended"),
    (SubmissionNoted, "unchanged"),
)
_OUTCOMES: Mapping[str, Outcome] = {
    name: outcome for fact, outcome in _FIRST for name in versions(fact.type)
}
_OPENS = versions(OfferListed.type) | versions(NeedRaised.type)
_LONGEST_REASON = 500


class Answers:
    """Says what became of messages. May be shared by threads."""

    def __init__(self, writer: Writer, identity: Identity) -> None:
        self._recorder, self._identity = writer.recorder, identity
        self._once = Once(writer, identity)
        self._numbers = CaseNumbers(writer.recorder)

    def of(
        self, heard: Sequence[Heard], fresh: Mapping[str, Led] | None = None
    ) -> list[Receipt]:
        """Return one receipt a message that was taken in just now, in order.

        `fresh` holds what was recorded on the way, by the names of messages: only the
        others are looked for in the ledger.
        """
        led_to = dict(fresh or {})
        led_to |= self._once.led_to(
            one.draft
            for one in heard
            if one.draft.came.event is not None
            and self._once.name(one.draft.came) not in led_to
        )
        found = [self._fact(one.draft, led_to) for one in heard]
        opened = self._opened([fact for fact in found if fact is not None])
        receipts = []
        for one, fact in zip(heard, found, strict=True):
            if fact is not None and fact.type != SET_ASIDE:
                receipts.append(self._told(one.source, one.id, fact, opened))
                continue
            reason = self._reason(one.draft, fact, led_to)
            if reason is None:
                receipts.append(_known_already(one))
            else:
                receipts.append(_aside(one.source, one.id, reason))
        return receipts

    def about(self, source: str, event: str) -> Receipt | None:
        """Return what became of the message with this source and id, if it came."""
        name = self._identity.message(source, event)
        stored = self._recorder.led_to([name]).get(name)
        if stored is None:
            return None
        fact = read(stored)
        if fact.type == SET_ASIDE:
            mended = self._mended(source, event, fact.told.submission or "")
            return mended or _aside(source, event, fact.told.reason or "")
        return self._told(source, event, fact, self._opened([fact]))

    def _fact(self, draft: Drafted, led_to: Mapping[str, Led]) -> Led | None:
        """Return the fact that the message led to; none of another with its id."""
        if draft.came.event is None:
            return None
        fact = led_to.get(self._once.name(draft.came))
        if fact is None or not self._once.is_same(fact, draft):
            return None
        return fact

    def _reason(
        self, draft: Drafted, fact: Led | None, led_to: Mapping[str, Led]
    ) -> str | None:
        """Return why a message was set aside; None for a check that was known."""
        if fact is not None:
            return fact.told.reason or ""
        if draft.came.event is not None and self._once.name(draft.came) in led_to:
            return str(Reason.SAME_ID)
        return str(draft.reason) if isinstance(draft, Aside) else None

    def _mended(self, source: str, event: str, submission: str) -> Receipt | None:
        """Say which case a person has made of what was set aside, if somebody has."""
        kind = frozenset({"submission.resent.v1"})
        item = Item(kind, frozenset({f"submission:{submission}"}))
        facts = self._recorder.read((item,))
        case = next((read(fact).told.case for fact in facts), None)
        if case is None:
            return None
        opened = self._recorder.began([case])
        number = self._numbers.of(case, opened[case]) if case in opened else None
        return Receipt(
            source=source, id=event, outcome="taken", case=case, case_no=number
        )

    def _told(
        self, source: str, event: str, fact: Led, opened: Mapping[str, int]
    ) -> Receipt:
        case, told = fact.case, fact.told
        return Receipt(
            source=source,
            id=event,
            outcome=_OUTCOMES[fact.type],
            case=case,
            case_no=self._numbers.of(case, opened[case]),
            questions=tuple(
                Question(field=asked.field, reason=asked.reason)
                for asked in told.questions
            ),
            reason=told.reason if fact.type == "submission.noted.v1" else None,
            position=fact.position,
        )

    def _opened(self, facts: Sequence[Led]) -> dict[str, int]:
        """Return where the cases of these facts began; few have to be looked up."""
        found: dict[str, int] = {}
        older: set[str] = set()
        for fact in facts:
            if fact.type in _OPENS:
                found[fact.case] = fact.position
            elif fact.type != SET_ASIDE:
                older.add(fact.case)
        if older:
            found |= self._recorder.began(sorted(older))
        return found


def _aside(source: str, event: str, reason: str) -> Receipt:
    reason = reason[:_LONGEST_REASON]
    return Receipt(source=source, id=event, outcome="set_aside", reason=reason)


def _known_already(heard: Heard) -> Receipt:
    return Receipt(source=heard.source, id=heard.id, outcome="unchanged")
