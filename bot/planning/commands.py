"""``aside generate | optimize | check | explain | schema``. The solver is loaded when one runs."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.planning.own_faults import spoken
from scheduling.domain.times import DAY

BROKEN, BAD_INPUT = 1, 2
"""Exit codes: a plan that breaks rules, and what cannot be read or done."""

ProblemPath = Annotated[Path, typer.Argument(metavar="PROBLEM.json", show_default=False)]
PlanPath = Annotated[Path, typer.Argument(metavar="PLAN.json", show_default=False)]
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (generate, optimize, check, explain, schema):
        app.command()(spoken(command))


def generate(
    output: Output,
    *,
    agents: Annotated[int, typer.Option(help="How many agents.")] = 500,
    weeks: Annotated[int, typer.Option(help="How many weeks.")] = 4,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file.")] = 0,
    training: Annotated[float, typer.Option(help="Part of the agents to train, 0 to 1.")] = 0.0,
    team_meetings: Annotated[bool, typer.Option("--team-meetings", help="One per team.")] = False,
    demand: Annotated[
        Path | None, typer.Option(help="CSV of real calls: date, interval_start, calls.")
    ] = None,
) -> None:
    """Write a realistic problem: sites, teams, skills, shifts, demand, and who wants what."""
    from bot.planning.files import write_problem  # noqa: PLC0415 - as below
    from scheduling.optimizer.generator import CallCounts  # noqa: PLC0415 - loads numpy
    from scheduling.optimizer.generator import generate as drawn  # noqa: PLC0415 - the same

    with _faults_said():
        counts = None if demand is None else CallCounts.parse(_text(demand))
        problem = drawn(
            agents=agents,
            weeks=weeks,
            seed=seed,
            training=training,
            team_meetings=team_meetings,
            demand=counts,
        )
        write_problem(problem, output)
    typer.echo(
        f"Wrote {output}: {len(problem.attendees):,} agents, {len(problem.curves)} activities,"
        f" {len(problem.meetings):,} meetings, {len(problem.trainings)} trainings,"
        f" {output.stat().st_size / 1e6:,.1f} MB"
    )


def optimize(
    problem_file: ProblemPath,
    output: Output,
    *,
    budget: Annotated[
        int, typer.Option(min=1, help="Effort, in units of the search: more is better and longer.")
    ] = 1,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Instead of the seed of the problem.")
    ] = None,
    curves: Annotated[
        bool, typer.Option("--curves", help="Write the forecast per slot too; this is long.")
    ] = False,
) -> None:
    """Place what a problem asks for where it costs service least, and say what has no place."""
    from bot.planning import files  # noqa: PLC0415 - as below
    from bot.planning.shown import plan_lines, words_for, zone_of_most  # noqa: PLC0415 - as below

    with _faults_said():
        files.require_folder(output)
        problem = files.read_problem(problem_file)
    from scheduling.optimizer.forecast.whole import impact  # noqa: PLC0415 - loads the solver, so last
    from scheduling.optimizer.solve import solve  # noqa: PLC0415 - the same
    from scheduling.optimizer.warm import is_warm  # noqa: PLC0415 - the same

    if not is_warm():
        _errors().print("The search is compiled for this machine first: a minute, this once.")
    made_of = files.problem_hash(problem)
    if seed is not None:
        problem = replace(problem, seed=seed)
    with _bar() as bar:
        began = time.perf_counter()
        found = solve(problem, effort=budget, progress=bar)
        plan = replace(found, problem_hash=made_of, effort=budget)
        seconds = round(time.perf_counter() - began, 3)
    forecast = impact(problem, plan, zone_of_most(problem))
    with _faults_said():
        whole = files.PlanFile(plan=plan, seconds=seconds, forecast=forecast)
        files.write_plan(whole, output, curves=curves)
    _say(plan_lines(words_for(problem), plan, forecast, seconds))


def check(problem_file: ProblemPath, plan_file: PlanPath) -> None:
    """Derive every rule and the cost of a plan again, and print what is broken."""
    from bot.planning.files import problem_hash, read_plan, read_problem  # noqa: PLC0415 - as below
    from bot.planning.shown import cost_line, fault_line, words_for  # noqa: PLC0415 - as below
    from scheduling.optimizer.check.whole import check as faults_of  # noqa: PLC0415 - heavy

    with _faults_said():
        problem, plan = read_problem(problem_file), read_plan(plan_file)
    words = words_for(problem)
    if plan.problem_hash not in ("", problem_hash(problem)):
        _errors().print("The plan was made of another problem, or this one has changed since.")
    faults = faults_of(problem, plan)
    _say([cost_line(words, plan), *(fault_line(words, fault) for fault in faults)])
    if faults:
        typer.echo(f"{len(faults)} broken")
        raise typer.Exit(BROKEN)
    typer.echo("No rule is broken.")


def explain(
    problem_file: ProblemPath,
    request: Annotated[
        str, typer.Argument(help="The id of a meeting, or TRAINING/ATTENDEE.", show_default=False)
    ],
) -> None:
    """Say why a meeting has no place, and what would make one, at which price, by whose leave."""
    from bot.planning.files import read_problem  # noqa: PLC0415 - as below
    from bot.planning.shown import failure_lines, words_for  # noqa: PLC0415 - as below

    with _faults_said():
        problem = read_problem(problem_file)
        name, _, attendee = request.partition("/")
        trained = {one.id: one.attendee_ids for one in problem.trainings}.get(name, ())
        known = any(one.id == request for one in problem.meetings)
        if not known and attendee not in trained:
            raise ValueError(
                f"{request} is in no request: name a meeting of the problem, or TRAINING/ATTENDEE"
            )
    from scheduling.optimizer.solve import why  # noqa: PLC0415 - loads the solver, so last

    failure = why(problem, request) if known else why(problem, name, attendee)
    last = [one.last for one in problem.meetings if one.id == failure.meeting_id]
    last += [one.last for one in problem.trainings if one.id == failure.meeting_id]
    later = problem.grid.span.end.date() > last[0] + DAY
    _say(failure_lines(words_for(problem), failure, later=later))


def schema(of: Annotated[Literal["problem", "plan", "card"], typer.Argument()]) -> None:
    """Print the JSON Schema of problem or plan files, or of the cards that Aside sends."""
    from bot.planning import schemas  # noqa: PLC0415 - only this command needs it

    typer.echo(schemas.schema_text(schemas.SCHEMAS[of]()), nl=False)


@contextmanager
def _faults_said() -> Iterator[None]:
    """Tell what is wrong with the input in words, and end with ``BAD_INPUT``."""
    from bot.planning.faults import BadFile  # noqa: PLC0415 - keeps --help quick

    try:
        yield
    except (BadFile, ValueError) as error:
        _errors().print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from None


@contextmanager
def _bar() -> Iterator["_Bar"]:
    console = _errors()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
        yield _Bar(progress)


class _Bar:
    """Shows the stage of a search and how much of it is done, as a part of one."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("reading", total=1.0)

    def __call__(self, stage: str, done: float) -> None:
        self._progress.update(self._task, description=stage, completed=done)


def _text(path: Path) -> str:
    from bot.planning.files import read_text  # noqa: PLC0415 - keeps --help quick

    return read_text(path)


def _errors() -> Console:
    return Console(stderr=True)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
