"""Commands about the contract that others rely on."""

from typing import Annotated

import typer

from services.cli.options import AsJson, WrongUse, result, say, told

app = typer.Typer(help="The contract of facts and messages.")


@app.callback()
def contract() -> None:
    """What others rely on does not change under its name."""


@app.command()
@told
def check(
    against: Annotated[
        str | None,
        typer.Option(help="A folder of schemas, a version or a tag; else the last."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Compare facts and messages with a release; refuse what would break somebody."""
    from services.contract import released

    try:
        verdict = released.check(against)
    except released.NoSuchRelease as error:
        raise WrongUse(str(error)) from error
    for sentence in verdict.refused:
        say(sentence)
    if not verdict.refused:
        say(f"All {verdict.names} schemas of {verdict.against} hold.")
    if as_json:
        result({"against": verdict.against, "refused": list(verdict.refused)})
    if verdict.refused:
        raise typer.Exit(1)
