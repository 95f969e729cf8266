"""Asks a process of this machine whether it is ready, with nothing but Python.

`python -m services.ready PORT` ends with 0 or 1 within a blink: a container's health
check runs four times a minute, and the whole command line takes over a second of CPU.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

ASK_SECONDS = 5


@dataclass(frozen=True)
class Answer:
    """Whether it is ready, what is wrong, and all that it said."""

    ready: bool
    wrong: tuple[str, ...]
    said: dict[str, object]


def ask(port: int) -> Answer:
    """Ask on 127.0.0.1; who is silent, or is something else, is not ready."""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=ASK_SECONDS)) as line:
            line.request("GET", "/health/ready")
            said = json.loads(line.getresponse().read())
        return Answer(said["ready"] is True, tuple(map(str, said["wrong"])), said)
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        silent = f"Nothing of Beistand answers on 127.0.0.1:{port}."
        return Answer(ready=False, wrong=(silent,), said={"ready": False})


def main(words: Sequence[str]) -> int:
    """Print what is wrong, a line each; 0 when nothing is."""
    answer = ask(int(words[0]))
    sys.stdout.write("".join(f"{line}\n" for line in answer.wrong))
    return 0 if answer.ready else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
