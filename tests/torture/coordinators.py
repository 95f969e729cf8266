"""Coordinators who look at the same lists and click at the same moment.

One home for three households, one chair for three, one proposal refused by three: at
most one of them can have it, and whoever is told so must find it in the ledger.
"""

import json
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.torture.clients import Door
from tests.torture.journal import Answered, Journal
from tests.torture.said import FIRST_DAY, LAST_DAY, Json

MANY = 3
"""Coordinators who act at once."""
NAMES = ("Kim", "Noor", "Sascha")
LOOK = 30
_HOMES = f"kind=housing&state=new&size={LOOK}"
_CHAIRS = f"item=chair&size={LOOK}"


@dataclass(frozen=True)
class Race:
    """What all go for at the same moment, each with an order of their own."""

    command: str
    bodies: Sequence[Json]


class Coordinators:
    """Draws races from what the desk shows, and runs them."""

    def __init__(self, door: Door, journal: Journal, seed: int) -> None:
        self._door, self._journal, self._seed = door, journal, seed
        self._dice = random.Random(f"coordinators-{seed}")
        self._orders = 0

    def work(self, pause: float) -> None:
        """Race until the run ends."""
        while not self._door.stop.wait(pause):
            for race in self._races():
                self._run(race)

    def _races(self) -> Iterator[Race]:
        for wanted in (_HOMES, _CHAIRS):
            offers = self._ids("available_offers", wanted, "offer")
            needs = self._ids("open_needs", wanted, "need")
            if offers and len(needs) >= MANY:
                line: Json = {"quantity": 1}
                if wanted == _HOMES:
                    line = {"start": FIRST_DAY, "end": LAST_DAY, "count": 1}
                yield self._for_all(self._dice.choice(offers), needs, line)
        if proposals := self._rows("proposals", f"living=true&size={LOOK}"):
            yield self._refused(self._dice.choice(proposals))

    def _for_all(self, offer: str, needs: list[str], line: Json) -> Race:
        bodies: list[Json] = [
            {
                "match": f"m-{self._seed}-{self._orders}-{n}",
                "offer": offer,
                "need": need,
                "allocation": [line],
                "reason": "whoever is first",
            }
            for n, need in enumerate(self._dice.sample(needs, MANY))
        ]
        return Race("propose-match", bodies)

    def _refused(self, proposal: Json) -> Race:
        pair = {name: proposal[name] for name in ("match", "offer", "need")}
        reasons = ("other", "not_reached", "filled_by_other")
        bodies = [pair | {"side": "office", "reason": why} for why in reasons]
        return Race("refuse-match", bodies)

    def _run(self, race: Race) -> None:
        gate = threading.Barrier(len(race.bodies))

        def give(name: str, order: str, body: Json) -> None:
            self._journal.ordered(order)
            gate.wait()
            self._give(name, order, race.command, body)

        runners = [
            threading.Thread(target=give, args=(name, self._next(), body))
            for name, body in zip(NAMES, race.bodies, strict=True)
        ]
        for runner in runners:
            runner.start()
        for runner in runners:
            runner.join()

    def _give(self, name: str, order: str, command: str, body: Json) -> None:
        headers = {
            "Content-Type": "application/json",
            "Beistand-Actor": name,
            "Idempotency-Key": order,
        }
        path = f"/api/commands/{command}"
        reply = self._door.insist(path, json.dumps(body).encode(), headers)
        if reply is not None:
            positions = _whole(reply.body.get("positions"))
            self._journal.answered(Answered(order, reply.status, positions))

    def _next(self) -> str:
        self._orders += 1
        return f"order-{self._seed}-{self._orders}"

    def _ids(self, model: str, wanted: str, column: str) -> list[str]:
        return [str(row[column]) for row in self._rows(model, wanted)]

    def _rows(self, model: str, wanted: str) -> list[Json]:
        reply = self._door.ask("GET", f"/api/{model}?{wanted}", b"", {})
        if reply.status == 400:
            raise AssertionError(f"the desk does not know {model}?{wanted}: {reply}")
        rows = reply.body.get("rows")
        return rows if isinstance(rows, list) else []


def _whole(span: object) -> tuple[int, ...]:
    """Return all positions from the first to the last that were told."""
    match span:
        case [int(first), int(last)]:
            return tuple(range(first, last + 1))
        case _:
            return ()
