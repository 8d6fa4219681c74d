"""``aside template list | export | import | end`` and ``aside run list | start | show | confirm | discard``."""

import asyncio
from collections.abc import Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.settings import load_settings

if TYPE_CHECKING:
    from scheduling.domain.runs import RunDay, RunPreview

Value = TypeVar("Value")

template_app = typer.Typer(
    help="Meetings that recur: who meets whom how often.", no_args_is_help=True
)
run_app = typer.Typer(
    help="Plan recurring meetings over some dates, look at the plan, book it.", no_args_is_help=True
)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A JSON file.")]
RunId = Annotated[str, typer.Argument(help="A run, as `aside run list` names it.")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]
SHOWN = 10
EFFECTS = {
    "planned": "; next on {day} with {leader}",
    "booked": "; the one of {day} stays with {leader}",
    "none": "; left out",
}
"""What a plan has for whoever joined, left or moved."""


def register(app: typer.Typer) -> None:
    """Add both groups to ``app``."""
    template_app.command("list")(templates)
    template_app.command("export")(export)
    template_app.command("import")(import_)
    template_app.command("end")(end)
    run_app.command("list")(runs)
    run_app.command("start")(start)
    run_app.command("show")(show)
    run_app.command("confirm")(confirm)
    run_app.command("discard")(discard)
    app.add_typer(template_app, name="template")
    app.add_typer(run_app, name="run")


def done(work: Coroutine[Any, Any, Value]) -> Value:
    """Return what ``work`` gives; what cannot be done is said, and ends with 1."""
    from bot.recurring_work import CannotPlan  # noqa: PLC0415 - keeps --help quick

    try:
        return asyncio.run(work)
    except CannotPlan as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None


def templates() -> None:
    """Show every template."""
    from bot.recurring_work import kept  # noqa: PLC0415 - loads the database

    found = done(kept(load_settings()))
    for one in found:
        rule = one.recurrence
        often = f"every {rule.every} x {rule.frequency.value}"
        typer.echo(f"{one.id}  {one.unit_id}  {one.name}: {one.type_id}, {often}")
    if not found:
        typer.echo("There is none; `aside template import FILE` adds some.")


def export(file: Annotated[Path, typer.Argument(help="Where to write the JSON file.")]) -> None:
    """Write every template to FILE, to be changed and imported again."""
    from bot.recurring_work import kept, written  # noqa: PLC0415 - loads the database

    found = done(kept(load_settings()))
    file.write_text(written(found), encoding="utf-8")
    typer.echo(f"Wrote {file}: {len(found)} templates.")


def import_(file: File) -> None:
    """Keep the templates of FILE: one with a known id is changed, another is new."""
    from bot.recurring_work import CannotPlan, keep, read  # noqa: PLC0415 - loads the database

    try:
        found = read(file)
    except CannotPlan as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    new, changed = done(keep(load_settings(), found))
    typer.echo(f"{new} new, {changed} changed, {len(found) - new - changed} as they were.")


def end(template_id: Annotated[str, typer.Argument(help="A template's id.")]) -> None:
    """Let a template ask for nothing more; what is booked stays."""
    from bot.recurring_work import end as ended  # noqa: PLC0415 - loads the database

    done(ended(load_settings(), template_id))
    typer.echo("It asks for nothing more; what is booked stays.")


def runs() -> None:
    """Show the newest runs."""
    from bot.recurring_work import newest  # noqa: PLC0415 - loads the database

    for row in done(newest(load_settings())):
        dates = f"{row.dates.start} to {row.dates.last}"
        typer.echo(f"{row.id}  {row.unit_id}  {dates}: {row.state.value}")


def start(
    owner: Annotated[str, typer.Option("--for", help="The person who is to decide on the plan.")],
    first: Day,
    last: Day,
) -> None:
    """Plan the recurring meetings of a unit; nothing is booked."""
    from bot.recurring_work import start as begun  # noqa: PLC0415 - loads the database

    row = done(begun(load_settings(), owner, first.date(), last.date()))
    typer.echo(
        f"{row.id} is being planned, which a serving Aside begins within a minute; then:"
        f" aside run show {row.id}"
    )


def show(run_id: RunId) -> None:
    """Show what a run would do, day by day, and what self-care did about its sessions since."""
    from bot.recurring_work import cared_for, found  # noqa: PLC0415 - loads the database

    row = done(found(load_settings(), run_id))
    typer.echo(f"{row.dates.start} to {row.dates.last}: {row.state.value}")
    if row.trouble:
        what = "It could not be planned" if row.ended_at else "It waits, and asks again by itself"
        typer.echo(f"{what}: {row.trouble.replace('_', ' ')}.")
    if row.preview:
        _tell(row.preview, row.held)
    for one in done(cared_for(load_settings(), run_id)):
        becomes = f" to {one.becomes.start:%Y-%m-%d %H:%M}" if one.becomes else ""
        who = one.attendee_name or f"{one.people} with {one.leader_name}"
        typer.echo(
            f"  {who}, {one.was.start:%Y-%m-%d %H:%M}{becomes} UTC:"
            f" {one.care.value} ({one.cause.value})"
        )


def _tell(preview: "RunPreview", held: frozenset[date]) -> None:
    again = preview.rollout.replanned if preview.rollout else None
    if again is not None:
        why = ", ".join(f"{n} {reason.value}" for reason, n in sorted(again.items()))
        typer.echo(f"Planned again instead of booked: {why or 'the course was changed'}.")
    for day in preview.days:
        service = ", ".join(
            f"{one.demand_name} {one.before:.1%} to {one.after:.1%} (goal {one.goal:.0%})"
            for one in day.services
        )
        kept = " on hold" if day.day in held else ""
        typer.echo(
            f"{day.day}{kept}: {day.sessions} sessions, {day.minutes / 60:.1f} h;"
            f" {day.caused:.1f} FTE-hours short caused, {day.understaffed_before:.1f} anyway;"
            f" {service or 'no service affected'}; {_lowest(day)};"
            f" {day.changed} new or at another time since the last plan"
        )
    typer.echo(
        f"{preview.sessions} sessions, {len(preview.unplaced_ids)} without a time,"
        f" {preview.kept} held or booked already, {preview.gone} in the last plan only,"
        f" {len(preview.changes)} team changes"
    )
    for change in preview.changes:
        membership = change.after or change.before
        team = f" ({membership.team_id})" if membership else ""
        effect = EFFECTS.get(change.effect or "", "").format(
            day=change.day, leader=change.leader_id
        )
        typer.echo(f"  {change.agent_id}{team}: {change.kind.value.replace('_', ' ')}{effect}")
    if preview.offline is not None:
        typer.echo(
            f"{preview.minutes / 60:.1f} h off the phones beside"
            f" {preview.offline.used / 60:.1f} h planned before;"
            f" {preview.offline.allowed / 60:.1f} h are allowed"
        )
    _tell_who(preview)


def _tell_who(preview: "RunPreview") -> None:
    for meeting in preview.meetings:
        without = f", without {', '.join(meeting.missing_ids)}" if meeting.missing_ids else ""
        typer.echo(
            f"  {meeting.who_id} with {meeting.facilitator_id},"
            f" {meeting.interval.start:%Y-%m-%d %H:%M} UTC: {meeting.coming} come{without}"
        )
    for why, number in sorted(preview.passed.items()):
        typer.echo(f"  {number} not planned: {why.value.replace('_', ' ')}")
    for one in preview.lost:
        typer.echo(
            f"  {one.template_name}: {one.id or 'people named one by one'} no longer in the WFM,"
            f" {one.people} people not planned"
        )
    for rules, number in preview.unplaced[:SHOWN]:
        reasons = ", ".join(sorted(rule.value for rule in rules)) or "others have the times left"
        typer.echo(f"  {number} without a time: {reasons}")


def _lowest(day: "RunDay") -> str:
    if day.worst is None:
        return "no staffing affected"
    from scheduling.domain.times import zone_of  # noqa: PLC0415 - keeps --help quick

    zone = day.worst_zone or "UTC"
    at = day.worst.astimezone(zone_of(zone))
    return f"lowest staffing {day.worst_net:+.1f} FTE at {at:%H:%M} {zone}"


def confirm(
    run_id: RunId,
    hold: Annotated[
        list[datetime] | None,
        typer.Option("--hold", formats=["%Y-%m-%d"], help="A day not to book; may be repeated."),
    ] = None,
) -> None:
    """Book what a run planned."""
    from bot.recurring_work import confirm as confirmed  # noqa: PLC0415 - loads the database

    done(confirmed(load_settings(), run_id, [day.date() for day in hold or ()]))
    typer.echo(f"It is being booked; aside run show {run_id} says how far it is.")


def discard(run_id: RunId) -> None:
    """Forget a plan of which nothing is booked."""
    from bot.recurring_work import discard as discarded  # noqa: PLC0415 - loads the database

    done(discarded(load_settings(), run_id))
    typer.echo("It is forgotten; nothing was booked.")
