"""House rules beside the search: how loud Aside is, how soon schedulers decide, how late it moves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta

from scheduling.domain.limits import limited
from scheduling.domain.times import MINUTE, WallWindow

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """When and how often a person hears from Aside in chat; wall times are the person's own.

    Outside ``awake``, and outside a person's shift, messages are held back; they are released
    ``settle`` after the shift's start. What begins before that is told at once. Who asked for
    something less than ``present`` ago still looks at its card, and gets no message beside it.
    """

    awake: WallWindow = field(default_factory=lambda: WallWindow(time(7), time(20)))
    settle: timedelta = limited(timedelta(minutes=5), timedelta(0), HOUR)
    digest: time = time(8, 45)
    pushes_a_day: int = limited(4, 1, 50)
    present: timedelta = limited(timedelta(minutes=2), timedelta(0), HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClock:
    """How soon schedulers take on (``acknowledge``) and decide a work item, in their working hours.

    A decision is due after ``resolve``, or ``before_last`` before the last start that could still
    be granted, whichever comes first. Nudges go out at these parts of the time.
    """

    acknowledge: timedelta = limited(timedelta(minutes=30), MINUTE, WEEK)
    resolve: timedelta = limited(timedelta(hours=4), MINUTE, WEEK)
    before_last: timedelta = limited(timedelta(hours=24), timedelta(0), 2 * WEEK)
    nudges: tuple[float, ...] = (0.5, 0.8, 1.0)
    group_after: int = limited(5, 2, 100)
    group_within: timedelta = limited(HOUR, MINUTE, WEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraday:
    """When sessions give way to a rush, and when quiet minutes are offered to who wants them.

    ``short`` is how many FTE under the requirement make a rush, ``spare`` how many over it make
    a lull; both must hold for ``lasting``. An offer stands for ``offer``.
    """

    short: float = limited(2.0, 0.0, 500.0)
    spare: float = limited(3.0, 0.0, 500.0)
    lasting: timedelta = limited(timedelta(minutes=30), 5 * MINUTE, 4 * HOUR)
    offer: timedelta = limited(timedelta(minutes=5), MINUTE, HOUR)
    every: timedelta = limited(timedelta(minutes=5), MINUTE, HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Auto-scheduling of a unit stands still, as people read it: by whose word, and until when.

    ``until`` None is until somebody resumes it; ``by_name`` is empty for who is not known any more.
    """

    by_name: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Days for which each kind is kept, all at least 1.

    Drafts count from their expiry, requests from their last session, conversations from the last
    word of somebody who left, keyed events from the event's end, histories (the engine's) from
    the workflow's end. A shorter life of the audit never cuts it in the middle.
    """

    drafts: int = limited(1, 1, 30)
    notices: int = limited(90, 1, 3650)
    conversations: int = limited(30, 1, 3650)
    keyed_events: int = limited(400, 1, 3650)
    requests: int = limited(400, 1, 3650)
    histories: int = limited(30, 1, 3650)
    audit: int = limited(2557, 1, 36500)

    def __post_init__(self) -> None:
        if any(days < 1 for days in asdict(self).values()):
            raise ValueError("everything is kept for a day at least")

    def cut_offs(self, now: datetime) -> Mapping[str, datetime]:
        """Return for each kind the instant before which it goes."""
        return {kind: now - timedelta(days=days) for kind, days in asdict(self).items()}
