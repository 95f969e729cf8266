"""Ctrl+C at a long search: the best plan so far, and only the second one ends all."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import matcher
from services.cli.options import note
from services.progress import Progress

_SAID = (
    "Stopping: the best plan so far, as soon as this step ends. Ctrl+C again ends all."
)


@contextmanager
def interrupted(progress: Progress) -> Iterator[Progress]:
    """Pass on what is told, until Ctrl+C has been pressed."""
    pressed = False

    def press(*_: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        note.print(_SAID, highlight=False, markup=False)

    def tell(phase: str, worth: int, bound: int) -> None:
        if pressed:
            raise matcher.Enough
        progress(phase, worth, bound)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield tell
    finally:
        signal.signal(signal.SIGINT, before)
