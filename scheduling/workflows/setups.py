"""The set-up in force, in memory, on every replica: read again as soon as there is a newer version.

What limits a search is always of the version in force. What a session is called in a calendar and
booked as in the WFM stays as it was when it was asked for (``asked_as``), so that a renamed type or
another activity code changes no booking that stands.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.house import Intraday, Keep, Noise, ServiceClock
from scheduling.domain.meetings import MOST_ATTENDEES, MeetingType, PlaceKind, Room
from scheduling.domain.setup import Pause, Setup
from scheduling.ports.calendar import Calendar
from scheduling.ports.clock import Clock
from scheduling.storage import audit, plain, setups
from scheduling.storage.edits import differences
from scheduling.storage.plain import Misread
from scheduling.storage.requests import RequestRow
from scheduling.storage.store import Store
from scheduling.storage.trouble import StoreUnavailable

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How often each process looks for a newer version: one row by its key."""

SYSTEM = "aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """House rules in time: how long things are held, and how patient we are.

    What does not answer is asked again after each of ``tries`` (seconds, while a step runs), then
    after ``pause`` seconds, doubled up to ``longest_pause``, and after ``patience`` a human is told;
    of a run that is being planned after ``run_patience``, for somebody waits for its plan.
    A peer has ``swap`` to answer; a released session's owner is asked for a new time within
    ``times_wanted``, or not at all. What the system moves by itself keeps ``notice``; inside it, people are asked. The last four are
    of the set-up in force, whatever an installation's own policy says.
    """

    soft_hold: timedelta = timedelta(minutes=10)
    draft_life: timedelta = timedelta(hours=24)
    undo: timedelta = timedelta(minutes=15)
    room_polls: tuple[float, ...] = (2, 5, 10, 30, 60)
    room_attempts: int = 3
    extension_days: int = 7
    facts_life: timedelta = timedelta(seconds=60)
    tries: tuple[float, ...] = (1, 3, 6)
    pause: float = 5.0
    longest_pause: float = 60.0
    patience: timedelta = timedelta(hours=4)
    run_patience: timedelta = timedelta(minutes=30)
    most_attendees: int = MOST_ATTENDEES
    notice: timedelta = timedelta(days=4)
    swap: timedelta = timedelta(hours=24)
    times_wanted: timedelta = timedelta(days=7)
    noise: Noise = field(default_factory=Noise)
    clock: ServiceClock = field(default_factory=ServiceClock)
    intraday: Intraday = field(default_factory=Intraday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The meeting types and where each may happen, the default first, and which units are paused.

    A type that is not ``offered`` any more is there for what was asked for before.
    """

    types: Mapping[str, MeetingType]
    places: Mapping[str, tuple[PlaceKind, ...]]
    paused: Mapping[str, Pause] = field(default_factory=dict)


class Setups:
    """Holds the version in force. Without ``start`` it is ``first``, as number 0."""

    def __init__(
        self, store: Store, clock: Clock, first: Setup, base: Policy | None = None
    ) -> None:
        """Keep versions in ``store``; ``first`` is what a database without any begins with."""
        self._store = store
        self._clock = clock
        self._base = base or Policy()
        self._given = first
        self._earlier: dict[int, Setup] = {}
        self._take(0, first)

    def _take(self, number: int, setup: Setup) -> None:
        self.number = number
        self.setup = setup
        self.policy = replace(
            self._base,
            notice=setup.notice,
            noise=setup.noise,
            clock=setup.clock,
            intraday=setup.intraday,
        )
        self._earlier[number] = setup

    @property
    def catalogue(self) -> Catalogue:
        """The types and pauses as they are now."""
        return Catalogue(types=self.setup.types, places=self.setup.places, paused=self.setup.paused)

    @property
    def keep(self) -> Keep:
        """How long everything is kept."""
        return self.setup.keep

    async def start(self) -> None:
        """Make the first version where there is none, then take the newest.

        Misread where a newer release wrote what this one does not know.
        """
        async with self._store.read() as tx:
            known = await setups.newest_number(tx)
        if not known:
            await self._make_first()
        await self.look()
        await self._tell_of_settings(known)

    async def _tell_of_settings(self, known: int) -> None:
        """Say so where settings were changed that are only read for the first version."""
        async with self._store.read() as tx:
            first = await self.at(tx, 1)
        parts = {edit.path[0] for edit in differences(plain.write(first), plain.write(self._given))}
        if known and parts:
            log.warning("settings_superseded", parts=sorted(parts))

    async def _make_first(self) -> None:
        now = self._clock.now()
        async with self._store.write() as tx:
            if await setups.lock(tx):
                return
            await setups.add(tx, self.setup, number=1, at=now, by=SYSTEM)
            await audit.record(
                tx,
                at=now,
                actor=SYSTEM,
                action="setup.changed",
                subject="setup",
                after={"number": 1, "digest": audit.digest(plain.write(self.setup))},
                detail={},
            )

    async def look(self) -> bool:
        """Take the newest version if it is another than the one in force; whether it was."""
        async with self._store.read() as tx:
            newest = await setups.newest_number(tx)
            if newest == self.number:
                return False
            setup = await self.at(tx, newest)
        self._take(newest, setup)
        return True

    async def follow(self) -> None:
        """Look for newer versions until cancelled; what cannot be read now is read later."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if await self.look():
                    log.info("setup_taken", number=self.number)
            except (StoreUnavailable, Misread) as error:
                log.warning("setup_not_read", error=type(error).__name__)

    async def at(self, tx: AsyncConnection, number: int) -> Setup:
        """Return the set-up of a version; LookupError where there is none of that number."""
        if number not in self._earlier:
            found = await setups.version(tx, number)
            if found is None:
                raise LookupError(f"there is no version {number} of the set-up")
            self._earlier[number] = plain.read(Setup, dict(found.content))
        return self._earlier[number]

    async def asked_as(self, tx: AsyncConnection, row: RequestRow) -> MeetingType:
        """Return the type of a request as it was when somebody asked for it."""
        then = await self.at(tx, row.setup) if row.setup else self.setup
        return then.types.get(row.ask.type_id) or self.setup.types[row.ask.type_id]

    async def rooms(self, calendar: Calendar) -> Sequence[Room]:
        """Return the rooms on offer: what ``calendar`` lists, as it is set up; CalendarError."""
        return self.setup.rooms_among(await calendar.rooms())
