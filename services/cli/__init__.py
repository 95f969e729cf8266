"""`beistand`: one word for everything a person or a script does from a shell."""

import sys

import typer

from services import logs
from services.cli import (
    aside,
    audit,
    bus,
    channels,
    contract,
    files,
    intake,
    keeping,
    plans,
    running,
    saving,
    whatif,
    why,
    working,
)

app = typer.Typer(
    name="beistand",
    help="Brings offers and needs together: ledger, matcher, desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (running, working, why, intake, files, keeping, saving, aside, whatif):
    for command in module.COMMANDS:
        app.command()(command)
app.add_typer(intake.profile, name="profile")
app.add_typer(aside.app, name="set-aside")
app.add_typer(bus.kafka, name="kafka")
app.add_typer(audit.audit, name="audit")
app.add_typer(channels.topics, name="topics")
app.add_typer(channels.channel, name="channel")
app.add_typer(contract.app, name="contract")
app.add_typer(plans.app, name="plans")


def main() -> None:
    """Run the command line; exit 0 done, 1 refused or not holding, 2 wrong use."""
    logs.configure(for_people=sys.stderr.isatty())
    # Typer's own call would print the text of an error, which may quote a person.
    typer.main.get_command(app)()
