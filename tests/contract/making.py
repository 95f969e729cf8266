"""A fact of any kind, made from its model alone: what hypothesis round-trips."""

from datetime import UTC, date
from types import NoneType, UnionType
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import reject
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from events.base import Fact
from events.contract import FACTS

Model = TypeVar("Model", bound=BaseModel)
Values = st.SearchStrategy[object]

_SIGNS = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t")
_MOMENTS = st.datetimes(timezones=st.just(UTC))
_SCALARS: dict[object, Values] = {
    AwareDatetime: _MOMENTS,
    bool: st.booleans(),
    NoneType: st.none(),
    date: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
}


def facts() -> st.SearchStrategy[Fact]:
    """Give any fact that can be built."""
    return st.sampled_from(sorted(FACTS)).flatmap(lambda name: made(FACTS[name]))


@st.composite
def made(draw: st.DrawFn, model: type[Model]) -> Model:
    """Give an instance of the model; pass over what its own validators refuse."""
    content = {
        field.alias or name: draw(_values(field.annotation, field.metadata))
        for name, field in model.model_fields.items()
        if field.is_required() or draw(st.booleans())
    }
    try:
        return model(**content)
    except ValidationError:
        reject()


def _values(annotation: object, bounds: list[object]) -> Values:
    """Give what the annotation allows, within its bounds."""
    parts = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Annotated:
            return _values(parts[0], [*bounds, *_flat(parts[1:])])
        case origin if origin in {Union, UnionType}:
            return st.one_of([_values(part, bounds) for part in parts])
        case origin if origin is Literal:
            return st.sampled_from(parts)
        case origin if origin is tuple and parts[-1] is Ellipsis:
            return st.lists(_values(parts[0], []), max_size=2).map(tuple)
        case origin if origin is tuple:
            return st.tuples(*(_values(part, []) for part in parts))
        case _:
            return _scalars(annotation, bounds)


def _scalars(annotation: object, bounds: list[object]) -> Values:
    if annotation is str:
        return _texts(bounds)
    if annotation is int:
        low = next((bound.ge for bound in bounds if isinstance(bound, Ge)), -9)
        high = next((bound.le for bound in bounds if isinstance(bound, Le)), 2**40)
        return st.integers(int(str(low)), int(str(high)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return made(annotation)
    return _SCALARS[annotation]


def _texts(bounds: list[object]) -> Values:
    for bound in bounds:
        if (pattern := getattr(bound, "pattern", None)) is not None:
            return st.from_regex(pattern.replace("$", r"\Z"), fullmatch=True)
    low = next((b.min_length for b in bounds if isinstance(b, MinLen)), 0)
    high = next((b.max_length for b in bounds if isinstance(b, MaxLen)), 200)
    return st.text(_SIGNS, min_size=low, max_size=min(high, 30))


def _flat(metadata: tuple[object, ...]) -> list[object]:
    return [
        bound
        for part in metadata
        for bound in (part.metadata if isinstance(part, FieldInfo) else [part])
    ]
