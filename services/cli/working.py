"""Commands of daily work: match, give an order."""

import json
import sys
import uuid
from dataclasses import asdict
from typing import Annotated

import typer

import matcher
from events.envelope import Unreadable, strict_json
from services.cli.options import (
    REFUSED,
    As,
    AsJson,
    Demo,
    Home,
    WrongUse,
    actor,
    fail,
    opened,
    progress,
    result,
    say,
    told,
)
from services.ledger.handle import Outcome
from services.ledger.rules import catalogue
from services.ledger.rules.base import Command
from services.matching import Run
from services.standing.following import StandingPlan


@told
def match(
    *,
    standing: Annotated[
        bool,
        typer.Option(
            "--standing",
            help="Only say how the newest plan stands after what happened since.",
        ),
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Match everything that is open now, and append the plan."""
    if standing:
        _stands(as_json=as_json, home=home, demo=demo)
        return
    with opened(home, demo=demo) as engine:
        run = engine.match(progress)
        market = engine.matching.catch_up()
        engine.project()
    placed = sum(1 for need in market.needs.values() if need.living)
    say(
        f"{run.plan_id}: {placed} needs have a proposal or a placement; "
        f"worth {run.plan.worth}, bound {run.plan.bound}, {run.seconds:.1f} s"
    )
    if as_json:
        result(_ran(run, placed))


@told
def do(
    name: Annotated[str, typer.Argument(help="The command; `list` names them all.")],
    content: Annotated[
        str, typer.Argument(help="Its fields as JSON; `-` reads standard input.")
    ] = "{}",
    order: Annotated[
        str | None, typer.Option("--id", help="The same id twice is done once.")
    ] = None,
    who: As = None,
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the command's JSON Schema.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Give one order to the office, whichever of its commands."""
    if name == "list":
        sys.stdout.write("\n".join(sorted(catalogue.COMMANDS)) + "\n")
        return
    kind = _kind(name)
    if schema:
        result(kind.model_json_schema())
        return
    command = _command(kind, sys.stdin.read() if content == "-" else content)
    by = actor(who)
    with opened(home, demo=demo) as engine:
        outcome = engine.handle(
            command, by=by, via="cli", order=order or f"cli-{uuid.uuid4()}"
        )
        engine.project()
    _tell(outcome)
    if as_json:
        result(_shown(outcome))


def _ran(run: Run, placed: int) -> dict[str, object]:
    return {
        "plan": run.plan_id,
        "worth": run.plan.worth,
        "bound": run.plan.bound,
        "gap": run.plan.gap,
        "proven": run.plan.proven,
        "placed": placed,
        "persons_placed": run.plan.persons,
        "overtaken": run.overtaken,
        "seconds": round(run.seconds, 3),
        "tiers": {
            part.name: [
                {"name": t.name, "worth": t.worth, "bound": t.bound} for t in part.tiers
            ]
            for part in run.plan.parts
        },
    }


def _stands(*, as_json: bool, home: Home, demo: bool) -> None:
    """Lay the newest plan out in today's market; record nothing."""
    with opened(home, demo=demo) as engine:
        plan = StandingPlan(engine.matching)
        if (told := plan.look()) is None:
            raise fail("No plan stands: `beistand match` makes one.")
        market = engine.matching.catch_up()
        faults = matcher.faults(market.document(), plan.written())
    found = told.certificate
    news = {
        need: one.held
        for need, one in told.places.items()
        if one is not None and not market.needs[need].living
    }
    for need, held in news.items():
        say(f"{need}: a place is there at {held.offer}, {held.start} to {held.end}")
    say(
        f"{found.plan} as of event {found.position}: gap {found.gap:.4%}, "
        f"{found.drift:+.4%} since it was made; {len(news)} needs have a place that "
        "nobody has proposed yet"
    )
    for fault in faults:
        say(fault)
    if as_json:
        result(
            {
                "plan": found.plan,
                "position": found.position,
                "gap": found.gap,
                "drift": found.drift,
                "due": plan.due,
                "left": list(found.left),
                "places": {need: asdict(held) for need, held in news.items()},
                "faults": faults,
            }
        )
    if faults:
        raise typer.Exit(REFUSED)


def _tell(outcome: Outcome) -> None:
    facts = ", ".join(fact.type for fact in outcome.facts)
    said = "done before" if outcome.repeated else facts
    say(said or "it is so already; nothing was recorded")


def _shown(outcome: Outcome) -> dict[str, object]:
    span = outcome.positions
    return {
        "order": outcome.order,
        "positions": [span.start, span.stop - 1] if span else [],
        "facts": [fact.type for fact in outcome.facts],
        "repeated": outcome.repeated,
    }


def _kind(name: str) -> type[Command]:
    if name not in catalogue.COMMANDS:
        raise WrongUse(f"No command is called {name}; `beistand do list` names all.")
    return catalogue.COMMANDS[name]


def _command(kind: type[Command], text: str) -> Command:
    try:
        fields = strict_json(text.encode())
    except Unreadable as error:
        raise fail(f"The command is not readable: {error}.", 2) from error
    return kind.model_validate_json(json.dumps(fields))


COMMANDS = (match, do)
