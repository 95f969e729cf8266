"""Commands about what was set aside: look at it, mend it, send it again."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from events.envelope import Unreadable, strict_json
from projections import set_aside
from projections.listing import Ask, Listed, WrongAsk, listed
from services.assemble import Beistand
from services.cli.options import (
    REFUSED,
    As,
    AsJson,
    Demo,
    Home,
    WrongUse,
    actor,
    opened,
    result,
    say,
    told,
)
from services.database import Role
from services.ledger.rules.channels import ResumeChannel
from services.ledger.rules.desk import Resend

app = typer.Typer(
    help="Messages and rows that could not be taken: look, mend, send again.",
    no_args_is_help=True,
)
MOST = 10_000
Name = Annotated[str, typer.Argument(metavar="SUBMISSION", help="As `list` names it.")]


@app.command(name="list")
@told
def list_them(
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="Like channel=web-form; repeatable."),
    ] = None,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """List what waits to be mended, newest first; nothing personal is shown."""
    with opened(home, demo=demo) as engine:
        page = _found(engine, filters or ())
    for row in page.rows:
        say(f"{row.submission}  {row.channel}  {row.source}  {row.reason}")
    if as_json:
        result({"total": page.total, "rows": [vars(row) for row in page.rows]})


@app.command()
@told
def show(
    submission: Name,
    who: As = None,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Open what came, to be mended; the ledger keeps who looked at it."""
    from services.desk import RealDesk

    by = actor(who)
    with (
        opened(home, demo=demo) as engine,
        closing(RealDesk(engine)) as desk,
    ):
        values = desk.set_aside_row(submission, by=by)
    for name, text in values.items():
        say(f"{name}: {text}")
    if as_json:
        result(values)


@app.command()
@told
def resend(
    submissions: Annotated[
        list[str], typer.Argument(metavar="SUBMISSION...", help="One, or several.")
    ],
    values: Annotated[
        Path | None,
        typer.Option("--values", help="Mended, as JSON: what `show --json` printed."),
    ] = None,
    who: As = None,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Send again what was mended; or as it came, when its reason is gone."""
    from services.console.ports import Repair
    from services.desk import RealDesk

    by = actor(who)
    given = None if values is None else _read(values)
    if given is not None and len(submissions) > 1:
        raise WrongUse("Mended values belong to one submission; name it alone.")
    found = []
    with (
        opened(home, demo=demo) as engine,
        closing(RealDesk(engine)) as desk,
    ):
        for name in submissions:
            mended = desk.set_aside_row(name, by=by) if given is None else given
            report = desk.resend(Repair(name, mended), by=by)
            why = "; ".join(row.reason for row in report.rows)
            taken = not report.set_aside
            found.append({"submission": name, "taken": taken, "reason": why})
            say(f"{name}  {'taken' if taken else 'still set aside'}  {why}".rstrip())
    if as_json:
        result({"submissions": found})
    if not all(one["taken"] for one in found):
        raise typer.Exit(REFUSED)


@app.command(name="give-up")
@told
def give_up(
    submissions: Annotated[
        list[str] | None, typer.Argument(metavar="SUBMISSION...", help="Or --filter.")
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="All that wait, like channel=web; repeatable."),
    ] = None,
    who: As = None,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Give up what nobody can mend: it waits no longer, and the ledger keeps it."""
    by = actor(who)
    if bool(submissions) == bool(filters):
        raise WrongUse("Name submissions, or say with --filter which: one of both.")
    with opened(home, demo=demo) as engine:
        names = submissions or [
            row.submission for row in _found(engine, filters or ()).rows
        ]
        for name in names:
            engine.handle(Resend(submission=name), by=by, via="cli")
        engine.project()
    say(f"{len(names)} given up.")
    if as_json:
        result({"submissions": names})


@told
def intake_resume(
    channel: Annotated[str, typer.Argument(help="The channel that was stopped.")],
    who: As = None,
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Let intake read a stopped channel again, once you know what was wrong."""
    by = actor(who)
    with opened(home, demo=demo) as engine:
        outcome = engine.handle(ResumeChannel(channel=channel), by=by, via="cli")
    say(f"{channel} goes on from where it was stopped.")
    if as_json:
        result({"channel": channel, "position": outcome.positions.start})


def _found(engine: Beistand, filters: Sequence[str]) -> Listed[set_aside.Submission]:
    asked = {"state": "waiting"} | dict(map(_pair, filters))
    engine.project()
    with engine.server.connect(Role.DESK) as db:
        try:
            return listed(db, set_aside.LISTING, Ask(filters=asked, limit=MOST))
        except WrongAsk as error:
            raise WrongUse(str(error)) from error


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise WrongUse(f"{text} is no filter; write name=value.")
    return name, value


def _read(path: Path) -> dict[str, str]:
    try:
        found = strict_json(path.read_bytes())
    except Unreadable as error:
        raise WrongUse(f"{path}: {error}.") from error
    if not isinstance(found, dict):
        raise WrongUse(f"{path} holds no JSON object of headings and texts.")
    texts = {name: text for name, text in found.items() if isinstance(text, str)}
    if len(texts) < len(found):
        raise WrongUse(f"{path}: every value is a text, as `show --json` prints it.")
    return texts


COMMANDS = (intake_resume,)
