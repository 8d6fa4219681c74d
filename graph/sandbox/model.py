"""What the stand-in tenant holds: people, rooms, meetings; and the switches of its behaviour."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from scheduling.domain.times import Interval


class RoomMode(StrEnum):
    """Exchange's AutomateProcessing: decide at once, wait for a delegate, or never answer."""

    AUTO_ACCEPT = "auto_accept"
    DELEGATE = "delegate"
    SILENT = "silent"


class OnAttendees(StrEnum):
    """What an accepted room does when the event's attendees change, which nobody documents."""

    CHANGED_ONLY = "changed_only"
    REACCEPT = "reaccept"
    RESET = "reset"
    DECLINE = "decline"


class JoinLink(StrEnum):
    """When an online meeting gets its link: with the answer to the create, on a later read, never."""

    AT_ONCE = "at_once"
    LATER = "later"
    NEVER = "never"


class IfMatch(StrEnum):
    """What a change of an event that names a version does: heed it, ignore it, refuse it always."""

    HEEDED = "heeded"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """The tenant's switches. Delays are in seconds of the sandbox's clock.

    ``keep_cancelled``: a cancelled event stays readable for its organiser, as in Deleted Items.
    ``leave_out_links``: places come without nextLink, as some tenants have seen.
    ``certificate`` is a PEM certificate with which a client may sign in, ``federated_token`` the
    token of a trusted host. ``token_life`` is in seconds. ``catalogue_id`` is our app's in the
    tenant's catalogue.
    """

    tenant_id: str = "11111111-1111-4111-8111-111111111111"
    client_id: str = "22222222-2222-4222-8222-222222222222"
    client_secret: str = field(default="sandbox-secret", repr=False)
    federated_token: str | None = field(default=None, repr=False)
    certificate: bytes | None = None
    room_delay: float = 0.0
    on_attendees: OnAttendees = OnAttendees.CHANGED_ONLY
    join_link: JoinLink = JoinLink.AT_ONCE
    if_match: IfMatch = IfMatch.HEEDED
    keep_cancelled: bool = False
    leave_out_links: bool = False
    page_size: int = 100
    concurrency: int = 4
    token_life: int = 3600
    catalogue_id: str = "33333333-3333-4333-8333-333333333333"


@dataclass(slots=True, kw_only=True)
class User:
    """An account with a mailbox. ``busy`` are appointments that were there before us.

    ``app_installed``: our app is in their Teams; ``apps_blocked``: a policy keeps it out.
    """

    address: str
    name: str
    id: str = ""
    enabled: bool = True
    guest: bool = False
    busy: list[Interval] = field(default_factory=list)
    app_installed: bool = False
    apps_blocked: bool = False

    def __post_init__(self) -> None:
        self.address = self.address.lower()
        self.id = self.id or str(uuid5(NAMESPACE_URL, f"user:{self.address}"))


@dataclass(slots=True, kw_only=True)
class RoomMailbox:
    """A room: its place data, and how its booking assistant decides; ``allow_conflicts``: also twice."""

    address: str
    name: str
    capacity: int | str | None = 4
    building: str | None = None
    floor: str | None = None
    tags: tuple[str, ...] = ()
    video: str | None = None
    wheelchair: bool = False
    mode: RoomMode = RoomMode.AUTO_ACCEPT
    allow_conflicts: bool = False
    booking_days: int = 180
    longest: int = 1440
    busy: list[Interval] = field(default_factory=list)
    listed_in: str | None = None

    def __post_init__(self) -> None:
        self.address = self.address.lower()

    @property
    def id(self) -> str:
        """The place's id."""
        return str(uuid5(NAMESPACE_URL, f"room:{self.address}"))


@dataclass(slots=True, kw_only=True)
class Attendee:
    """Somebody asked to a meeting; ``due`` is when a room's assistant answers, None for never."""

    address: str
    name: str
    kind: str
    response: str = "none"
    answered: datetime | None = None
    due: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Meeting:
    """An event with its organiser's and attendees' copies, all of one ``uid``."""

    serial: int
    uid: str
    organiser: str
    payload: dict[str, Any]
    start: datetime
    end: datetime
    zone: str
    created: datetime
    modified: datetime
    version: int = 1
    attendees: list[Attendee] = field(default_factory=list)
    transaction_id: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    join_url: str | None = None
    cancelled: bool = False
    dropped_by: set[str] = field(default_factory=set)

    @property
    def span(self) -> Interval:
        """From start to end."""
        return Interval(self.start, self.end)

    @property
    def etag(self) -> str:
        """Which version of the event this is."""
        return f'W/"{self.serial}.{self.version}"'

    def attendee(self, address: str) -> Attendee | None:
        """Return the attendee of that address, or None."""
        return next((a for a in self.attendees if a.address == address.lower()), None)

    def copy_id(self, mailbox: str) -> str:
        """Return the id of the copy in ``mailbox``: another in each, as in Exchange."""
        return f"{uuid5(NAMESPACE_URL, f'{mailbox.lower()}/{self.uid}').hex}{self.serial:08d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A message that sendMail was given."""

    sender: str
    message: dict[str, Any]


class GraphRefusal(Exception):
    """An error to answer with: an HTTP status and Graph's code."""

    def __init__(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        """Keep what the answer is made of."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}
