"""What people are told of, and by which means: the one place that decides who hears what, and how.

The matrix is data: for each kind of notice, and for each way in which somebody may be concerned,
a rule. When a push may go out is for ``noise``; what has become of it, for the outbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is about."""

    QUEUED = "queued"
    BOOKED = "booked"
    FAILED = "failed"
    DECIDED = "decided"
    MOVED = "moved"
    CANCELLED = "cancelled"
    GAVE_UP = "gave_up"
    TOO_FEW = "too_few"
    SWAPPED = "swapped"
    ROOM_CHANGED = "room_changed"
    ROOM_LOST = "room_lost"
    LEFT = "left"
    REGISTER_DUE = "register_due"
    REMINDED = "reminded"
    ABSENT = "absent"
    RUNNING_LATE = "running_late"
    WEEK_AHEAD = "week_ahead"
    LED_BY = "led_by"
    RELIEVED = "relieved"
    NO_SUBSTITUTE = "no_substitute"
    SMALL_GROUP = "small_group"
    OVERDUE = "overdue"
    OFFERED = "offered"
    RUN_PLANNED = "run_planned"
    AUDIENCE_LOST = "audience_lost"
    UNOWNED = "unowned"
    WISHED = "wished"
    TIMES_WANTED = "times_wanted"
    SWAP_ASKED = "swap_asked"
    SWAP_ANSWERED = "swap_answered"
    DIGEST = "digest"


class Concern(StrEnum):
    """In what way somebody is concerned; who is so in several ways is told in the first of them."""

    REQUESTER = "requester"
    TRAINER = "trainer"
    ATTENDEE = "attendee"
    SCHEDULERS = "schedulers"


class Means(StrEnum):
    """How somebody is told.

    ``SILENT``: by nothing of their own; ``EDIT``: the card they have shows it; ``INVITE``: their
    calendar tells them, and a chat message only those who get no invite; ``DIGEST``: with the
    rest, once a day; ``CHAT``: a message; ``THREAD``: an answer in the request's thread.
    """

    SILENT = "silent"
    EDIT = "edit"
    INVITE = "invite"
    DIGEST = "digest"
    CHAT = "chat"
    THREAD = "thread"

    @property
    def written(self) -> bool:
        """Whether it needs a message of its own."""
        return self in {Means.DIGEST, Means.CHAT, Means.THREAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``far`` by default, and ``near`` where the session begins within ``within`` of now."""

    far: Means
    near: Means
    within: timedelta = timedelta(0)

    def means(self, ahead: timedelta | None) -> Means:
        """Return how to tell with ``ahead`` to the session's start; None where there is none."""
        return self.near if ahead is not None and ahead < self.within else self.far


def _always(means: Means) -> Rule:
    return Rule(far=means, near=means)


DAY_BEFORE = timedelta(hours=24)
TWO_DAYS = timedelta(hours=48)

EDIT = _always(Means.EDIT)
CHAT = _always(Means.CHAT)
THREAD = _always(Means.THREAD)
INVITE = _always(Means.INVITE)
SOON_OR_INVITE = Rule(far=Means.INVITE, near=Means.CHAT, within=DAY_BEFORE)
SOON_OR_DIGEST = Rule(far=Means.DIGEST, near=Means.CHAT, within=TWO_DAYS)

R, T, A, S = Concern.REQUESTER, Concern.TRAINER, Concern.ATTENDEE, Concern.SCHEDULERS

MATRIX: Mapping[NoticeKind, Mapping[Concern, Rule]] = {
    NoticeKind.QUEUED: {R: EDIT},
    NoticeKind.BOOKED: {R: EDIT, T: SOON_OR_DIGEST, A: SOON_OR_INVITE},
    NoticeKind.FAILED: {R: CHAT},  # the schedulers' thread is the work item itself
    NoticeKind.DECIDED: {R: CHAT},
    NoticeKind.MOVED: {R: SOON_OR_DIGEST, T: SOON_OR_DIGEST, A: SOON_OR_INVITE, S: THREAD},
    NoticeKind.CANCELLED: {R: SOON_OR_DIGEST, T: SOON_OR_DIGEST, A: SOON_OR_INVITE},
    NoticeKind.GAVE_UP: {R: CHAT, T: SOON_OR_DIGEST, S: THREAD},
    NoticeKind.TOO_FEW: {R: CHAT},  # in place of GAVE_UP; the schedulers have a work item
    NoticeKind.TIMES_WANTED: {R: CHAT},  # in place of GAVE_UP where times can be chosen
    NoticeKind.SWAP_ASKED: {A: CHAT},
    NoticeKind.SWAP_ANSWERED: {A: CHAT},
    NoticeKind.SWAPPED: {R: SOON_OR_DIGEST, T: SOON_OR_DIGEST, A: SOON_OR_INVITE},
    NoticeKind.ROOM_CHANGED: {T: CHAT, A: INVITE, S: THREAD},
    NoticeKind.ROOM_LOST: {R: CHAT, T: CHAT, A: INVITE},
    NoticeKind.LEFT: {R: CHAT, T: SOON_OR_DIGEST},
    NoticeKind.REMINDED: {R: EDIT},
    NoticeKind.REGISTER_DUE: {T: CHAT, S: CHAT},  # each of those who decide where nobody closes it
    NoticeKind.ABSENT: {R: CHAT},
    NoticeKind.RUNNING_LATE: {A: CHAT},
    NoticeKind.WEEK_AHEAD: {T: CHAT},
    NoticeKind.LED_BY: {R: SOON_OR_DIGEST, T: CHAT, A: SOON_OR_DIGEST},
    NoticeKind.RELIEVED: {T: CHAT},  # who leads it no more
    NoticeKind.NO_SUBSTITUTE: {T: CHAT},  # who cannot come; the schedulers have the work item
    NoticeKind.SMALL_GROUP: {R: CHAT},  # each of those who fill courses
    NoticeKind.OVERDUE: {R: CHAT},  # the schedulers are mentioned in the work item's thread
    NoticeKind.OFFERED: {A: CHAT},
    NoticeKind.RUN_PLANNED: {R: CHAT},  # only of a run that nobody asked for just now
    NoticeKind.AUDIENCE_LOST: {R: CHAT},  # whose template it is
    NoticeKind.UNOWNED: {S: CHAT},  # each of those who may take the template over
    NoticeKind.WISHED: {T: CHAT, A: CHAT},
    NoticeKind.DIGEST: {},  # made of what the others left for it
}
"""Who hears of what, and how. A concern without a rule is not told."""

ALONE = frozenset(
    {
        NoticeKind.OFFERED,
        NoticeKind.RUN_PLANNED,
        NoticeKind.AUDIENCE_LOST,
        NoticeKind.UNOWNED,
        NoticeKind.WISHED,
        NoticeKind.TIMES_WANTED,
        NoticeKind.SWAP_ASKED,
        NoticeKind.SWAP_ANSWERED,
        NoticeKind.RUNNING_LATE,
        NoticeKind.WEEK_AHEAD,
        NoticeKind.SMALL_GROUP,
        NoticeKind.DIGEST,
    }
)
"""What is a card of its own, with its own buttons; every other kind can be a line of a digest."""


def means_for(kind: NoticeKind, concern: Concern, ahead: timedelta | None) -> Means:
    """Return how somebody so concerned is told, with ``ahead`` to the session's start."""
    rule = MATRIX[kind].get(concern)
    return rule.means(ahead) if rule else Means.SILENT
