"""Reads one large file in a process of its own, beside the one that records.

Started as `python -m services.intake.reading_child` with path, what the person called
it, the chosen profile and the folder of the user's profiles.
"""

import gc
import pickle
import sys
from pathlib import Path

from services.intake.files import FileRefused
from services.intake.profile import profiles
from services.intake.reading import Frame, Refusal, frames_of
from services.intake.source import open_source


def main(path: str, called: str, chosen: str, own: str) -> None:
    """Write the frames of one file to standard output.

    Rows are no cycles: to let the collector look for some took a quarter of the time.
    """
    gc.set_threshold(100_000, 50, 100)
    try:
        known = profiles(Path(own) if own else None)
        source = open_source(Path(path), known, called=called, chosen=chosen or None)
        for frame in frames_of(source):
            _write(frame)
    except FileRefused as error:
        _write(Refusal(str(error)))


def _write(frame: Frame) -> None:
    sys.stdout.buffer.write(pickle.dumps(frame, pickle.HIGHEST_PROTOCOL))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
