"""Activities and their queues: who waits how, and the staff that a volume needs by Erlang C."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.optimizer.queueing import Floats, erlang_c_late

SLOT_SECONDS: Final = 900
_HANDLING: Final = (240, 300, 360, 420, 480)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One activity. ``handling`` is seconds a contact, ``concurrency`` contacts at once."""

    id: str
    kind: DemandKind
    handling: float
    goal: ServiceGoal
    concurrency: float = 1.0


def draw_streams(count: int, rng: np.random.Generator) -> tuple[Stream, ...]:
    """Return calls, with one chat among them from four activities on and one deferred from five."""
    handling = rng.choice(_HANDLING, size=count).tolist()
    streams = [
        Stream(
            id=f"calls-{place + 1:02d}",
            kind=DemandKind.IMMEDIATE,
            handling=float(seconds),
            goal=ServiceGoal(percent=80.0, seconds=20.0),
        )
        for place, seconds in enumerate(handling)
    ]
    if count >= 4:
        streams[-1] = Stream(
            id="chat",
            kind=DemandKind.CHAT,
            handling=600.0,
            goal=ServiceGoal(percent=80.0, seconds=60.0),
            concurrency=2.0,
        )
    if count >= 5:
        streams[-2] = Stream(
            id="mail",
            kind=DemandKind.DEFERRED,
            handling=480.0,
            goal=ServiceGoal(percent=90.0, seconds=4.0 * 3600),
        )
    return tuple(streams)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sizing:
    """What a stream's staff can carry.

    ``loads[n]`` is the Erlang at which n contacts handled at once just meet the goal, by Erlang C;
    for deferred work as much as there are hours.
    """

    stream: Stream
    loads: Floats

    @classmethod
    def of(cls, stream: Stream, staff: float) -> "Sizing":
        """Return the sizing for up to ``staff`` FTE and some more."""
        servers = np.arange(int(1.5 * staff * stream.concurrency) + 8)
        if stream.kind is DemandKind.DEFERRED:
            return cls(stream=stream, loads=servers.astype(np.float64))
        late = 1 - stream.goal.percent / 100
        patience = np.full(len(servers), stream.goal.seconds / stream.handling)
        ones = np.ones(len(servers))
        low, high = np.zeros(len(servers)), servers.astype(np.float64)
        for _ in range(32):
            middle = (low + high) / 2
            missed = erlang_c_late(ones, middle, patience, servers, 1)[:, 0]
            low, high = (
                np.where(missed <= late, middle, low),
                np.where(missed <= late, high, middle),
            )
        return cls(stream=stream, loads=low)

    def volume(self, staff: Floats) -> Floats:
        """Return the contacts per slot that ``staff`` FTE carry within the goal."""
        at_once = staff * self.stream.concurrency
        load = np.interp(at_once, np.arange(len(self.loads)), self.loads)
        return np.asarray(load * SLOT_SECONDS / self.stream.handling)

    def staff(self, volume: Floats) -> Floats:
        """Return the FTE that ``volume`` contacts per slot need; linear beyond the table."""
        load = volume * self.stream.handling / SLOT_SECONDS
        at_once = np.interp(load, self.loads, np.arange(len(self.loads)))
        return np.asarray(
            (at_once + np.maximum(0, load - self.loads[-1])) / self.stream.concurrency
        )

    def scaled(self, shape: Floats, staff: float) -> Floats:
        """Return ``shape`` times the factor at which its slots together need ``staff`` FTE."""
        low, high = 0.0, 1.0
        while self.staff(high * shape).sum() < staff:
            high *= 2
        for _ in range(50):
            middle = (low + high) / 2
            enough = self.staff(middle * shape).sum() < staff
            low, high = (middle, high) if enough else (low, middle)
        return low * shape
