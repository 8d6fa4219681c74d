"""A planning problem, as plain data: who, when, what it costs, and within which limits."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
        require_utc(self.now, "now")
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
    yield from _twice("/curves", [curve.demand_id for curve in problem.curves], "demand_id")
    yield from _series_of_another_grid(problem)
    yield from _strangers(problem)
    yield from _meetings_of_none(problem)
    yield from _pins_of_none(problem)


def _twice(pointer: str, names: list[str], field: str = "id") -> Iterator[Contradiction]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Contradiction(
                f"{pointer}/{place}/{field}", f"{name} is there twice: each needs its own"
            )
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
    for place, meeting in enumerate(problem.meetings):
        pointer, leader = f"/meetings/{place}", meeting.facilitator_id
        for part in ("attendee_ids", "optional_ids"):
            yield from _unknown(f"{pointer}/{part}", getattr(meeting, part), people, "attendee")
        if leader is not None and leader not in leaders:
            yield Contradiction(f"{pointer}/facilitator_id", f"there is no facilitator {leader}")
        yield from _no_limits(problem, pointer, meeting)
    for place, training in enumerate(problem.trainings):
        pointer = f"/trainings/{place}"
        yield from _unknown(f"{pointer}/attendee_ids", training.attendee_ids, people, "attendee")
        yield from _unknown(f"{pointer}/trainer_ids", training.trainer_ids, leaders, "facilitator")
        yield from _no_limits(problem, pointer, training)


def _unknown(
    pointer: str, names: Iterable[str], known: Collection[str], kind: str
) -> Iterator[Contradiction]:
    for place, name in enumerate(names):
        if name not in known:
            yield Contradiction(f"{pointer}/{place}", f"there is no {kind} {name}")


def _no_limits(
    problem: Problem, pointer: str, wanted: Meeting | Training
) -> Iterator[Contradiction]:
    if wanted.limit_set is not None and wanted.limit_set not in problem.limit_sets:
        yield Contradiction(f"{pointer}/limit_set", f"/limit_sets has no {wanted.limit_set!r}")


def _meetings_of_none(problem: Problem) -> Iterator[Contradiction]:
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    in_series: set[str] = set()
    for place, series in enumerate(problem.series):
        pointer = f"/series/{place}/meeting_ids"
        yield from _unknown(pointer, series.meeting_ids, meetings, "meeting")
        for at, name in enumerate(series.meeting_ids):
            if name in in_series:
                yield Contradiction(f"{pointer}/{at}", f"meeting {name} is in two series")
            in_series.add(name)
    yield from _twice("/pinned", [pin.meeting_id for pin in problem.pinned], "meeting_id")


def _pins_of_none(problem: Problem) -> Iterator[Contradiction]:
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    rooms = {room.id for room in problem.rooms}
    for place, pinned in enumerate(problem.pinned):
        pointer = f"/pinned/{place}"
        meeting = meetings.get(pinned.meeting_id)
        if meeting is None:
            yield Contradiction(f"{pointer}/meeting_id", f"there is no meeting {pinned.meeting_id}")
        else:
            yield from _unknown(
                f"{pointer}/attendee_ids", pinned.attendee_ids, meeting.people, "attendee of it"
            )
        if pinned.room_id is not None and pinned.room_id not in rooms:
            yield Contradiction(f"{pointer}/room_id", f"there is no room {pinned.room_id}")
        if not problem.grid.span.covers(pinned.interval):
            yield Contradiction(f"{pointer}/interval", "it lies outside the grid; leave it out")
