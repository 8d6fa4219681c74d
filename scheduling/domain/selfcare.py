"""Self-care: booked sessions of a run that no longer hold, and what became of each."""

from dataclasses import dataclass
from enum import StrEnum

from scheduling.domain.times import Interval


class Cause(StrEnum):
    """Why a booked session no longer holds, in the order in which it is asked.

    Never more than this is known or said: not why somebody does not work then.
    """

    SCHEDULE = "schedule"
    """Its attendee's schedule has something else then, or nothing."""
    LEADER = "leader"
    """Who leads it is not there then, or has another appointment."""
    ROOM = "room"
    """Its room has declined."""
    DEMAND = "demand"
    """More contacts are expected than its floor allows anybody to be away for."""


class Care(StrEnum):
    """What self-care did about a session."""

    MOVING = "moving"
    MOVED = "moved"
    ASKED = "asked"
    LEFT = "left"
    """Somebody was asked, and it stayed where it was."""
    HANDED = "handed"
    """No other time was found: the schedulers have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaredFor:
    """One session of a run as its owner sees it; ``becomes`` is None where no time was found.

    Of a group, ``attendee_name`` is empty, and ``people`` are how many are in it.
    """

    attendee_name: str
    leader_name: str
    zone: str
    was: Interval
    becomes: Interval | None
    cause: Cause
    care: Care
    people: int = 1
