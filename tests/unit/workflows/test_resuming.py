"""Who gave up later parts may take them in another group: in which, and what they have together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import SessionState
from scheduling.domain.templates import Audience
from scheduling.domain.times import Interval
from scheduling.storage.bookings import SessionRow
from scheduling.storage.courses import SeatsRow
from scheduling.workflows.resuming import seats_left, seats_together

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
COURSE = Course(
    id="c",
    version=1,
    name="Empathy",
    unit_id="north",
    owner_id="lea",
    type_id="training",
    parts=(CoursePart(minutes=60), CoursePart(minutes=60, least_days=1, most_days=3)),
    audience=Audience(team_ids=frozenset({"billing"})),
    trainer_ids=("mia",),
    least=1,
    most=2,
)


def row(group: str, part: int, day: int, person_id: str) -> SessionRow:
    """Return somebody's seat in a part of a group, at ten of a day after today."""
    start = NOW.replace(hour=10) + timedelta(days=day)
    return SessionRow(
        id=f"{group}{part}{person_id}",
        request_id=f"{group}{part}",
        unit_id="north",
        attendee_id=person_id,
        facilitator_id="mia",
        zone="Europe/London",
        interval=Interval(start, start + timedelta(hours=1)),
        place=PlaceKind.ONLINE,
        room_id=None,
        state=SessionState.BOOKED,
        gathering_id=f"{group}{part}",
    )


def group(name: str, days: tuple[int, int], **of: tuple[int, ...]) -> SeatsRow:
    """Return a group whose two parts are on these days; ``of`` are the parts that people have."""
    return SeatsRow(
        run_id="r",
        group=name,
        parts=2,
        of={
            person_id: tuple(row(name, part, days[part], person_id) for part in parts)
            for person_id, parts in of.items()
        },
        numbers={f"{name}{part}": part for part in (0, 1)},
    )


FIRST = group("a", (1, 3), asha=(0,), ben=(0, 1))
BEGUN = FIRST.of["asha"]


def left(*others: SeatsRow) -> list[str]:
    """Return in which groups Asha may take what she gave up in the first."""
    found = seats_left(COURSE, [FIRST, *others], BEGUN, "asha", NOW)
    assert all([one.request_id for one in rows] == [f"{g.group}1"] for g, rows in found)
    return [one.group for one, _ in found]


def test_it_is_a_group_with_a_seat_left_in_those_parts_at_the_right_distance() -> None:
    assert left(group("b", (1, 2), cleo=(0, 1))) == ["b"]
    assert left(group("b", (-1, 2), cleo=(0, 1))) == ["b"], "its first part may be over"


def test_it_is_none_that_is_full_over_too_soon_too_late_or_their_own() -> None:
    assert left() == []
    assert left(group("b", (1, 2), cleo=(0, 1), dan=(0, 1))) == []
    assert left(group("b", (1, 2), cleo=(0, 1), dan=(0,))) == ["b"], "Dan gave his up as well"
    assert left(group("b", (-2, -1), cleo=(0, 1))) == []
    assert left(group("b", (0, 1), cleo=(0, 1))) == [], "a day must lie between"
    assert left(group("b", (2, 5), cleo=(0, 1))) == [], "three days at most may"


def test_parts_of_two_groups_are_one_course_only_in_their_order_and_days() -> None:
    whole = seats_together([FIRST, group("b", (1, 2), asha=(1,))], COURSE)
    assert {i: (at, len(rows)) for i, (at, rows) in whole.items()} == {"asha": (1, 2)}
    late = group("b", (8, 9), asha=(1,))
    assert seats_together([FIRST, late], COURSE) == {}
    assert seats_together([group("b", (1, 2), asha=(1,))], COURSE) == {}, "no first part"
    other = replace(COURSE, parts=(*COURSE.parts, CoursePart(minutes=30)))
    assert seats_together([FIRST], other) == {}, "the course has other parts by now"
