"""Problems are made, solved, checked and explained by the commands, end to end."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.planning.files import read_problem, write_problem
from bot.planning.schemas import plan_schema
from scheduling.domain.times import WallWindow
from scheduling.optimizer.generator import generate
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.wanted import Limits

Aside = Callable[..., Result]
Document = dict[str, Any]
EDGE = """
import json, sys
import bot.cli
print(json.dumps([name for name in ("ortools", "numba") if name in sys.modules]))
"""


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Thirty agents over two weeks, a one-to-one for each."""
    return generate(agents=30, weeks=2, seed=5)


@pytest.fixture
def aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aside:
    """Run a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def planned(aside: Aside, problem: Problem, *options: str) -> Document:
    """Optimise ``problem``, check the plan, and return its file without the seconds."""
    write_problem(problem, Path("problem.json"))
    said = aside("optimize", "problem.json", "-o", "plan.json", *options)
    assert said.exit_code == 0, said.output
    checked = aside("check", "problem.json", "plan.json")
    assert checked.exit_code == 0, checked.output
    plan: Document = json.loads(Path("plan.json").read_text())
    assert plan.pop("seconds") > 0
    return plan


def test_a_plan_is_made_and_passes_the_check(aside: Aside, problem: Problem) -> None:
    plan = planned(aside, problem, "--curves")
    assert plan["placed"] + plan["failed"] == 30
    assert plan["placed"] > 15
    assert plan["bound"] <= plan["cost"]
    assert 0 <= plan["gap"] < 1
    assert plan["forecast"]["curves"]
    assert list(Draft202012Validator(plan_schema()).iter_errors(plan | {"seconds": 1.0})) == []


def test_the_same_seed_gives_the_same_plan(aside: Aside, problem: Problem) -> None:
    first = planned(aside, problem, "--seed", "8")
    assert first["seed"] == 8
    assert planned(aside, problem, "--seed", "8") == first


def test_a_broken_plan_ends_with_one_and_names_the_fault(aside: Aside, problem: Problem) -> None:
    plan = planned(aside, problem)
    gone = plan["placements"].pop()
    Path("plan.json").write_text(json.dumps(plan))
    said = aside("check", "problem.json", "plan.json")
    assert said.exit_code == 1
    assert f"{gone['meeting_id']}: not_answered" in said.stdout


def test_a_plan_that_answers_nothing_names_every_meeting(aside: Aside, problem: Problem) -> None:
    write_problem(problem, Path("problem.json"))
    Path("plan.json").write_text('{"status": "nothing_placed", "placements": [], "failures": []}')
    said = aside("check", "problem.json", "plan.json")
    assert said.exit_code == 1
    assert said.stdout.count(": not_answered: ") == 30


def test_reasons_are_given_for_a_meeting(aside: Aside, problem: Problem) -> None:
    write_problem(problem, Path("problem.json"))
    said = aside("explain", "problem.json", problem.meetings[0].id)
    assert said.exit_code == 0, said.output
    assert problem.meetings[0].id in said.stdout
    assert "outside the shift" in said.stdout


def test_reasons_are_given_for_somebody_to_be_trained(aside: Aside) -> None:
    problem = generate(agents=30, weeks=1, seed=5, training=0.4, one_to_ones=False)
    write_problem(problem, Path("problem.json"))
    course = problem.trainings[0]
    said = aside("explain", "problem.json", f"{course.id}/{course.attendee_ids[0]}")
    assert said.exit_code == 0, said.output
    assert course.attendee_ids[0] in said.stdout


def explained(aside: Aside, problem: Problem) -> str:
    """Plan ``problem`` and ask why the first of those left out of its course is."""
    plan = planned(aside, problem)
    failure = next(one for one in plan["failures"] if one["attendee_id"])
    return aside(
        "explain", "problem.json", f"{failure['meeting_id']}/{failure['attendee_id']}"
    ).stdout


def test_who_is_left_out_of_a_course_hears_ways_out_with_price_and_owner(aside: Aside) -> None:
    problem = generate(agents=60, weeks=2, seed=1, training=0.4, one_to_ones=False)
    (course,) = problem.trainings
    soon = replace(course, last=course.first + timedelta(days=4), least=11)
    said = explained(aside, replace(problem, trainings=(soon,)))
    assert "no start because of: no group could be filled" in said
    assert re.search(
        r"way out: in a group of another size: .* price .*granted by a scheduler", said
    )
    assert "other dates" in said
    said = explained(aside, replace(problem, trainings=(replace(course, least=11),)))
    assert "way out: another period: the problem ends before it, so its price is not known" in said


def test_training_and_team_meetings_are_planned(aside: Aside) -> None:
    problem = generate(agents=60, weeks=1, seed=2, training=0.4, team_meetings=True)
    plan = planned(aside, problem)
    assert plan["placed"] + plan["failed"] == len(problem.meetings) + 24


def test_a_window_that_no_shift_touches_is_a_status_with_reasons(
    aside: Aside, problem: Problem
) -> None:
    night = Limits(windows=(WallWindow(time(2), time(4)),))
    plan = planned(aside, replace(problem, limits=night))
    assert plan["status"] == "nothing_placed"
    assert plan["failed"] == 30
    assert all("time_window" in failure["conflict"] for failure in plan["failures"])


def test_a_length_that_slots_do_not_divide_is_planned(aside: Aside, problem: Problem) -> None:
    odd = tuple(replace(meeting, minutes=20) for meeting in problem.meetings)
    plan = planned(aside, replace(problem, meetings=odd))
    assert plan["placed"] > 15


def test_nothing_asked_for_is_no_fault(aside: Aside, problem: Problem) -> None:
    plan = planned(aside, replace(problem, meetings=(), series=()))
    assert plan["placed"] == plan["failed"] == 0


def test_twenty_thousand_agents_are_read(aside: Aside, problem: Problem) -> None:
    one = replace(problem.attendees[0], shifts=problem.attendees[0].shifts[:1], off=())
    many = tuple(replace(one, id=f"agent-{place}") for place in range(20_000))
    crowd = replace(problem, attendees=many, meetings=(), series=(), caps=(), heads=())
    write_problem(crowd, Path("problem.json"))
    assert len(read_problem(Path("problem.json")).attendees) == 20_000
    assert aside("explain", "problem.json", "nobody").exit_code == 2


def overlapping_shifts(file: Document) -> None:
    file["attendees"][0]["shifts"].append(file["attendees"][0]["shifts"][0])


def negative_staffing(file: Document) -> None:
    file["curves"][0]["coverage"][3] = -1.0


def leader_who_attends(file: Document) -> None:
    file["meetings"][0]["facilitator_id"] = file["attendees"][0]["id"]
    file["meetings"][0]["attendee_ids"] = [file["attendees"][0]["id"]]


def quorum_below_the_required(file: Document) -> None:
    file["meetings"][0]["attendee_ids"] = [each["id"] for each in file["attendees"][:3]]
    file["meetings"][0]["quorum"] = 2


def room_of_none(file: Document) -> None:
    file["rooms"][0]["capacity"] = 0


def too_many_agents(file: Document) -> None:
    agent = file["attendees"][0] | {"shifts": [], "off": []}
    file["attendees"] = [agent | {"id": f"a{place}"} for place in range(25_001)]


@pytest.mark.parametrize(
    ("spoil", "pointer"),
    [
        (overlapping_shifts, "/attendees/0/shifts/"),
        (negative_staffing, "/curves/0/coverage/3: "),
        (leader_who_attends, "/meetings/0/facilitator_id: "),
        (quorum_below_the_required, "/meetings/0/quorum: "),
        (room_of_none, "/rooms/0/capacity: "),
        (too_many_agents, "/attendees: "),
    ],
)
@pytest.mark.parametrize("command", ["optimize", "check", "explain"])
def test_what_cannot_be_is_told_with_its_place_and_ends_with_two(
    aside: Aside,
    problem: Problem,
    spoil: Callable[[Document], None],
    pointer: str,
    command: str,
) -> None:
    write_problem(problem, Path("problem.json"))
    file: Document = json.loads(Path("problem.json").read_text())
    spoil(file)
    Path("problem.json").write_text(json.dumps(file))
    more = {"optimize": ("-o", "plan.json"), "check": ("problem.json",), "explain": ("m",)}
    said = aside(command, "problem.json", *more[command])
    assert said.exit_code == 2, said.output
    assert f"  {pointer}" in said.stderr
    assert not Path("plan.json").exists()


async def told_by(seed: str, folder: Path) -> str:
    """Plan in a process of its own; return the plan file without the seconds it took."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import app; app()"),
        *("optimize", "problem.json", "-o", f"plan-{seed}.json", "--budget", "2"),
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert await process.wait() == 0
    plan = (folder / f"plan-{seed}.json").read_text()
    told, count = re.subn(r'(?m)^ "seconds": [0-9.]+,$', "", plan)
    assert count == 1
    return told


async def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    problem = generate(agents=60, weeks=1, seed=4, training=0.3, team_meetings=True)
    write_problem(problem, tmp_path / "problem.json")
    first, second = await asyncio.gather(told_by("1", tmp_path), told_by("2", tmp_path))
    assert json.loads(first)["stage"]
    assert first == second


async def test_the_command_itself_loads_no_solver() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", EDGE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    assert json.loads(said) == []
