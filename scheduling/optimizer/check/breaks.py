"""Breaks that make way for a session: which may, and where they may go."""

from scheduling.domain.times import MINUTE, Interval
from scheduling.optimizer.check.book import Book
from scheduling.optimizer.check.sessions import Booking
from scheduling.optimizer.plan import BreakMove
from scheduling.optimizer.supply import Attendee, OffTime
from scheduling.optimizer.wanted import Limits


def breaks_are_real(book: Book, booking: Booking) -> bool:
    """Tell whether each move is of a movable break of somebody present, moved once and whole."""
    present = {person.id: person for person in booking.people}
    for move in booking.breaks:
        person = present.get(move.attendee_id)
        if person is None or _break_of(person, move) is None:
            return False
        if move.after.end - move.after.start != move.before.end - move.before.start:
            return False
        if not book.on_grid(move.after):
            return False
        if sum(other.before == move.before for other in book.moves[person.id]) > 1:
            return False
    return True


def breaks_stand(book: Book, booking: Booking) -> bool:
    """Tell whether each moved break lies where it may, with all other moves of the plan made."""
    return all(
        _stands(book, book.attendees[move.attendee_id], move, booking.limits)
        for move in booking.breaks
        if move.attendee_id in book.attendees
    )


def _break_of(person: Attendee, move: BreakMove) -> OffTime | None:
    return next((off for off in person.off if off.window and off.interval == move.before), None)


def _stands(book: Book, person: Attendee, move: BreakMove, limits: Limits) -> bool:
    own = _break_of(person, move)
    shift = next((shift for shift in person.shifts if shift.covers(move.before)), None)
    if own is None or own.window is None or shift is None:
        return False
    return (
        own.window.covers(move.after)
        and shift.covers(move.after)
        and _clear(book, person, move.after)
        and _in_rhythm(_pauses(book, person, shift), move.after, shift, limits)
    )


def _clear(book: Book, person: Attendee, after: Interval) -> bool:
    """Tell whether a moved break lies on no exception, nothing in the calendar and no session."""
    calendar = book.calendar(person)
    return not (
        calendar.exceptions.over(after)
        or calendar.busy.over(after)
        or any(book.of_people.others(person.id, None, after))
        or any(book.of_leaders.others(person.id, None, after))
    )


def _pauses(book: Book, person: Attendee, shift: Interval) -> list[Interval]:
    """Return the pauses of ``shift`` where they are now, in the order they were in before."""
    moved = {move.before: move.after for move in book.moves[person.id]}
    pauses = book.calendar(person).pauses.all
    return [moved.get(pause, pause) for pause in pauses if shift.covers(pause)]


def _in_rhythm(pauses: list[Interval], own: Interval, shift: Interval, limits: Limits) -> bool:
    """Tell whether ``own`` keeps its order, its spacing, and no stretch of work too long beside it."""
    place = pauses.index(own)
    before, after = pauses[:place], pauses[place + 1 :]
    rest, most = limits.break_spacing * MINUTE, limits.work_stretch * MINUTE
    if before and own.start - before[-1].end < rest:
        return False
    if after and after[0].start - own.end < rest:
        return False
    begun = before[-1].end if before else shift.start
    ended = after[0].start if after else shift.end
    return own.start - begun <= most and ended - own.end <= most
