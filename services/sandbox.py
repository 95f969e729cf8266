"""What if: today's market with something changed, solved aside and compared.

Nothing here knows how to record: it is given a market document, and returns numbers.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from pydantic import JsonValue, ValidationError

import matcher
from events.policy import Policy
from matcher import Beds, Comparison, More, NotThere, Plan, Rooms, Rules
from services.ledger.rules.base import Refused
from services.market import Json
from services.progress import Progress
from services.solver import Here, Solver, checked

Change = More | Beds | Rooms
MOST_MORE, MOST_BEDS = 1_000, 10_000
KEPT = 2
"""Plans of a market as it is that are kept: who tries one thing tries a second."""


class Sandbox:
    """Solves markets that nobody records; any thread may ask, one at a time solves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.solver: Solver = Here()
        self._known: OrderedDict[str, Plan] = OrderedDict()

    def compare(self, document: Json, other: Json, *, progress: Progress) -> Comparison:
        """Return both plans compared; raise `Unsound` when the referee objects."""
        with self._lock:
            before = self._as_it_is(document, _about("as it is", progress))
            after = self._solved(other, _about("what if", progress))
        return matcher.compare(document, before, after)

    def _as_it_is(self, document: Json, progress: Progress) -> Plan:
        name = matcher.digest(document)
        if name not in self._known:
            self._known[name] = self._solved(document, progress)
        self._known.move_to_end(name)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return self._known[name]

    def _solved(self, document: Json, progress: Progress) -> Plan:
        return checked(self.solver, document, seed=1, progress=progress)


def altered(
    document: Json, changes: Iterable[Change], settings: Mapping[str, JsonValue]
) -> Json:
    """Return the market as it would be; raise `Refused` where that cannot be.

    `settings` are values of the policy by their dotted names: its rules and weights.
    """
    wanted = [_allowed(change) for change in changes]
    rules = [_rules(document, settings)] if settings else []
    if not wanted and not rules:
        raise Refused("Nothing is changed yet; say what would be otherwise.")
    try:
        return dict(matcher.changed(document, [*wanted, *rules]))
    except NotThere as error:
        raise Refused(
            "The offer is not open now, or has no such rooms or beds; choose another."
        ) from error


def _allowed(change: Change) -> Change:
    count, most = (
        (change.count, MOST_MORE)
        if isinstance(change, More)
        else (change.count, MOST_BEDS)
        if isinstance(change, Rooms)
        else (change.beds, MOST_BEDS)
    )
    if not 0 <= count <= most:
        raise Refused("It takes a number from 0 to {most}.", most=most)
    return change


def _rules(document: Json, settings: Mapping[str, JsonValue]) -> Rules:
    policy: Json = Policy.model_validate_json(_text(document["policy"])).model_dump(
        mode="json"
    )
    for name, value in settings.items():
        _put(policy, name, value)
    try:
        told = Policy.model_validate_json(_text(policy))
    except ValidationError as error:
        raise Refused("The policy cannot be like that; whole numbers only.") from error
    return Rules(told.model_dump(mode="json", exclude_none=True))


def _put(policy: Json, name: str, value: JsonValue) -> None:
    """Set what a dotted name stands for; raise `Refused` when there is no such."""
    *path, last = name.split(".")
    part: object = policy
    for step in path:
        part = part.get(step) if isinstance(part, dict) else None
    if not isinstance(part, dict) or last not in part:
        raise Refused("The policy has nothing called {name}.", name=name)
    part[last] = value


def _text(value: object) -> str:
    return json.dumps(value)


def _about(which: str, progress: Progress) -> Progress:
    """Return a progress that says which of the two markets is being solved."""
    return lambda phase, worth, bound: progress(f"{which}, {phase}", worth, bound)
