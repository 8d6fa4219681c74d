"""A session decided on, whether a meeting's placement or a part of a training's group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import Interval
from scheduling.optimizer.plan import BreakMove, Group, Placement
from scheduling.optimizer.supply import Grid
from scheduling.optimizer.wanted import Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is away from ``slot`` on for ``minutes``, led by whom, in which room, with breaks moved."""

    people: tuple[str, ...]
    leader: str | None
    slot: int
    minutes: int
    room_id: str | None = None
    breaks: tuple[BreakMove, ...] = ()
    meeting_id: str | None = None

    @classmethod
    def of(cls, placement: Placement, meeting: Meeting, grid: Grid) -> "Session":
        """Return the session of a meeting's ``placement``."""
        return cls(
            people=placement.attendee_ids or meeting.attendee_ids,
            leader=meeting.facilitator_id,
            slot=(placement.interval.start - grid.start) // timedelta(minutes=grid.slot_minutes),
            minutes=meeting.minutes,
            room_id=placement.room_id,
            breaks=placement.breaks,
            meeting_id=meeting.id,
        )


def of_group(group: Group, grid: Grid) -> tuple[Session, ...]:
    """Return the sessions of a training's ``group``; a moved break goes with the part it made way for."""
    step = timedelta(minutes=grid.slot_minutes)
    made_way: list[list[BreakMove]] = [[] for _ in group.parts]
    for move in group.breaks:
        made_way[_nearest(group, move)].append(move)
    return tuple(
        Session(
            people=group.attendee_ids,
            leader=part.trainer_id,
            slot=(part.interval.start - grid.start) // step,
            minutes=part.interval.minutes,
            room_id=part.room_id,
            breaks=tuple(breaks),
        )
        for part, breaks in zip(group.parts, made_way, strict=True)
    )


def _nearest(group: Group, move: BreakMove) -> int:
    """Return which part of ``group`` lies nearest to where a break was."""
    gaps = [
        max(part.interval.start - move.before.end, move.before.start - part.interval.end)
        for part in group.parts
    ]
    return gaps.index(min(gaps))


def placement_of(session: Session, meeting: Meeting, grid: Grid, price: float = 0.0) -> Placement:
    """Return ``session`` as the plan shows it; ``price`` is in contacts past their goal."""
    start = grid.at(session.slot)
    return Placement(
        meeting_id=meeting.id,
        interval=Interval(start, start + timedelta(minutes=meeting.minutes)),
        place=PlaceKind.ONLINE if session.room_id is None else PlaceKind.ROOM,
        room_id=session.room_id,
        price=price,
        attendee_ids=session.people,
        breaks=session.breaks,
    )


def by_id(meetings: tuple[Meeting, ...]) -> Mapping[str, Meeting]:
    """Return ``meetings`` by id."""
    return {meeting.id: meeting for meeting in meetings}
