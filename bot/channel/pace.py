"""Not too fast: Teams' limits on what we send, and ours on what one person sends us."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence

SEND = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
READ = ((14, 1.0), (16, 2.0), (120, 30.0), (3600, 3600.0))
TENANT = ((30, 1.0),)
LONGEST_WAIT = 60.0
MOST_KEYS = 20_000

Window = tuple[int, float]
Sleep = Callable[[float], Awaitable[object]]
Monotonic = Callable[[], float]


class WouldWait(Exception):
    """The queue is longer than anybody should wait; ``after`` seconds it may have a place."""

    def __init__(self, after: float) -> None:
        """Keep how long it would have been."""
        super().__init__(f"the queue is {after:.0f} s long")
        self.after = after


class Windows:
    """A queue that hands out moments: at most ``n`` within any ``seconds``, for each window."""

    def __init__(self, windows: Sequence[Window]) -> None:
        """Keep the ``(n, seconds)`` pairs."""
        self._windows = tuple(windows)
        self._taken: deque[float] = deque(maxlen=max(n for n, _ in windows))

    def next(self, now: float) -> float:
        """Return the first moment, not before ``now``, that every window allows."""
        earliest = self._taken[-1] if self._taken else now
        for n, seconds in self._windows:
            if len(self._taken) >= n:
                earliest = max(earliest, self._taken[-n] + seconds)
        return max(now, earliest)

    def take(self, moment: float) -> None:
        """Take ``moment``, which ``next`` gave."""
        self._taken.append(moment)


class Pace:
    """Teams' limits per thread and per tenant, kept by waiting in turn.

    Limits (msteams-docs, rate-limit): ``SEND`` and ``READ`` per bot and thread. The tenant's
    budget of 30 a second is the lower of the two figures Microsoft has published.
    """

    def __init__(self, sleep: Sleep = asyncio.sleep, clock: Monotonic | None = None) -> None:
        """Keep how to wait; ``clock`` gives monotonic seconds, by default the running loop's."""
        self._sleep = sleep
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._threads: OrderedDict[tuple[str, bool], Windows] = OrderedDict()
        self._tenant = Windows(TENANT)

    async def turn(self, conversation_id: str, *, read: bool = False) -> None:
        """Wait for this conversation's turn, then the tenant's; raise WouldWait if too long."""
        windows = self._thread((conversation_id, read))
        for queue in (windows, self._tenant):
            now = self._clock()
            moment = queue.next(now)
            if moment - now > LONGEST_WAIT:
                raise WouldWait(moment - now)
            queue.take(moment)
            if moment > now:
                await self._sleep(moment - now)

    def _thread(self, key: tuple[str, bool]) -> Windows:
        windows = self._threads.setdefault(key, Windows(READ if key[1] else SEND))
        self._threads.move_to_end(key)
        if len(self._threads) > MOST_KEYS:
            self._threads.popitem(last=False)
        return windows


class ActorLimit:
    """A bucket per actor: ``burst`` turns at once, refilled with ``rate`` a second."""

    def __init__(self, burst: int = 30, rate: float = 3.0, clock: Monotonic | None = None) -> None:
        """Keep the limits; suggestions in a field cost a turn per pause in typing."""
        self._burst = burst
        self._rate = rate
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, actor: str) -> bool:
        """Whether ``actor`` may have a turn now; takes it if so."""
        now = self._clock()
        tokens, then = self._buckets.pop(actor, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - then) * self._rate)
        allowed = tokens >= 1
        self._buckets[actor] = (tokens - allowed, now)
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return allowed
