"""`beistand plans`: list them, verify one, repeat one, from the ledger alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer

import matcher
from events.base import Recorded
from events.plan import PlanMade
from matcher import Plan
from services.assemble import Beistand
from services.cli.options import (
    REFUSED,
    AsJson,
    Demo,
    Home,
    WrongUse,
    fail,
    opened,
    progress,
    result,
    say,
    told,
)
from services.follow import Feed, LedgerFeed
from services.hindsight import as_of, evidence
from services.ledger.batch import Item
from services.ledger.handle import read
from services.planning import plan_id
from services.steady import steady

app = typer.Typer(help="List plans; verify or repeat one.", rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="PLAN", help="As the list names it.")]
T = TypeVar("T")


@app.callback(invoke_without_command=True)
@told
def plans(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """List the plans, newest last."""
    if context.invoked_subcommand is not None:
        return
    with opened(home, demo=demo) as engine:
        rows = [_row(recorded, fact) for recorded, fact in _made(engine)]
    for row in rows:
        say(f"{row['plan']}  {row['today']}  placed {row['placed']}")
    if not rows:
        say("No plan yet: `beistand match` makes the first.")
    if as_json:
        result({"plans": rows})


@app.command()
@told
def verify(
    plan: Name,
    proof: Annotated[
        Path | None, typer.Option("--proof", help="Take this proof for the plan's own.")
    ] = None,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Check rules, worth and bound of a plan against what it saw; solve nothing."""
    seen = _looked_at(home, plan, evidence, demo=demo)
    if proof is not None:
        try:
            seen = replace(seen, plan=matcher.with_proof(seen.plan, proof.read_bytes()))
        except (OSError, ValueError) as error:
            raise WrongUse(f"{proof}: {error}.") from error
    with steady():
        found = seen.faults()
    for fault in found:
        say(fault)
    if not found:
        say(f"{plan} holds: every rule is kept, and nothing is worth more than told.")
    if as_json:
        result({"plan": plan, "holds": not found, "faults": found})
    if found:
        raise typer.Exit(REFUSED)


@app.command()
@told
def proof(
    plan: Name,
    out: Annotated[Path, typer.Option("--out", help="Where the proof is written.")],
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Write what proves a plan, to be kept apart: `verify --proof` judges by it."""
    told = matcher.proof_of(_looked_at(home, plan, evidence, demo=demo).plan)
    out.write_bytes(told)
    say(f"{out}: {len(told)} bytes prove {plan}.")
    if as_json:
        result({"plan": plan, "proof": str(out), "bytes": len(told)})


@app.command()
@told
def repeat(
    plan: Name, *, as_json: AsJson = False, home: Home = None, demo: Demo = False
) -> None:
    """Solve what a plan saw once more, and compare.

    A plan that was stopped early is stopped at the same step.
    """
    document, known = _looked_at(home, plan, as_of, demo=demo)
    watched = matcher.until(matcher.stopped_at(known.engine.name), progress)
    with steady():
        made = matcher.solve(document, seed=known.engine.seed, progress=watched)
    differs = list(_differences(known, made))
    for line in differs:
        say(line)
    if not differs:
        say(f"{plan} came out again, to the last stay and price.")
    if as_json:
        result({"plan": plan, "again": plan_id(made), "equal": not differs})
    if differs:
        raise typer.Exit(REFUSED)


def _looked_at(
    home: Home, name: str, look: Callable[[Feed, int], T], *, demo: bool
) -> T:
    """Look at a plan where it stands in the ledger."""
    with opened(home, demo=demo) as engine:
        found = [r.position for r, fact in _made(engine) if fact.plan == name]
        if not found:
            raise fail(f"No plan is called {name}; `beistand plans` lists them.")
        feed = LedgerFeed(engine.server)
        try:
            return look(feed, found[0])
        except LookupError as error:
            raise fail(f"It cannot be looked at again: {error.args[0]}.") from error
        finally:
            feed.close()


def _made(engine: Beistand) -> Iterator[tuple[Recorded, PlanMade]]:
    kind = Item(types=frozenset({PlanMade.type}))
    for stored in engine.recorder.read((kind,)):
        recorded = read(stored)
        if isinstance(recorded.fact, PlanMade):
            yield recorded, recorded.fact


def _row(recorded: Recorded, fact: PlanMade) -> dict[str, object]:
    return {
        "plan": fact.plan,
        "position": recorded.position,
        "saw": fact.content.position,
        "today": fact.content.today.isoformat(),
        "engine": fact.content.engine.name,
        "worth": fact.worth,
        "bound": fact.bound,
        "proven": fact.proven,
        "placed": fact.placed,
        "unmet": len(fact.content.unmet),
    }


def _differences(known: Plan, made: Plan) -> Iterator[str]:
    """Say in what two plans of one market differ; the solver's own version first."""
    if plan_id(known) == plan_id(made):
        return
    yield f"It came out otherwise, as {plan_id(made)}."
    if known.engine != made.engine:
        yield f"It was made by {known.engine}; this is {made.engine}."
    for part, other in zip(known.parts, made.parts, strict=True):
        for tier, now in zip(part.tiers, other.tiers, strict=True):
            if (tier.worth, tier.bound) != (now.worth, now.bound):
                yield (
                    f"{part.name}, {tier.name}: {tier.worth} of at most {tier.bound}, "
                    f"now {now.worth} of at most {now.bound}."
                )
    stays = len(set(known.stays) ^ set(made.stays))
    yield f"{stays} stays are in one of the two only."
