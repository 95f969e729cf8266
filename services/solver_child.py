"""Answers one question of `services.solver`, in a process of its own.

One line of JSON comes in, then `enough` may; when standard input ends, whoever asked is
gone, and so is this. What goes out is a line for each step and one for the answer. What
a solver prints goes to standard error: it would tear the lines apart.
"""

import json
import os
import sys
import threading
from typing import IO, cast

import matcher
from matcher import Plan
from services import logs
from services.market import Json
from services.solver import ENOUGH
from services.steady import steady


def main() -> None:
    """Answer what stands on the first line."""
    logs.configure(for_people=sys.stderr.isatty())
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        asked = sys.stdin.buffer.readline()
        if not asked.endswith(b"\n"):
            return  # whoever asked ended in the middle of it
        enough = threading.Event()
        threading.Thread(target=_listen, args=(enough,), daemon=True).start()
        with steady():
            _say(out, {"found": _answered(json.loads(asked), out, enough)})


def _answered(question: Json, out: IO[bytes], enough: threading.Event) -> object:
    document = cast("Json", question["document"])
    if question["ask"] == "faults":
        plan = Plan.from_json(cast("Json", question["plan"]))
        return matcher.faults(document, plan)

    def tell(phase: str, worth: int, bound: int) -> None:
        _say(out, {"phase": phase, "worth": worth, "bound": bound})
        if enough.is_set():
            raise matcher.Enough

    seed = int(str(question["seed"]))
    return matcher.solve(document, seed=seed, progress=tell).to_json()


def _listen(enough: threading.Event) -> None:
    """Wait for more, below Python's own buffer: its lock would not let us end."""
    while ENOUGH in os.read(0, len(ENOUGH)):
        enough.set()
    os._exit(0)


def _say(out: IO[bytes], told: Json) -> None:
    out.write(json.dumps(told).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
