"""A person promises nothing to one of two cases that may be the same.

At most one of a group of likely duplicates takes part in a plan. What is done by hand
keeps to it: first somebody says whether they are one case or two.
"""

from collections.abc import Iterator

from events.case import CaseState
from events.desk import CaseLikened
from services.ledger.rules.base import Past, Refused, need_tag, offer_tag


def likenesses(offer: str, need: str) -> tuple[str, ...]:
    """Return the tags under which later cases say that they may be one of these."""
    return tuple(f"like:{tag}" for tag in (offer_tag(offer), need_tag(need)))


def twin_tags(past: Past, offer: str, need: str) -> tuple[str, ...]:
    """Return the cases that these may be the same as, merges followed."""
    ends = (past.known(offer_tag(offer)), past.known(need_tag(need)))
    return tuple(tag for case in ends if case is not None for tag in _tags(past, case))


def one_case(past: Past, case: CaseState) -> None:
    """Refuse while a likely duplicate of the case stands, and nobody has decided."""
    for tag in _tags(past, case):
        twin = past.known(tag)
        if twin is not None and twin.status in {"open", "parked"}:
            raise Refused(
                "It may be the same as {twin}; merge them or keep them apart first.",
                twin=tag,
            )


def _tags(past: Past, case: CaseState) -> tuple[str, ...]:
    """Return the tags of likely duplicates, and of what they were merged into."""
    side = "offer" if past.known(offer_tag(case.id)) is case else "need"
    earlier = (f"{side}:{name}" for name in case.similar_to)
    found: list[str] = []
    for first in (*earlier, *_later(past, f"{side}:{case.id}")):
        tag: str | None = first
        while tag is not None and tag not in found:
            found.append(tag)
            twin = past.known(tag)
            into = None if twin is None else twin.merged_into
            tag = None if into is None else f"{side}:{into}"
    known = {f"{side}:{name}" for name in (case.id, *case.apart_from)}
    return tuple(tag for tag in found if tag not in known)


def _later(past: Past, case: str) -> Iterator[str]:
    """Yield the later cases that said so."""
    for recorded in past.facts:
        if isinstance(recorded.fact, CaseLikened) and case in recorded.fact.to:
            yield recorded.fact.case
