"""The workforce-management system as the core sees it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scheduling.domain.centre import ActivityCode, Agent, AgentDay, Demand, StaffingSeries, Unit
from scheduling.domain.times import DateRange, Interval


class WfmError(Exception):
    """The WFM did not do what was asked. The message is for operators, never a vendor's body."""


class AuthFailed(WfmError):
    """Sign-in was refused or has expired."""


class Forbidden(WfmError):
    """Signed in, but without the right."""


class NotFound(WfmError):
    """There is nothing of that id."""


class BadRequest(WfmError):
    """We asked wrongly, or the data it holds cannot be read; the message says where."""


class Unsupported(WfmError):
    """This system cannot do that."""


class Conflict(WfmError):
    """Someone changed those minutes since we read them."""


class Rejected(WfmError):
    """The WFM's own rules refused the change; ``reasons`` are its words, trimmed."""

    def __init__(self, message: str, reasons: Sequence[str] = ()) -> None:
        """Keep the vendor's reasons beside our own sentence."""
        super().__init__(message)
        self.reasons = tuple(reasons)


class RateLimited(WfmError):
    """Too many calls; try again ``after`` seconds."""

    def __init__(self, message: str, after: float) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.after = after


class Unavailable(WfmError):
    """No usable answer; nothing was changed."""


class OutcomeUnknown(WfmError):
    """A write's answer was lost. Settle it with ``status``, never by resending."""

    def __init__(self, message: str, receipt: "Receipt") -> None:
        """Keep the receipt to ask about."""
        super().__init__(message)
        self.receipt = receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What this WFM and our rights in it allow."""

    vendor: str
    writes: bool = True
    native_keys: bool = False
    all_or_nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """A schedule exception to lay over an agent's day.

    ``version`` is the AgentDay version that was read; where the day has changed since and those
    minutes are no longer open, the outcome is CONFLICT. ``label`` is neutral.
    """

    agent_id: str
    interval: Interval
    code_id: str
    label: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """Exceptions to insert under one key that never changes between attempts."""

    key: str
    inserts: tuple[Insert, ...]
    all_or_nothing: bool = True

    def __post_init__(self) -> None:
        if not self.key or not self.inserts:
            raise ValueError("a change set has a key and at least one insert")


class Outcome(StrEnum):
    """What became of one agent's part of a change."""

    PENDING = "pending"
    APPLIED = "applied"
    AWAITING_APPROVAL = "awaiting_approval"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    UNDONE = "undone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOutcome:
    """One agent's outcome and, where refused, why."""

    agent_id: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a ChangeSet; ``handle`` is the vendor's id for it, opaque."""

    key: str
    handle: str
    outcomes: tuple[AgentOutcome, ...]

    def all_in(self, *outcomes: Outcome) -> bool:
        """Whether every agent's outcome is one of ``outcomes``."""
        return all(o.outcome in outcomes for o in self.outcomes)


class Wfm(Protocol):
    """Ten calls. Instants are aware UTC, ranges half-open, ids opaque, zones IANA.

    Every call may raise a WfmError. ``apply`` and ``undo`` with a key seen before answer as they
    did then and change nothing.
    """

    async def capabilities(self) -> Capabilities:
        """Return what this system can do."""
        ...

    async def units(self) -> Sequence[Unit]:
        """Return the business units with their sites and teams."""
        ...

    async def agents(self, unit_id: str) -> Sequence[Agent]:
        """Return the agents of a unit, with their skills if it has any; NotFound for an unknown unit."""
        ...

    async def demands(self, unit_id: str) -> Sequence[Demand]:
        """Return the activities of a unit."""
        ...

    async def codes(self, unit_id: str) -> Sequence[ActivityCode]:
        """Return the activity codes that a unit may use."""
        ...

    async def schedules(self, agent_ids: Collection[str], dates: DateRange) -> Sequence[AgentDay]:
        """Return the days that exist for these agents and business dates; missing days are left out."""
        ...

    async def staffing(self, unit_id: str, span: Interval) -> Sequence[StaffingSeries]:
        """Return one series per demand, clipped to ``span``; without those that hold nothing in it."""
        ...

    async def apply(self, change: ChangeSet) -> Receipt:
        """Lay the exceptions over the days; OutcomeUnknown if the answer was lost."""
        ...

    async def status(self, key: str) -> Receipt:
        """Return what has become of the change with ``key``; NotFound if it never arrived."""
        ...

    async def undo(self, key: str, undo_key: str) -> Receipt:
        """Take back what ``key`` inserted, on the current state.

        UNDONE per agent, CONFLICT where someone changed those minutes since; NotFound if
        ``key`` never arrived.
        """
        ...
