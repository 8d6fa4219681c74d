"""Changes of booked sessions: moved, cancelled alone, given up, swapped; and how they are shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import Option, Proposal
from scheduling.domain.requests import SessionState
from scheduling.domain.selfcare import Cause
from scheduling.domain.times import Interval


class ChangeKind(StrEnum):
    """What is to become of a session.

    ``CANNOT`` is its attendee's word and ``RELEASE`` a scheduler's: either frees the session, and
    a ``MOVE`` gives it a new time.
    """

    MOVE = "move"
    SWAP = "swap"
    CANCEL = "cancel"
    CANNOT = "cannot"
    RELEASE = "release"

    @property
    def frees(self) -> bool:
        """Whether the session gives its time up, and is to have another."""
        return self in {self.CANNOT, self.RELEASE}


class ChangeState(StrEnum):
    """The life of a change.

    Until ``DONE`` the session stands as it was, but for one that is taken back. ``PROPOSED`` waits
    for a choice of times and ``ASKED`` for a peer's answer. After ``TAKEN`` (somebody else had the
    time first), ``UNPLACED`` (there is none), ``FAILED`` (it could not be written), ``EXPIRED``
    (nobody agreed; whether anybody said no is not kept) and ``DROPPED`` nothing was changed.
    """

    PROPOSED = "proposed"
    ASKED = "asked"
    QUEUED = "queued"
    WRITING = "writing"
    DONE = "done"
    TAKEN = "taken"
    UNPLACED = "unplaced"
    FAILED = "failed"
    EXPIRED = "expired"
    DROPPED = "dropped"

    @property
    def under_way(self) -> bool:
        """Whether the change is being carried out, and nobody is waited for."""
        return self in {self.QUEUED, self.WRITING}

    @property
    def open(self) -> bool:
        """Whether it may still change anything."""
        return self.under_way or self in {self.PROPOSED, self.ASKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSession:
    """A session as those may see it whom it concerns.

    ``moved_from`` is its start before the last of its ``moves``; ``changing`` whether it is being
    changed just now. One that ``gathers`` is the meeting of those whose ``names`` it has, and of
    no attendee alone.
    """

    id: str
    request_id: str
    attendee_id: str
    attendee_name: str
    facilitator_id: str
    facilitator_name: str
    type_name: str
    zone: str
    interval: Interval
    place: PlaceKind
    room_name: str | None
    state: SessionState
    moves: int = 0
    moved_from: datetime | None = None
    changing: bool = False
    gathers: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlace:
    """Which part of how many of a course a session is, numbered from 1, and when it may be held.

    The parts before and after it leave it the time from ``opens`` until ``closes`` (None: any);
    where they leave none, it opens after it closes. ``next_id`` is the session of the part after it
    that is still ahead, if any.
    """

    number: int
    parts: int
    opens: datetime | None
    closes: datetime | None
    next_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change as one person sees it.

    ``session`` is as it stands now; ``was`` is when it was before the change, and ``becomes``
    where it goes; ``missing`` are the names of those who leave a meeting as they cannot come then. ``peer`` is the session to swap with, and ``peer_was`` its time before.
    ``proposal`` has the times to choose from, for who may see staffing. ``undo_until`` is None
    once the viewer cannot undo the change; ``to_answer``: the viewer is asked to swap, ``mine``:
    the viewer asked; ``attends``: the session is the viewer's. ``trouble`` names what stopped it. ``why`` is what freed the session that
    needs a new time. ``by_itself``: Aside does it, and nobody asked; ``cause`` is why it did, or asks.
    ``part`` is where a part of a course may be moved to. ``left_out`` are the names of those who
    were asked to a meeting that is to be moved and are not in it now; nor will they be then.
    """

    id: str
    version: int
    kind: ChangeKind
    state: ChangeState
    session: ChangedSession
    was: Interval
    becomes: Option | None = None
    missing: tuple[str, ...] = ()
    peer: ChangedSession | None = None
    peer_was: Interval | None = None
    proposal: Proposal | None = None
    undo_until: datetime | None = None
    expires_at: datetime | None = None
    to_answer: bool = False
    mine: bool = False
    attends: bool = False
    trouble: str | None = None
    why: ChangeKind | None = None
    by_itself: bool = False
    cause: Cause | None = None
    part: PartPlace | None = None
    left_out: tuple[str, ...] = ()
