"""Every command by its name: what the API and `beistand do` reach."""

import inspect

from services.ledger.rules import (
    answers,
    arrivals,
    channels,
    desk,
    endings,
    goods,
    links,
    matches,
    merging,
    needs,
    offers,
    pairs,
    realm,
)
from services.ledger.rules.base import Command

_MODULES = (
    realm,
    channels,
    offers,
    needs,
    merging,
    pairs,
    links,
    arrivals,
    matches,
    answers,
    endings,
    goods,
    desk,
)

COMMANDS: dict[str, type[Command]] = {
    command.name: command
    for module in _MODULES
    for _, command in inspect.getmembers(module, inspect.isclass)
    if issubclass(command, Command) and "name" in vars(command)
}
"""Name → command, for every command of today."""
