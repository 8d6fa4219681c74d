"""Whether a plan answers everything once, and says rightly what it did."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from scheduling.domain.times import MINUTE
from scheduling.optimizer.check.book import Book, where
from scheduling.optimizer.check.sessions import Booking
from scheduling.optimizer.outcome import Fault, FaultKind
from scheduling.optimizer.plan import AllowanceUse, Placement, Plan, Status
from scheduling.optimizer.problem import Problem

_Answered = tuple[str, str | None]
"""A meeting's id, or a training's with one attendee's."""


def answered_once(problem: Problem, plan: Plan) -> Iterator[Fault]:
    """Tell whether each meeting and each attendee of a training is answered once, and nobody else."""
    asked, given = dict.fromkeys(_asked(problem)), Counter(_given(plan))
    known = {name for name, _ in asked}
    for (name, person), times in given.items():
        if name not in known:
            yield Fault(kind=FaultKind.UNKNOWN_MEETING, meeting_id=name)
        elif (name, person) not in asked:
            yield Fault(kind=FaultKind.UNKNOWN_ATTENDEE, meeting_id=name, attendee_id=person)
        elif times > 1:
            yield Fault(kind=FaultKind.ANSWERED_TWICE, meeting_id=name, attendee_id=person)
    for name, person in asked:
        if (name, person) not in given:
            yield Fault(kind=FaultKind.NOT_ANSWERED, meeting_id=name, attendee_id=person)


def answers_are_of_something(plan: Plan) -> Iterator[Fault]:
    """Tell whether alternatives are of placed meetings, and groups are of people and parts."""
    placed = {each.meeting_id for each in plan.placements}
    for name, offered in plan.alternatives.items():
        if offered and name not in placed:
            yield Fault(kind=FaultKind.UNKNOWN_MEETING, meeting_id=name, alternative=True)
    for group in plan.groups:
        if not group.attendee_ids or not group.parts:
            yield Fault(kind=FaultKind.WRONG_GROUP, meeting_id=group.training_id)


def _asked(problem: Problem) -> Iterator[_Answered]:
    for meeting in problem.meetings:
        yield meeting.id, None
    for training in problem.trainings:
        for person in training.attendee_ids:
            yield training.id, person


def _given(plan: Plan) -> Iterator[_Answered]:
    for placed in plan.placements:
        yield placed.meeting_id, None
    for group in plan.groups:
        for person in group.attendee_ids:
            yield group.training_id, person
    for failed in plan.failures:
        yield failed.meeting_id, failed.attendee_id


def status_fits(plan: Plan) -> Iterator[Fault]:
    """Tell whether the status says what was placed and proved."""
    nothing = not plan.placements and not plan.groups
    best = Status.OPTIMAL if plan.proved else Status.FEASIBLE
    if plan.status is not (Status.NOTHING_PLACED if nothing else best):
        yield Fault(kind=FaultKind.WRONG_STATUS)


def moves_are_told(book: Book, plan: Plan) -> Iterator[Fault]:
    """Tell whether the plan names just the booked meetings that it moved, no frozen one in time.

    A frozen one may go to another room, or online: its own may have been lost.
    """
    placed = {each.meeting_id: each for each in plan.placements}
    elsewhere = {
        name
        for name, pin in book.pinned.items()
        if name in placed and where(placed[name]) != where(pin)
    }
    told = Counter(plan.moved)
    for name in sorted(elsewhere | told.keys()):
        if told[name] != (name in elsewhere):
            yield Fault(kind=FaultKind.WRONG_MOVED, meeting_id=name)
    for name in sorted(elsewhere):
        pin = book.pinned[name]
        if _is_frozen(book, pin) and placed[name].interval != pin.interval:
            yield Fault(kind=FaultKind.FROZEN, meeting_id=name)


def _is_frozen(book: Book, pin: Placement) -> bool:
    freeze = book.problem.limits_of(book.meetings[pin.meeting_id]).freeze
    return pin.interval.start < book.problem.now + freeze * MINUTE


def allowances_add_up(problem: Problem, plan: Plan, bookings: Iterable[Booking]) -> Iterator[Fault]:
    """Tell whether the offline minutes of each week are those of the plan's sessions."""
    spent = [(seat.day, seat.minutes) for booking in bookings for seat in booking.seats]
    true = tuple(
        AllowanceUse(
            week=each.week,
            planned=each.planned,
            used=each.used,
            added=sum(
                minutes
                for day, minutes in spent
                if each.week <= day < each.week + timedelta(days=7)
            ),
        )
        for each in problem.allowances
    )
    if plan.allowances != true:
        yield Fault(kind=FaultKind.WRONG_ALLOWANCE)
