"""The garbage collector while much is read: messages, rows, or a whole market.

That makes tens of thousands of objects and no cycles; to look at all of them again and
again took a fifth of an import, a quarter of what a message of the bus costs, and half
of the time in which the referee reads a market.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (100_000, 50, 100)
_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []
"""What was set before, once for each that is at work."""


@contextmanager
def steady() -> Iterator[None]:
    """Let the collector look at new objects only, and seldom.

    Several may be at work at once: the last to end sets all as it was.
    """
    with _lock:
        if not _before:
            gc.freeze()
        _before.append(gc.get_threshold())
        gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        with _lock:
            first = _before[0]
            _before.pop()
            if not _before:
                gc.set_threshold(*first)
                gc.unfreeze()
