"""A wish: an ask in the making. Pure; what is missing is inferred here, and nowhere else."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from dialogs import verbs
from dialogs.problems import Problem, ProblemKind, problem
from dialogs.windows import write_window
from scheduling.domain.asks import Ask
from scheduling.domain.meetings import (
    LEAST_MINUTES,
    MOST_ATTENDEES,
    MOST_MINUTES,
    MeetingType,
    PlaceKind,
)
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.workflows.desk_port import Roster

MAX_DAYS = 92
DEFAULT_WORKING_DAYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What has been understood so far. ``said`` holds the input ids that a person gave.

    Everything else was inferred and may be inferred anew. ``dates`` and ``window`` are in each
    attendee's own zone; ``window`` None is any time. ``optional_ids`` and ``quorum`` are for a
    type at which all of them meet. ``room_id`` is the one room that was chosen.
    """

    type_id: str | None = None
    attendee_ids: tuple[str, ...] = ()
    optional_ids: tuple[str, ...] = ()
    quorum: int | None = None
    facilitator_id: str | None = None
    dates: DateRange | None = None
    window: WallWindow | None = None
    minutes: int | None = None
    place: PlaceKind | None = None
    room_id: str | None = None
    said: frozenset[str] = frozenset()


def default_dates(today: date) -> DateRange:
    """Return tomorrow up to the tenth working day (Monday to Friday) after ``today``."""
    return DateRange(today + DAY, working_days_after(today, DEFAULT_WORKING_DAYS) + DAY)


def working_days_after(day: date, count: int) -> date:
    """Return the ``count``-th Monday-to-Friday after ``day``; public holidays are the WFM's."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def type_of(wish: Wish, roster: Roster) -> MeetingType | None:
    """Return the wish's meeting type if the roster has it."""
    return next((each for each in roster.types if each.id == wish.type_id), None)


def fill(wish: Wish, roster: Roster) -> Wish:
    """Return the wish with everything that was not said inferred, where it can be."""
    said = wish.said
    kind = type_of(wish, roster)
    places = roster.type_places.get(wish.type_id or "", ())
    leaders = {person.id for person in roster.facilitators}
    filled = wish
    if verbs.FACILITATOR not in said:
        me = roster.me.id
        filled = replace(filled, facilitator_id=me if me in leaders else None)
    if not said & {verbs.FIRST, verbs.LAST}:
        filled = replace(filled, dates=default_dates(roster.today))
    if verbs.MINUTES not in said:
        filled = replace(filled, minutes=kind.minutes if kind else None)
    if verbs.PLACE not in said:
        filled = replace(filled, place=places[0] if places else None, room_id=None)
    if kind and kind.group:
        return _together(filled, kind)
    return replace(filled, optional_ids=(), quorum=None)


def _together(wish: Wish, kind: MeetingType) -> Wish:
    """Return the wish for one meeting: its leader is there in any case, and how many must be is said.

    Unless somebody is optional, as many as the type says.
    """
    people = tuple(i for i in wish.attendee_ids if i != wish.facilitator_id)
    optional = tuple(i for i in wish.optional_ids if i in people)
    quorum = wish.quorum
    if verbs.QUORUM not in wish.said:
        most = len(people) - len(optional)
        quorum = (most if optional else ceil(kind.quorum * most)) or None
    return replace(wish, attendee_ids=people, optional_ids=optional, quorum=quorum)


def gaps(wish: Wish, roster: Roster) -> tuple[Problem, ...]:
    """Return everything that keeps the wish from being an ask; nothing for a whole one."""
    needed = (
        (verbs.TYPE, wish.type_id),
        (verbs.ATTENDEES, wish.attendee_ids),
        (verbs.FACILITATOR, wish.facilitator_id),
        (verbs.FIRST, wish.dates),
    )
    missing = [problem(field, ProblemKind.MISSING) for field, value in needed if not value]
    if wish.type_id and wish.minutes is None:
        missing.append(problem(verbs.MINUTES, ProblemKind.MISSING))
    return (*missing, *_date_gaps(wish, roster), *_other_gaps(wish, roster))


def _date_gaps(wish: Wish, roster: Roster) -> list[Problem]:
    if wish.dates is None:
        return []
    if wish.dates.last < roster.today:
        last = wish.dates.last.isoformat()
        return [problem(verbs.FIRST, ProblemKind.PAST, last=last)]
    if (wish.dates.end - wish.dates.start).days > MAX_DAYS:
        return [problem(verbs.LAST, ProblemKind.RANGE_TOO_LONG, limit=MAX_DAYS)]
    return []


def _other_gaps(wish: Wish, roster: Roster) -> list[Problem]:
    found: list[Problem] = []
    if len(wish.attendee_ids) > MOST_ATTENDEES:
        found.append(problem(verbs.ATTENDEES, ProblemKind.TOO_MANY, limit=MOST_ATTENDEES))
    people = len(wish.attendee_ids)
    if wish.quorum is not None and people and not 1 <= wish.quorum <= people:
        found.append(bad_quorum(str(wish.quorum), people))
    if wish.facilitator_id in wish.attendee_ids:
        name = next((p.name for p in roster.facilitators if p.id == wish.facilitator_id), "")
        found.append(problem(verbs.FACILITATOR, ProblemKind.FACILITATOR_ATTENDS, name=name))
    places = roster.type_places.get(wish.type_id or "", ())
    if wish.type_id and wish.place not in places:
        said = wish.place.value if wish.place else ""
        found.append(problem(verbs.PLACE, ProblemKind.PLACE_NOT_OFFERED, said=said))
    if wish.minutes is not None and not LEAST_MINUTES <= wish.minutes <= MOST_MINUTES:
        found.append(bad_minutes(str(wish.minutes)))
    elif wish.window and wish.minutes and _length(wish.window) < wish.minutes:
        said = write_window(wish.window)
        found.append(problem(verbs.WINDOW, ProblemKind.BAD_WINDOW, said=said))
    return found


def _length(window: WallWindow) -> int:
    start, end = (clock.hour * 60 + clock.minute for clock in (window.start, window.end))
    return (end or 24 * 60) - start


def bad_minutes(said: str) -> Problem:
    """Return the problem with a length that is none, or absurd."""
    return problem(
        verbs.MINUTES, ProblemKind.BAD_MINUTES, said=said, least=LEAST_MINUTES, most=MOST_MINUTES
    )


def bad_quorum(said: str, people: int) -> Problem:
    """Return the problem with a number of people who must be there of those who are asked."""
    return problem(verbs.QUORUM, ProblemKind.BAD_QUORUM, said=said, most=people)


def to_ask(wish: Wish, roster: Roster) -> Ask:
    """Return the ask of a wish that has no ``gaps``; ValueError otherwise."""
    kind = type_of(wish, roster)
    if not (wish.type_id and wish.facilitator_id and wish.dates and wish.minutes and wish.place):
        raise ValueError("this wish has gaps")
    return Ask(
        type_id=wish.type_id,
        attendee_ids=wish.attendee_ids,
        facilitator_id=wish.facilitator_id,
        dates=wish.dates,
        minutes=wish.minutes,
        place=wish.place,
        window=wish.window,
        together=bool(kind and kind.group),
        optional_ids=wish.optional_ids,
        quorum=wish.quorum,
        room_id=wish.room_id,
    )
