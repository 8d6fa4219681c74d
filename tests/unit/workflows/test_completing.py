"""How somebody took the parts of a group, by what the registers say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.registers import Attendance, AttendanceState
from scheduling.domain.requests import SessionState
from scheduling.domain.times import Interval
from scheduling.storage.bookings import SessionRow
from scheduling.storage.registers import Said
from scheduling.workflows.completing import UNREGISTERED, Taken, how_taken

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
THERE, LATE, NO_SHOW = (
    AttendanceState.ATTENDED,
    AttendanceState.LATE,
    AttendanceState.NO_SHOW,
)


def part(number: int, ended: timedelta = 3 * HOUR) -> SessionRow:
    """Return Asha's seat in a part that ended so long ago."""
    end = NOW - ended
    return SessionRow(
        id=f"asha-{number}",
        gathering_id=f"part-{number}",
        request_id=f"r{number}",
        unit_id="north",
        attendee_id="asha",
        facilitator_id="ted",
        zone="UTC",
        interval=Interval(end - HOUR, end),
        place=PlaceKind.ONLINE,
        room_id=None,
        state=SessionState.BOOKED,
    )


def said(
    number: int, state: AttendanceState = THERE, score: int | None = None, *, closed: bool = True
) -> Mapping[str, Said]:
    """Return the register of a part."""
    line = Attendance(person_id="asha", state=state, score=score)
    return {f"part-{number}": Said(closed=closed, lines={"asha": line})}


TWO = (part(1, 30 * HOUR), part(2))


@pytest.mark.parametrize(
    ("registers", "expected"),
    [
        (said(1) | said(2, LATE), Taken.DONE),
        (said(1) | said(2, closed=False), Taken.UNSAID),
        (said(1, closed=False) | said(2), Taken.UNSAID),
        (said(1, NO_SHOW) | said(2, closed=False), Taken.MISSED),
        (said(1) | said(2, AttendanceState.EXCUSED), Taken.MISSED),
        (said(1), Taken.DONE),
    ],
)
def test_all_parts_are_to_be_attended_by_closed_registers(
    registers: Mapping[str, Said], expected: Taken
) -> None:
    assert how_taken("asha", TWO, 2, registers, None, NOW, NOW) is expected


def test_what_is_not_over_is_ahead_and_a_part_is_not_all() -> None:
    rows = (part(1), part(2, -HOUR))
    assert how_taken("asha", rows, 2, said(1), None, NOW, NOW) is Taken.AHEAD
    assert how_taken("asha", rows[:1], 2, said(1), None, NOW, NOW) is Taken.PARTLY


def test_without_a_register_it_is_waited_for_one_and_then_everybody_was_there() -> None:
    just = (part(1, UNREGISTERED - timedelta(seconds=1)),)
    assert how_taken("asha", just, 1, {}, None, NOW, NOW) is Taken.UNSAID
    over = (part(1, UNREGISTERED),)
    assert how_taken("asha", over, 1, {}, None, NOW, NOW) is Taken.DONE


@pytest.mark.parametrize("looked", [None, NOW - timedelta(days=4)])
def test_after_a_standstill_nobody_was_there_before_registers_were_looked_for(
    looked: datetime | None,
) -> None:
    over = (part(1, timedelta(days=3)),)
    assert how_taken("asha", over, 1, {}, None, NOW, looked) is Taken.UNSAID
    assert how_taken("asha", over, 1, {}, None, NOW, NOW) is Taken.DONE


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((None, 80), Taken.DONE),
        ((40, 80), Taken.DONE),
        ((90, 79), Taken.FAILED),
        ((80, None), Taken.DONE),
        ((None, None), Taken.FAILED),
    ],
)
def test_the_last_score_given_is_to_be_the_passing_one(
    scores: tuple[int | None, int | None], expected: Taken
) -> None:
    first, second = scores
    registers = said(1, score=first) | said(2, score=second)
    assert how_taken("asha", TWO, 2, registers, 80, NOW, NOW) is expected
    assert how_taken("asha", TWO, 2, registers, None, NOW, NOW) is Taken.DONE


def test_who_is_not_in_the_register_was_not_there() -> None:
    nobody = {"part-1": Said(closed=True, lines={})}
    assert how_taken("asha", (part(1),), 1, nobody, None, NOW, NOW) is Taken.MISSED
