"""Who is who: the opaque ref of each person, the same wherever they turn up.

A person is known by the first mail or phone that a row gives. One whom a household
must never meet may be named by another of their ways to be reached, before or after
they come in themselves; either way both sides must end at one ref, because the rule
that keeps them apart compares refs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.intake.draft import Draft
from services.intake.identity import Identity, contact
from services.intake.known import by_case, known
from services.ledger.handle import Writer
from services.ledger.vault import Contact

Mark = tuple[str, str, Contact]
_PERSON = "person:"


@dataclass(frozen=True)
class Persons:
    """The people of one batch."""

    of_case: Mapping[str, str]
    """Case → whom it belongs to, if it is a new one."""
    to_avoid: Mapping[str, tuple[str, ...]]
    """Token of somebody named → all refs that they have or will have."""

    def marks(self) -> list[Mark]:
        """Return what to keep, so that who comes in later is known again."""
        return [
            (f"{_PERSON}{refs[0]}", refs[0], contact(f"{token}|avoid"))
            for token, refs in self.to_avoid.items()
        ]


def persons(
    writer: Writer, identity: Identity, drafts: Sequence[tuple[str, Draft]]
) -> Persons:
    """Find out who the people of these drafts (each with its case) are."""
    named = {token for _, draft in drafts for token in draft.no_contact}
    ways = {way for _, draft in drafts for way in draft.ways}
    avoided = _avoided(writer, ways) | {
        token: identity.person(token, "") for token in named & ways
    }
    of_case = {
        tag: next(
            (avoided[way] for way in draft.ways if way in avoided),
            identity.person(next(iter(draft.ways), None), tag.partition(":")[2]),
        )
        for tag, draft in drafts
    }
    known_as = _known_as(writer, named)
    return Persons(
        of_case,
        {
            token: tuple(
                dict.fromkeys((identity.person(token, ""), *known_as.get(token, ())))
            )
            for token in sorted(named)
        },
    )


def _avoided(writer: Writer, ways: Iterable[str]) -> dict[str, str]:
    """Return the ways that a household named as someone's to be kept away from."""
    each = sorted(ways)
    found = writer.vault.known([contact(f"{way}|avoid") for way in each])
    return {
        way: min(refs).removeprefix(_PERSON)
        for way, refs in zip(each, found, strict=True)
        if refs
    }


def _known_as(writer: Writer, tokens: Iterable[str]) -> dict[str, set[str]]:
    """Return the people behind the cases on which a mail or phone stands."""
    each = [(token, mark) for token in tokens for mark in (token, f"{token}|find")]
    found = writer.vault.known([contact(mark) for _, mark in each])
    cases = {tag for tags in found for tag in tags if not tag.startswith(_PERSON)}
    facts = by_case(writer.past(*sorted(cases)).facts) if cases else {}
    states = {tag: known(tag, facts.get(tag, ()), "") for tag in cases}
    people: dict[str, set[str]] = {}
    for (token, _), tags in zip(each, found, strict=True):
        whose = (states[tag] for tag in sorted(tags & cases))
        people.setdefault(token, set()).update(k.state.person for k in whose if k)
    return people
