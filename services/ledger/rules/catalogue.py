"""Every command by its name: what the API and `beistand do` reach."""

import inspect

from services.ledger.rules import desk, goods, matches, needs, offers, pairs, realm
from services.ledger.rules.base import Command

COMMANDS: dict[str, type[Command]] = {
    command.name: command
    for module in (realm, offers, needs, pairs, matches, goods, desk)
    for _, command in inspect.getmembers(module, inspect.isclass)
    if issubclass(command, Command) and "name" in vars(command)
}
"""Name → command, for every command of today."""
