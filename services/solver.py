"""Where a market is solved: in this process, or in one of its own.

A solver holds Python's lock for seconds on end. Whoever answers pages meanwhile has it
solve elsewhere: the document goes in, steps and the plan come out, and the referee has
a process of its own again. It is the same code, so the same plan.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Protocol, cast

import matcher
from matcher import Enough, Plan
from services.market import Json
from services.progress import Progress

CHILD = "services.solver_child"
ENOUGH = b"enough\n"


class Unsound(RuntimeError):
    """No plan came out that may be recorded; nothing of it was."""


class Ended(Unsound):
    """The process that searched was ended, perhaps for want of memory."""


class Solver(Protocol):
    """Solves a market document, and judges a plan of it."""

    def solve(self, document: Json, *, seed: int, progress: Progress) -> Plan: ...

    def faults(self, document: Json, plan: Plan) -> list[str]: ...


class Here:
    """In this process."""

    def solve(self, document: Json, *, seed: int, progress: Progress) -> Plan:
        return matcher.solve(document, seed=seed, progress=progress)

    def faults(self, document: Json, plan: Plan) -> list[str]:
        return matcher.faults(document, plan)


class Apart:
    """In a process of its own for each question; it ends when this one ends.

    A `progress` that raises `Enough` is passed on: the plan says at which step of its
    own the search was stopped, and comes out again there.
    """

    def solve(self, document: Json, *, seed: int, progress: Progress) -> Plan:
        question: Json = {"ask": "solve", "document": document, "seed": seed}
        return Plan.from_json(cast("Json", _asked(question, progress)))

    def faults(self, document: Json, plan: Plan) -> list[str]:
        question: Json = {"ask": "faults", "document": document, "plan": plan.to_json()}
        return cast("list[str]", _asked(question, _silent))


def checked(solver: Solver, document: Json, *, seed: int, progress: Progress) -> Plan:
    """Return a plan that the referee has nothing against; raise `Unsound`."""
    plan = solver.solve(document, seed=seed, progress=progress)
    if faults := solver.faults(document, plan):
        raise Unsound(f"The plan does not hold and is thrown away: {faults[0]}")
    return plan


def _asked(question: Json, progress: Progress) -> object:
    command = [sys.executable, "-P", "-m", CHILD]
    with subprocess.Popen(  # noqa: S603 - our own module, and nothing of a person's
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl+C is ours to answer
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise AssertionError("both are pipes")
        try:
            _say(child.stdin, json.dumps(question).encode() + b"\n")
            found = _heard(child.stdout, progress, child.stdin)
            if found is None:
                child.wait()
        finally:
            child.kill()
            with suppress(BrokenPipeError):
                child.stdin.close()  # what it did not hear is still on its way
    if found is None:
        raise _why(child.returncode)
    return found["found"]


def _heard(steps: IO[bytes], progress: Progress, back: IO[bytes]) -> Json | None:
    """Pass steps on until the answer comes; `None`: the process ended before it."""
    tell: Callable[[str, int, int], None] = progress
    for line in steps:
        if not line.endswith(b"\n"):
            return None  # killed in the middle of it
        told: Json = json.loads(line)
        if "found" in told:
            return told
        try:
            tell(str(told["phase"]), int(str(told["worth"])), int(str(told["bound"])))
        except Enough:
            tell = _silent
            _say(back, ENOUGH)
    return None


def _say(pipe: IO[bytes], words: bytes) -> None:
    """Say something to a process that may have ended: then its end is looked at."""
    try:
        pipe.write(words)
        pipe.flush()
    except BrokenPipeError:
        return


def _why(returned: int) -> RuntimeError:
    """Return what to raise: a bug ends us as it would here; a kill is everyday life."""
    if returned > 0:
        return RuntimeError("the solver's process died of a bug; it says so above")
    return Ended("The solver's process was ended before it had a plan.")


def _silent(_: str, __: int, ___: int) -> None:
    """Nobody asked for progress."""
