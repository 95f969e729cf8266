"""Checks of a sheet, and the offers that they are about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.intake.draft import Aside, CheckDraft
from services.intake.identity import contact
from services.intake.known import Known, by_case, known
from services.intake.reasons import Reason
from services.ledger.batch import Item
from services.ledger.handle import Writer

_LISTED = "offer.listed.v1"
_CASE_NO = re.compile(r"[Aa]-[0-9]{4}-([0-9]{1,9})")


@dataclass
class Numbers:
    """Offers by the number that one says on the phone: the nth that was listed."""

    _tags: dict[int, str] | None = None

    def tag(self, case_no: str, writer: Writer) -> str | None:
        if self._tags is None:
            listed = writer.recorder.read([Item(types=frozenset({_LISTED}))])
            self._tags = {n: fact.tags[0] for n, fact in enumerate(listed, start=1)}
        found = _CASE_NO.fullmatch(case_no.strip())
        return self._tags.get(int(found[1])) if found else None


@dataclass
class Found:
    """Checks with their offer, and those whose offer is not certain."""

    certain: list[tuple[CheckDraft, Known]] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)


def find_offers(
    writer: Writer, numbers: Numbers, drafts: Sequence[CheckDraft]
) -> Found:
    """Find the one open offer that each check is about."""
    named = [d.case_no and numbers.tag(d.case_no, writer) for d in drafts]
    cases = _standing_on(writer, {token for d in drafts for token in d.tokens})
    tags = {tag for tags in cases.values() for tag in tags} | {t for t in named if t}
    facts = by_case(writer.past(*sorted(tags)).facts) if tags else {}
    offers = {tag: known(tag, facts.get(tag, ()), "") for tag in tags}
    found = Found()
    for draft, name in zip(drafts, named, strict=True):
        tried = {name} if name else set[str]()
        if draft.case_no is None:
            tried = {tag for token in draft.tokens for tag in cases[token]}
        fitting = [k for t in sorted(tried) if (k := offers[t]) and not k.is_closed]
        if len(fitting) == 1:
            found.certain.append((draft, fitting[0]))
        else:
            reason = Reason.MANY_OFFERS if fitting else Reason.NO_OFFER
            found.asides.append(_uncertain(draft, reason))
    return found


def _standing_on(writer: Writer, tokens: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the offers that a mail or phone stands on, an organisation's too."""
    each = sorted(tokens)
    both = [contact(mark) for token in each for mark in (token, f"{token}|find")]
    found = iter(writer.vault.known(both))
    return {
        token: frozenset(
            tag for tag in next(found) | next(found) if tag.startswith("offer:")
        )
        for token in each
    }


def _uncertain(draft: CheckDraft, reason: Reason) -> Aside:
    if draft.case_no is not None:
        return Aside(draft.came, "case_no", draft.case_no, reason)
    kind, _, text = draft.tokens[0].partition(":")
    return Aside(draft.came, kind, text, reason)
