"""Requests, sessions and work items: their states, and how they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from scheduling.domain.asks import Ask
from scheduling.domain.house import Paused
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.proposals import DayService, Unplaced, WayOut
from scheduling.domain.times import Interval


class RequestState(StrEnum):
    """The life of a request after it took a ticket (before that it is a draft).

    ``RELEASED``: what was booked is free again, and each session is to be given a new time.
    """

    QUEUED = "queued"
    RESERVED = "reserved"
    BOOKING = "booking"
    BOOKED = "booked"
    PARTLY_BOOKED = "partly_booked"
    TAKEN = "taken"
    FAILED = "failed"
    RELEASED = "released"
    ESCALATED = "escalated"
    SENT_BACK = "sent_back"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more happens by itself and nobody is waited for."""
        return self in FINAL_STATES


FINAL_STATES = frozenset(
    {
        RequestState.BOOKED,
        RequestState.PARTLY_BOOKED,
        RequestState.TAKEN,
        RequestState.FAILED,
        RequestState.RELEASED,
        RequestState.SENT_BACK,
        RequestState.UNDONE,
        RequestState.CANCELLED,
    }
)


class Remote(StrEnum):
    """What a request may wait for while it does not answer."""

    WFM = "wfm"
    CALENDAR = "calendar"
    SOLVER = "solver"
    TEAMS = "teams"


class SessionState(StrEnum):
    """The life of one session.

    ``RELEASED`` is free again and to be given a new time; ``MOVED`` is what it was before a move.
    """

    PLANNED = "planned"
    BOOKED = "booked"
    RELEASED = "released"
    MOVED = "moved"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Target(StrEnum):
    """Where a booking is written."""

    WFM = "wfm"
    ROOM = "room"
    INVITE = "invite"
    NOTICE = "notice"


class TargetState(StrEnum):
    """How one write of a booking stands.

    ``SKIPPED`` is not needed for this session; ``HELD`` is a notice that waits for its time,
    ``UNREACHED`` one that nobody got.
    """

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"
    SKIPPED = "skipped"
    UNREACHED = "unreached"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedWrite:
    """One write, or with ``undoing`` the taking back of one, that was given up."""

    session_id: str
    target: Target
    undoing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One session as its requester sees it.

    ``moved_from`` is its start before the last of its ``moves``; ``changing``: it is being moved,
    swapped or cancelled just now.
    """

    id: str
    attendee_id: str
    attendee_name: str
    zone: str
    interval: Interval
    place: PlaceKind
    room_name: str | None
    state: SessionState
    targets: Mapping[Target, TargetState]
    join_url: str | None = None
    moves: int = 0
    moved_from: datetime | None = None
    changing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request as its requester sees it.

    ``position`` is how many tickets of the unit are before it, plus one, while queued.
    ``undo_until`` is None once undo is over; ``can_cancel`` offers "Cancel and tell everyone".
    ``decide_by`` is when schedulers are to have decided, while they have not.
    ``trouble`` names what stopped it (a Refusal's value), never a reason about a person.
    ``without_mailbox`` are the names of those who can get no invite. ``waiting_for`` does not
    answer since ``waiting_since``; the request goes on by itself once it does.

    ``paused`` says why nobody has searched for it yet. ``wishes`` are the ids of agents' own that it
    was to answer and that are open again, for who may answer them, with the agents' names.

    Of people together ``gathering`` is the meeting itself (its attendee is nobody), ``sessions``
    are those who come, and ``missing`` the names of those who were asked and do not.
    """

    id: str
    version: int
    ticket: int
    state: RequestState
    ask: Ask
    type_name: str
    requester_name: str
    facilitator_name: str
    sessions: tuple[SessionView, ...]
    unplaced: tuple[Unplaced, ...]
    position: int | None = None
    undo_until: datetime | None = None
    can_cancel: bool = False
    work_item_id: str | None = None
    work_item_state: "WorkItemState | None" = None
    handled_by: str | None = None
    decide_by: datetime | None = None
    note: str | None = None
    trouble: str | None = None
    without_mailbox: tuple[str, ...] = ()
    waiting_for: Remote | None = None
    waiting_since: datetime | None = None
    gathering: SessionView | None = None
    missing: tuple[str, ...] = ()
    draft_id: str = ""
    on_behalf_of: str | None = None
    attendee_names: tuple[str, ...] = ()
    paused: Paused | None = None
    wishes: tuple[tuple[str, str], ...] = ()


class WorkItemState(StrEnum):
    """The life of something a scheduler must look at."""

    OPEN = "open"
    CLAIMED = "claimed"
    AWAITING_SECOND = "awaiting_second"
    APPROVED = "approved"
    FORCED = "forced"
    SENT_BACK = "sent_back"
    RETRIED = "retried"
    KEPT = "kept"
    CLOSED = "closed"

    @property
    def decided(self) -> bool:
        """Whether nothing can be decided any more."""
        return self not in {self.OPEN, self.CLAIMED, self.AWAITING_SECOND}


class WorkItemCause(StrEnum):
    """Why a scheduler must look."""

    NOT_PLACED = "not_placed"
    WRITE_FAILED = "write_failed"
    UNDO_FAILED = "undo_failed"
    REMOTE_AWAY = "remote_away"
    ENGINE_ERROR = "engine_error"
    DRIFT = "drift"
    PAUSED = "paused"
    NO_SUBSTITUTE = "no_substitute"
    """The trainer of a course's session cannot come, and nobody else can."""
    UNHELD = "unheld"
    TOO_FEW = "too_few"
    """A meeting of several lost so many that its quorum, or somebody it needs, is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemView:
    """A work item as schedulers see it; enough to decide in 20 seconds.

    ``take_on_by`` and ``resolve_by`` are its service clock's (None: of an earlier release);
    ``decide_by`` is when the last start that could still be granted passes; ``failures`` counts
    how often this request has failed; ``last_held`` is the attendee's last session of this type
    (None: none in the history the WFM holds). ``ways_out`` begin with the recommended one.
    ``offline_used`` and ``offline_allowed`` are minutes of the attendee's week. ``failed`` are the
    names of people with which of their writes was given up.
    """

    id: str
    version: int
    cause: WorkItemCause
    state: WorkItemState
    request_id: str
    request_state: RequestState
    requester_name: str
    on_behalf_of: str | None = None
    type_name: str
    tier: Tier
    ask: Ask
    unplaced: tuple[Unplaced, ...]
    ways_out: tuple[WayOut, ...]
    days: tuple[DayService, ...]
    decide_by: datetime | None
    failures: int
    last_held: Mapping[str, date | None]
    offline_used: int
    offline_allowed: int
    as_of: datetime
    reconciled: bool
    zone: str
    claimed_by: str | None = None
    decided_by: str | None = None
    trouble: str | None = None
    sessions: tuple[SessionView, ...] = ()
    failed: tuple[tuple[str, FailedWrite], ...] = ()
    take_on_by: datetime | None = None
    resolve_by: datetime | None = None
    paused: Paused | None = None


class DraftState(StrEnum):
    """The life of a draft: what one card is about."""

    ASKING = "asking"
    PROPOSED = "proposed"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A conversation's card as a row: opaque random id, owner, version, payload, expiry.

    ``payload`` is what has been understood so far, as plain JSON. A tap carries ``id`` and
    ``version``; a tap with an older version gets the fresh card.
    """

    id: str
    version: int
    owner_id: str
    conversation_id: str
    state: DraftState
    expires_at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)
    request_id: str | None = None
