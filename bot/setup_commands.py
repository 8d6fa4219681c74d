"""``aside setup export | import | dry-run | history | undo``."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import load_settings
from bot.yaml_commands import differ, read_or_tell

if TYPE_CHECKING:
    from bot.setup_work import Done, Held
    from scheduling.domain.setup import Setup
    from scheduling.workflows.rehearsal import Rehearsal

setup_app = typer.Typer(
    help="How the house is set up: types, parameters, rooms, floors, rules. In versions.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A YAML file.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    setup_app.command("export")(export)
    setup_app.command("import")(import_)
    setup_app.command("dry-run")(dry_run)
    setup_app.command("history")(history)
    setup_app.command("undo")(undo)
    app.add_typer(setup_app, name="setup")


def export(file: Path) -> None:
    """Write the set-up in force to FILE, every setting with what it means."""
    number, text = asyncio.run(_exported())
    file.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {file}: version {number}.")


async def _exported() -> tuple[int, str]:
    from bot.setup_file import written  # noqa: PLC0415 - keeps --help quick
    from bot.setup_work import holding  # noqa: PLC0415 - the same
    from bot.yaml_file import english  # noqa: PLC0415 - the same

    async with holding(load_settings()) as held:
        words = english(held.clock.now())
        return held.setups.number, written(held.setups.setup, held.setups.number, words)


def import_(
    file: File,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what is wrong, and what would change.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Check FILE, show what it would change, and make it the next version."""
    raise typer.Exit(asyncio.run(_import(file, dry=dry_run, yes=yes)))


async def _import(file: Path, *, dry: bool, yes: bool) -> int:
    from bot.setup_work import change, holding  # noqa: PLC0415 - loads the database
    from scheduling.workflows.setup_changes import between  # noqa: PLC0415 - the same

    async with holding(load_settings()) as held:
        after = _read(file, held)
        if after is None:
            return 1
        edits = between(held.setups.setup, after)
        if not differ(edits) or dry:
            return 0
        if not yes and not typer.confirm("Make this the next version?"):
            return 1
        _tell(await change(held, after))
    return 0


def _read(file: Path, held: "Held") -> "Setup | None":
    """Return the set-up in a file, or None once its faults are told."""
    from bot.setup_file import read  # noqa: PLC0415 - keeps --help quick
    from bot.yaml_file import english  # noqa: PLC0415 - the same

    setup, words = held.setups.setup, english(held.clock.now())
    return read_or_tell(file, lambda text: read(text, setup, words))


def _tell(done: "Done") -> None:
    if done.waits:
        typer.echo(
            f"Nothing has changed yet: this lowers the floor of {', '.join(done.waits)}. An"
            " administrator or scheduler confirms it in Teams: write setup to Aside."
        )
        return
    typer.echo(f"Version {done.number} is in force. To take it back: aside setup undo")


def dry_run(file: File) -> None:
    """Say what FILE would have done with the last 30 days' requests. Changes nothing."""
    raise typer.Exit(asyncio.run(_dry_run(file)))


async def _dry_run(file: Path) -> int:
    from rich.console import Console  # noqa: PLC0415 - keeps --help quick
    from rich.progress import Progress  # noqa: PLC0415 - the same

    from bot.setup_work import dry_run as run  # noqa: PLC0415 - loads the whole product
    from bot.setup_work import holding  # noqa: PLC0415 - the same

    async with holding(load_settings()) as held:
        after = _read(file, held)
        if after is None:
            return 1
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("requests", total=None)

            async def told(so_far: "Rehearsal") -> None:
                progress.update(task, total=so_far.asked, completed=so_far.done)

            found = await run(held, after, told)
        _report(found, held)
    return 0


def _report(found: "Rehearsal", held: "Held") -> None:
    from bot.yaml_file import english  # noqa: PLC0415 - keeps --help quick
    from dialogs.cards.setup import rehearsal_lines  # noqa: PLC0415 - the same

    for line in rehearsal_lines(english(held.clock.now()), found):
        typer.echo(line)


def history(*, most: Annotated[int, typer.Option(help="So many versions.")] = 10) -> None:
    """Print the newest versions: when, by whom, and what they changed."""
    asyncio.run(_history(most))


async def _history(most: int) -> None:
    from bot.setup_work import holding, versions  # noqa: PLC0415 - loads the database
    from bot.yaml_file import differences_said  # noqa: PLC0415 - keeps --help quick

    async with holding(load_settings()) as held:
        for version, name, edits in await versions(held, most):
            restored = f", as version {version.restores} was" if version.restores else ""
            typer.echo(f"{version.number}  {version.at:%Y-%m-%d %H:%M} UTC  {name}{restored}")
            for line in differences_said(edits):
                typer.echo(f"     {line}")


def undo(*, yes: Yes = False) -> None:
    """Restore the version before the one in force, as a new one."""
    raise typer.Exit(asyncio.run(_undo(yes=yes)))


async def _undo(*, yes: bool) -> int:
    from bot.setup_work import change, earlier, holding  # noqa: PLC0415 - loads the database
    from scheduling.workflows.setup_changes import between  # noqa: PLC0415 - the same

    async with holding(load_settings()) as held:
        if held.setups.number < 2:
            typer.echo("There is no earlier version to go back to.", err=True)
            return 1
        number, then = await earlier(held)
        differ(between(held.setups.setup, then))
        if not yes and not typer.confirm(f"Restore version {number}?"):
            return 1
        _tell(await change(held, then, restores=number))
    return 0
