"""One batch of drafts: looked up, compared, ordered, answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.intake.checks import Numbers, find_offers
from services.intake.draft import Aside, CheckDraft, Draft, Drafted
from services.intake.identity import contact
from services.intake.known import Known, by_case, known
from services.intake.led import made
from services.intake.orders import NEW, Around, Orders, Place
from services.intake.persons import Mark, persons
from services.intake.reasons import Reason
from services.intake.report import Report
from services.ledger.batch import Item
from services.ledger.handle import Order, Outcome, Writer
from services.ledger.rules.base import Command, Outdated, Refused

_RESENT = "submission.resent.v1"
_SET_ASIDE = "submission.set_aside.v1"
_LONGEST = 200
"""What a fact's reason holds."""

Becomes = Literal["taken", "amended", "set_aside"]


@dataclass(frozen=True)
class Row:
    """A draft, where it belongs, and what is known of it."""

    draft: Draft
    place: Place
    before: Known | None
    seen: int
    """Where the last fact stands of what is known; 0 for none."""

    @property
    def tag(self) -> str:
        return self.place.tag(self.draft)


class Batch:
    """Drafts of different rows, against what the ledger knows now.

    `plan` only reads. `carry_out` gives the orders and counts what was committed; it
    seals them before, unless somebody did so ahead.
    """

    def __init__(self, writer: Writer, orders: Orders, seen: "Seen") -> None:
        self._writer, self._vault = writer, writer.vault
        self._orders, self._seen = orders, seen
        self._given: list[tuple[Order, Drafted, Becomes]] = []
        self._marks: list[Mark] = []
        self._boxes: dict[str, Command] | None = None
        self.report = Report()
        self.about: list[str] = []
        """Cases that the drafts are about, known ones and new ones."""
        self.outdated: list[Drafted] = []
        """What must be looked at again: its case has changed since it was planned."""
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
        orders = [order for order, _, _ in self._given]
        self.seal()
        answers = self._writer.do_all(orders, self._boxes)
        refused: list[Aside] = []
        for (_, drafted, becomes), answer in zip(self._given, answers, strict=True):
            if isinstance(answer, Outdated):
                self.outdated.append(drafted)
            elif isinstance(answer, Refused):
                refused.append(Aside(drafted.came, "", "", str(answer)[:_LONGEST]))
                self.report.fault(drafted.came.row, "", "", str(answer))
            elif answer.changed and not answer.repeated:
                self._count(drafted, becomes)
                self._lead(drafted, answer)
            else:
                self.report.unchanged += 1
        self._writer.do_all([self._orders.aside(aside) for aside in refused])
        self.report.set_aside += len(refused)
        return self.report

    def _lead(self, drafted: Drafted, answer: Outcome) -> None:
        """Keep what a message led to, for whoever answers it in a moment."""
        if drafted.came.event is not None and answer.facts:
            first = answer.positions[0]
            self.report.led[answer.order] = made(answer.facts[0], first, drafted)

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
        fresh: list[Row] = []
        for (draft, place), tag in zip(placed, tags, strict=True):
            told = facts.get(tag, [])
            seen = told[-1].position if told else 0
            row = Row(draft, place, known(tag, told, place.key), seen)
            if row.before is None or self._is_news(draft, place, row.before):
                fresh.append(row)
        twins = self._twins(fresh)
        tagged = [(row.tag, row.draft) for row in fresh]
        who = persons(self._writer, self._orders.identity, tagged)
        self._marks += who.marks()
        for row, others in zip(fresh, twins, strict=True):
            self._case(row, Around(who, others))

    def _case(self, row: Row, around: Around) -> None:
        draft, place, before = row.draft, row.place, row.before
        person = around.who.of_case[row.tag] if before is None else before.state.person
        tokens = (*draft.tokens, *draft.found_by)
        self._marks += [(row.tag, person, contact(token)) for token in tokens]
        if around.similar:
            self.report.duplicates += 1
            raw = draft.tokens[0].partition(":")[2]
            self.report.fault(draft.came.row, "contact", raw, Reason.SIMILAR)
        if before is None:
            order = self._orders.new(draft, place, around)
        else:
            order = self._orders.anew(draft, place, before, around)
        order = order.model_copy(update={"seen": row.seen})
        self._given.append((order, draft, "amended" if before else "taken"))

    def _is_news(self, draft: Draft, place: Place, before: Known) -> bool:
        """Say whether a known row says something new; report why it does not."""
        came, latest = draft.came, before.latest
        if type(draft.details) is not type(before.told):
            self._asides([Aside(came, "kind", "", Reason.OTHER_KIND)])
            return False
        newest = max((o.revision or 0 for o in before.origins), default=0)
        is_newer = came.revision is not None and came.revision > newest
        if latest is not None and latest.digest == place.digest and not is_newer:
            self.report.unchanged += 1
            return False
        told = [o for o in before.origins if o.id == came.event]
        if any(origin.digest == place.digest for origin in told):
            self.report.unchanged += 1  # it came before, and the row has moved on
            return False
        if told:
            self._asides([Aside(came, "id", "", Reason.SAME_ID)])
            return False
        if came.revision is not None and came.revision < newest:
            why, field = Reason.OLDER_REVISION, "revision"
        elif before.is_closed:
            why, field = Reason.WITHDRAWN, ""
        else:
            return True
        self.report.unchanged += 1
        self.report.fault(came.row, field, "", why)
        return False

    def _twins(self, rows: Sequence[Row]) -> list[tuple[str, ...]]:
        """Return for each row the cases before it that share a way to reach.

        Those about which it was known, or decided by a person, are not told again.
        """
        tokens = list({token for row in rows for token in row.draft.tokens})
        found = self._vault.known([contact(token) for token in tokens])
        cases = dict(zip(tokens, found, strict=True))
        twins: list[tuple[str, ...]] = []
        for row in rows:
            kind = f"{row.draft.case}:"
            others = {
                tag.removeprefix(kind)
                for token in row.draft.tokens
                for tag in (*cases[token], *self._seen.cases(token))
                if tag.startswith(kind) and tag != row.tag
            }
            self._seen.note(row.draft.tokens, row.tag)
            decided = frozenset[str]() if row.before is None else row.before.twins
            twins.append(tuple(sorted(others - decided)))
        return twins

    def remember(self) -> None:
        """Keep the ways to reach before the cases: a crash between loses no twin."""
        self._vault.remember(self._marks)
        self._seen.forget()

    def seal(self) -> None:
        """Seal what is new, once; it may be done while others are recorded."""
        if self._boxes is None:
            orders = (order for order, _, _ in self._given)
            new = [order for order in orders if isinstance(order.command, NEW)]
            self._boxes = self._writer.sealed_ahead(new)

    def _checks(self, drafts: Sequence[CheckDraft]) -> list[Aside]:
        """Order the checks whose offer is certain; return the rest as set aside."""
        found = find_offers(self._writer, self._seen.numbers, drafts)
        for draft, offer in found.certain:
            self.about.append(f"offer:{offer.state.id}")
            if draft.checked.is_in(offer.state):
                self.report.unchanged += 1
            else:
                order = self._orders.check(draft, offer.state.id)
                self._given.append((order, draft, "taken"))
        return found.asides

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
    numbers: Numbers = field(default_factory=Numbers)
    _aside: set[str] = field(default_factory=set)

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
