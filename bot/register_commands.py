"""``aside register list | show | export``."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import load_settings

register_app = typer.Typer(
    help="Who attended which session. Personal: for whoever may read the database.",
    no_args_is_help=True,
)

SessionId = Annotated[str, typer.Argument(help="A session, as `aside register list` names it.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="UTC.")]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    register_app.command("list")(list_)
    register_app.command("show")(show)
    register_app.command("export")(export)
    app.add_typer(register_app, name="register")


def list_(
    *,
    unit: Annotated[str | None, typer.Option(help="The id of one unit only.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those to be closed.")] = False,
    most: Annotated[int, typer.Option(help="So many.", min=1)] = 50,
) -> None:
    """Print the registers: open ones first, then the newest."""
    from bot.register_work import listed  # noqa: PLC0415 - loads the database

    found = asyncio.run(listed(load_settings(), unit=unit, open_only=open_only, most=most))
    for row, led_by in found:
        state = "open  " if row.closed_at is None else "closed"
        typer.echo(
            f"{row.session_id}  {state}  {row.interval.start:%Y-%m-%d %H:%M} UTC"
            f"  {row.type_id}  {led_by}"
        )
    if not found:
        typer.echo("There is none: a register opens when a session of several people has ended.")


def show(session_id: SessionId) -> None:
    """Print one register, a line for each person."""
    from bot.register_work import one  # noqa: PLC0415 - loads the database

    found = asyncio.run(one(load_settings(), session_id))
    if found is None:
        typer.echo(f"There is no register of {session_id}; see `aside register list`.", err=True)
        raise typer.Exit(1)
    row, lines = found
    closed = f"closed {row.closed_at:%Y-%m-%d %H:%M} UTC" if row.closed_at else "open"
    typer.echo(f"{row.type_id}, {row.interval.start:%Y-%m-%d %H:%M} UTC, {closed}")
    for name, line in lines:
        score = "" if line.score is None else f"  {line.score}"
        typer.echo(f"{line.person_id}  {line.state.value:<8}  {name}{score}")


def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The CSV file to write.")],
    *,
    since: Day = None,
    until: Day = None,
    unit: Annotated[str | None, typer.Option(help="The id of one unit only.")] = None,
) -> None:
    """Write every line of the closed registers as CSV, with people's names and scores."""
    from bot.register_work import exported  # noqa: PLC0415 - loads the database

    first, end = (day.replace(tzinfo=UTC) if day else None for day in (since, until))
    if first and end and end <= first:
        typer.echo("--until is a day after --since; nothing was written.", err=True)
        raise typer.Exit(1)
    content, count = asyncio.run(exported(load_settings(), first, end, unit=unit))
    output.write_bytes(content)
    typer.echo(f"Wrote {output}: {count} lines. It names people: keep it as you keep the WFM's.")
