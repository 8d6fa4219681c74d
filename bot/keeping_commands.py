"""``aside audit verify | export``, ``aside retention``, ``aside people erase``."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import load_settings

audit_app = typer.Typer(help="The record of who decided what: ids only.", no_args_is_help=True)

DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
Day = Annotated[datetime | None, typer.Option(formats=DAYS, help="UTC.")]


def register(app: typer.Typer, people: typer.Typer) -> None:
    """Add the commands to ``app`` and to its group ``people``."""
    audit_app.command("verify")(verify)
    audit_app.command("export")(export)
    app.add_typer(audit_app, name="audit")
    app.command()(retention)
    people.command("erase")(erase)


def verify(
    *,
    expect: Annotated[
        str | None, typer.Option(help="A hash that you kept elsewhere: is it in the chain?")
    ] = None,
) -> None:
    """Walk the audit's chain, and name the first line that does not fit."""
    from bot.keeping import verify_audit  # noqa: PLC0415 - loads the database

    chain = asyncio.run(verify_audit(load_settings(), expect))
    typer.echo(f"lines  {chain.lines}")
    for name, link in (("first", chain.first), ("last", chain.last)):
        if link is not None:
            typer.echo(f"{name:<6} {link[1]} (line {link[0]})")
    if chain.broken is not None:
        typer.echo(f"line {chain.broken.seq}: {chain.broken.what}", err=True)
        typer.echo("Compare with a backup: somebody wrote to the audit directly.", err=True)
        raise typer.Exit(1)
    if not chain.expected:
        typer.echo(
            f"no line has the hash {expect}: the newest lines were cut off, the chain was written"
            " anew, or retention has removed that line; compare with a backup",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo("Every line fits the one before it. Keep the last hash somewhere else.")


def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    *,
    since: Day = None,
    until: Day = None,
) -> None:
    """Write the audit as JSON lines, oldest first: from SINCE until before UNTIL."""
    from bot.keeping import export_audit  # noqa: PLC0415 - loads the database

    bounds = [day.replace(tzinfo=UTC) if day else None for day in (since, until)]
    count = asyncio.run(export_audit(load_settings(), output, *bounds))
    typer.echo(f"Wrote {output}: {count} lines")


def retention(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Delete.")] = False,
) -> None:
    """Delete what is older than the settings retention.* say; the daily timer does the same."""
    from bot.keeping import clear  # noqa: PLC0415 - loads the database

    if dry_run == now:
        typer.echo("Say --dry-run to count, or --now to delete.", err=True)
        raise typer.Exit(2)
    _rows("would go" if dry_run else "deleted", asyncio.run(clear(load_settings(), dry=dry_run)))


def erase(person_id: str) -> None:
    """Erase a person's name and addresses everywhere; history keeps the id."""
    from bot.keeping import erase_person  # noqa: PLC0415 - loads the database

    changed = asyncio.run(erase_person(load_settings(), person_id))
    _rows("changed", changed)
    typer.echo(f"{person_id} is erased.")


def _rows(what: str, rows: Mapping[str, int]) -> None:
    for table, number in sorted(rows.items()):
        typer.echo(f"{number:>8} {what}: {table}")
    if not rows:
        typer.echo(f"nothing {what}")
