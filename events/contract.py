"""Every fact by its contract name, and back from stored bytes."""

import inspect
from types import ModuleType

from events import (
    arrivals,
    desk,
    match,
    need,
    offer,
    pair,
    plan,
    realm,
    upcast,
)
from events.base import Fact

_LIVES: tuple[ModuleType, ...] = (
    realm,
    offer,
    need,
    pair,
    arrivals,
    match,
    plan,
    desk,
)


def _named(module: ModuleType) -> dict[str, type[Fact]]:
    classes = (member for _, member in inspect.getmembers(module, inspect.isclass))
    return {
        fact.type: fact
        for fact in classes
        if issubclass(fact, Fact) and "type" in vars(fact)
    }


FACTS: dict[str, type[Fact]] = {
    name: fact for module in _LIVES for name, fact in _named(module).items()
}
"""Contract name → model, for every fact of today."""


class UnknownFact(ValueError):
    """A stored contract name that this release cannot read."""


def decode(name: str, data: bytes) -> Fact:
    """Read stored bytes as today's fact; raise `UnknownFact` or `ValidationError`."""
    name, data = upcast.as_today(name, data)
    model = FACTS.get(name)
    if model is None:
        raise UnknownFact(
            f"no fact is called {name}; a newer release wrote this ledger: install it"
        )
    return model.model_validate_json(data)
