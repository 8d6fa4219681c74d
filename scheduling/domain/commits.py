"""The plan of a batch run while it is booked: its parts, and how far that has come."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.domain.asks import Ask
from scheduling.domain.proposals import Option
from scheduling.domain.times import DAY, DateRange

PART = 25
"""Sessions of one part at most: an ad-hoc request waits for the reserving of one part."""


class LeftOut(StrEnum):
    """Why a planned session was not booked when its turn came; the next run may place it again."""

    TAKEN = "taken"
    """Another booking has those minutes of one of its people or of its room."""
    HELD = "held"
    """Somebody is being offered those minutes just now."""
    TOO_SOON = "too_soon"
    """The lead time of its type has begun."""
    QUORUM = "quorum"
    """Too few of those with whom they would have met can come."""
    PART = "part"
    """They cannot come to another part of the same course."""
    ANOTHER = "another"
    """They have got one of that type since the plan was made."""
    GONE = "gone"
    """The attendee or the facilitator is not with us any more."""
    MOVED = "moved"
    """The attendee is in another team, or under another manager, than when the plan was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """One session of a plan, in the attendee's ``zone`` (IANA).

    With ``with_ids`` it is one of several people, of whom ``optional_ids`` may be missing down to
    the ``quorum``, as in ``Ask``; ``equipment`` is what another room would have to have too.
    Sessions of one plan that name the same ``group`` are taken together: who cannot come to one of
    them is left out of all. One of a template is the only one of its type in its ``period``, and
    ``least_days`` from any other; ``left_out`` says who is not to come after all, and why, where
    that was found before its turn.
    """

    type_id: str
    attendee_id: str
    facilitator_id: str
    zone: str
    option: Option
    with_ids: tuple[str, ...] = ()
    optional_ids: tuple[str, ...] = ()
    quorum: int | None = None
    equipment: frozenset[str] = frozenset()
    group: str = ""
    period: DateRange | None = None
    least_days: int = 0
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)

    def bars(self, day: date) -> bool:
        """Whether nobody who attends may have another of its type on ``day`` by their own clock."""
        if self.period is None:
            return False
        own = self.option.interval.start.astimezone(ZoneInfo(self.zone)).date()
        within = self.period.start <= day < self.period.end
        return within or abs((day - own).days) < self.least_days

    @property
    def attendee_ids(self) -> tuple[str, ...]:
        """Everybody who attends."""
        return (self.attendee_id, *self.with_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitProgress:
    """How far a plan of ``sessions`` is booked: numbers of sessions, of a meeting one for each.

    ``reserved`` are sure of their minutes and being written, ``booked`` are written, ``failed``
    were given back after a write failed or somebody cancelled them. ``left_out`` says whom a turn
    left out, and why. ``ended`` once no further part will be reserved.
    """

    sessions: int
    reserved: int
    booked: int
    failed: int
    left_out: tuple[tuple[str, LeftOut], ...]
    ended: bool


def parts_of(plan: Sequence[PlannedSession], most: int = PART) -> list[list[PlannedSession]]:
    """Return the plan in parts that can each be one request, the part that begins first first.

    One type, facilitator, length and kind of place each, and every attendee at most once. A meeting
    of several people is a part by itself, and so is what is taken together with another.
    """
    groups: defaultdict[tuple[object, ...], list[PlannedSession]] = defaultdict(list)
    times: Counter[tuple[object, ...]] = Counter()
    for one in sorted(plan, key=_begins):
        option = one.option
        kind = (one.type_id, one.facilitator_id, option.interval.minutes, option.place)
        alone = (one.group, *one.attendee_ids) if one.with_ids or one.group else ()
        groups[*kind, alone, times[*kind, alone, one.attendee_id]].append(one)
        times[*kind, alone, one.attendee_id] += 1
    parts = [some[n : n + most] for some in groups.values() for n in range(0, len(some), most)]
    return sorted(parts, key=lambda part: _begins(part[0]))


def _begins(one: PlannedSession) -> tuple[object, ...]:
    return one.option.interval.start, one.attendee_id


def ask_of(part: Sequence[PlannedSession]) -> Ask:
    """Return what a part asks for: its people, on the dates from its first session to its last."""
    first = part[0]
    days = [one.option.interval.start.astimezone(ZoneInfo(one.zone)).date() for one in part]
    return Ask(
        type_id=first.type_id,
        attendee_ids=tuple(i for one in part for i in one.attendee_ids),
        facilitator_id=first.facilitator_id,
        dates=DateRange(min(days), max(days) + DAY),
        minutes=first.option.interval.minutes,
        place=first.option.place,
        together=bool(first.with_ids),
        optional_ids=first.optional_ids,
        quorum=first.quorum,
        equipment=first.equipment,
    )


def chosen_of(part: Sequence[PlannedSession]) -> Mapping[str, Option]:
    """Return the time and place of each session of a part, by the id it is sought under."""
    if part[0].with_ids:
        return {ask_of(part).sought_ids[0]: part[0].option}
    return {one.attendee_id: one.option for one in part}
