"""Groups of a training: whether they are what the training asks for."""

from itertools import pairwise

from scheduling.optimizer.check.book import Book
from scheduling.optimizer.check.sessions import Booking
from scheduling.optimizer.plan import Group
from scheduling.optimizer.wanted import Training


def group_is_whole(booking: Booking) -> bool:
    """Tell whether a group takes all parts, in order, is of the training and led from its pool."""
    group, training = booking.answer, booking.wanted
    if not isinstance(group, Group) or not isinstance(training, Training):
        return True
    return (
        len(group.parts) == len(training.parts)
        and all(a.interval.end <= b.interval.start for a, b in pairwise(group.parts))
        and set(group.attendee_ids) <= set(training.attendee_ids)
        and all(
            held.trainer_id in (part.trainer_ids or training.trainer_ids)
            for held, part in zip(group.parts, training.parts, strict=True)
        )
    )


def group_stands(_: Book, booking: Booking) -> bool:
    """Tell whether a group's size, teams, trainer and days between parts are within the training's."""
    group, training = booking.answer, booking.wanted
    if not isinstance(group, Group) or not isinstance(training, Training):
        return True
    teams = [person.team_id for person in booking.people]
    trainers = {part.trainer_id for part in group.parts}
    most = training.per_team
    return (
        training.least <= len(group.attendee_ids) <= training.most
        and (most is None or all(teams.count(team) <= most for team in set(teams)))
        and (len(trainers) == 1 or not training.same_trainer)
        and _days_apart(booking, training)
    )


def _days_apart(booking: Booking, training: Training) -> bool:
    return all(
        part.least_days <= (after.day - before.day).days <= part.most_days
        for part, (before, after) in zip(
            training.parts[1:], pairwise(booking.sessions), strict=False
        )
    )
