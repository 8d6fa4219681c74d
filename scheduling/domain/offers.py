"""Offers of an earlier time while it is quiet, to agents who asked for them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduling.domain.changes import ChangedSession, ChangeState
from scheduling.domain.proposals import Option


class OfferState(StrEnum):
    """The life of an offer.

    ``CLOSED`` is over without an answer, or with a no: which of the two is kept nowhere. ``GONE``
    is what somebody else took first, or what is quiet no more.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """An offer as its agent sees it: their session, and the earlier time.

    ``moving`` is how far the move is that an acceptance began.
    """

    id: str
    version: int
    state: OfferState
    session: ChangedSession
    option: Option
    expires_at: datetime
    moving: ChangeState | None = None
