"""What every command has, and the past it decides on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from inspect import isclass
from typing import ClassVar, TypeVar, get_args

from events.base import Fact, Recorded, Said
from events.case import Private
from events.lives import fold_match, fold_need, fold_offer
from events.match import MatchState
from events.need import NeedState
from events.offer import OfferState
from events.policy import Policy
from events.values import OpenQuestion, Plain, Ref, Sealed, Secret, Strict, Word

Model = TypeVar("Model", bound=Strict)


class Refused(Exception):
    """A rule says no; the text is a sentence for the person who asked.

    A page translates `template` and puts `values` in afterwards.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values


class Outdated(Refused):
    """What a command was made of has changed: look again, and make it anew."""


@dataclass(frozen=True)
class Past:
    """What a decision may know: the facts it concerns, today, the policy in force."""

    facts: tuple[Recorded, ...]
    today: date | None
    policy: Policy
    tags: tuple[str, ...] = ()
    """Whose facts these are: what comes about them meanwhile overtakes a decision."""
    _offers: dict[str, OfferState | None] = field(default_factory=dict, compare=False)
    _needs: dict[str, NeedState | None] = field(default_factory=dict, compare=False)
    """What was folded already: a rule asks for the same life several times."""

    def offer(self, offer: str) -> OfferState:
        """Return the offer; raise `Refused` when there is none."""
        if offer not in self._offers:
            self._offers[offer] = fold_offer(offer, self.facts)
        if (state := self._offers[offer]) is None:
            raise Refused("There is no offer {offer}; check the number.", offer=offer)
        return state

    def need(self, need: str) -> NeedState:
        """Return the need; raise `Refused` when there is none."""
        if need not in self._needs:
            self._needs[need] = fold_need(need, self.facts)
        if (state := self._needs[need]) is None:
            raise Refused("There is no need {need}; check the number.", need=need)
        return state

    def known(self, ref: str) -> OfferState | NeedState | None:
        """Return the case behind `offer:…` or `need:…`; None: nobody read it."""
        try:
            return self.case(ref)
        except Refused:
            return None

    def match(self, match: str) -> MatchState:
        """Return the match; raise `Refused` when there is none."""
        if (state := fold_match(match, self.facts)) is None:
            raise Refused(
                "There is no proposal {match}; check the number.", match=match
            )
        return state

    def case(self, ref: str) -> OfferState | NeedState:
        """Return the case behind `offer:…` or `need:…`."""
        kind, _, name = ref.partition(":")
        return self.offer(name) if kind == "offer" else self.need(name)

    @property
    def day(self) -> date:
        """Business today; raise `Refused` before the first day began."""
        if self.today is None:
            raise Refused("No day has begun yet; run `beistand do begin-day` first.")
        return self.today

    def happened(self, day: date) -> None:
        """Refuse a day that has not come yet: a fact is what happened."""
        if self.today is not None and day > self.today:
            raise Refused(
                "The day {day} is still to come; record it when it has happened.",
                day=day,
            )


class Command(Strict):
    """A wish. `name` is what the API and `beistand do` call it."""

    name: ClassVar[str]

    def concerns(self) -> tuple[str, ...]:
        """Return the tags whose facts this depends on and must not change meanwhile."""
        raise NotImplementedError

    def further(self, past: Past) -> tuple[str, ...]:
        """Return what else it depends on, as far as the past read so far tells."""
        del past
        return ()

    def person(self, past: Past) -> str:
        """Return whose keys seal the private parts of this command."""
        raise NotImplementedError(f"{self.name} has no private parts")

    def decide(self, past: Past, said: Said) -> list[Fact]:
        """Return the facts this leads to (none: so already), or raise `Refused`."""
        raise NotImplementedError


class Told(Strict):
    """The private parts of a case as a command brings them."""

    contact: Secret | None = None
    address: Secret | None = None
    message: Secret | None = None
    confidential: Secret | None = None
    external_ids: Secret | None = None

    def private(self) -> Private:
        return Private(**{name: boxed(value) for name, value in self if value})


class Question(Strict):
    """An open question as a command brings it."""

    field: Word
    reason: Word
    raw: Secret | None = None

    def asked(self) -> OpenQuestion:
        raw = None if self.raw is None else boxed(self.raw)
        return OpenQuestion(field=self.field, reason=self.reason, raw=raw)


def boxed(secret: Secret) -> Sealed:
    """Return the sealed part; a plain one never gets this far."""
    if not isinstance(secret, Sealed):
        raise TypeError("decide saw plain personal data")
    return secret


def plains(model: Strict) -> Iterator[Plain]:
    """Yield every part that is still to be sealed, in a fixed order."""
    found: list[Plain] = []

    def note(plain: Plain) -> Plain:
        found.append(plain)
        return plain

    _replace(model, note)
    yield from found


def sealed(model: Model, seal: Callable[[Plain], Strict]) -> Model:
    """Return the model with every plain part replaced by `seal` of it."""
    return _replace(model, seal)


def _replace(model: Model, seal: Callable[[Plain], Strict]) -> Model:
    update: dict[str, object] = {}
    for name in _holding(type(model)):
        value = getattr(model, name)
        if value is not None and (new := _replaced(value, seal)) is not value:
            update[name] = new
    return model.model_copy(update=update) if update else model


@cache
def _holding(model: type[Strict]) -> tuple[str, ...]:
    """Return the fields that may hold a plain part: to look at all takes longer."""
    fields = model.model_fields.items()
    return tuple(name for name, field in fields if _may_hold(field.annotation))


def _may_hold(annotation: object) -> bool:
    if not isclass(annotation) or get_args(annotation):
        return any(_may_hold(part) for part in get_args(annotation))
    if issubclass(annotation, Plain | Command):
        return True
    return issubclass(annotation, Strict) and bool(_holding(annotation))


def _replaced(value: object, seal: Callable[[Plain], Strict]) -> object:
    match value:
        case Plain():
            return seal(value)
        case Strict():
            return _replace(value, seal)
        case tuple():
            new = tuple(_replaced(part, seal) for part in value)
            same = all(a is b for a, b in zip(new, value, strict=True))
            return value if same else new
        case _:
            return value


def offer_tag(offer: Ref) -> str:
    return f"offer:{offer}"


def need_tag(need: Ref) -> str:
    return f"need:{need}"
