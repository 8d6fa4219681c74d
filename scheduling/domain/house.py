"""House rules beside the search: how loud Aside is, how soon schedulers decide, how late it moves."""

from dataclasses import dataclass, field
from datetime import time, timedelta

from scheduling.domain.times import WallWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """When and how often a person hears from Aside in chat; wall times are the person's own.

    Outside ``awake``, and outside a person's shift, messages are held back; they are released
    ``settle`` after the shift's start. What begins before that is told at once.
    """

    awake: WallWindow = field(default_factory=lambda: WallWindow(time(7), time(20)))
    settle: timedelta = timedelta(minutes=5)
    digest: time = time(8, 45)
    pushes_a_day: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClock:
    """How soon schedulers take on (``acknowledge``) and decide a work item, in their working hours.

    A decision is due after ``resolve``, or ``before_last`` before the last start that could still
    be granted, whichever comes first. Nudges go out at these parts of the time.
    """

    acknowledge: timedelta = timedelta(minutes=30)
    resolve: timedelta = timedelta(hours=4)
    before_last: timedelta = timedelta(hours=24)
    nudges: tuple[float, ...] = (0.5, 0.8, 1.0)
    group_after: int = 5
    group_within: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraday:
    """When sessions give way to a rush, and when quiet minutes are offered to who wants them.

    ``short`` is how many FTE under the requirement make a rush, ``spare`` how many over it make
    a lull; both must hold for ``lasting``. An offer stands for ``offer``.
    """

    short: float = 2.0
    spare: float = 3.0
    lasting: timedelta = timedelta(minutes=30)
    offer: timedelta = timedelta(minutes=5)
    every: timedelta = timedelta(minutes=5)
