"""The plan under check, as bookings in a book with an index for whatever the rules ask.

Slots appear only where the problem counts by slot. A booking is laid in the book and lifted out
of it again, so that an alternative is judged in place of its own placement, beside all the others,
without looking at each of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

from scheduling.domain.times import MINUTE, Interval, WallWindow, merge, subtract
from scheduling.optimizer.check.cost import Parts, Taken, TrueCost
from scheduling.optimizer.check.sessions import (
    Booking,
    Calendar,
    Seat,
    Session,
    Spans,
    away,
    led,
    local_day,
    week_of,
)
from scheduling.optimizer.plan import BreakMove, Group, GroupPart, Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee
from scheduling.optimizer.wanted import Meeting, Part, Training

_Key = TypeVar("_Key")
_Amount = TypeVar("_Amount", int, float)


class Diary:
    """Who or what is taken when: sessions by holder and UTC date, each with the time it keeps."""

    def __init__(self) -> None:
        """Start empty."""
        self._pages: dict[tuple[str, int], dict[Session, Interval]] = defaultdict(dict)

    def lay(self, holder: str, session: Session, kept: Interval) -> None:
        """Enter ``session``, for which ``holder`` is not free during ``kept``."""
        for day in _utc_days(kept):
            self._pages[holder, day][session] = kept

    def lift(self, holder: str, session: Session, kept: Interval) -> None:
        """Take ``session`` out again."""
        for day in _utc_days(kept):
            self._pages[holder, day].pop(session, None)

    def others(self, holder: str, session: Session | None, kept: Interval) -> Iterator[Session]:
        """Yield the sessions other than ``session`` that keep ``holder`` during ``kept``."""
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
        self.away: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
        self.closed: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
        self.sessions_on: Counter[tuple[str, date]] = Counter()
        self.minutes_on: Counter[tuple[str, date]] = Counter()
        self.minutes_in: Counter[tuple[str, tuple[int, int]]] = Counter()
        self.minutes_led: Counter[tuple[str, date]] = Counter()
        self.moves: dict[str, list[BreakMove]] = defaultdict(list)
        self._calendars: dict[str, Calendar] = {}
        self._leaders: dict[str, tuple[Spans, Spans]] = {}
        self._windows: dict[tuple[WallWindow, date, str], Interval | None] = {}

    def of_placement(self, placed: Placement) -> Booking | None:
        """Return ``placed`` with the people it concerns, None where there is no such meeting."""
        meeting = self.meetings.get(placed.meeting_id)
        if meeting is None:
            return None
        first = self.attendees[meeting.attendee_id]
        session = Session(
            interval=placed.interval,
            minutes=meeting.minutes,
            people=self._known(placed.attendee_ids or meeting.attendee_ids),
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
        sessions = [_sitting(self, part, asked, people) for part, asked in pairs]
        return self._booking(group, training, tuple(sessions))

    def _known(self, names: Iterable[str]) -> tuple[Attendee, ...]:
        return tuple(
            self.attendees[name] for name in dict.fromkeys(names) if name in self.attendees
        )

    def _booking(
        self, answer: Placement | Group, wanted: Meeting | Training, sessions: tuple[Session, ...]
    ) -> Booking:
        seats = tuple(self._seat(who, session) for session in sessions for who in session.people)
        lost: dict[str, Parts] = {}
        taken: Taken = defaultdict(int)
        for person in sessions[0].people:
            own = [seat.away for seat in seats if seat.person is person]
            lost[person.id] = self._lost(person, own, answer.breaks)
            _add(taken, self.costs.units(lost[person.id], person.shares))
        for session in sessions:
            if session.leader is not None and session.leader.shares:
                _add(taken, self.costs.taken(led(session), session.leader.shares))
        return Booking(
            answer=answer,
            wanted=wanted,
            limits=self.problem.limits_of(wanted),
            sessions=sessions,
            seats=seats,
            lost=lost,
            taken=taken,
        )

    def _seat(self, person: Attendee, session: Session) -> Seat:
        gone = away(person, session.interval)
        return Seat(
            person=person,
            session=session,
            calendar=self.calendar(person),
            away=gone,
            slots=self._slots(gone),
            day=local_day(session.interval, person.zone),
            minutes=session.minutes + 2 * person.transition,
        )

    def _lost(self, person: Attendee, gone: list[Interval], breaks: tuple[BreakMove, ...]) -> Parts:
        """Return what each slot loses of the open time of ``person``: less where it gains some."""
        moves = [move for move in breaks if move.attendee_id == person.id]
        closed = merge([*gone, *(move.after for move in moves)]) if moves else gone
        parts: Parts = defaultdict(float)
        for span in closed:
            for part in self.calendar(person).open_within(span):
                _add(parts, self.costs.parts(part))
        for span in subtract((move.before for move in moves), closed) if moves else ():
            _add(parts, self.costs.parts(span), -1)
        return {slot: round(part, 9) for slot, part in parts.items() if abs(part) > 1e-9}

    def calendar(self, person: Attendee) -> Calendar:
        """Return the times of ``person``, sorted once."""
        if person.id not in self._calendars:
            self._calendars[person.id] = Calendar(person)
        return self._calendars[person.id]

    def leading_time(self, session: Session) -> tuple[Spans, Spans]:
        """Return when the session's leader works and when they are busy, sorted once."""
        leader = session.leader
        if leader is None:
            return Spans(()), Spans(())
        if leader.id not in self._leaders:
            self._leaders[leader.id] = Spans(merge(leader.working)), Spans(merge(leader.busy))
        return self._leaders[leader.id]

    def lay(self, booking: Booking) -> None:
        """Enter ``booking``."""
        self._enter(booking, 1)
        for diary, holder, session, kept in self._kept(booking):
            diary.lay(holder, session, kept)
        for move in booking.breaks:
            self.moves[move.attendee_id].append(move)
        if isinstance(booking.wanted, Meeting):
            self.held[booking.wanted.id] = booking

    def lift(self, booking: Booking) -> None:
        """Take ``booking``, which is in the book, out again."""
        self._enter(booking, -1)
        for diary, holder, session, kept in self._kept(booking):
            diary.lift(holder, session, kept)
        for move in booking.breaks:
            self.moves[move.attendee_id].remove(move)
        self.held.pop(booking.wanted.id, None)

    def _kept(self, booking: Booking) -> Iterator[tuple[Diary, str, Session, Interval]]:
        """Yield each diary that ``booking`` is entered in, whose it is, and the time it keeps."""
        for seat in booking.seats:
            yield self.of_people, seat.person.id, seat.session, seat.away
        for session in booking.sessions:
            if session.leader is not None:
                yield self.of_leaders, session.leader.id, session, led(session)
            if session.room_id in self.rooms:
                yield self.of_rooms, session.room_id, session, self.occupied(session)

    def _enter(self, booking: Booking, sign: int) -> None:
        _add(self.taken, booking.taken, sign)
        for session in booking.sessions:
            if session.leader is not None:
                day = local_day(session.interval, session.leader.zone)
                self.minutes_led[session.leader.id, day] += sign * session.minutes
        for seat in booking.seats:
            name = seat.person.id
            self.sessions_on[name, seat.day] += sign
            self.minutes_on[name, seat.day] += sign * seat.minutes
            self.minutes_in[name, week_of(seat.day)] += sign * seat.minutes
            for place in self.caps_of.get(name, ()):
                for slot in seat.slots:
                    _tally(self.away[place, slot], name, sign)
        for person in booking.people:
            for cell in self.closing(booking, person):
                _tally(self.closed[cell], person.id, sign)

    def closing(self, booking: Booking, person: Attendee) -> Iterator[tuple[int, int]]:
        """Yield (row of heads, slot) wherever ``booking`` takes ``person`` off an open head."""
        for place, row in enumerate(self.problem.heads):
            if row.site_id == person.site_id and person.shares.get(row.demand_id, 0) > 0:
                for slot, part in booking.lost[person.id].items():
                    if part > 0:
                        yield place, slot

    def _slots(self, interval: Interval) -> range:
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
        turnover, own = self.rooms[session.room_id or ""].turnover, session.interval
        return Interval(own.start, own.end + turnover * MINUTE) if turnover else own

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
        pin, now = self.pinned.get(booking.wanted.id), booking.answer
        return pin is not None and isinstance(now, Placement) and where(pin) == where(now)


def where(placed: Placement) -> tuple[object, ...]:
    """Return what says when and where a meeting is."""
    return (placed.interval, placed.place, placed.room_id)


def _sitting(book: Book, part: GroupPart, asked: Part, people: tuple[Attendee, ...]) -> Session:
    return Session(
        interval=part.interval,
        minutes=asked.minutes,
        people=people,
        leader=book.facilitators.get(part.trainer_id),
        wants=asked.place,
        place=part.place,
        room_id=part.room_id,
        equipment=asked.equipment,
        sites=frozenset(person.site_id for person in people),
        zone=people[0].zone,
        day=local_day(part.interval, people[0].zone),
    )


def _add(total: dict[_Key, _Amount], more: Mapping[_Key, _Amount], sign: int = 1) -> None:
    for cell, amount in more.items():
        total[cell] += sign * amount


def _tally(people: dict[str, int], name: str, sign: int) -> None:
    count = people.get(name, 0) + sign
    if count:
        people[name] = count
    else:
        del people[name]


def _utc_days(span: Interval) -> range:
    """Return the ordinals of the UTC dates that ``span`` meets; one too many may be among them."""
    return range(span.start.toordinal(), span.end.toordinal() + 1)
