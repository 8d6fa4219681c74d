"""A planning problem, as plain data: who, when, what it costs, and within which limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from scheduling.domain.rules import Rule
from scheduling.domain.times import require_utc
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.supply import (
    Allowance,
    Attendee,
    Cap,
    Curve,
    Facilitator,
    Grid,
    Heads,
    RoomChoice,
)
from scheduling.optimizer.wanted import Limits, Meeting, Series, Training

MOST_ATTENDEES = 25_000
"""Agents in one problem: above that, one problem per unit keeps time and memory bounded."""
MOST_TOLD: Final = 10
"""Contradictions that are looked for: who mends so many sees the others next."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What one part of a problem says against another; ``pointer`` is the JSON pointer of where."""

    pointer: str
    said: str


class ProblemError(ValueError):
    """Parts of a problem contradict each other. ``contradictions`` holds ``MOST_TOLD`` at most."""

    def __init__(self, contradictions: Sequence[Contradiction]) -> None:
        """Keep the ``contradictions``; the message for people has them all."""
        super().__init__("; ".join(f"{each.pointer}: {each.said}" for each in contradictions))
        self.contradictions = tuple(contradictions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything the solver may know. ``now`` is an argument: nothing here reads a clock.

    ``limits`` hold where a meeting names no other of ``limit_sets``. ``pinned`` are meetings of
    the problem that are booked already: each stays where it is unless it breaks a rule today, or
    unless moving it, at ``move_price`` contacts, lets a broken one be placed. ``relaxed`` rules
    are not applied. ``as_of`` is the age of the staffing figures. Raises ProblemError where parts
    contradict each other.
    """

    now: datetime
    grid: Grid
    curves: tuple[Curve, ...]
    attendees: tuple[Attendee, ...]
    facilitators: tuple[Facilitator, ...]
    rooms: tuple[RoomChoice, ...]
    meetings: tuple[Meeting, ...]
    trainings: tuple[Training, ...] = ()
    series: tuple[Series, ...] = ()
    pinned: tuple[Placement, ...] = ()
    limits: Limits = field(default_factory=Limits)
    limit_sets: Mapping[str, Limits] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()
    heads: tuple[Heads, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    relaxed: frozenset[Rule] = frozenset()
    move_price: float = 5.0
    as_of: datetime | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        require_utc(self.now)
        if found := tuple(islice(_contradictions(self), MOST_TOLD)):
            raise ProblemError(found)

    def limits_of(self, wanted: Meeting | Training) -> Limits:
        """Return the limits that hold for ``wanted``."""
        return self.limits if wanted.limit_set is None else self.limit_sets[wanted.limit_set]


def _contradictions(problem: Problem) -> Iterator[Contradiction]:
    """Yield what two parts of the problem say differently."""
    if len(problem.attendees) > MOST_ATTENDEES:
        yield Contradiction(
            "/attendees",
            f"{len(problem.attendees)} attendees are more than {MOST_ATTENDEES} in one problem:"
            " make one problem per business unit",
        )
    for name in ("attendees", "facilitators", "rooms", "meetings", "trainings", "series", "caps"):
        yield from _twice(f"/{name}", [each.id for each in getattr(problem, name)])
    yield from _twice("/curves", [curve.demand_id for curve in problem.curves])
    yield from _series_of_another_grid(problem)
    yield from _strangers(problem)
    yield from _meetings_of_none(problem)
    yield from _pins_of_none(problem)


def _twice(pointer: str, names: list[str]) -> Iterator[Contradiction]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Contradiction(f"{pointer}/{place}", f"{name} is there twice: each needs its own")
        seen.add(name)


def _series_of_another_grid(problem: Problem) -> Iterator[Contradiction]:
    slots = problem.grid.slots
    lengths: list[tuple[str, int, tuple[int, ...]]] = []
    for place, curve in enumerate(problem.curves):
        lengths += [
            (f"/curves/{place}/{name}", len(getattr(curve, name)), (slots,))
            for name in ("required", "coverage", "volume", "handling")
        ]
        lengths.append((f"/curves/{place}/removed", len(curve.removed), (0, slots)))
    for place, row in enumerate(problem.heads):
        lengths.append((f"/heads/{place}/present", len(row.present), (slots,)))
    for place, cap in enumerate(problem.caps):
        lengths.append((f"/caps/{place}/most", len(cap.most), (1, slots)))
        lengths.append((f"/caps/{place}/away", len(cap.away), (0, slots)))
    for pointer, count, allowed in lengths:
        if count not in allowed:
            yield Contradiction(
                pointer,
                f"{count} values where the grid has {slots} slots: give {_counted(allowed)}",
            )


def _counted(allowed: tuple[int, ...]) -> str:
    return " or ".join(str(count) for count in dict.fromkeys(allowed))


def _strangers(problem: Problem) -> Iterator[Contradiction]:
    people = {person.id for person in problem.attendees}
    leaders = {person.id for person in problem.facilitators}
    wanted: list[tuple[str, Meeting | Training, tuple[str, ...], tuple[str, ...]]] = []
    for place, meeting in enumerate(problem.meetings):
        led = () if meeting.facilitator_id is None else (meeting.facilitator_id,)
        wanted.append((f"/meetings/{place}", meeting, meeting.people, led))
    for place, each in enumerate(problem.trainings):
        wanted.append((f"/trainings/{place}", each, each.attendee_ids, each.trainer_ids))
    for pointer, one, asked, leading in wanted:
        if unknown := [name for name in asked if name not in people]:
            yield Contradiction(pointer, f"{one.id} is for {unknown[0]}, who is no attendee here")
        if unknown := [name for name in leading if name not in leaders]:
            yield Contradiction(pointer, f"{one.id} is led by {unknown[0]}, no facilitator here")
        if one.limit_set is not None and one.limit_set not in problem.limit_sets:
            yield Contradiction(f"{pointer}/limit_set", f"/limit_sets has no {one.limit_set!r}")


def _meetings_of_none(problem: Problem) -> Iterator[Contradiction]:
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    in_series: set[str] = set()
    for place, series in enumerate(problem.series):
        for name in series.meeting_ids:
            if name not in meetings:
                yield Contradiction(f"/series/{place}", f"there is no meeting {name}")
            elif name in in_series:
                yield Contradiction(f"/series/{place}", f"meeting {name} is in two series")
            in_series.add(name)
    yield from _twice("/pinned", [pinned.meeting_id for pinned in problem.pinned])


def _pins_of_none(problem: Problem) -> Iterator[Contradiction]:
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    rooms = {room.id for room in problem.rooms}
    for place, pinned in enumerate(problem.pinned):
        pointer = f"/pinned/{place}"
        meeting = meetings.get(pinned.meeting_id)
        if meeting is None:
            yield Contradiction(pointer, f"there is no meeting {pinned.meeting_id}")
        elif not set(pinned.attendee_ids) <= set(meeting.people):
            yield Contradiction(f"{pointer}/attendee_ids", "somebody there is not asked to it")
        if pinned.room_id is not None and pinned.room_id not in rooms:
            yield Contradiction(f"{pointer}/room_id", f"there is no room {pinned.room_id}")
        if not problem.grid.span.covers(pinned.interval):
            yield Contradiction(f"{pointer}/interval", "it lies outside the grid; leave it out")
