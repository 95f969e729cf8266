"""What processes say about themselves: one line an event, and nobody's name in it.

A field is written only when it is known here to hold no personal data; of an error its
kind and its lines of code are written, never its text, for that quotes values. On a
terminal the lines are for reading; anywhere else each is one JSON object.
"""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, MutableMapping
from pathlib import Path
from types import TracebackType

import structlog

KNOWN = frozenset((
    "acknowledged", "again", "attempt", "channel", "channels", "code", "count",
    "error", "facts", "field", "first", "group", "has", "head", "host", "lag",
    "last", "library", "line", "messages", "model", "models", "next", "offset",
    "outcome", "overtaken", "part", "partition", "plan", "port", "position",
    "positions", "reason", "repeated", "role", "seconds", "servers", "signal",
    "state", "topic", "topics", "turn", "version", "waiting", "why",
))  # fmt: skip
"""Fields that never hold what somebody wrote about themselves or others."""
WITHHELD = "withheld"
MOST_TROUBLES = 1_000
"""Different ones that are remembered; beyond that all are said anew."""
TRUSTED = ("aiokafka", "kafka", "uvicorn")
"""Libraries whose message templates hold no values; of others the place is told."""
REPEAT_SECONDS = 10.0
"""The same trouble is said once in so long: else a server that is away for a night
writes twenty lines a second, and buries whatever else goes wrong."""
Event = MutableMapping[str, object]
log = structlog.get_logger("beistand")


def configure(*, for_people: bool) -> None:
    """Set up logging of this process on stderr: ours, libraries' and last words."""
    last = (
        structlog.dev.ConsoleRenderer(exception_formatter=_no_text)
        if for_people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_error,
            Repeats(),
            _only_known,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    root = logging.getLogger()
    root.handlers = [_Bridge()]
    root.setLevel(logging.WARNING)
    if not for_people:
        sys.excepthook = _last_words
        threading.excepthook = lambda end: _last_words(
            end.exc_type, end.exc_value, end.exc_traceback
        )


class _Bridge(logging.Handler):
    """Takes what libraries log, without the values that they put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        found: dict[str, object] = {
            "library": record.name,
            "line": f"{Path(record.pathname).name}:{record.lineno}",
        }
        if record.name.partition(".")[0] in TRUSTED:
            found["reason"] = str(record.msg)
        if record.exc_info and record.exc_info[0]:
            found["error"] = record.exc_info[0].__name__
        log.log(record.levelno, "library", **found)


class Repeats:
    """Lets the same trouble through once in a while, with how often it was said since.

    The same is what has the same words; figures may differ. What merely happens, and
    what is critical, is always said.
    """

    def __init__(
        self,
        seconds: float = REPEAT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds, self._clock = seconds, clock
        self._said: dict[frozenset[tuple[str, object]], tuple[float, int]] = {}

    def __call__(self, _: object, __: str, event: Event) -> Event:
        if event.get("level") not in {"warning", "error"}:
            return event
        now, key = self._clock(), _words(event)
        at, left_out = self._said.get(key, (now - self._seconds, 0))
        if now - at < self._seconds:
            self._said[key] = at, left_out + 1
            raise structlog.DropEvent
        if len(self._said) >= MOST_TROUBLES:
            self._said.clear()
        self._said[key] = now, 0
        if left_out:
            event["repeated"] = left_out
        return event


def _words(event: Event) -> frozenset[tuple[str, object]]:
    return frozenset(
        (name, value)
        for name, value in event.items()
        if isinstance(value, str) and name != "timestamp"
    )


def _only_known(_: object, __: str, event: Event) -> Event:
    """Withhold every field that nobody has looked at; add it to `KNOWN` to see it."""
    always = ("event", "level", "timestamp", "at")
    return {
        name: value if name in KNOWN or name in always else WITHHELD
        for name, value in event.items()
    }


def _place_of_error(_: object, __: str, event: Event) -> Event:
    """Replace an exception by its kind and the lines that it came through."""
    given = event.pop("exc_info", None)
    error = sys.exception() if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(_told(type(error), error.__traceback__))
    return event


def _told(kind: type[BaseException], trace: TracebackType | None) -> dict[str, object]:
    frames = traceback.extract_tb(trace)[-8:]
    lines = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
    return {"error": kind.__name__, "at": lines}


def _last_words(
    kind: type[BaseException], _: BaseException | None, trace: TracebackType | None
) -> None:
    log.critical("process.died", **_told(kind, trace))


def _no_text(*_: object) -> None:
    """Nothing: what may be told of an error is told before."""
