"""Problem and plan files: what is written is read back, and every fault has its place."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.planning import files
from bot.planning.canonical import canonical
from bot.planning.faults import BadFile, FileFault
from bot.planning.files import PlanFile, read_plan, read_problem, write_plan, write_problem
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import FunnelStep, Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.outcome import Impact
from scheduling.optimizer.plan import (
    AllowanceUse,
    BreakMove,
    Contest,
    Failure,
    Group,
    GroupPart,
    Loosening,
    Placement,
    Plan,
    Status,
)
from scheduling.optimizer.problem import MOST_TOLD, Problem

Document = dict[str, Any]
FaultsIn = Callable[[Document | bytes], tuple[FileFault, ...]]
HOUR = Interval(datetime(2027, 3, 8, 9, tzinfo=UTC), datetime(2027, 3, 8, 10, tzinfo=UTC))
PLACED = Placement(
    meeting_id="one",
    interval=HOUR,
    place=PlaceKind.ROOM,
    room_id="room",
    price=1.25,
    breaks=(BreakMove(attendee_id="a", before=HOUR, after=HOUR),),
)
LOST = Failure(
    meeting_id="two",
    attendee_id="b",
    funnel=(FunnelStep(rule=Rule.DATES, before=9, after=3),),
    conflict=frozenset({Rule.ROOM, Rule.FLOOR, Rule.HEADS, Rule.BREAK}),
    loosenings=(Loosening(rules=frozenset({Rule.ROOM}), count=2, placement=PLACED),),
    contest=Contest(rule=Rule.ROOM, holder="room", winners=("one",), losers=("two",), places=1),
)
PLAN = Plan(
    status=Status.FEASIBLE,
    placements=(PLACED,),
    failures=(LOST,),
    groups=(
        Group(
            training_id="course",
            attendee_ids=("a", "b"),
            parts=(GroupPart(interval=HOUR, trainer_id="t", place=PlaceKind.ONLINE, room_id=None),),
        ),
    ),
    alternatives={"one": (PLACED,)},
    moved=("one",),
    allowances=(AllowanceUse(week=date(2027, 3, 8), planned=9, used=1, added=2),),
    cost=4.0,
    bound=3.0,
    as_of=HOUR.start,
    stage="lns",
    effort=2,
    problem_hash="abc",
    seed=7,
)
NONE = Impact(curves=(), days=(), periods=())


def test_a_problem_is_read_back_and_written_the_same(
    tmp_path: Path, problem: Problem, written: bytes
) -> None:
    path = tmp_path / "problem.json"
    write_problem(problem, path)
    assert path.read_bytes() == written
    again = read_problem(path)
    assert again == problem
    assert canonical(again) == written


def test_sets_are_written_in_one_order_in_every_process() -> None:
    script = (
        "import sys; from bot.planning.canonical import canonical;"
        "from scheduling.domain.rules import Rule;"
        "sys.stdout.buffer.write(canonical([frozenset(Rule), frozenset('abcdef')]))"
    )
    said = {
        subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_a_plan_is_read_back_without_its_forecast(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(PlanFile(plan=PLAN, seconds=1.5, forecast=NONE), path)
    assert read_plan(path) == PLAN
    empty = Plan(status=Status.NOTHING_PLACED, placements=(), failures=())
    assert read_plan(PlanFile(plan=empty, seconds=0.0, forecast=NONE).content()) == empty


def test_a_plan_file_has_its_figures_at_the_top() -> None:
    top = json.loads(PlanFile(plan=PLAN, seconds=1.5, forecast=NONE).content())
    figures = {name: top[name] for name in files.FIGURES}
    assert figures == {
        "cost": 4.0,
        "bound": 3.0,
        "gap": 0.25,
        "placed": 3,
        "failed": 1,
        "seconds": 1.5,
    }
    for name in ("status", "stage", "effort", "seed", "problem_hash", "guarded", "as_of"):
        assert name in top


def test_a_plan_with_an_unknown_field_or_a_wrong_one_is_refused() -> None:
    content = PlanFile(plan=PLAN, seconds=1.5, forecast=NONE).content()
    top = json.loads(content)
    top["colour"] = "red"
    top["placements"][0]["place"] = "moon"
    with pytest.raises(BadFile) as found:
        read_plan(json.dumps(top).encode())
    assert {fault.pointer for fault in found.value.faults} == {"/colour", "/placements/0/place"}


@pytest.mark.parametrize("broken", [b"", b"{", b'{"a": 1,\n"b" 2}', b"\xff\xfe", b"[" * 100_000])
def test_broken_json_is_said_with_line_and_column(broken: bytes) -> None:
    for read in (read_problem, read_plan):
        with pytest.raises(BadFile, match=r"not JSON.* line \d+ column \d+"):
            read(broken)


@pytest.mark.parametrize("other", [b"null", b"[]", b"3", b'"text"'])
def test_json_that_is_no_object_is_refused(other: bytes) -> None:
    for read in (read_problem, read_plan):
        with pytest.raises(BadFile, match="the whole file"):
            read(other)


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(
    tmp_path: Path, problem: Problem
) -> None:
    with pytest.raises(BadFile, match="No such file"):
        read_problem(tmp_path / "nowhere.json")
    with pytest.raises(BadFile, match="directory"):
        read_problem(tmp_path)
    with pytest.raises(BadFile, match="can be written"):
        write_problem(problem, tmp_path / "no" / "folder.json")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(files.MOST_BYTES + 1)  # a hole: takes no room
    with pytest.raises(BadFile, match="one problem per business unit"):
        read_problem(path)


def test_more_agents_than_one_problem_takes_are_refused(
    document: Document, faults_in: FaultsIn
) -> None:
    agent = {key: document["attendees"][0][key] for key in ("zone", "site_id", "team_id")}
    document["attendees"] = [
        agent | {"id": f"a{place}", "shares": {}, "shifts": []} for place in range(25_001)
    ]
    fault, *_ = faults_in(document)
    assert fault.pointer == "/attendees"
    assert "one problem per business unit" in fault.said


def test_every_fault_is_named_with_its_pointer(document: Document, faults_in: FaultsIn) -> None:
    document["attendees"][0]["zone"] = "Mars"
    document["attendees"][1]["contract"] = "1"
    document["attendees"][2]["shares"] = {"a/b~c": "x"}
    document["attendees"][3]["offline"] = {"someday": [1, 2]}
    document["meetings"][1]["first"] = "tomorrow"
    document["meetings"][2]["minutes"] = 31.5
    document["rooms"][0]["size"] = 3
    del document["grid"]["start"]
    assert {fault.pointer for fault in faults_in(document)} == {
        "/attendees/0/zone",
        "/attendees/1/contract",
        "/attendees/2/shares/a~1b~0c",
        "/attendees/3/offline/someday",
        "/meetings/1/first",
        "/meetings/2/minutes",
        "/rooms/0/size",
        "/grid/start",
    }


def test_many_faults_are_summed_up(document: Document) -> None:
    for agent in document["attendees"]:
        agent["contract"] = -1.0
    with pytest.raises(BadFile) as found:
        read_problem(json.dumps(document).encode())
    assert str(found.value).endswith("and 10 more")
    assert len(found.value.faults) == 20


def _overlapping_segments(document: Document) -> None:
    shifts = document["attendees"][4]["shifts"]
    shifts.append(shifts[0])


def _negative_staffing(document: Document) -> None:
    document["curves"][1]["required"][40] = -2.0


def _staffing_without_a_number(document: Document) -> None:
    document["curves"][0]["weight"] = float("inf")


def _facilitator_who_attends(document: Document) -> None:
    document["meetings"][2]["attendee_ids"].append(document["meetings"][2]["facilitator_id"])


def _quorum_below_the_required(document: Document) -> None:
    document["meetings"][0]["quorum"] = 0


def _quorum_above_all_asked(document: Document) -> None:
    document["meetings"][-1]["quorum"] = 1000


def _room_of_capacity_none(document: Document) -> None:
    document["rooms"][0]["capacity"] = 0


def _stranger(document: Document) -> None:
    document["meetings"][3]["attendee_ids"] = ["nobody"]


def _trainer_who_attends(document: Document) -> None:
    document["trainings"][0]["trainer_ids"] += document["trainings"][0]["attendee_ids"][:1]


def _short_curve(document: Document) -> None:
    document["curves"][0]["volume"].pop()


def _local_time(document: Document) -> None:
    document["attendees"][0]["shifts"][0]["start"] = "2027-03-08T07:00:00+01:00"


def _share_of_no_demand(document: Document) -> None:
    document["attendees"][2]["shares"]["a/b"] = 0.5


def _leader_of_no_demand(document: Document) -> None:
    document["facilitators"][1]["shares"] = {"cals": 1.0}


def _heads_of_no_demand(document: Document) -> None:
    document["heads"][0]["demand_id"] = "cals"


def _heads_of_no_site(document: Document) -> None:
    document["heads"][0]["site_id"] = "nowhere"


def _cap_of_strangers(document: Document) -> None:
    document["caps"][0]["members"].append("nobody")


def _negative_minutes_planned(document: Document) -> None:
    document["attendees"][1]["offline"] = {"2027-03-08": [1, -30]}


def _eighth_weekday(document: Document) -> None:
    document["limits"] = {"weekdays": [0, 7]}


def _series_of_no_meeting(document: Document) -> None:
    names = [document["meetings"][0]["id"], "none"]
    document["series"] = [{"id": "s", "meeting_ids": names}]


def _pin_of_somebody_else(document: Document) -> None:
    shift = document["attendees"][0]["shifts"][0]
    document["pinned"] = [
        {
            "meeting_id": document["meetings"][0]["id"],
            "interval": shift,
            "place": "online",
            "room_id": None,
            "attendee_ids": ["nobody"],
        }
    ]


def _days_the_wrong_way(document: Document) -> None:
    document["trainings"][0]["parts"][0] |= {"least_days": 3, "most_days": 2}


@pytest.mark.parametrize(
    ("spoil", "pointer", "said"),
    [
        (_overlapping_segments, "/attendees/4/shifts/4", "overlap"),
        (_negative_staffing, "/curves/1/required/40", "-2.0 at 40"),
        (_staffing_without_a_number, "/curves/0/weight", "not a finite number"),
        (_facilitator_who_attends, "/meetings/2/facilitator_id", "attends it too"),
        (_quorum_below_the_required, "/meetings/0/quorum", "quorum of 0"),
        (_quorum_above_all_asked, "/meetings/20/quorum", "quorum of 1000"),
        (_room_of_capacity_none, "/rooms/0/capacity", "seats nobody"),
        (_stranger, "/meetings/3/attendee_ids/0", "no attendee nobody"),
        (_trainer_who_attends, "/trainings/0/trainer_ids/1", "attends it too"),
        (_short_curve, "/curves/0/volume", "slots"),
        (_share_of_no_demand, "/attendees/2/shares/a~1b", "no demand a/b"),
        (_leader_of_no_demand, "/facilitators/1/shares/cals", "no demand cals"),
        (_heads_of_no_demand, "/heads/0/demand_id", "no demand cals"),
        (_heads_of_no_site, "/heads/0/site_id", "no attendee at the site nowhere"),
        (_cap_of_strangers, "/caps/0/members", "no attendee nobody"),
        (_negative_minutes_planned, "/attendees/1/offline/2027-03-08", "-30"),
        (_eighth_weekday, "/limits/weekdays", "7 is no weekday"),
        (_series_of_no_meeting, "/series/0/meeting_ids/1", "no meeting none"),
        (_pin_of_somebody_else, "/pinned/0/attendee_ids/0", "no attendee of it nobody"),
        (_days_the_wrong_way, "/trainings/0/parts/0/most_days", "fewer than at least 3"),
        (_local_time, "/attendees/0/shifts/0/start", "not an aware UTC instant"),
    ],
)
def test_a_contradiction_is_told_in_words(
    document: Document,
    faults_in: FaultsIn,
    spoil: Callable[[Document], None],
    pointer: str,
    said: str,
) -> None:
    spoil(document)
    (fault,) = faults_in(document)
    assert fault.pointer == pointer
    assert said in fault.said
    assert fault.to_do


def test_all_contradictions_between_parts_are_told_at_once(
    document: Document, faults_in: FaultsIn
) -> None:
    _stranger(document)
    _short_curve(document)
    document["meetings"][5]["facilitator_id"] = "nobody"
    document["meetings"][6]["limit_set"] = "none"
    document["rooms"].append(document["rooms"][0])
    assert {fault.pointer for fault in faults_in(document)} == {
        "/meetings/3/attendee_ids/0",
        "/curves/0/volume",
        "/meetings/5/facilitator_id",
        "/meetings/6/limit_set",
        f"/rooms/{len(document['rooms']) - 1}/id",
    }


def test_so_many_contradictions_are_told_and_no_more(
    document: Document, faults_in: FaultsIn
) -> None:
    for meeting in document["meetings"]:
        meeting["limit_set"] = "none"
    assert len(faults_in(document)) == MOST_TOLD


def test_the_hash_tells_problems_apart(problem: Problem, written: bytes) -> None:
    assert files.problem_hash(read_problem(written)) == files.problem_hash(problem)
    assert files.problem_hash(replace(problem, seed=99)) != files.problem_hash(problem)
