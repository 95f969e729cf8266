"""Read model: the history of one offer or need, fact by fact."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated

from pydantic import JsonValue

from events.base import Fact, Recorded
from events.kinds.housing import Location, Wish
from events.match import Why
from events.values import Origin, Sealed, Strict
from projections.life import moment
from projections.listing import Db, Listing, one_of, some
from projections.step import ReadModel, Step
from projections.table import Cur, Table


@dataclass(frozen=True)
class CaseEntry:
    """One row a fact and case: what happened, who said so, by which way.

    `parts` holds what the fact says in codes; of what is sealed it names the purpose,
    of what locates nothing.
    """

    case_ref: Annotated[str, "The case, offer:… or need:…"]
    position: Annotated[int, "The fact's place in the ledger"]
    fact: Annotated[str, "The fact's id"]
    type: Annotated[str, "The fact's contract name, offer.listed.v1"]
    recorded_at: Annotated[datetime, "When it was recorded"]
    valid_from: Annotated[datetime | None, "Since when it is true; empty: recorded_at"]
    actor: Annotated[str, "Who acted"]
    role: Annotated[str, "coordinator, channel, provider, household or system"]
    on_behalf_of: Annotated[str | None, "For whom"]
    via: Annotated[str, "By which way: desk, phone, mail, letter, channel, cli, system"]
    caused_by: Annotated[str | None, "What caused it"]
    match: Annotated[str | None, "The match that it is about, if any"]
    parts: Annotated[dict[str, JsonValue], "What it says, in codes"]


TABLE = Table(
    "case_file",
    CaseEntry,
    key=("case_ref", "position"),
    indexes=(("match",),),
)

LISTING = Listing(
    TABLE,
    filters={
        "case_ref": one_of("case_ref"),
        "match": one_of("match"),
        "type": one_of("type"),
    },
    sorts=("position",),
    order=("-position",),
)


def history(db: Db, case_ref: str) -> tuple[CaseEntry, ...]:
    """Return the facts of one case in the order of the ledger."""
    return some(db, TABLE, {"case_ref": case_ref})


def coded(fact: Fact) -> dict[str, JsonValue]:
    """Return what the fact says in codes.

    Places are left out altogether: whether a home is protected may be told later
    than where it is, and history is not written again.
    """
    return _fields(fact)


def _fields(model: Strict) -> dict[str, JsonValue]:
    aliases = _aliases(type(model))
    return {
        aliases[name]: value if type(value) in _PLAIN else _coded(value)
        for name, value in model.__dict__.items()
        if value is not None and name in aliases
    }


@cache
def _aliases(model: type[Strict]) -> dict[str, str]:
    """Return what the fields that may be shown are called in JSON."""
    left_out = _LOCATING | _ASIDE if issubclass(model, Fact) else _LOCATING
    fields = model.model_fields.items()
    return {n: f.alias or n for n, f in fields if n not in left_out}


def _coded(value: object) -> JsonValue:
    if (special := _SPECIAL.get(type(value))) is not None:
        return special(value)
    match value:
        case Strict():
            return _fields(value)
        case str() | int():
            return value
        case tuple():
            return [_coded(part) for part in value if not _places(part)]
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a case file")


def _sealed(box: Sealed) -> JsonValue:
    return {"sealed": box.purpose}


def _location(location: Location) -> JsonValue:
    return {"disclosure": location.disclosure}


def _origin(origin: Origin) -> JsonValue:
    return {"channel": origin.channel, "profile": origin.profile}


_SPECIAL: dict[type, Callable[..., JsonValue]] = {
    Sealed: _sealed,
    Location: _location,
    Origin: _origin,
}
"""What is not told field by field."""
_PLAIN = frozenset((str, int, bool))
"""What is told as it is, and most often: asked first, because it is asked fast."""
_ASIDE = frozenset(("said", "case"))
"""What has a column of its own."""
_LOCATING = frozenset(("near", "postcode", "represented_by", "metres"))


def _places(part: object) -> bool:
    return isinstance(part, Why) or (isinstance(part, Wish) and part.kind != "dwelling")


def entries(recorded: Recorded) -> Iterator[CaseEntry]:
    """Yield a row for each case that the fact is about."""
    fact, said = recorded.fact, recorded.fact.said
    refs = [tag for tag in fact.tags() if tag.startswith(("offer:", "need:"))]
    if not refs:
        return
    parts, recorded_at = coded(fact), moment(recorded)
    for ref in refs:
        yield CaseEntry(
            case_ref=ref,
            position=recorded.position,
            fact=recorded.id,
            type=fact.type,
            recorded_at=recorded_at,
            valid_from=said.valid_from,
            actor=said.actor.ref,
            role=said.actor.role,
            on_behalf_of=said.on_behalf_of,
            via=said.via,
            caused_by=said.caused_by,
            match=vars(fact).get("match"),
            parts=parts,
        )


def _apply(cursor: Cur, step: Step) -> None:
    rows = [entry for recorded in step.facts for entry in entries(recorded)]
    if rows:
        TABLE.fill(cursor, rows)


MODEL = ReadModel((TABLE,), _apply, sides=())
