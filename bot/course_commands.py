"""``aside course list | import | audience | trainers | completed | completion | plan``; a roll-out is then looked at with ``aside run``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.recurring_commands import done
from bot.settings import load_settings

course_app = typer.Typer(help="Courses: kept, completed, rolled out.", no_args_is_help=True)

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="A CSV file in UTF-8; courses also as YAML."),
]
Owner = Annotated[
    str,
    typer.Option("--for", help="Who fills the courses: learning and development, or a scheduler."),
]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    course_app.command("list")(courses)
    course_app.command("import")(import_)
    course_app.command("audience")(audience)
    course_app.command("trainers")(trainers)
    course_app.command("completed")(completed)
    course_app.command("completion")(completion)
    course_app.command("plan")(plan)
    app.add_typer(course_app, name="course")


def courses(owner: Owner) -> None:
    """Show every course of a unit."""
    from bot.course_work import kept  # noqa: PLC0415 - loads the database

    found = done(kept(load_settings(), owner))
    for one in found:
        minutes = " + ".join(str(part.minutes) for part in one.parts)
        size = f"groups of {one.least} to {one.most}"
        due = f", due on {one.due}" if one.due else ""
        skilled = "; ".join(map(str, one.audience.skills))
        only = f", for who has {skilled}" if skilled else ""
        typer.echo(f"{one.id}  {one.name}: {minutes} min, {size}, {one.tier.value}{due}{only}")
    if not found:
        typer.echo("There is none; `aside course import FILE` adds some.")


def import_(file: File, owner: Owner) -> None:
    """Keep the courses of FILE: one of a known name is changed, another is new. All or nothing."""
    from bot.course_work import keep  # noqa: PLC0415 - loads the database

    new, changed = done(keep(load_settings(), file, owner))
    typer.echo(f"{new} new, {changed} changed.")


def audience(file: File, owner: Owner) -> None:
    """Make courses ones for the people listed: FILE has the columns course and person. All or nothing."""
    from bot.audience_work import set_audiences  # noqa: PLC0415 - loads the database

    changed, listed = done(set_audiences(load_settings(), file, owner))
    typer.echo(f"{listed} people listed, {changed} courses changed.")


def trainers(owner: Owner) -> None:
    """Show who may teach each part of each course, and of which nobody may teach some."""
    from bot.trainer_work import pool  # noqa: PLC0415 - loads the database

    found = done(pool(load_settings(), owner))
    for one in found:
        part = f", part {one.part}" if one.parts > 1 else ""
        names = ", ".join(one.trainers) or "nobody who is here; no roll-out can be planned"
        typer.echo(f"{one.course}{part}: {names}")
        if one.together and one.part == one.parts:
            typer.echo(f"{one.course}: nobody may teach all parts, and one trainer is to do so")
    if not found:
        typer.echo("There is no course; `aside course import FILE` adds some.")


def completed(file: File, owner: Owner) -> None:
    """Note who completed what: FILE has the columns course, person and date. All or nothing."""
    from bot.course_work import complete  # noqa: PLC0415 - loads the database

    typer.echo(f"{done(complete(load_settings(), file, owner))} new completions.")


def completion(
    owner: Owner,
    *,
    people: Annotated[bool, typer.Option("--people", help="Also who is late, by name.")] = False,
) -> None:
    """Show how many completed what, are overdue or due soon: by course, site and team."""
    from bot.completion_work import stand  # noqa: PLC0415 - loads the database

    lines = done(stand(load_settings(), owner, by_person=people))
    for one in lines:
        of = one.figures
        typer.echo(
            f"{one.level:<7} {one.name}: {of.done} of {of.required} completed,"
            f" {of.overdue} overdue, {of.soon} due soon"
        )
    if not lines:
        typer.echo("No course is for anybody yet; `aside course list` shows what there is.")


def plan(
    course: Annotated[str, typer.Argument(help="The course's name.")],
    owner: Owner,
    first: Day,
    last: Day,
    seats: Annotated[int | None, typer.Option(min=1, help="At most so many seats.")] = None,
) -> None:
    """Plan a roll-out of a course; nothing is booked."""
    from bot.course_work import start  # noqa: PLC0415 - loads the database

    row = done(start(load_settings(), course, owner, first.date(), last.date(), seats))
    typer.echo(
        f"{row.id} is being planned, which a serving Aside begins within a minute; then:"
        f" aside run show {row.id}, aside run confirm {row.id}"
    )
