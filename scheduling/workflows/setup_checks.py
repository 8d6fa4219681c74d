"""What must be so for Aside to work, tried by calls; each check says how it is, never raises."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from scheduling.domain.people import Role
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.ports.calendar import CalendarError
from scheduling.ports.wfm import WfmError
from scheduling.storage import conversations, people
from scheduling.storage.trouble import StoreUnavailable
from scheduling.workflows.services import Services
from scheduling.workflows.setup_port import Check

HORIZON = 28
"""Days ahead for which a schedule and a forecast are looked for."""
NEAR = 7
"""Fewer days ahead than these are too few."""
ROOMS_ASKED = 20
"""Rooms whose calendars are tried, at most: one call."""


class Checks:
    """Tries the remotes and counts what is known of people."""

    def __init__(self, services: Services) -> None:
        """Try these services."""
        self._services = services

    async def all(self) -> tuple[Check, ...]:
        """Return every check, in the order in which to mend them."""
        tries: tuple[tuple[str, Callable[[], Awaitable[Check]]], ...] = (
            ("wfm", self._wfm),
            ("codes", self._codes),
            ("horizon", self._horizon),
            ("rooms", self._rooms),
            ("room_mailboxes", self._mailboxes),
            ("channel", self._channel),
            ("people", self._people),
            ("administrators", self._administrators),
        )
        return tuple([await _tried(kind, one) for kind, one in tries])

    async def _wfm(self) -> Check:
        units = await self._services.wfm.units()
        agents = [len(await self._services.wfm.agents(unit.id)) for unit in units]
        facts = {"units": str(len(units)), "agents": str(sum(agents))}
        return Check(kind="wfm", ok=bool(units), facts=facts)

    async def _codes(self) -> Check:
        kinds = self._services.setups.setup.types.values()
        wanted = {kind.code_id for kind in kinds if kind.offered}
        missing = set()
        for unit in await self._services.wfm.units():
            missing |= wanted - {code.id for code in await self._services.wfm.codes(unit.id)}
        facts = {"count": str(len(wanted)), "missing": ", ".join(sorted(missing))}
        return Check(kind="codes", ok=not missing, facts=facts)

    async def _horizon(self) -> Check:
        """Say until when the unit that knows least has a published schedule and a forecast."""
        now = self._services.clock.now()
        wfm = self._services.wfm
        planned: list[date] = []
        forecast: list[date] = []
        for unit in await wfm.units():
            zone = zone_of(unit.sites[0].zone)
            today = now.astimezone(zone).date()
            ids = [agent.id for agent in await wfm.agents(unit.id)]
            days = await wfm.schedules(ids, DateRange(today, today + HORIZON * DAY))
            published = (d.business_date for d in days if d.published and d.segments)
            planned.append(max(published, default=today - DAY))
            series = await wfm.staffing(unit.id, Interval(now, now + HORIZON * DAY))
            ends = (
                (s.start + timedelta(minutes=s.interval_minutes) * _last(s.required))
                for s in series
            )
            forecast.append(max((e.astimezone(zone).date() for e in ends), default=today - DAY))
        enough = now.date() + NEAR * DAY
        known = bool(planned) and min(*planned, *forecast) >= enough
        facts = {"planned": _iso(planned), "forecast": _iso(forecast)}
        return Check(kind="horizon", ok=known, facts=facts)

    async def _rooms(self) -> Check:
        rooms = await self._services.setups.rooms(self._services.calendar)
        sites = {s.id: s for unit in await self._services.wfm.units() for s in unit.sites}
        names = {site.name.casefold() for site in sites.values()}
        lost = [
            room.name
            for room in rooms
            if room.site_id not in sites and (room.building or "").casefold() not in names
        ]
        facts = {"count": str(len(rooms)), "lost": ", ".join(sorted(lost)[:5])}
        return Check(kind="rooms", ok=bool(rooms) and not lost, facts=facts)

    async def _mailboxes(self) -> Check:
        calendar = self._services.calendar
        rooms = (await self._services.setups.rooms(calendar))[:ROOMS_ASKED]
        now = self._services.clock.now()
        found = await calendar.free_busy([room.id for room in rooms], Interval(now, now + DAY))
        silent = {one.address.lower() for one in found if not one.known}
        names = sorted(room.name for room in rooms if room.id.lower() in silent)
        facts = {"count": str(len(rooms)), "silent": ", ".join(names[:5])}
        return Check(kind="room_mailboxes", ok=not silent, facts=facts)

    async def _channel(self) -> Check:
        name = self._services.channel
        async with self._services.store.read() as tx:
            known = await conversations.knows_channel(tx, name)
        return Check(kind="channel", ok=known, facts={"name": name})

    async def _people(self) -> Check:
        async with self._services.store.read() as tx:
            everyone = await people.everybody(tx)
        unbound = sum(not person.object_id for person in everyone)
        without = sum(not person.address for person in everyone)
        facts = {"count": str(len(everyone)), "unbound": str(unbound), "without": str(without)}
        return Check(kind="people", ok=not without, facts=facts)

    async def _administrators(self) -> Check:
        async with self._services.store.read() as tx:
            everyone = await people.everybody(tx)
        bound = [p for p in everyone if p.object_id]
        count = sum(p.has(Role.ADMINISTRATOR) for p in bound)
        deciders = sum(p.has(Role.ADMINISTRATOR, Role.SCHEDULER) for p in bound)
        facts = {"count": str(count), "deciders": str(deciders)}
        return Check(kind="administrators", ok=count > 0 and deciders > 1, facts=facts)


async def _tried(kind: str, check: Callable[[], Awaitable[Check]]) -> Check:
    try:
        return await check()
    except (WfmError, CalendarError, StoreUnavailable) as error:
        return Check(kind=kind, ok=False, facts={"error": type(error).__name__})


def _last(required: tuple[float, ...]) -> int:
    """Return the number of the last interval with a requirement."""
    return max((n for n, each in enumerate(required) if each), default=0)


def _iso(days: list[date]) -> str:
    return min(days).isoformat() if days else ""
