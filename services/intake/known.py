"""What is known of a row's case: how the row told it last, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from events.base import Fact, Recorded
from events.case import known as fields
from events.case import patched
from events.lives import fold_need, fold_offer
from events.need import NeedAmended, NeedDetails, NeedRaised, NeedState
from events.offer import OfferAmended, OfferDetails, OfferListed, OfferState
from events.values import Origin, Strict


@dataclass(frozen=True)
class Known:
    """A case and its row. `told` holds the details as the row said them last.

    A row is compared with itself and not with the case: what a person corrected at
    the desk meanwhile is not taken back by the next file.
    """

    state: OfferState | NeedState
    origins: tuple[Origin, ...]
    told: OfferDetails | NeedDetails
    priority: int | None

    @property
    def latest(self) -> Origin | None:
        return self.origins[-1] if self.origins else None

    @property
    def twins(self) -> frozenset[str]:
        """The cases about which it is known, or decided, that they look alike."""
        state = self.state
        merged = () if state.merged_into is None else (state.merged_into,)
        return frozenset((*state.similar_to, *state.apart_from, *merged))

    @property
    def is_closed(self) -> bool:
        return self.state.status in {"withdrawn", "merged"}


@dataclass(frozen=True)
class Difference:
    """What a row says now and did not say before, as an amendment takes it."""

    changes: OfferDetails | NeedDetails
    unset: tuple[str, ...]


def by_case(facts: Iterable[Recorded]) -> dict[str, list[Recorded]]:
    """Part facts by the offers and needs that they are about."""
    found: dict[str, list[Recorded]] = {}
    for recorded in facts:
        for tag in recorded.fact.tags():
            if tag.startswith(("offer:", "need:")):
                found.setdefault(tag, []).append(recorded)
    return found


def known(tag: str, facts: Iterable[Recorded], row_key: str) -> Known | None:
    """Fold the facts about one case; None where nothing is known of it."""
    told = tuple(facts)
    kind, _, name = tag.partition(":")
    state = fold_offer(name, told) if kind == "offer" else fold_need(name, told)
    if state is None:
        return None
    row = Known(state, (), state.details, None)
    case: OfferDetails | NeedDetails = state.details
    for recorded in told:
        row = _told(row, recorded.fact, row_key, case)
        case = _after(case, recorded.fact)
    return row


def difference(
    before: OfferDetails | NeedDetails,
    now: OfferDetails | NeedDetails,
    *,
    covered: frozenset[str],
    unsure: frozenset[str],
) -> Difference:
    """Compare two tellings of a row, field by field.

    A field that has become unsure keeps what was certain of it. A field without a
    column is not touched.
    """
    changes: dict[str, object] = {}
    unset: list[str] = []
    for name in type(now).model_fields:
        if name == "kind" or name not in covered:
            continue
        old, new = getattr(before, name), getattr(now, name)
        if new is None:
            unset += [name] if old is not None and name not in unsure else []
        elif undated(old) != undated(new):
            changes[name] = otherwise(old, new)
            unset += [] if name in unsure else _parts_gone(name, old, new)
    return Difference(type(now)().model_copy(update=changes), tuple(unset))


def undated(value: object) -> object:
    """Return members without the day as of which their ages were said."""
    if not isinstance(value, tuple):
        return value
    return tuple(
        part.model_copy(update={"as_of": None})
        if isinstance(part, Strict) and "as_of" in type(part).model_fields
        else part
        for part in value
    )


def otherwise(old: object, new: object) -> object:
    """Return a part that says only what the row says otherwise than before.

    So a new postcode does not lift the protection that a person gave the address.
    """
    if not isinstance(new, Strict) or old is None:
        return new
    if any(field.is_required() for field in type(new).model_fields.values()):
        return new
    said = {name for name, value in new if value != getattr(old, name)}
    return type(new).model_construct(_fields_set=said, **dict(new))


def _told(
    row: Known, fact: Fact, row_key: str, case: OfferDetails | NeedDetails
) -> Known:
    """Let the row's own telling go on; what others said of the case is not its."""
    match fact:
        case OfferListed() | NeedRaised():
            priority = fact.priority if isinstance(fact, NeedRaised) else None
            now = replace(row, told=fact.details, priority=priority)
        case OfferAmended() | NeedAmended() if _is_from(fact.origin, row_key):
            said: dict[str, object] = {
                name: _own(
                    getattr(row.told, name),
                    getattr(case, name),
                    getattr(fact.changes, name),
                )
                for name in fields(fact.changes)
            }
            said |= dict.fromkeys(fact.unset)
            now = replace(row, told=row.told.model_copy(update=said))
            if isinstance(fact, NeedAmended) and fact.priority is not None:
                now = replace(now, priority=fact.priority)
        case _:
            return row
    origins = () if fact.origin is None else (fact.origin,)
    return replace(now, origins=(*row.origins, *origins))


def _own(row: object, case: object, told: object) -> object:
    """Return a part as the row says it, without what the case had from others.

    A fact tells a part as a whole, so what it says otherwise than the case before is
    what the row said.
    """
    if not isinstance(told, Strict) or not isinstance(case, Strict):
        return told
    if any(field.is_required() for field in type(told).model_fields.values()):
        return told
    said = {name: value for name, value in told if value != getattr(case, name)}
    return (row if isinstance(row, Strict) else type(told)()).model_copy(update=said)


def _after(case: OfferDetails | NeedDetails, fact: Fact) -> OfferDetails | NeedDetails:
    match fact:
        case OfferListed() | NeedRaised():
            return fact.details
        case OfferAmended():
            return patched(case, fact.changes, fact.unset)
        case NeedAmended():
            return patched(case, fact.changes, fact.unset)
        case _:
            return case


def _parts_gone(name: str, old: object, new: object) -> list[str]:
    if not isinstance(old, Strict) or not isinstance(new, Strict):
        return []
    fields = type(new).model_fields
    if any(field.is_required() for field in fields.values()):
        return []
    now: Mapping[str, object] = dict(new)
    return [
        f"{name}.{fields[part].alias or part}"
        for part, value in old
        if value is not None and now[part] is None
    ]


def _is_from(origin: Origin | None, row_key: str) -> bool:
    return origin is not None and origin.row_key == row_key
