"""From the fields of a row to a household that needs a home."""

from collections.abc import Iterable

from events.kinds.housing import HousingNeed, Protection
from services.intake.cells import Asked, Values
from services.intake.draft import Built
from services.intake.homes import days_in_order, group
from services.intake.people import Household, Person, household
from services.intake.reasons import Reason

_PLAIN = (
    "horizon", "waiting_since", "rent_payer", "may_split", "pets", "smokers",
    "languages", "expected_birth", "near",
)  # fmt: skip
Told = dict[str, object]


def need(values: Values) -> Built:
    """Build a need. People who do not add up stay unknown, so nobody is left out."""
    told: Told = {name: values.told[name] for name in _PLAIN if name in values.told}
    asked: list[Asked] = []
    told |= _people(values, asked)
    told |= _period(values, asked)
    told |= _wishes(values)
    if (kept := _protection(values)) is not None:
        told["protection"] = kept
    return Built(HousingNeed.model_validate(told), tuple(asked))


def _people(values: Values, asked: list[Asked]) -> Told:
    raw = values.raw.get("household")
    persons = values.number("persons")
    wanted = values.told.get("requirements")
    needs = tuple(wanted) if isinstance(wanted, tuple) else ()
    found = None if raw is None else _household(raw, asked)
    if found is None:
        return _unnamed(values, persons, needs, asked)
    count = len(found.people)
    if persons is not None and persons != count:
        said = values.raw.get("persons", "")
        asked.append(Asked("persons", said, Reason.PERSONS_DIFFER))
        return {}
    if needs and count > 1:
        _ask_who(values, asked)
    return {
        "persons": count,
        "members": tuple(
            _member(place, person, needs) for place, person in enumerate(found.people)
        ),
        "relations": tuple(
            {"a": _ref(a), "b": _ref(b), "kind": kind} for a, b, kind in found.relations
        ),
    }


def _household(raw: str, asked: list[Asked]) -> Household | None:
    read, doubts = household(raw)
    reasons = doubts if read.reason is None else (read.reason, *doubts)
    asked += [Asked("household", raw, reason) for reason in reasons]
    return read.value


def _unnamed(
    values: Values, persons: int | None, needs: tuple[str, ...], asked: list[Asked]
) -> Told:
    """People of whom only the number is known; what one needs, each needs."""
    if persons is None:
        return {}
    told: Told = {"persons": persons}
    if needs:
        if persons > 1:
            _ask_who(values, asked)
        told["members"] = tuple(
            {"ref": _ref(place), "needs": _needs(needs)} for place in range(persons)
        )
    return told


def _ask_who(values: Values, asked: list[Asked]) -> None:
    raw = values.raw.get("requirements", "")
    asked.append(Asked("requirements", raw, Reason.WHO_NEEDS))


def _member(place: int, person: Person, needs: tuple[str, ...]) -> Told:
    return {
        "ref": _ref(place),
        "age_band": person.band,
        "sex": person.sex,
        "needs": _needs((*person.needs, *needs)),
    }


def _needs(names: Iterable[str]) -> dict[str, bool]:
    return dict.fromkeys(names, True)


def _ref(place: int) -> str:
    return f"m{place + 1}"


def _period(values: Values, asked: list[Asked]) -> Told:
    span = group(values, "period")
    if not span:
        return {}
    if "from" not in span:
        asked.append(Asked("period.to", values.raw["period.to"], Reason.NO_SPAN))
        return {}
    if swapped := days_in_order(values, span["from"], span.get("to"), "period.to"):
        asked += swapped
        del span["to"]
    return {"period": span}


def _wishes(values: Values) -> Told:
    wishes = [
        {"kind": kind, "value": value}
        for kind in ("district", "dwelling")
        for value in _several(values.told.get(f"wishes.{kind}"))
    ]
    return {"wishes": tuple(wishes)} if wishes else {}


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _protection(values: Values) -> Protection | None:
    """Somebody to be kept away who cannot be identified: the address stays secret."""
    told = values.told.get("protection")
    found = told if isinstance(told, Protection) else None
    reasons = {asked.reason for asked in values.asked}
    unread = {asked.field for asked in values.asked} & {"protection", "no_contact"}
    if Reason.NO_CONTACT_NAME in reasons or (unread and found is None):
        base = found or Protection()
        return base.model_copy(update={"confidential_address": True})
    return found
