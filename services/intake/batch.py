"""One batch of drafts: looked up, compared, ordered, answered."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.intake.draft import Aside, CheckDraft, Draft, Drafted
from services.intake.identity import contact
from services.intake.known import Known, by_case, known
from services.intake.orders import Orders, Place
from services.intake.reasons import Reason
from services.intake.report import Report
from services.ledger.batch import Item
from services.ledger.handle import Order, Writer
from services.ledger.rules.base import Refused

_LISTED = "offer.listed.v1"
_CASE_NO = re.compile(r"[Aa]-[0-9]{4}-([0-9]{1,9})")
_RESENT = "submission.resent.v1"
_SET_ASIDE = "submission.set_aside.v1"


Becomes = Literal["taken", "amended", "set_aside"]


class Batch:
    """Drafts of different rows, against what the ledger knows now.

    `plan` only reads. `carry_out` gives the orders and counts what was committed.
    """

    def __init__(self, writer: Writer, orders: Orders, seen: "Seen") -> None:
        self._writer, self._vault = writer, writer.vault
        self._orders, self._seen = orders, seen
        self._given: list[tuple[Order, Drafted, Becomes]] = []
        self.report = Report()
        self.about: list[str] = []
        """Cases that the drafts are about, known ones and new ones."""
        self.rows: set[str] = set()
        """Keys of the rows of these cases."""

    def plan(self, drafts: Sequence[Drafted]) -> None:
        """Decide what becomes of each draft; what changes nothing is counted."""
        checks = [draft for draft in drafts if isinstance(draft, CheckDraft)]
        asides = [draft for draft in drafts if isinstance(draft, Aside)]
        self._cases([draft for draft in drafts if isinstance(draft, Draft)])
        self._asides([*asides, *self._checks(checks)])

    def pretend(self) -> Report:
        """Count as if everything had been committed."""
        for _, drafted, becomes in self._given:
            self._count(drafted, becomes)
        return self.report

    def carry_out(self) -> Report:
        """Give the orders; raise `Conflicting` when somebody gave one otherwise."""
        answers = self._writer.do_all([order for order, _, _ in self._given])
        refused: list[Aside] = []
        for (_, drafted, becomes), answer in zip(self._given, answers, strict=True):
            if isinstance(answer, Refused):
                refused.append(Aside(drafted.came, "", "", Reason.REFUSED))
                self.report.fault(drafted.came.row, "", "", str(answer))
            elif answer.changed and not answer.repeated:
                self._count(drafted, becomes)
            else:
                self.report.unchanged += 1
        self._writer.do_all([self._orders.aside(aside) for aside in refused])
        self.report.set_aside += len(refused)
        return self.report

    def _count(self, drafted: Drafted, becomes: Becomes) -> None:
        setattr(self.report, becomes, getattr(self.report, becomes) + 1)
        if isinstance(drafted, Draft):
            self.report.questions(drafted.came.row, drafted.asked)

    def _cases(self, drafts: Sequence[Draft]) -> None:
        placed = [(draft, self._orders.place(draft)) for draft in drafts]
        tags = [place.tag(draft) for draft, place in placed]
        self.about += tags
        self.rows |= {place.key for _, place in placed}
        facts = by_case(self._writer.past(*tags).facts) if tags else {}
        fresh: list[tuple[Draft, Place, Known | None]] = []
        for (draft, place), tag in zip(placed, tags, strict=True):
            before = known(tag, facts.get(tag, ()), place.key)
            if before is None or self._is_news(draft, place, before):
                fresh.append((draft, place, before))
        twins = self._twins([(draft, place) for draft, place, _ in fresh])
        for (draft, place, before), others in zip(fresh, twins, strict=True):
            self._case(draft, place, before, others)

    def _case(
        self, draft: Draft, place: Place, before: Known | None, others: frozenset[str]
    ) -> None:
        decided = frozenset[str]() if before is None else before.twins
        similar = sorted(others - decided)
        if similar:
            self.report.duplicates += 1
            raw = draft.tokens[0].partition(":")[2]
            self.report.fault(draft.came.row, "contact", raw, Reason.SIMILAR)
        if before is None:
            order = self._orders.new(draft, place, similar)
            self._given.append((order, draft, "taken"))
        else:
            order = self._orders.anew(draft, place, before, similar)
            self._given.append((order, draft, "amended"))

    def _is_news(self, draft: Draft, place: Place, before: Known) -> bool:
        """Say whether a known row says something new; report why it does not."""
        came, latest = draft.came, before.latest
        if latest is not None and latest.digest == place.digest:
            self.report.unchanged += 1
            return False
        if came.event is not None and any(o.id == came.event for o in before.origins):
            self._asides([Aside(came, "id", "", Reason.SAME_ID)])
            return False
        newest = max((o.revision or 0 for o in before.origins), default=0)
        if came.revision is not None and came.revision < newest:
            why, field = Reason.OLDER_REVISION, "revision"
        elif before.is_closed:
            why, field = Reason.WITHDRAWN, ""
        else:
            return True
        self.report.unchanged += 1
        self.report.fault(came.row, field, "", why)
        return False

    def _twins(self, drafts: Sequence[tuple[Draft, Place]]) -> list[frozenset[str]]:
        """Return for each draft the cases before it that share a way to reach."""
        tokens = list({token for draft, _ in drafts for token in draft.tokens})
        found = self._vault.known([contact(token) for token in tokens])
        cases = dict(zip(tokens, found, strict=True))
        twins: list[frozenset[str]] = []
        for draft, place in drafts:
            tag, kind = place.tag(draft), f"{draft.case}:"
            others = {
                case
                for token in draft.tokens
                for case in (*cases[token], *self._seen.cases(token))
                if case.startswith(kind) and case != tag
            }
            self._seen.note(draft.tokens, tag)
            twins.append(frozenset(case.removeprefix(kind) for case in others))
        return twins

    def remember(self) -> None:
        """Keep the ways to reach before the cases: a crash between loses no twin."""
        marks = []
        for order, drafted, _ in self._given:
            if isinstance(drafted, Draft):
                tag = order.command.concerns()[0]
                case = tag.partition(":")[2]
                person = self._orders.identity.person(drafted.person, case)
                tokens = (*drafted.tokens, *drafted.found_by)
                marks += [(tag, person, contact(token)) for token in tokens]
        self._vault.remember(marks)
        self._seen.forget()

    def _checks(self, drafts: Sequence[CheckDraft]) -> list[Aside]:
        """Order the checks whose offer is certain; return the rest as set aside."""
        asides: list[Aside] = []
        named = [self._named(draft) for draft in drafts]
        cases = self._cases_of({token for draft in drafts for token in draft.tokens})
        tags = {*named, *(tag for found in cases.values() for tag in found)} - {None}
        facts = by_case(
            self._writer.past(*sorted(map(str, tags))).facts if tags else ()
        )
        offers = {tag: known(str(tag), facts.get(str(tag), ()), "") for tag in tags}
        for draft, name in zip(drafts, named, strict=True):
            tried = {name} if name else {c for t in draft.tokens for c in cases[t]}
            fitting = [
                o for tag in sorted(tried) if (o := offers[tag]) and not o.is_closed
            ]
            if len(fitting) != 1:
                reason = Reason.MANY_OFFERS if fitting else Reason.NO_OFFER
                asides.append(_unknown(draft, reason))
                continue
            self.about.append(f"offer:{fitting[0].state.id}")
            if draft.checked.is_in(fitting[0].state):
                self.report.unchanged += 1
            else:
                order = self._orders.check(draft, fitting[0].state.id)
                self._given.append((order, draft, "taken"))
        return asides

    def _named(self, draft: CheckDraft) -> str | None:
        """Return the offer that the check names by its number."""
        if draft.case_no is None:
            return None
        return self._seen.numbered(draft.case_no, self._writer) or "offer:unknown"

    def _cases_of(self, tokens: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the offers that a mail or phone stands on."""
        each = sorted(tokens)
        both = [contact(token) for t in each for token in (t, f"{t}|find")]
        found = iter(self._vault.known(both))
        return {
            token: frozenset(
                case for case in next(found) | next(found) if case.startswith("offer:")
            )
            for token in each
        }

    def _asides(self, asides: Sequence[Aside]) -> None:
        """Set aside what was not before; what was repaired meanwhile is no news."""
        names = [self._orders.identity.submission(aside) for aside in asides]
        items = [Item(tags=frozenset({f"submission:{name}"})) for name in names]
        facts = self._writer.recorder.read(items) if items else []
        states = {tag: fact.type for fact in facts for tag in fact.tags}
        for aside, name in zip(asides, names, strict=True):
            state = states.get(f"submission:{name}")
            if state == _RESENT:
                self.report.unchanged += 1
                continue
            self.report.fault(aside.came.row, aside.field, aside.raw, aside.reason)
            if state == _SET_ASIDE or self._seen.again(name):
                self.report.set_aside += 1
            else:
                self._given.append((self._orders.aside(aside), aside, "set_aside"))


@dataclass
class Seen:
    """What one import has come across so far, batch after batch."""

    _tokens: dict[str, list[str]] = field(default_factory=dict)
    _aside: set[str] = field(default_factory=set)
    _numbers: dict[int, str] | None = None

    def forget(self) -> None:
        """Let go of the ways to reach: the vault knows them now."""
        self._tokens.clear()

    def cases(self, token: str) -> Sequence[str]:
        return self._tokens.get(token, ())

    def note(self, tokens: Iterable[str], case: str) -> None:
        for token in tokens:
            self._tokens.setdefault(token, []).append(case)

    def again(self, submission: str) -> bool:
        """Say whether this import set the same aside before."""
        before = submission in self._aside
        self._aside.add(submission)
        return before

    def numbered(self, case_no: str, writer: Writer) -> str | None:
        """Return the offer that is called so on the phone: the nth listed."""
        if self._numbers is None:
            listed = writer.recorder.read([Item(types=frozenset({_LISTED}))])
            self._numbers = {
                number: fact.tags[0] for number, fact in enumerate(listed, start=1)
            }
        found = _CASE_NO.fullmatch(case_no.strip())
        return self._numbers.get(int(found[1])) if found else None


def _unknown(draft: CheckDraft, reason: Reason) -> Aside:
    if draft.case_no is not None:
        return Aside(draft.came, "case_no", draft.case_no, reason)
    kind, _, text = draft.tokens[0].partition(":")
    return Aside(draft.came, kind, text, reason)
