"""How the parts of this process fare: one `Health` a process, shared by its threads.

A part says that it lives (`beat`) and how far it has come; it is judged here, against
the ledger's head that somebody else looked up, since a part that has stopped would
still find itself at its own mark. Nothing here waits: whoever asks gets what is known.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

Clock = Callable[[], float]
"""Seconds that only grow, whatever happens to the machine's calendar."""
SILENT_SECONDS = 30.0
"""A part that says nothing for longer is taken for stuck."""
LATE_SECONDS = 15.0
"""A follower must reach within this time what the ledger's head was at its start."""
PATIENCE: Mapping[str, float] = {"matching": 900.0, "postgres": 15.0, "kafka": 15.0}
"""Who may be silent for longer, since a plan takes minutes, and who for less: a server
that is frozen says nothing at all, and whoever looks at it is held up too."""


@dataclass(frozen=True)
class Standing:
    """How one part stands; `trouble` is a sentence for a person, empty when well."""

    part: str
    trouble: str
    note: str = ""
    position: int | None = None
    lag: int | None = None
    """Facts between it and the ledger's head; None for who follows nothing."""
    lag_seconds: float = 0.0
    age: float | None = None
    """Seconds since its last beat; None when there was none yet."""

    @property
    def well(self) -> bool:
        return not self.trouble


@dataclass(frozen=True)
class _Part:
    expected: bool = False
    beat: float | None = None
    position: int | None = None
    note: str = ""
    stuck: str = ""
    goal: int = 0
    goal_at: float = 0.0


class Health:
    """What the parts of this process said last. May be shared by threads."""

    def __init__(
        self,
        *,
        clock: Clock = time.monotonic,
        silent: float = SILENT_SECONDS,
        late: float = LATE_SECONDS,
        patience: Mapping[str, float] = PATIENCE,
    ) -> None:
        self._clock, self._silent, self._late = clock, silent, late
        self._patience = patience
        self._parts: dict[str, _Part] = {}
        self._head: int | None = None
        self._lock = threading.Lock()

    def expect(self, *parts: str) -> None:
        """Say who must be heard: until its first beat a part is not ready."""
        with self._lock:
            for part in parts:
                known = self._parts.get(part) or _Part()
                self._parts[part] = replace(known, expected=True)

    def beat(self, part: str, position: int | None = None, note: str = "") -> None:
        """Say that a part lives, and up to which fact it has done its work.

        A beat does not end what `stuck` said: a part may live and still stand still.
        """
        with self._lock:
            known = self._parts.get(part) or _Part()
            self._parts[part] = replace(
                known,
                beat=self._clock(),
                position=known.position if position is None else position,
                note=note,
            )

    def rest(self, part: str, note: str) -> None:
        """Say that a part is well and follows nothing for now: it lags behind nobody.

        Who led and stands by again would else be held to where its lead ended.
        """
        with self._lock:
            known = self._parts.get(part) or _Part()
            self._parts[part] = _Part(known.expected, self._clock(), note=note)

    def stuck(self, part: str, sentence: str) -> None:
        """Say in a sentence why a part cannot go on; it stays until `clear`."""
        with self._lock:
            known = self._parts.get(part) or _Part()
            self._parts[part] = replace(known, stuck=sentence)

    def clear(self, part: str) -> None:
        """Say that a part goes on again; nothing happens when it never stopped."""
        with self._lock:
            known = self._parts.pop(part, None)
            if known is not None and (known.expected or known.beat is not None):
                self._parts[part] = replace(known, stuck="")

    def leave(self, part: str) -> None:
        """Forget a part that ended on purpose."""
        with self._lock:
            self._parts.pop(part, None)

    def observed(self, head: int) -> None:
        """Take the ledger's head, as somebody read it from the ledger itself.

        Every follower gets it as its goal once it has reached the one before; so a
        follower that keeps up under load is not late for never being at the very end.
        """
        with self._lock:
            now, self._head = self._clock(), head
            for name, part in self._parts.items():
                if part.position is not None and part.position >= part.goal:
                    self._parts[name] = replace(part, goal=head, goal_at=now)

    @property
    def head(self) -> int | None:
        """The ledger's head when it was last seen; None when it never was."""
        return self._head

    def standings(self) -> tuple[Standing, ...]:
        """Return how each part stands now, by name."""
        with self._lock:
            now, parts, head = self._clock(), dict(self._parts), self._head
        return tuple(
            self._judged(name, parts[name], now=now, head=head)
            for name in sorted(parts)
        )

    def troubles(self) -> tuple[Standing, ...]:
        """Return the parts that are not well: none means ready."""
        return tuple(one for one in self.standings() if not one.well)

    def _judged(
        self, name: str, part: _Part, *, now: float, head: int | None
    ) -> Standing:
        found = Standing(
            part=name,
            trouble=part.stuck,
            note=part.note,
            position=part.position,
            lag=_lag(part, head),
            lag_seconds=now - part.goal_at if _behind(part) else 0.0,
            age=None if part.beat is None else now - part.beat,
        )
        if part.stuck:
            return found
        limit = self._patience.get(name, self._silent)
        return replace(found, trouble=_trouble(found, limit, self._late))


def _lag(part: _Part, head: int | None) -> int | None:
    if part.position is None or head is None:
        return None
    return max(0, head - part.position)


def _behind(part: _Part) -> bool:
    return part.position is not None and part.position < part.goal


def _trouble(found: Standing, silent: float, late: float) -> str:
    if found.age is None:
        return f"{found.part} has not begun yet."
    if found.age > silent:
        return f"{found.part} has not been heard of for {found.age:.0f} s."
    if found.lag_seconds > late:
        return (
            f"{found.part} is {found.lag} facts behind the ledger and has not caught "
            f"up for {found.lag_seconds:.0f} s."
        )
    return ""


def told(standings: Iterable[Standing]) -> list[str]:
    """Return what is wrong, a sentence a part."""
    return [one.trouble for one in standings if one.trouble]
