"""The command ``aside``."""

import asyncio
import importlib
import json
import signal
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot import (
    course_commands,
    doctor_command,
    keeping_commands,
    people_commands,
    recurring_commands,
    register_commands,
    setup_commands,
)
from bot.clocks import SystemClock
from bot.planning import commands
from bot.settings import load_settings, shown
from scheduling.workflows.share import Share

app = typer.Typer(
    help="Aside finds the minute for a one-to-one that hurts customer service least, and books it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
wfm_app = typer.Typer(help="Your own WFM export as CSV or Excel.", no_args_is_help=True)
app.add_typer(wfm_app, name="wfm")
commands.register(app)
people_commands.register(app)
keeping_commands.register(app, people_commands.people_app)
setup_commands.register(app)
recurring_commands.register(app)
course_commands.register(app)
register_commands.register(app)
doctor_command.register(app)

console = Console()
errors = Console(stderr=True)

Folder = Annotated[
    Path, typer.Argument(exists=True, help="A folder of CSV files, or one Excel workbook.")
]


def main() -> None:
    """Run the command; what people can mend is told in words, without a traceback."""
    from bot.failures import in_words  # noqa: PLC0415 - keeps --help quick

    try:
        app()
    except Exception as error:
        said = in_words(error)
        if said is None:
            raise
        errors.print(said, style="red", highlight=False, markup=False, soft_wrap=True)
        raise SystemExit(2) from None


def _run(work: Coroutine[Any, Any, int]) -> None:
    code = asyncio.run(work)
    if code:
        raise typer.Exit(code)


@app.command()
def demo(
    *,
    scripted: Annotated[
        bool, typer.Option(help="Play a conversation in this terminal, check it, and end.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --scripted: one JSON document for a machine.")
    ] = False,
    wfm: Annotated[
        Path | None,
        typer.Option(exists=True, help="Your own export instead of a generated centre."),
    ] = None,
    speaker: Annotated[
        str | None,
        typer.Option(help="Name of the person you speak as: of any role, --scripted a manager."),
    ] = None,
    port: Annotated[int, typer.Option(help="Where the bot listens, on this machine.")] = 3978,
    profile: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="What 'aside doctor --live' wrote of a tenant."
        ),
    ] = None,
) -> None:
    """Run everything on this machine: a centre, a stand-in tenant, and Teams' Playground."""
    from bot.demo import DemoOptions, run_demo  # noqa: PLC0415 - the demo loads the whole product

    options = DemoOptions(
        scripted=scripted or as_json,
        as_json=as_json,
        wfm=wfm,
        speaker=speaker,
        port=port,
        profile=profile,
    )
    _run(run_demo(options, console))


@app.command()
def serve(
    *,
    only: Annotated[
        Share,
        typer.Option(help="On PostgreSQL: answer Teams (edge), or place what is queued (solver)."),
    ] = Share.EVERYTHING,
) -> None:
    """Run the bot with your settings, until it is stopped."""
    _run(_serve(only))


async def _serve(share: Share) -> int:
    from bot.app import Door  # noqa: PLC0415 - the door opens first ...

    settings = load_settings()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    door = Door()
    await door.open(settings.host, settings.port)
    # ... a solver loads itself beside us ...
    pool = await asyncio.to_thread(importlib.import_module, "scheduling.optimizer.pool")
    solver = pool.SolverPool(settings.solver_processes)
    solver.start()
    try:
        # ... and probes are answered while a thread loads the rest
        logs = await asyncio.to_thread(importlib.import_module, "bot.logs")
        logs.configure(settings.log_level)
        bootstrap = await asyncio.to_thread(importlib.import_module, "bot.bootstrap")
        async with bootstrap.running(settings, share=share, solver=solver) as aside:
            door.lead_to(aside)
            console.print(f"Aside ({share.value}) listens on {door.url}")
            await stop.wait()
    finally:
        await asyncio.to_thread(solver.close)
        await door.close()
    return 0


@app.command()
def config() -> None:
    """Print every setting as it now is, secrets masked."""
    typer.echo(json.dumps(shown(load_settings()), indent=2, ensure_ascii=False))


@app.command()
def migrate() -> None:
    """Bring the database's tables to this release's, and say what was done."""
    from bot.database import migrate_tables  # noqa: PLC0415 - loads the database and the engine

    migrate_tables()


@app.command()
def copy(source: str, target: str) -> None:
    """Copy everything from SOURCE, a SQLite URL, to TARGET, an empty PostgreSQL's URL."""
    from bot.database import copy_tables  # noqa: PLC0415 - loads the database and the engine

    copy_tables(source, target)


@wfm_app.command()
def template(folder: Path) -> None:
    """Write a template folder with every file, column and a few example rows."""
    from wfm.files.template import write_template  # noqa: PLC0415 - only this command needs it

    if folder.exists() and any(folder.iterdir()):
        errors.print(f"{folder} is not empty; name a new folder", style="red")
        raise typer.Exit(2)
    today = SystemClock().now().date()
    write_template(folder, today + timedelta(days=7 - today.weekday()))
    console.print(f"Wrote {folder}. Fill it in, then: aside wfm validate {folder}")


@wfm_app.command()
def validate(folder: Folder) -> None:
    """Check an export row by row, and print everything that is wrong."""
    from wfm.files.validate import validate as check  # noqa: PLC0415 - only this command needs it

    problems = check(folder)
    for problem in problems:
        console.print(str(problem), markup=False, highlight=False)
    if problems:
        raise typer.Exit(1)
    console.print("Everything can be read. Try it: aside demo --wfm " + str(folder))


if __name__ == "__main__":
    main()
