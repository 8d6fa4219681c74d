"""An independent check of a plan; shares no code with the solver.

Every rule and the cost are derived again from the problem, booking by booking and with plain
numbers, on the true minutes of each session. It imports the data and the domain, nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE
from scheduling.optimizer.check.answers import (
    allowances_add_up,
    answered_once,
    answers_are_of_something,
    moves_are_told,
    status_fits,
)
from scheduling.optimizer.check.book import Book
from scheduling.optimizer.check.breaks import breaks_are_real
from scheduling.optimizer.check.cost import Taken
from scheduling.optimizer.check.groups import group_is_whole
from scheduling.optimizer.check.rules import RULES
from scheduling.optimizer.check.sessions import Booking, Session
from scheduling.optimizer.outcome import Fault, FaultKind
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.wanted import Meeting

_NEAR: Final = 2e-4
"""Contacts that a rounded price may be off, per person and session."""


def check(problem: Problem, plan: Plan) -> tuple[Fault, ...]:
    """Return everything that is wrong with ``plan`` as an answer to ``problem``; () if nothing is.

    Placements and groups are checked together, each alternative in place of its own placement.
    Rules that the problem relaxes do not count; two sessions of one person at once always do.
    """
    return tuple(dict.fromkeys(_faults(problem, plan)))


def _faults(problem: Problem, plan: Plan) -> Iterator[Fault]:
    book = Book(problem)
    meetings = [one for each in plan.placements if (one := book.of_placement(each))]
    groups = [one for each in plan.groups if (one := book.of_group(each))]
    bookings = (*meetings, *groups)
    for booking in bookings:
        book.lay(booking)
    prices = _canonical_prices(book, meetings, groups)
    yield from answered_once(problem, plan)
    yield from answers_are_of_something(plan)
    yield from status_fits(plan)
    for booking in bookings:
        yield from _judged(book, booking, prices[booking])
    for booking in meetings:
        yield from _alternatives(book, booking, plan)
    yield from moves_are_told(book, plan)
    yield from allowances_add_up(problem, plan, bookings)
    yield from _money(plan, prices)


def _canonical_prices(
    book: Book, meetings: Iterable[Booking], groups: Iterable[Booking]
) -> dict[Booking, float]:
    """Return what each booking costs with those before it taken: meetings first, then groups."""

    def order(booking: Booking) -> tuple[object, ...]:
        first = book.meetings[booking.wanted.id].attendee_id
        return first, booking.sessions[0].interval.start, booking.wanted.id

    taken: Taken = defaultdict(int)
    prices: dict[Booking, float] = {}
    for booking in (*sorted(meetings, key=order), *groups):
        prices[booking] = book.costs.of(booking.taken, beside=taken)
        for cell, units in booking.taken.items():
            taken[cell] += units
    return prices


def _judged(
    book: Book, booking: Booking, price: float, *, alternative: bool = False
) -> Iterator[Fault]:
    """Yield what is wrong with ``booking``, which is in the book and truly costs ``price``."""
    name = booking.wanted.id
    for kind in _shape(book, booking):
        yield Fault(kind=kind, meeting_id=name, alternative=alternative)
    if abs(price - booking.answer.price) > _near(booking):
        yield Fault(kind=FaultKind.WRONG_PRICE, meeting_id=name, alternative=alternative)
    broken = [rule for rule, holds in RULES.items() if not holds(book, booking)]
    if not _worth(book, booking, price):
        broken.append(Rule.PRICE)
    for rule in broken:
        if rule not in book.problem.relaxed:
            yield Fault(kind=FaultKind.RULE, meeting_id=name, rule=rule, alternative=alternative)


def _near(booking: Booking) -> float:
    return _NEAR * sum(1 + len(session.people) for session in booking.sessions)


def _worth(book: Book, booking: Booking, price: float) -> bool:
    """Tell whether a meeting costs no more than its walk-away price; a booked one may by now."""
    most = booking.wanted.walk_away if isinstance(booking.wanted, Meeting) else None
    return most is None or price <= most + _near(booking) or booking.wanted.id in book.pinned


def _shape(book: Book, booking: Booking) -> Iterator[FaultKind]:
    """Yield what is wrong with ``booking`` whatever the rules."""
    spans = [session.interval for session in booking.sessions]
    lengths = [session.minutes * MINUTE for session in booking.sessions]
    if any(span.end - span.start != wanted for span, wanted in zip(spans, lengths, strict=True)):
        yield FaultKind.WRONG_LENGTH
    if not all(book.on_grid(span) for span in spans):
        yield FaultKind.OFF_GRID
    if any(_double_booked(book, session) for session in booking.sessions):
        yield FaultKind.DOUBLE_BOOKED
    if not all(_room_stands(book, session) for session in booking.sessions):
        yield FaultKind.WRONG_ROOM
    if not group_is_whole(booking):
        yield FaultKind.WRONG_GROUP
    if not breaks_are_real(book, booking):
        yield FaultKind.WRONG_BREAK


def _double_booked(book: Book, session: Session) -> bool:
    """Tell whether somebody in ``session``, or its room, is in another session at the same time."""
    people = [person.id for person in session.people]
    people += [session.leader.id] if session.leader else []
    if any(
        other.interval.overlaps(session.interval)
        for name in people
        for diary in (book.of_people, book.of_leaders)
        for other in diary.others(name, session, session.interval)
    ):
        return True
    if session.room_id not in book.rooms:
        return False
    kept = book.occupied(session)
    return any(book.of_rooms.others(session.room_id, session, kept))


def _room_stands(book: Book, session: Session) -> bool:
    """Tell whether the room, if one is named, is asked for, fits, and is free for all its time."""
    if (session.place is PlaceKind.ROOM) != (session.room_id is not None):
        return False
    if session.room_id is None:
        return True
    room = book.rooms.get(session.room_id)
    if session.wants is PlaceKind.ONLINE or room is None:
        return False
    seats = len(session.people) + (session.leader is not None)
    kept = book.occupied(session)
    return (
        room.site_id in session.sites
        and room.capacity >= seats
        and session.equipment <= room.equipment
        and not any(busy.overlaps(kept) for busy in room.busy)
    )


def _alternatives(book: Book, booking: Booking, plan: Plan) -> Iterator[Fault]:
    """Judge each alternative of ``booking`` in its place, beside all others of the plan."""
    name = booking.wanted.id
    book.lift(booking)
    for offered in plan.alternatives.get(name, ()):
        instead = book.of_placement(offered) if offered.meeting_id == name else None
        if instead is None:
            yield Fault(kind=FaultKind.UNKNOWN_MEETING, meeting_id=name, alternative=True)
            continue
        price = book.costs.of(instead.taken, beside=book.taken)
        book.lay(instead)
        yield from _judged(book, instead, price, alternative=True)
        book.lift(instead)
    book.lay(booking)


def _money(plan: Plan, prices: Mapping[Booking, float]) -> Iterator[Fault]:
    """Compare the cost with the true one and with the prices, and the bound with the cost."""
    near = _NEAR + sum(_near(booking) for booking in prices)
    given = sum(each.price for each in plan.placements) + sum(each.price for each in plan.groups)
    if abs(sum(prices.values()) - plan.cost) > near:
        yield Fault(kind=FaultKind.WRONG_COST)
    if abs(given - plan.cost) > near:
        yield Fault(kind=FaultKind.WRONG_PRICE)
    if plan.bound > plan.cost + near or (plan.proved and plan.bound < plan.cost - near):
        yield Fault(kind=FaultKind.WRONG_BOUND)
