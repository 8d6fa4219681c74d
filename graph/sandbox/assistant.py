"""The booking assistant of a room mailbox, as Set-CalendarProcessing's defaults have it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from graph.sandbox.model import RoomMailbox, RoomMode
from scheduling.domain.times import Interval


def decide(room: RoomMailbox, asked: Interval, taken: Iterable[Interval], now: datetime) -> str:
    """Return the room's response to a meeting over ``asked``.

    Declined beyond the booking window or the longest duration, and on a conflict that the room does not
    allow; else
    accepted, or tentative until a delegate decides.
    """
    too_far = asked.end > now + timedelta(days=room.booking_days)
    clash = not room.allow_conflicts and any(asked.overlaps(span) for span in taken)
    if too_far or asked.minutes > room.longest or clash:
        return "declined"
    return "tentativelyAccepted" if room.mode is RoomMode.DELEGATE else "accepted"
