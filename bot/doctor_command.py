"""``aside doctor``: prints what is found, and ends with 1 where something is to be done."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.findings import Finding, Trial
from bot.settings import load_settings

console = Console()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(
    *,
    live: Annotated[
        bool, typer.Option(help="Also book, invite, install and post in the tenant, and undo it.")
    ] = False,
    room: Annotated[str, typer.Option(help="With --live: address of a room to book.")] = "",
    person: Annotated[str, typer.Option(help="With --live: address of whom to invite.")] = "",
    lead: Annotated[
        str | None, typer.Option(help="Who leads; without it, the reader mailbox.")
    ] = None,
    notify: Annotated[
        str | None, typer.Option(help="A public https address that leads to --listen here.")
    ] = None,
    listen: Annotated[int, typer.Option(help="Where Graph's handshake is answered.")] = 3979,
    profile: Annotated[
        Path, typer.Option(help="Where to write how the tenant behaves, without a name in it.")
    ] = Path("aside-profile.json"),
) -> None:
    """Try every remote by a call, and say what to fix."""
    if live and not (room and person):
        raise typer.BadParameter("--live needs --room and --person, whom it may book")
    trial = Trial(
        room=room, person=person, lead=lead, notify=notify, listen=listen, profile=profile
    )
    if not asyncio.run(_all_well(trial if live else None)):
        raise typer.Exit(1)


async def _all_well(trial: Trial | None) -> bool:
    from bot.doctor import examine  # noqa: PLC0415 - loads the whole product

    settings, found = load_settings(), list[bool]()

    def tell(finding: Finding) -> None:
        found.append(finding.ok)
        sign = "[green]ok[/]   " if finding.ok else "[red]fails[/]"
        console.print(f"{sign} {finding.what}: ", end="")
        console.print(finding.said, markup=False, highlight=False)
        if not finding.ok:
            console.print(f"      to do: {finding.fix}", markup=False, highlight=False)

    async for finding in examine(settings):
        tell(finding)
    if trial is not None:
        from bot.live import try_live  # noqa: PLC0415 - loads the whole product

        await try_live(settings, trial, tell)
    return all(found)
