"""Commands for the matcher's own files: solve an instance, judge a plan.

Neither opens a realm; docs/matching.md describes the files.
"""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

import matcher
from services.cli.options import (
    REFUSED,
    AsJson,
    WrongUse,
    fail,
    note,
    result,
    say,
    told,
)
from services.cli.patience import interrupted

InstanceFile = Annotated[
    Path, typer.Argument(metavar="INSTANCE", help="An assignment-instance.v1 file.")
]
PlanFile = Annotated[
    Path, typer.Argument(metavar="PLAN", help="An assignment-plan.v1 file.")
]


@told
def solve(
    instance: InstanceFile,
    out: Annotated[Path, typer.Option("--out", help="Where the plan is written.")],
    effort: Annotated[
        int, typer.Option("--effort", min=1, help="More searches wider.")
    ] = 1,
    steps: Annotated[
        int, typer.Option("--steps", min=0, help="Stop early at this one; 0: never.")
    ] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Solve an assignment file, and write the plan with its proof.

    Ctrl+C ends the search, not the command: the best plan so far is written. Its engine
    says at which step that was; with as many --steps it comes out again.
    """
    began = time.monotonic()
    assignment = _assignment(instance, instance.read_bytes())
    with interrupted(matcher.until(steps, _tell)) as progress:
        plan = matcher.solve_instance(assignment, effort=effort, progress=progress)
    out.write_text(json.dumps(plan, ensure_ascii=False) + "\n", encoding="utf-8")
    gap = _gap(plan)
    proven = "proven optimal" if plan["proven"] else f"gap {gap:.4%}"
    say(f"{out}: worth {plan['worth']}, bound {plan['bound']}, {proven}")
    if as_json:
        kept = ("worth", "bound", "proven", "engine")
        result(
            {
                "plan": str(out),
                "gap": gap,
                "chosen": _length(plan["chosen"]),
                "seconds": round(time.monotonic() - began, 3),
                **{name: plan[name] for name in kept},
            }
        )


@told
def referee(instance: InstanceFile, plan: PlanFile, *, as_json: AsJson = False) -> None:
    """Judge a plan file by arithmetic alone, without a solver."""
    given, said = instance.read_bytes(), plan.read_bytes()
    _assignment(instance, given)
    try:
        faults = matcher.referee_instance(given, said)
    except ValueError as error:
        raise WrongUse(f"{plan}: {error}.") from error
    if not faults:
        say(f"{plan} holds: feasible, and worth and bound are as it says.")
    if as_json:
        result({"holds": not faults, "faults": faults})
    if faults:
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        raise fail(f"{plan} does not hold: {faults[0]}{more}.", REFUSED)


def _assignment(path: Path, data: bytes) -> matcher.Assignment:
    try:
        return matcher.read_instance(data)
    except ValueError as error:
        raise WrongUse(f"{path}: {error}.") from error


def _tell(phase: str, worth: int, bound: int) -> None:
    note.print(f"{phase}: {worth} of {bound}", highlight=False, markup=False)


def _gap(plan: dict[str, object]) -> float:
    worth, bound = int(str(plan["worth"])), int(str(plan["bound"]))
    return (bound - worth) / max(1, bound)


def _length(rows: object) -> int:
    return len(rows) if isinstance(rows, list) else 0


COMMANDS = (solve, referee)
