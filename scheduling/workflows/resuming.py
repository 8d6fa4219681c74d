"""Who gave up the later parts of a course takes them in another group, after the parts they have.

Where order and days allow it; else they begin it anew, with a seat in all parts of one group.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from scheduling.domain.courses import Course
from scheduling.learning.order import open_between
from scheduling.storage.bookings import SessionRow
from scheduling.storage.courses import SeatsRow

Rows = tuple[SessionRow, ...]


def seats_together(groups: Sequence[SeatsRow], course: Course) -> Mapping[str, tuple[int, Rows]]:
    """Return who has the first parts of a course, or all of them, in no group alone.

    Each with the index of the group in which they have the last of these parts, and their seats in
    the order of the parts, of which no two are further apart than the course lets them be.
    """
    seats: defaultdict[str, dict[int, tuple[SessionRow, int]]] = defaultdict(dict)
    for at, group in enumerate(groups):
        for person_id, rows in group.of.items():
            if group.parts != len(course.parts) or len(rows) == group.parts:
                continue
            for row in rows:
                number = group.numbers[row.request_id]
                before = seats[person_id].get(number)
                if before is None or before[0].interval < row.interval:
                    seats[person_id][number] = row, at
    return {
        person_id: (of[len(of) - 1][1], rows)
        for person_id, of in seats.items()
        if sorted(of) == [*range(len(of))]
        and _in_order(rows := tuple(of[n][0] for n in range(len(of))), course)
    }


def _in_order(rows: Rows, course: Course) -> bool:
    return all(_follows(rows[:n], row, course) for n, row in enumerate(rows) if n)


def _follows(before: Sequence[SessionRow], row: SessionRow, course: Course) -> bool:
    """Whether a session may be the next part after those ``before`` it."""
    times = {n: [one.interval] for n, one in enumerate(before)}
    opens, closes = open_between(course.parts, len(before), times, before[0].zone)
    after = opens is None or opens <= row.interval.start
    return after and (closes is None or row.interval.end <= closes)


def seats_left(
    course: Course, groups: Iterable[SeatsRow], begun: Rows, person_id: str, now: datetime
) -> list[tuple[SeatsRow, Rows]]:
    """Return the groups in which somebody may take the parts after those they have ``begun`` with.

    Each with one attendee's seats in these parts: they lie ahead, nobody moves them just now, not
    all seats are taken, and they keep the order and the days.
    """
    number = len(begun)
    found = []
    for group in groups:
        rows = next((rows for rows in group.of.values() if len(rows) == group.parts), ())[number:]
        if not rows or person_id in group.of or group.parts != len(course.parts):
            continue
        taken = sum(
            any(group.numbers[row.request_id] >= number for row in some)
            for some in group.of.values()
        )
        still = all(row.gathering_id is not None and row.change_id is None for row in rows)
        ahead = rows[0].interval.start > now
        if still and ahead and taken < course.most and _follows(begun, rows[0], course):
            found.append((group, rows))
    return found
