"""Commands that look after a realm: rebuild, tools, health."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from projections.listing import WrongAsk
from services import postgres, projecting, realm
from services.cli.options import (
    REFUSED,
    AsJson,
    Demo,
    Home,
    WrongUse,
    opened,
    result,
    say,
    settings,
    told,
)
from services.doctor import examine

_FORMS: dict[str, Literal["csv", "json", "xlsx"]] = {
    ".csv": "csv",
    ".json": "json",
    ".xlsx": "xlsx",
}


@told
def rebuild(
    names: Annotated[
        list[str] | None, typer.Argument(help="Read models; or --all.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All read models.")] = False,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Make read models anew beside the live ones, compare, and swap them in."""
    if bool(names) == every:
        raise WrongUse("Name read models, or give --all.")
    with opened(home, demo=demo) as engine:
        try:
            found = projecting.rebuild(engine.server, names or ())
        except LookupError as error:
            raise WrongUse(str(error.args[0])) from error
    for name, one in found.items():
        say(f"{name}: {'equal' if one.equal else 'was different, now rebuilt'}")
    if as_json:
        result(
            {
                name: {"live": one.live, "rebuilt": one.rebuilt, "equal": one.equal}
                for name, one in found.items()
            }
        )
    if not all(one.equal for one in found.values()):
        raise typer.Exit(REFUSED)


@told
def tools_access(
    *,
    enable: Annotated[bool, typer.Option("--enable", help="Open 127.0.0.1.")] = False,
    disable: Annotated[bool, typer.Option("--disable", help="Close it.")] = False,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Let Excel, Metabase, QGIS or psql on this machine read the read models."""
    if enable == disable:
        raise WrongUse("Give --enable or --disable.")
    with opened(home, demo=demo) as engine:
        engine.project()
        if disable:
            postgres.close_to_tools(engine.settings, engine.server)
            say("Closed: no tool gets in any more.")
            return
        access = postgres.open_to_tools(engine.settings, engine.server)
    dsn = f"host={access.host} port={access.port} dbname={access.database}"
    say(f"Read-only, schema readmodel, user {access.user}, password shown once:")
    say(f"  {access.password}")
    say(f'psql      psql "{dsn} user={access.user}"')
    say("Excel     Data > Get Data > From Database > PostgreSQL, then as below")
    say("Metabase  Admin > Databases > Add > PostgreSQL, then as below")
    say("QGIS      Layer > Add > PostgreSQL > New connection, then as below")
    say(f"          server {access.host}, port {access.port}, {access.database}")
    if as_json:
        result(vars(access))


@told
def export(
    name: Annotated[str, typer.Argument(help="A read model; `list` names them all.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; its ending says the form.")
    ] = None,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="Like state=new; repeatable.")
    ] = None,
    sort: Annotated[str, typer.Option("--sort", help="A column; -column turns.")] = "",
    *,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Write a read model to a CSV, JSON or XLSX file."""
    from services.export import EXPORTED, named
    from services.export import export as written

    if name == "list":
        say("\n".join(EXPORTED))
        return
    file = out or Path(f"{name}.csv")
    form = _FORMS.get(file.suffix.lower())
    if form is None:
        raise WrongUse(f"{file} ends in none of {', '.join(_FORMS)}; choose one.")
    with opened(home, demo=demo) as engine:
        engine.project()
        try:
            asked = named(filters or ())
            found = written(
                engine.server, name, file, form=form, filters=asked, sort=sort
            )
        except WrongAsk as error:
            raise WrongUse(str(error)) from error
    say(f"{found.rows} rows as of fact {found.position}: {found.file}")
    if as_json:
        result(vars(found))


@told
def doctor(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Say what is wrong, in words, and what to do."""
    found = settings(home)
    findings = list(examine(realm.demo_settings(found) if demo else found))
    for one in findings:
        say(f"{'ok ' if one.well else 'NO '} {one.what}: {one.found} {one.advice}")
    if as_json:
        result({"well": all(one.well for one in findings),
                "findings": [vars(one) for one in findings]})  # fmt: skip
    if not all(one.well for one in findings):
        raise typer.Exit(REFUSED)


COMMANDS = (rebuild, export, tools_access, doctor)
