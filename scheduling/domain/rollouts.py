"""Roll-outs: who takes a course next, in how many seats, and what was found for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval

WEEK = 7


class NotNow(StrEnum):
    """Why somebody of a course's audience has no seat in a roll-out."""

    DONE = "done"
    """Completed, and not about to expire."""
    BOOKED = "booked"
    """Seats in all parts are booked already."""
    UNSAID = "unsaid"
    """Has been through it, and a register of it is not closed yet."""
    NOT_READY = "not_ready"
    """A course that this one requires is not completed."""
    RESUMES = "resumes"
    """Has the first parts, and a booked group has seats left in the later ones, which they gave up."""
    TEACHES = "teaches"
    """Is one of its trainers."""
    PILOT = "pilot"
    """The first group is taught before others are planned."""
    WAITS = "waits"
    """On the waiting list: seats were short."""
    GONE = "gone"
    """Was planned for, and is not of the audience any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """What a roll-out is of: a course, in at most ``seats`` seats, drawn for by ``seed`` if short.

    ``within`` are ids of teams, sites or activities: where there are any, only for those of them.
    """

    course_id: str
    seed: str
    seats: int | None = None
    within: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a roll-out takes, by arithmetic alone: before anything is searched.

    ``people`` need a seat now; ``groups`` of at most the course's size hold them, of each site its
    own where the course has rooms, in ``sessions`` sessions. ``mop_up`` are the seats that no-shows will need again, in
    ``mop_up_groups`` more groups. ``trainer_minutes`` is teaching and preparing, with mop-up;
    ``offline_minutes`` what all attendees together are off the phones, without. ``days`` are how
    long it takes with the trainers' days off and the days between parts, ``days_left`` how many
    there are until the end.
    """

    people: int
    groups: int
    sessions: int
    seats: int
    mop_up: int
    mop_up_groups: int
    trainer_minutes: int
    offline_minutes: int
    days: int
    days_left: int

    @property
    def offline_a_week(self) -> int:
        """Minutes off the phones in a week at an even pace; all of them where there is less than one."""
        return -(-self.offline_minutes * WEEK // max(WEEK, self.days_left))

    @property
    def in_time(self) -> bool:
        """Whether the trainers can have taught everybody by the end."""
        return self.days <= self.days_left


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPlan:
    """One group of a roll-out: when and where its parts are, who teaches, who attends.

    ``days`` are the local dates of its parts; a group with a day on hold is not booked at all.
    """

    number: int
    attendee_ids: tuple[str, ...]
    days: tuple[date, ...]
    parts: tuple[tuple[Interval, str, str | None], ...]
    """Each part: when, the trainer's id, and the room's name (None: online)."""
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RareSkill:
    """A skill that few have: at most ``most`` of the ``people`` who do may be away at once."""

    name: str
    most: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """Some who have no seat though they need one, by the rules that leave none.

    ``ways`` are what would open a start for them, with the contacts past their goal it costs;
    ``rare`` the skills of theirs that keep them out.
    """

    rules: frozenset[Rule]
    person_ids: tuple[str, ...]
    ways: tuple[tuple[frozenset[Rule], float], ...] = ()
    rare: tuple[RareSkill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPreview:
    """What a roll-out would do beside what any run says of itself.

    ``waiting`` are those on the waiting list in the order of the draw, ``drawn`` whether a draw
    decided; ``covered`` is the last day of the last group, None where there is none. ``replanned``
    is there where an earlier plan was to be booked and did not hold any more: how many of its
    people need no seat of it now, by reason.
    """

    capacity: Capacity
    groups: tuple[GroupPlan, ...]
    left_over: tuple[LeftOver, ...]
    not_now: Mapping[NotNow, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    drawn: bool = False
    seats_free: int = 0
    covered: date | None = None
    replanned: Mapping[NotNow, int] | None = None
