"""Which booked sessions no longer hold, and why: pure, from schedules, calendars and staffing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scheduling.domain.centre import AgentDay
from scheduling.domain.selfcare import Cause
from scheduling.domain.times import DAY, Interval, merge

ROUNDING = 0.1
"""FTE that a floor may be broken by: what is booked is counted in 1/60 FTE, and in whole slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A booked session. ``day`` is its date where its attendees are, ``code_id`` its activity code.

    It holds with ``least`` of its attendees, if those of ``required_ids`` are among them. ``takes``
    are the FTE that it takes off each demand.
    """

    id: str
    attendee_ids: tuple[str, ...]
    facilitator_id: str
    interval: Interval
    day: date
    code_id: str
    least: int = 1
    required_ids: frozenset[str] = frozenset()
    room_declined: bool = False
    takes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """What a demand can lose in each slot from ``start`` on before its floor is broken, in FTE."""

    start: datetime
    minutes: int
    fte: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What sessions are held against.

    ``days`` are the published ones, ``open_codes`` those under which an agent can be taken off the
    phones. ``contested`` is when a leader has two appointments at once; ``leading`` is when those
    leaders can lead whose own schedule is known.
    """

    days: Mapping[str, Sequence[AgentDay]]
    open_codes: frozenset[str]
    contested: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    leading: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    spare: Mapping[str, Spare] = field(default_factory=dict)


def no_longer_held(sessions: Iterable[Booked], ground: Ground) -> dict[str, Cause]:
    """Return the ids of the sessions that no longer hold, each with its first cause.

    A date that is published for nobody says nothing. Where a floor is broken, as few sessions as
    can be make way: first who gives back most.
    """
    published = {one.business_date for days in ground.days.values() for one in days if one.segments}
    found: dict[str, Cause] = {}
    every = sorted(sessions, key=lambda one: (one.interval, one.id))
    for one in every:
        cause = _cause(one, ground, published)
        if cause is not None:
            found[one.id] = cause
    gone = [one for one in every if one.id in found and found[one.id] is not Cause.ROOM]
    staying = [one for one in every if one.id not in found]
    found |= dict.fromkeys(_in_the_way(staying, gone, ground.spare), Cause.DEMAND)
    return found


def _cause(one: Booked, ground: Ground, published: set[date]) -> Cause | None:
    known = one.day in published
    if known and not _enough(one, ground):
        return Cause.SCHEDULE
    if _leader_away(one, ground, known=known):
        return Cause.LEADER
    return Cause.ROOM if one.room_declined else None


def _enough(one: Booked, ground: Ground) -> bool:
    """Whether as many of a session's attendees can come as it needs, and all who must be there."""
    here = {i for i in one.attendee_ids if _works(one, i, ground)}
    return len(here) >= one.least and here >= one.required_ids


def _works(one: Booked, attendee_id: str, ground: Ground) -> bool:
    """Whether all minutes of a session are an attendee's open time, or its own exception."""
    fitting = ground.open_codes | {one.code_id}
    spans = merge(
        segment.interval
        for day in ground.days.get(attendee_id, ())
        if abs(day.business_date - one.day) <= DAY
        for segment in day.segments
        if segment.code_id in fitting
    )
    return any(span.covers(one.interval) for span in spans)


def _leader_away(one: Booked, ground: Ground, *, known: bool) -> bool:
    taken = ground.contested.get(one.facilitator_id, ())
    if any(span.overlaps(one.interval) for span in taken):
        return True
    open_ = ground.leading.get(one.facilitator_id)
    return known and open_ is not None and not any(span.covers(one.interval) for span in open_)


def _in_the_way(
    staying: Sequence[Booked], gone: Iterable[Booked], spare: Mapping[str, Spare]
) -> list[str]:
    """Return which sessions make way so that no floor is broken that any of them could ease.

    First that which eases most for each of the people whom it concerns.
    """
    left = {demand_id: list(one.fte) for demand_id, one in spare.items()}
    for one in gone:
        _give_back(one, spare, left)
    chosen: list[str] = []
    open_ = {one.id: one for one in staying}
    while True:
        eased = {i: _eases(one, spare, left) for i, one in open_.items()}
        open_ = {i: one for i, one in open_.items() if eased[i] > 0}
        if not open_:
            return chosen
        most = min(open_, key=lambda i: (-eased[i] / len(open_[i].attendee_ids), i))
        _give_back(open_.pop(most), spare, left)
        chosen.append(most)


def _slots(interval: Interval, spare: Spare) -> range:
    """Return the numbers of the slots that ``interval`` touches, of those there are."""
    step = timedelta(minutes=spare.minutes)
    first = (interval.start - spare.start) // step
    last = -((spare.start - interval.end) // step)
    return range(max(first, 0), max(0, min(last, len(spare.fte))))


def _give_back(one: Booked, spare: Mapping[str, Spare], left: Mapping[str, list[float]]) -> None:
    for demand_id, fte in one.takes.items():
        for slot in _slots(one.interval, spare[demand_id]) if demand_id in spare else ():
            left[demand_id][slot] += fte


def _eases(one: Booked, spare: Mapping[str, Spare], left: Mapping[str, list[float]]) -> float:
    """Return how much of what is lacking a session would give back."""
    return sum(
        min(fte, -left[demand_id][slot])
        for demand_id, fte in one.takes.items()
        if demand_id in spare
        for slot in _slots(one.interval, spare[demand_id])
        if left[demand_id][slot] < -ROUNDING and fte > 0
    )
