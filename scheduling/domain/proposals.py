"""What Aside answers to an ask before anything is written: times, what they cost, and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role
from scheduling.domain.rules import FunnelStep, Rule, redact, redact_funnel
from scheduling.domain.times import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A time and place. ``price`` is in contacts past their service goal, weighted.

    ``missing_ids`` are those of people asked together who cannot be there then.
    """

    interval: Interval
    place: PlaceKind
    price: float
    room_id: str | None = None
    room_name: str | None = None
    missing_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedSession:
    """The best option for one attendee, in ``zone`` of their site, and up to two others.

    Of people together ``attendee_id`` is one of ``Ask.sought_ids``, ``attendee_name`` what the
    meeting is called, and ``names`` those of everybody asked, by their ids.
    """

    attendee_id: str
    attendee_name: str
    zone: str
    best: Option
    others: tuple[Option, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> tuple[Option, ...]:
        """The best and the others, in the order in which a choice counts them."""
        return (self.best, *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A set of rules to loosen, who may grant it, and what it would give.

    ``net_before`` and ``net_after`` are the lowest net staffing in FTE within the session;
    ``attendee_ids`` are those whom it would help; ``option`` and the net are those of the first.
    """

    rules: frozenset[Rule]
    count: int
    option: Option
    granted_by: Role
    net_before: float
    net_after: float
    attendee_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """An attendee for whom there is no time: counts per rule, a minimal conflict, ways out.

    Of people together it is one of ``Ask.sought_ids``, by the name of the meeting; ``names`` are
    those of everybody asked. ``rivals`` are the names of those of the same request who have the times that were left.
    """

    attendee_id: str
    attendee_name: str
    zone: str
    funnel: tuple[FunnelStep, ...]
    conflict: frozenset[Rule]
    ways_out: tuple[WayOut, ...]
    rivals: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def redacted(unplaced: Iterable[Unplaced]) -> tuple[Unplaced, ...]:
    """Return the unplaced as somebody who is not a scheduler may see them."""
    return tuple(
        replace(
            one,
            funnel=redact_funnel(one.funnel),
            conflict=redact(one.conflict),
            ways_out=tuple(replace(way, rules=redact(way.rules)) for way in one.ways_out),
        )
        for one in unplaced
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Staffing of one demand at ``start``: FTE, and service level as parts of one."""

    start: datetime
    required: float
    before: float
    after: float
    service_before: float
    service_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingCurve:
    """The requirement and the staffing of one demand around a proposed session."""

    demand_id: str
    demand_name: str
    slot_minutes: int
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayService:
    """A demand's day: service level before, after, and after at volume + 10 %; parts of one.

    ``goal`` is the contract's part of one; ``lowest_net`` the lowest net staffing in FTE during
    the sessions; ``understaffed_hours`` the FTE-hours below requirement that the sessions cause.
    """

    demand_id: str
    demand_name: str
    day: date
    goal: float
    goal_seconds: float
    before: float
    after: float
    stressed: float
    lowest_net: float
    understaffed_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBefore:
    """What has been asked for already that is the same, and where it stands.

    ``attendee_name`` is empty where people meet together. ``interval`` is when it is booked, in
    ``zone``; None while it has no time yet. ``mine``: its asker asks once more, and can move
    ``session_id`` instead, once there is one.
    """

    request_id: str
    asked_by: str
    on_behalf_of: str | None
    attendee_name: str
    zone: str
    interval: Interval | None
    mine: bool = False
    session_id: str | None = None


class RoomLack(StrEnum):
    """Why a room that was chosen cannot be had."""

    ELSEWHERE = "elsewhere"
    TOO_SMALL = "too_small"
    NOT_FREE = "not_free"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMissed:
    """What was ``asked`` in a room that cannot be had, in whose place others were looked for."""

    asked: Ask
    room_name: str
    lack: RoomLack


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The answer to an ask. Nothing is written; the options are held softly until ``held_until``.

    ``curves`` and ``days`` are of the best options together. ``reconciled`` says whether the
    agents' shares add up to the WFM's own staffing; where not, figures are marked.
    ``on_behalf_of`` names for whom a deputy asks. ``without_mailbox`` are the names of those who
    can get no invite, ``unknown_calendars`` of those whose other appointments could not be read.
    ``room_missed``: its times are in other rooms than the one that was asked for.
    ``asked_before`` is what its asker was told that they or others have asked for.
    """

    ask: Ask
    type_name: str
    facilitator_name: str
    sessions: tuple[ProposedSession, ...]
    unplaced: tuple[Unplaced, ...]
    curves: tuple[StaffingCurve, ...]
    days: tuple[DayService, ...]
    as_of: datetime
    reconciled: bool
    held_until: datetime
    without_mailbox: tuple[str, ...] = ()
    unknown_calendars: tuple[str, ...] = ()
    on_behalf_of: str | None = None
    asked_before: tuple[AskedBefore, ...] = ()
    room_missed: RoomMissed | None = None

    @property
    def asked(self) -> Ask:
        """What was asked for; ``ask`` is what this proposes."""
        return self.room_missed.asked if self.room_missed else self.ask
