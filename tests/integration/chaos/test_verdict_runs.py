"""The verdict on runs can fail: each fault is fed to it, and it names each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.chaos.driver import Plan
from benchmarks.chaos.evidence import Amid, Evidence, Killing, Notes
from benchmarks.chaos.report import failures
from benchmarks.chaos.verdict import Verdict
from benchmarks.chaos.verdict_runs import faults_of_runs, seats_of_runs
from scheduling.domain.commits import PlannedSession
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import Option
from scheduling.domain.runs import RunSession
from scheduling.domain.times import DAY, Interval
from scheduling.storage.codec import dump
from scheduling.storage.commits import Sessions

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
Row = dict[str, Any]
Spoil = Callable[[Evidence], None]
PLAN = Plan(database="sqlite", requests=0, kills=0, runs=1)


def planned(*people: str, day: int = 0) -> PlannedSession:
    """Return half an hour of a course for some people, so many days after the first."""
    start = NINE + day * DAY
    return PlannedSession(
        type_id="training",
        attendee_id=people[0],
        with_ids=people[1:],
        facilitator_id="mia",
        zone="Europe/London",
        group="g",
        option=Option(
            interval=Interval(start, start + timedelta(minutes=30)),
            place=PlaceKind.ONLINE,
            price=0.0,
        ),
    )


def part(number: int, session: PlannedSession, **left_out: str) -> Row:
    """Return a part of the run that became the request of its number."""
    return {
        "batch_id": "run",
        "number": number,
        "sessions": dump(Sessions, (session,)),
        "request_id": f"r{number}",
        "left_out": left_out,
    }


def seat(request: str, who: str) -> Row:
    """Return a booked session."""
    return {"request_id": request, "attendee_id": who, "state": "booked", "stands_for": None}


def sound() -> Evidence:
    """Return a course in two parts for three, of whom one was left out of both."""
    both = [planned("asha", "bo", "cy"), planned("asha", "bo", "cy", day=1)]
    records = [
        dump(
            RunSession,
            RunSession(occurrence_id=f"g:{n}", template_id="c", day=NINE.date(), session=one),
        )
        for n, one in enumerate(both)
    ]
    return Evidence(
        ledger=[],
        tables={
            "run": [{"id": "run", "state": "booked"}],
            "run_session": [{"run_id": "run", "record": one} for one in records],
            "batch_part": [part(1, both[0], cy="taken"), part(2, both[1], cy="part")],
            "request": [{"id": "r1", "state": "booked"}, {"id": "r2", "state": "booked"}],
            "session": [seat(request, who) for request in ("r1", "r2") for who in ("asha", "bo")],
        },
        notes=Notes(
            runs={0: "run"},
            kills=[Killing(at=0.0, executor="aside", held=["r1"], amid=Amid.BOOKING)],
        ),
    )


def lose_run(found: Evidence) -> None:
    found.tables["run"].clear()  # type: ignore[attr-defined]  # ours is a list


def leave_run(found: Evidence) -> None:
    found.tables["run"][0]["state"] = "booking"  # type: ignore[index]  # ours is a dict


def begin_twice(found: Evidence) -> None:
    found.tables["run"].append({"id": "other", "state": "preview"})  # type: ignore[attr-defined]


def hand_over_less(found: Evidence) -> None:
    del found.tables["batch_part"][1]  # type: ignore[attr-defined]


def hand_over_more(found: Evidence) -> None:
    del found.tables["run_session"][1]  # type: ignore[attr-defined]


def never_turn(found: Evidence) -> None:
    found.tables["batch_part"][1]["request_id"] = None  # type: ignore[index]


def forget_one(found: Evidence) -> None:
    del found.tables["session"][0]  # type: ignore[attr-defined]


def book_twice(found: Evidence) -> None:
    found.tables["session"].append(seat("r1", "asha"))  # type: ignore[attr-defined]


def leave_out_and_book(found: Evidence) -> None:
    found.tables["session"].append(seat("r1", "cy"))  # type: ignore[attr-defined]


def split(found: Evidence) -> None:
    found.tables["session"][0]["state"] = "failed"  # type: ignore[index]


def go_back(found: Evidence) -> None:
    found.notes.progress["run"] = [0, 4, 2]


@pytest.mark.parametrize(
    ("spoil", "list_", "words"),
    [
        (lose_run, "lost", "run run was confirmed and is nowhere"),
        (leave_run, "lost", "run run was confirmed and is booking"),
        (begin_twice, "extra", "run other was begun beside another"),
        (hand_over_less, "lost", "of run run is in none of its parts"),
        (hand_over_more, "extra", "of run run was not planned"),
        (never_turn, "lost", "part 2 of run run never had its turn"),
        (forget_one, "lost", "asha of part 1 of run run has no answer"),
        (book_twice, "extra", "asha has 2 sessions of a part of run run"),
        (leave_out_and_book, "extra", "cy has 1 sessions of a part of run run"),
        (split, "lost", "not all of group g of run run have all parts"),
        (go_back, "lost", "run run went from 4 back to 2"),
    ],
)
def test_each_fault_of_a_run_is_named(spoil: Spoil, list_: str, words: str) -> None:
    evidence = sound()
    spoil(evidence)
    assert words in " and ".join(getattr(faults_of_runs(evidence), list_))


def test_a_sound_run_has_no_fault_and_its_seats_are_counted() -> None:
    evidence = sound()
    faults = faults_of_runs(evidence)
    assert (faults.lost, faults.extra) == ([], [])
    assert sorted(seats_of_runs(evidence)) == 4 * ["booked"] + 2 * ["left out"]
    assert failures(PLAN, evidence, Verdict()) == []


def test_a_run_that_was_not_hit_while_it_was_booked_does_not_count() -> None:
    evidence = sound()
    evidence.notes.kills.clear()
    (line,) = failures(PLAN, evidence, Verdict())
    assert line == "only 0 of 1 runs were hit while they were booked"
