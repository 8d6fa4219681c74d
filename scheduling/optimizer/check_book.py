"""The plan under check, as bookings in a book with an index for whatever the rules ask.

Everything is on true minutes; slots appear only where the problem counts by slot. A booking is
laid in the book and lifted out of it again, so that an alternative is judged in place of its own
placement, beside all the others, without looking at each of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import DAY, MINUTE, Interval, WallWindow, merge, subtract, zone_of
from scheduling.optimizer.check_cost import Parts, Taken, TrueCost
from scheduling.optimizer.plan import BreakMove, Group, GroupPart, Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Facilitator
from scheduling.optimizer.wanted import Limits, Meeting, Part, Training

_Key = TypeVar("_Key")
_Amount = TypeVar("_Amount", int, float)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """People in one place at one time. ``day`` is the local date, in ``zone``, that it starts on.

    ``wants`` is the place asked for; ``sites`` are where people come from, who all must sit in
    one room, if any.
    """

    interval: Interval
    minutes: int
    people: tuple[Attendee, ...]
    leader: Facilitator | None
    wants: PlaceKind
    place: PlaceKind
    room_id: str | None
    equipment: frozenset[str]
    sites: frozenset[str]
    zone: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Booking:
    """One answer of a plan: a meeting's placement, or a group with all its parts.

    ``lost`` is how much of each slot is taken from each person's open time, negative where a
    moved break gives it back; ``taken`` is that in units of staffing, the leaders' included.
    """

    answer: Placement | Group
    wanted: Meeting | Training
    limits: Limits
    sessions: tuple[Session, ...]
    people: tuple[Attendee, ...]
    lost: dict[str, Parts]
    taken: Taken

    @property
    def breaks(self) -> tuple[BreakMove, ...]:
        """The breaks that make way."""
        return self.answer.breaks


class Diary:
    """Who or what is taken when: sessions by holder and UTC date, each with the time it keeps."""

    def __init__(self) -> None:
        """Start empty."""
        self._pages: dict[tuple[str, date], dict[Session, Interval]] = defaultdict(dict)

    def lay(self, holder: str, session: Session, kept: Interval) -> None:
        """Enter ``session``, for which ``holder`` is not free during ``kept``."""
        for day in _utc_days(kept):
            self._pages[holder, day][session] = kept

    def lift(self, holder: str, session: Session, kept: Interval) -> None:
        """Take ``session`` out again."""
        for day in _utc_days(kept):
            self._pages[holder, day].pop(session, None)

    def others(self, holder: str, session: Session, kept: Interval) -> Iterator[Session]:
        """Yield the other sessions that keep ``holder`` during ``kept``."""
        for day in _utc_days(kept):
            for other, span in self._pages.get((holder, day), {}).items():
                if other is not session and span.overlaps(kept):
                    yield other


class Book:
    """The problem by id, and every booking laid so far by person, leader, room, slot and day."""

    def __init__(self, problem: Problem) -> None:
        """Index ``problem``; no booking is in the book yet."""
        self.problem = problem
        self.costs = TrueCost(problem)
        self.meetings = {meeting.id: meeting for meeting in problem.meetings}
        self.trainings = {training.id: training for training in problem.trainings}
        self.rooms = {room.id: room for room in problem.rooms}
        self.attendees = {person.id: person for person in problem.attendees}
        self.facilitators = {person.id: person for person in problem.facilitators}
        self.pinned = {pin.meeting_id: pin for pin in problem.pinned}
        self.series = {name: series for series in problem.series for name in series.meeting_ids}
        self.caps_of: dict[str, list[int]] = defaultdict(list)
        for place, cap in enumerate(problem.caps):
            for name in cap.members:
                self.caps_of[name].append(place)
        self.held: dict[str, Booking] = {}
        self.of_people, self.of_leaders, self.of_rooms = Diary(), Diary(), Diary()
        self.taken: Taken = defaultdict(int)
        self.away: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        self.closed: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        self.sessions_on: Counter[tuple[str, date]] = Counter()
        self.minutes_on: Counter[tuple[str, date]] = Counter()
        self.minutes_in: Counter[tuple[str, tuple[int, int]]] = Counter()
        self.minutes_led: Counter[tuple[str, date]] = Counter()
        self.moves: dict[str, list[BreakMove]] = defaultdict(list)
        self._windows: dict[tuple[WallWindow, date, str], Interval | None] = {}

    def of_placement(self, placed: Placement) -> Booking | None:
        """Return ``placed`` with the people it concerns, None where there is no such meeting."""
        meeting = self.meetings.get(placed.meeting_id)
        if meeting is None:
            return None
        first = self.attendees[meeting.attendee_id]
        present = placed.attendee_ids or meeting.attendee_ids
        session = Session(
            interval=placed.interval,
            minutes=meeting.minutes,
            people=self._known(present),
            leader=self.facilitators.get(meeting.facilitator_id or ""),
            wants=meeting.place,
            place=placed.place,
            room_id=placed.room_id,
            equipment=meeting.equipment,
            sites=frozenset({first.site_id}),
            zone=first.zone,
            day=local_day(placed.interval, first.zone),
        )
        return self._booking(placed, meeting, (session,))

    def of_group(self, group: Group) -> Booking | None:
        """Return ``group`` with its people, None where there is no such training or nobody in it."""
        training = self.trainings.get(group.training_id)
        people = self._known(group.attendee_ids)
        if training is None or not people or not group.parts:
            return None
        pairs = zip(group.parts, training.parts, strict=False)
        sessions = [self._sitting(part, asked, people) for part, asked in pairs]
        return self._booking(group, training, tuple(sessions))

    def _sitting(self, part: GroupPart, asked: Part, people: tuple[Attendee, ...]) -> Session:
        return Session(
            interval=part.interval,
            minutes=asked.minutes,
            people=people,
            leader=self.facilitators.get(part.trainer_id),
            wants=asked.place,
            place=part.place,
            room_id=part.room_id,
            equipment=asked.equipment,
            sites=frozenset(person.site_id for person in people),
            zone=people[0].zone,
            day=local_day(part.interval, people[0].zone),
        )

    def _known(self, names: Iterable[str]) -> tuple[Attendee, ...]:
        return tuple(
            self.attendees[name] for name in dict.fromkeys(names) if name in self.attendees
        )

    def _booking(
        self, answer: Placement | Group, wanted: Meeting | Training, sessions: tuple[Session, ...]
    ) -> Booking:
        people = sessions[0].people
        lost = {person.id: self._lost(person, sessions, answer.breaks) for person in people}
        taken: Taken = defaultdict(int)
        for person in people:
            _add(taken, self.costs.units(lost[person.id], person.shares))
        for session in sessions:
            if session.leader is not None and session.leader.shares:
                _add(taken, self.costs.taken(led(session), session.leader.shares))
        return Booking(
            answer=answer,
            wanted=wanted,
            limits=self.problem.limits_of(wanted),
            sessions=sessions,
            people=people,
            lost=lost,
            taken=taken,
        )

    def _lost(
        self, person: Attendee, sessions: tuple[Session, ...], breaks: tuple[BreakMove, ...]
    ) -> Parts:
        """Return what each slot loses of the open time of ``person``: less where it gains some."""
        moves = [move for move in breaks if move.attendee_id == person.id]
        gone = [away(person, session) for session in sessions]
        gone += [move.after for move in moves]
        parts: Parts = defaultdict(float)
        for span in _open_time(person, gone):
            _add(parts, self.costs.parts(span))
        for span in subtract((move.before for move in moves), gone):
            _add(parts, self.costs.parts(span), -1)
        return {slot: round(part, 9) for slot, part in parts.items() if abs(part) > 1e-9}

    def lay(self, booking: Booking) -> None:
        """Enter ``booking``."""
        self._enter(booking, 1)
        for session in booking.sessions:
            for diary, holder, kept in self._kept(session):
                diary.lay(holder, session, kept)
        for move in booking.breaks:
            self.moves[move.attendee_id].append(move)
        if isinstance(booking.wanted, Meeting):
            self.held[booking.wanted.id] = booking

    def lift(self, booking: Booking) -> None:
        """Take ``booking``, which is in the book, out again."""
        self._enter(booking, -1)
        for session in booking.sessions:
            for diary, holder, kept in self._kept(session):
                diary.lift(holder, session, kept)
        for move in booking.breaks:
            self.moves[move.attendee_id].remove(move)
        self.held.pop(booking.wanted.id, None)

    def _kept(self, session: Session) -> Iterator[tuple[Diary, str, Interval]]:
        """Yield each diary that ``session`` is entered in, whose it is and the time it keeps."""
        for person in session.people:
            yield self.of_people, person.id, away(person, session)
        if session.leader is not None:
            yield self.of_leaders, session.leader.id, led(session)
        if session.room_id in self.rooms:
            yield self.of_rooms, session.room_id, self.occupied(session)

    def _enter(self, booking: Booking, sign: int) -> None:
        _add(self.taken, booking.taken, sign)
        for session in booking.sessions:
            for person in session.people:
                self._count_person(person, session, sign)
            if session.leader is not None:
                day = local_day(session.interval, session.leader.zone)
                self.minutes_led[session.leader.id, day] += sign * session.minutes
        for person in booking.people:
            for row, slot in self.closing(booking, person):
                _tally(self.closed[row, slot], person.id, sign)

    def _count_person(self, person: Attendee, session: Session, sign: int) -> None:
        day, minutes = local_day(session.interval, person.zone), offline(person, session)
        self.sessions_on[person.id, day] += sign
        self.minutes_on[person.id, day] += sign * minutes
        self.minutes_in[person.id, week_of(day)] += sign * minutes
        for place in self.caps_of.get(person.id, ()):
            for slot in self.slots(away(person, session)):
                _tally(self.away[place, slot], person.id, sign)

    def closing(self, booking: Booking, person: Attendee) -> Iterator[tuple[int, int]]:
        """Yield (row of heads, slot) wherever ``booking`` takes ``person`` off an open head."""
        for place, row in enumerate(self.problem.heads):
            if row.site_id == person.site_id and person.shares.get(row.demand_id, 0) > 0:
                for slot, part in booking.lost[person.id].items():
                    if part > 0:
                        yield place, slot

    def slots(self, interval: Interval) -> range:
        """Return the slots of the grid that ``interval`` touches."""
        grid = self.problem.grid
        step = timedelta(minutes=grid.slot_minutes)
        first = (interval.start - grid.start) // step
        last = -((grid.start - interval.end) // step)
        return range(max(0, first), min(grid.slots, last))

    def on_grid(self, interval: Interval) -> bool:
        """Tell whether ``interval`` starts with a slot and lies inside the grid."""
        grid = self.problem.grid
        step = timedelta(minutes=grid.slot_minutes)
        return not (interval.start - grid.start) % step and grid.span.covers(interval)

    def occupied(self, session: Session) -> Interval:
        """Return the time that ``session`` keeps its room, which is one of the problem's."""
        turnover = self.rooms[session.room_id or ""].turnover
        return Interval(session.interval.start, session.interval.end + turnover * MINUTE)

    def window(self, window: WallWindow, day: date, zone: str) -> Interval | None:
        """Return ``window`` on ``day``, None where the spring change swallows it."""
        key = window, day, zone
        if key not in self._windows:
            try:
                self._windows[key] = window.on(day, zone)
            except ValueError:
                self._windows[key] = None
        return self._windows[key]

    def pinned_here(self, booking: Booking) -> bool:
        """Tell whether ``booking`` stays where it was booked before."""
        pin = self.pinned.get(booking.wanted.id)
        return pin is not None and where(pin) == where(booking.answer)


def where(answer: Placement | Group) -> tuple[object, ...]:
    """Return when and where a meeting is; that of a group is never another's."""
    if isinstance(answer, Group):
        return (answer,)
    return (answer.interval, answer.place, answer.room_id)


def away(person: Attendee, session: Session) -> Interval:
    """Return the time that ``person`` is off the phones for ``session``, transitions included."""
    if not person.transition:
        return session.interval
    around = person.transition * MINUTE
    return Interval(session.interval.start - around, session.interval.end + around)


def led(session: Session) -> Interval:
    """Return the time that the leader keeps for ``session``, preparation and write-up included."""
    if session.leader is None:
        return session.interval
    return Interval(
        session.interval.start - session.leader.prepare * MINUTE,
        session.interval.end + session.leader.write_up * MINUTE,
    )


def offline(person: Attendee, session: Session) -> int:
    """Return the minutes that ``session`` counts for ``person``."""
    return session.minutes + 2 * person.transition


def local_day(interval: Interval, zone: str) -> date:
    """Return the date in ``zone`` on which ``interval`` starts."""
    return interval.start.astimezone(zone_of(zone)).date()


def week_of(day: date) -> tuple[int, int]:
    """Return the ISO year and week of ``day``."""
    return day.isocalendar()[:2]


def _open_time(person: Attendee, spans: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the parts of ``spans`` in which ``person`` is on shift and not off."""
    for span in merge(spans):
        inside = [part for shift in person.shifts if (part := shift.clip(span))]
        off = [each.interval for each in person.off if each.interval.overlaps(span)]
        yield from subtract(inside, off) if off else inside


def _add(total: dict[_Key, _Amount], more: Mapping[_Key, _Amount], sign: int = 1) -> None:
    for cell, amount in more.items():
        total[cell] += sign * amount


def _tally(people: Counter[str], name: str, sign: int) -> None:
    people[name] += sign
    if not people[name]:
        del people[name]


def _utc_days(span: Interval) -> Iterator[date]:
    day = span.start.date()
    while datetime(day.year, day.month, day.day, tzinfo=UTC) < span.end:
        yield day
        day += DAY
