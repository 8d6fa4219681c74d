"""The rules of one booking beside all others in the book: each a small function, true where it holds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from scheduling.domain.centre import DemandKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE
from scheduling.optimizer.check.book import Book
from scheduling.optimizer.check.breaks import breaks_stand
from scheduling.optimizer.check.groups import group_stands
from scheduling.optimizer.check.sessions import Booking, Seat, Session, led, local_day, week_of
from scheduling.optimizer.plan import Group
from scheduling.optimizer.wanted import Limits, Meeting

_HAIR: Final = 2e-6
"""FTE, and parts of a service level, that floating-point sums may be off."""
_PART: Final = 1e-9
"""Minutes that a cap scaled by contract may be off."""


def dates(_: Book, booking: Booking) -> bool:
    """Sessions start on a date asked for that is not blacked out."""
    wanted, blackout = booking.wanted, booking.limits.blackout
    return all(
        wanted.first <= session.day <= wanted.last and session.day not in blackout
        for session in booking.sessions
    )


def lead_time(book: Book, booking: Booking) -> bool:
    """Sessions start at least the lead time from now, unless booked there already."""
    earliest = book.problem.now + booking.limits.lead * MINUTE
    started = min(session.interval.start for session in booking.sessions)
    return started >= earliest or book.pinned_here(booking)


def time_window(book: Book, booking: Booking) -> bool:
    """Sessions are on an offered weekday, whole inside one window of their local date."""
    return all(_in_window(book, booking, session) for session in booking.sessions)


def _in_window(book: Book, booking: Booking, session: Session) -> bool:
    limits = booking.limits
    if session.day.weekday() not in limits.weekdays:
        return False
    spans = (book.window(window, session.day, session.zone) for window in limits.windows)
    return not limits.windows or any(span and span.covers(session.interval) for span in spans)


def spacing(book: Book, booking: Booking) -> bool:
    """Days between a series' meetings, and to its history, are neither too few nor too many."""
    series = book.series.get(booking.wanted.id)
    if series is None:
        return True
    own = booking.sessions[0]
    if any(abs((own.day - before).days) < series.least for before in series.history):
        return False
    names = series.meeting_ids
    place = names.index(booking.wanted.id)
    earlier, later = _held(book, names[:place]), _held(book, names[place + 1 :])
    if any(one.interval.start >= own.interval.start for one in earlier):
        return False
    if any(one.interval.start <= own.interval.start for one in later):
        return False
    if any(abs((one.day - own.day).days) < series.least for one in earlier + later):
        return False
    beside = _held(book, names[max(0, place - 1) : place + 2])
    past = [day for day in series.history if day <= own.day and place == 0]
    near = [one.day for one in beside] + sorted(past)[-1:]
    return series.most is None or all(abs((day - own.day).days) <= series.most for day in near)


def _held(book: Book, names: Sequence[str]) -> list[Session]:
    return [book.held[name].sessions[0] for name in names if name in book.held]


def on_shift(_: Book, booking: Booking) -> bool:
    """Everybody present is on shift throughout, transitions included."""
    return all(seat.calendar.shifts.cover(seat.away) for seat in booking.seats)


def breaks(book: Book, booking: Booking) -> bool:
    """No session swallows a break, and those that made way lie where breaks may."""
    made_way = {(move.attendee_id, move.before) for move in booking.breaks}
    return breaks_stand(book, booking) and not any(
        (seat.person.id, pause) not in made_way
        for seat in booking.seats
        for pause in seat.calendar.pauses.over(seat.away)
    )


def exception(_: Book, booking: Booking) -> bool:
    """No session touches another exception in somebody's schedule."""
    return not any(seat.calendar.exceptions.over(seat.away) for seat in booking.seats)


def shift_edge(_: Book, booking: Booking) -> bool:
    """Keep the first and last minutes of every shift free."""
    edge = booking.limits.edge * MINUTE
    return not edge or not any(
        seat.away.start < shift.start + edge or seat.away.end > shift.end - edge
        for seat in booking.seats
        for shift in seat.calendar.shifts.over(seat.away)
    )


def attendee_busy(book: Book, booking: Booking) -> bool:
    """Nobody present has something else in the calendar, or another session's transition."""
    return not any(
        seat.calendar.busy.over(seat.away)
        or any(book.of_people.others(seat.person.id, seat.session, seat.away))
        or any(book.of_leaders.others(seat.person.id, seat.session, seat.away))
        for seat in booking.seats
    )


def attendee_cap(book: Book, booking: Booking) -> bool:
    """Nobody has too many sessions or offline minutes on the date, or in its ISO week."""
    return all(_within_caps(book, booking.limits, seat) for seat in booking.seats)


def _within_caps(book: Book, limits: Limits, seat: Seat) -> bool:
    person, day, week = seat.person, seat.day, week_of(seat.day)
    count, minutes = person.offline.get(day, (0, 0))
    in_week = sum(spent for on, (_, spent) in person.offline.items() if week_of(on) == week)
    scale = person.contract
    return (
        count + book.sessions_on[person.id, day] <= limits.sessions_a_day
        and minutes + book.minutes_on[person.id, day] <= limits.offline_a_day * scale + _PART
        and in_week + book.minutes_in[person.id, week] <= limits.offline_a_week * scale + _PART
    )


def quorum(_: Book, booking: Booking) -> bool:
    """Everybody required is present, enough are, and nobody who was not asked."""
    wanted, answer = booking.wanted, booking.answer
    if not isinstance(wanted, Meeting) or isinstance(answer, Group):
        return True
    present = answer.attendee_ids or wanted.attendee_ids
    return len(set(present)) == len(present) >= wanted.least_present and set(
        wanted.attendee_ids
    ) <= set(present) <= set(wanted.people)


def facilitator(book: Book, booking: Booking) -> bool:
    """Who leads may lead this, works, and has nothing else on, before and after included."""
    return all(_can_lead(book, booking, session) for session in booking.sessions)


def _can_lead(book: Book, booking: Booking, session: Session) -> bool:
    leader = session.leader
    if leader is None:
        return True
    span = led(session)
    working, busy = book.leading_time(session)
    return (
        (leader.leads is None or booking.wanted.type_id in leader.leads)
        and working.cover(span)
        and not busy.over(span)
        and not any(book.of_leaders.others(leader.id, session, span))
        and not any(book.of_people.others(leader.id, session, span))
    )


def facilitator_load(book: Book, booking: Booking) -> bool:
    """Nobody leads more minutes on a date of their own than they may."""
    for session in booking.sessions:
        leader = session.leader
        if leader is None or leader.contact_a_day is None:
            continue
        day = local_day(session.interval, leader.zone)
        if leader.led.get(day, 0) + book.minutes_led[leader.id, day] > leader.contact_a_day:
            return False
    return True


def cap(rule: Rule) -> "Check":
    """Return the check that no cap of this kind is passed in a slot that the booking touches."""

    def holds(book: Book, booking: Booking) -> bool:
        return all(
            _within_cap(book, place, slot)
            for seat in booking.seats
            for place in book.caps_of.get(seat.person.id, ())
            if book.problem.caps[place].rule is rule
            for slot in seat.slots
        )

    return holds


def _within_cap(book: Book, place: int, slot: int) -> bool:
    one = book.problem.caps[place]
    most = one.most[slot] if len(one.most) > 1 else one.most[0]
    return len(book.away[place, slot]) + (one.away[slot] if one.away else 0) <= most


def room(_: Book, booking: Booking) -> bool:
    """Who asked for a room has one."""
    return all(
        session.wants is PlaceKind.ONLINE or session.room_id is not None
        for session in booking.sessions
    )


def heads(book: Book, booking: Booking) -> bool:
    """Keep enough agents of the site open for each demand wherever the booking closes one."""
    rows = book.problem.heads
    return all(
        rows[place].present[slot] - len(book.closed[place, slot]) >= rows[place].minimum
        for person in booking.people
        for place, slot in book.closing(booking, person)
    )


def floor(book: Book, booking: Booking) -> bool:
    """No deficit or loss of service passes its limit wherever the booking takes somebody."""
    return all(
        _above_floor(book, demand, slot)
        for (demand, slot), units in booking.taken.items()
        if units > 0
    )


def _above_floor(book: Book, demand: str, slot: int) -> bool:
    curve, coverage = book.costs.curves[demand], book.costs.curves[demand].coverage[slot]
    if curve.kind is DemandKind.OUTBOUND:
        return True
    left = coverage - (book.taken[demand, slot] + book.costs.removed(demand, slot)) / 60
    if curve.floor is not None and curve.required[slot] - left > curve.floor + _HAIR:
        return False
    if curve.drop is None or curve.kind is DemandKind.DEFERRED:
        return True
    service = book.costs.service
    return service(demand, slot, coverage) - service(demand, slot, left) <= curve.drop + _HAIR


Check = Callable[[Book, Booking], bool]
RULES: Final[Mapping[Rule, Check]] = {
    Rule.DATES: dates,
    Rule.LEAD_TIME: lead_time,
    Rule.TIME_WINDOW: time_window,
    Rule.SPACING: spacing,
    Rule.ON_SHIFT: on_shift,
    Rule.BREAK: breaks,
    Rule.EXCEPTION: exception,
    Rule.SHIFT_EDGE: shift_edge,
    Rule.ATTENDEE_BUSY: attendee_busy,
    Rule.ATTENDEE_CAP: attendee_cap,
    Rule.QUORUM: quorum,
    Rule.FACILITATOR: facilitator,
    Rule.FACILITATOR_LOAD: facilitator_load,
    Rule.TEAM_CAP: cap(Rule.TEAM_CAP),
    Rule.SITE_CAP: cap(Rule.SITE_CAP),
    Rule.UNIT_CAP: cap(Rule.UNIT_CAP),
    Rule.ACTIVITY_CAP: cap(Rule.ACTIVITY_CAP),
    Rule.SKILL_CAP: cap(Rule.SKILL_CAP),
    Rule.ROOM: room,
    Rule.HEADS: heads,
    Rule.FLOOR: floor,
    Rule.GROUP: group_stands,
}
"""Every rule but PRICE, which needs the prices of the whole plan."""
