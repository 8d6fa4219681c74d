"""``aside people list | bind | unbind | export | import | history | undo``."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bot.settings import load_settings
from bot.yaml_commands import differ, read_or_tell
from scheduling.domain.refusals import Refusal, Refused

if TYPE_CHECKING:
    from bot.people import Plan

people_app = typer.Typer(
    help="Who is who: Teams accounts, roles, teams led, deputies.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(dir_okay=False, help="A YAML file.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

SAID = {
    Refusal.STALE: "Somebody changed the same people meanwhile. Nothing was changed: look again.",
    Refusal.LAST_ADMINISTRATOR: "Nothing was changed: no administrator with a Teams account would"
    " be left.",
}


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    people_app.command("list")(list_)
    people_app.command("bind")(bind)
    people_app.command("unbind")(unbind)
    people_app.command("export")(export)
    people_app.command("import")(import_)
    people_app.command("history")(history)
    people_app.command("undo")(undo)
    app.add_typer(people_app, name="people")


def list_() -> None:
    """Print the people Aside knows, their roles, and whether they are bound to an account."""
    from bot.people import known_people  # noqa: PLC0415 - keeps --help quick

    table = Table("id", "name", "roles", "teams led", "bound")
    for person in asyncio.run(known_people(load_settings())):
        table.add_row(
            person.id,
            person.name,
            ", ".join(sorted(person.roles)),
            ", ".join(sorted(person.leads)),
            "yes" if person.object_id else "no",
        )
    Console().print(table)


def bind(person_id: str, object_id: str) -> None:
    """Bind a person to a Teams account by its directory object id."""
    from bot.people import bind_account  # noqa: PLC0415 - keeps --help quick

    asyncio.run(bind_account(load_settings(), person_id, object_id))
    typer.echo(f"{person_id} is bound.")


def unbind(person_id: str) -> None:
    """Take a person's binding away, so that another account can be bound."""
    from bot.people import unbind_account  # noqa: PLC0415 - keeps --help quick

    if not asyncio.run(unbind_account(load_settings(), person_id)):
        typer.echo(f"{person_id} was not bound", err=True)
        raise typer.Exit(1)
    typer.echo(f"{person_id} is no longer bound.")


def export(file: File) -> None:
    """Write to FILE what people were given here, and who has more than an agent's role."""
    from bot.people import exported  # noqa: PLC0415 - keeps --help quick

    file.write_text(asyncio.run(exported(load_settings())), encoding="utf-8")
    typer.echo(f"Wrote {file}.")


def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A YAML file.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what is wrong, and what would change.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Check FILE, show what it would change, and give people what it says."""
    plan = _planned(file)
    if plan is None:
        raise typer.Exit(1)
    if differ(plan.edits) and not dry_run:
        _bring("Give people this?", plan, yes=yes)


def _planned(file: Path) -> "Plan | None":
    """Return what a file would change, or None once its faults are told."""
    from bot.people import planned  # noqa: PLC0415 - keeps --help quick

    return read_or_tell(file, lambda text: asyncio.run(planned(load_settings(), text)))


def _bring(question: str, plan: "Plan", *, yes: bool) -> None:
    from bot.people import changed  # noqa: PLC0415 - keeps --help quick

    if not yes and not typer.confirm(question):
        raise typer.Exit(1)
    try:
        number = asyncio.run(changed(load_settings(), plan))
    except Refused as refused:
        _refuse(refused)
    typer.echo(f"Change {number} is in force. To take it back: aside people undo")


def _refuse(refused: Refused) -> NoReturn:
    if refused.refusal not in SAID:
        raise refused
    typer.echo(SAID[refused.refusal], err=True)
    raise typer.Exit(1)


def history(*, most: Annotated[int, typer.Option(help="So many changes.")] = 10) -> None:
    """Print the newest changes: when, by whom, and what people were given."""
    from bot.people import history as newest  # noqa: PLC0415 - keeps --help quick
    from bot.yaml_file import differences_said  # noqa: PLC0415 - the same

    before = None
    for change, name, edits in asyncio.run(newest(load_settings(), most)):
        if change.number != before:
            typer.echo(f"{change.number}  {change.at:%Y-%m-%d %H:%M} UTC  {name}")
            before = change.number
        for line in differences_said(edits):
            typer.echo(f"     {line}")


def undo(*, yes: Yes = False) -> None:
    """Give back what people had before the newest change, as another change."""
    from bot.people import undone  # noqa: PLC0415 - keeps --help quick

    try:
        plan = asyncio.run(undone(load_settings()))
    except Refused as refused:
        _refuse(refused)
    if plan is None:
        typer.echo("Nothing was ever changed here.", err=True)
        raise typer.Exit(1)
    differ(plan.edits)
    _bring("Give this back?", plan, yes=yes)
