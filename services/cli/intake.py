"""Commands that take files in, and that draft how to read them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from events.base import Said
from events.values import Actor
from services.cli.options import (
    As,
    AsJson,
    Demo,
    Home,
    actor,
    note,
    opened,
    result,
    say,
    settings,
    told,
)
from services.intake.profile import profiles
from services.intake.report import Report, together
from services.intake.suggest import suggest as drafted

profile = typer.Typer(help="Mapping profiles: which column means what.")
Chosen = Annotated[
    str | None, typer.Option("--profile", help="Read by this one; else recognised.")
]


@told
def intake(
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX, ODS or JSON lines.")],
    profile: Chosen = None,
    who: As = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; take nothing.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Take files in: what is certain is taken, the rest is asked or set aside."""
    said = None
    if not dry_run:
        said = Said(actor=Actor(ref=actor(who), role="coordinator"), via="cli")
    reports: list[Report] = []
    with opened(home, demo=demo) as engine, Progress(console=note) as bars:
        for path in files:
            bar = bars.add_task(path.name, total=None)

            def tell(done: int, total: int, bar: TaskID = bar) -> None:
                bars.update(bar, completed=done, total=total)

            door = engine.intake
            reports.append(
                door.preview(path, profile=profile, progress=tell)
                if said is None
                else door.submit(path, said, profile=profile, progress=tell)
            )
        if said is not None:
            engine.project()
    for report in reports:
        _tell(report)
    if as_json:
        result(together(reports).as_json())


@profile.command()
@told
def suggest(
    file: Annotated[Path, typer.Argument(help="A sheet of your channel.")],
    home: Home = None,
) -> None:
    """Draft a profile for a file: save it in the home's `profiles` and mend it."""
    known = profiles(settings(home).home / "profiles")
    sys.stdout.write(drafted(file, known))


@profile.command(name="list")
@told
def list_profiles(home: Home = None) -> None:
    """Name the profiles that are known, your own among them."""
    for name, found in sorted(profiles(settings(home).home / "profiles").items()):
        say(f"{name}  {found.title.get('en', '')}")


def _tell(report: Report) -> None:
    would = " (a dry run: nothing was taken)" if report.is_dry_run else ""
    say(
        f"{report.called} as {report.profile}{would}: read {report.read}, "
        f"taken {report.taken}, amended {report.amended}, "
        f"unchanged {report.unchanged}, set aside {report.set_aside}, "
        f"open questions {report.open_questions}, duplicates {report.duplicates}"
    )
    for row in report.rows:
        say(f"  row {row.row}: {row.field} {row.value!r}: {row.reason}")
    for line in _beside(report):
        say(f"  {line}")


def _beside(report: Report) -> Iterator[str]:
    """Tell what the counts and the rows do not show."""
    if report.rows_left_out:
        yield f"{report.rows_left_out} more notes on rows are not listed"
    if report.missing:
        yield (
            f"rows of earlier files that are missing here: {report.missing} "
            "(nothing is withdrawn for that)"
        )
    if report.unread_sheets:
        names = ", ".join(map(repr, report.unread_sheets))
        yield f"sheets that were not read, hidden or without known headings: {names}"
    if report.unused_columns:
        names = ", ".join(map(repr, report.unused_columns))
        yield f"columns that are kept sealed and not read: {names}"


COMMANDS = (intake,)
