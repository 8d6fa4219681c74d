"""ports.Wfm over a folder of CSV files, or an Excel workbook; changes go to ``changes.csv``.

The folder is read again whenever a file in it changes. What Aside has written lies over the days
that are read, until an import brings it in; staffing stays as imported, its ``as_of`` says when.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import structlog

from scheduling.domain.centre import ActivityCode, Agent, AgentDay, Demand, StaffingSeries, Unit
from scheduling.domain.times import DateRange, Interval
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import (
    AgentOutcome,
    BadRequest,
    Capabilities,
    ChangeSet,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Unavailable,
)
from wfm.centre.model import Centre
from wfm.files.changes import NAME, ChangeLog, by_day, write_entries
from wfm.files.client import Limits, Signature, signature, sources
from wfm.files.validate import read_centre
from wfm.ledger import (
    Entry,
    day_holding,
    decide,
    decide_undo,
    overlaid,
    receipt,
    seen,
    standing,
)

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """The files as read at one moment, and the changes laid over them."""

    centre: Centre
    entries: tuple[Entry, ...]
    changes: dict[tuple[str, date], tuple[Entry, ...]]
    zones: dict[str, str]
    codes: dict[str, ActivityCode]

    def day(self, agent_id: str, day: date) -> AgentDay | None:
        """Return the day with our changes over it."""
        base = self.centre.days.get((agent_id, day))
        return base and overlaid(base, self.changes.get((agent_id, day), ()), self.codes)

    def find(self, agent_id: str, interval: Interval) -> AgentDay | None:
        """Return the agent's day that holds ``interval``; see ledger.FindDay."""
        zone = self.zones.get(agent_id)
        return day_holding(interval, zone, lambda day: self.day(agent_id, day)) if zone else None


class FilesWfm:
    """ports.Wfm over the folder or workbook at ``location``."""

    def __init__(self, location: Path, clock: Clock, limits: Limits | None = None) -> None:
        """Read nothing yet; ``open`` reads and validates at once."""
        self._location = location
        self._clock = clock
        self._limits = limits or Limits()
        self._log = ChangeLog(location.parent if location.is_file() else location)
        self._centre: Centre | None = None
        self._signature: Signature | None = None
        self._reading = asyncio.Lock()

    @classmethod
    async def open(cls, location: Path, clock: Clock, limits: Limits | None = None) -> "FilesWfm":
        """Return the adapter once everything has been read; InvalidFiles tells all that is wrong."""
        wfm = cls(location, clock, limits)
        await wfm._now()
        return wfm

    async def capabilities(self) -> Capabilities:
        """See ports.Wfm."""
        return Capabilities(vendor="files", native_keys=True, all_or_nothing=True)

    async def units(self) -> Sequence[Unit]:
        """See ports.Wfm."""
        return (await self._now()).centre.units

    async def agents(self, unit_id: str) -> Sequence[Agent]:
        """See ports.Wfm."""
        return (await self._now()).centre.agents_of(unit_id)

    async def demands(self, unit_id: str) -> Sequence[Demand]:
        """See ports.Wfm."""
        return (await self._now()).centre.demands_of(unit_id)

    async def codes(self, unit_id: str) -> Sequence[ActivityCode]:
        """See ports.Wfm."""
        return (await self._now()).centre.codes_of(unit_id)

    async def schedules(self, agent_ids: Collection[str], dates: DateRange) -> Sequence[AgentDay]:
        """See ports.Wfm."""
        now = await self._now()
        found = (now.day(agent, day) for agent in agent_ids for day in dates.days())
        return tuple(day for day in found if day)

    async def staffing(self, unit_id: str, span: Interval) -> Sequence[StaffingSeries]:
        """See ports.Wfm."""
        return (await self._now()).centre.staffing_of(unit_id, span)

    async def apply(self, change: ChangeSet) -> Receipt:
        """See ports.Wfm. The change is on the disk when this returns."""

        def entries(now: _Snapshot) -> tuple[Entry, ...]:
            return decide(change, now.find, now.codes, self._clock.now())

        agents = tuple(insert.agent_id for insert in change.inserts)
        if not all(insert.code_id.isprintable() for insert in change.inserts):
            raise BadRequest("activity codes may not hold line breaks or control characters")
        return await self._write(change.key, entries, agents)

    async def status(self, key: str) -> Receipt:
        """See ports.Wfm."""
        now = await self._now()
        return standing(now.entries, key, now.find)

    async def undo(self, key: str, undo_key: str) -> Receipt:
        """See ports.Wfm. The undoing is on the disk when this returns."""

        def entries(now: _Snapshot) -> tuple[Entry, ...]:
            at = self._clock.now()
            return decide_undo(now.entries, now.find, now.codes, key=key, undo_key=undo_key, at=at)

        return await self._write(undo_key, entries, ())

    async def _now(self) -> _Snapshot:
        """Return the files as they are now."""
        async with self._reading:
            return await asyncio.to_thread(self._snapshot)

    def _snapshot(self, entries: tuple[Entry, ...] | None = None) -> _Snapshot:
        """Read what has changed since the last time; InvalidFiles, or Unavailable where it is gone."""
        try:
            centre = self._read()
            written = self._log.read() if entries is None else entries
        except OSError as error:
            raise Unavailable(f"the WFM files cannot be read: {error.strerror}") from error
        return _Snapshot(
            centre=centre,
            entries=written,
            changes=by_day(written),
            zones={agent.id: agent.zone for agent in centre.agents},
            codes={code.id: code for code in centre.codes},
        )

    def _read(self) -> Centre:
        paths = [path for path in sources(self._location) if path.name != NAME]
        current = signature(paths)
        if self._centre is None or current != self._signature:
            self._centre = read_centre(paths, self._limits)
            self._signature = current
            log.info("wfm_files_read", files=len(paths), days=len(self._centre.days))
        return self._centre

    async def _write(
        self, key: str, decide_on: Callable[[_Snapshot], tuple[Entry, ...]], agents: tuple[str, ...]
    ) -> Receipt:
        """Append what is decided under ``key``, unless that key was seen before."""
        if not all(text.isprintable() for text in (key, *agents)):
            raise BadRequest("keys and agent ids may not hold line breaks or control characters")
        async with self._reading:
            return await asyncio.to_thread(self._write_alone, key, decide_on, agents)

    def _write_alone(
        self, key: str, decide_on: Callable[[_Snapshot], tuple[Entry, ...]], agents: tuple[str, ...]
    ) -> Receipt:
        """Decide and append while no other process can."""
        appending = False
        try:
            with self._log.writing() as (entries, append):
                now = self._snapshot(entries)
                made = seen(entries, key)
                if not made:
                    made = decide_on(now)
                    appending = True
                    append(write_entries(made, now.zones))
                    log.info("wfm_files_changed", entries=len(made))
                return receipt(key, made)
        except OSError as error:
            if not appending:
                raise Unavailable(f"the change file cannot be had: {error.strerror}") from error
            unknown = tuple(AgentOutcome(agent_id=a, outcome=Outcome.UNKNOWN) for a in agents)
            raise OutcomeUnknown(
                f"the change file may not have been written: {error.strerror}",
                Receipt(key=key, handle=key, outcomes=unknown),
            ) from error
