"""What an actor may ask about, as it is now."""

import asyncio
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from scheduling.domain.centre import Unit
from scheduling.domain.people import Actor, Person, Role
from scheduling.ports.calendar import CalendarError
from scheduling.storage import people
from scheduling.workflows import rights
from scheduling.workflows.desk_port import Roster, RosterPerson, RosterRoom
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.problems import site_of
from scheduling.workflows.services import Services

_PATIENCE = 0.5
"""Seconds in which the calendar is to list its rooms, which it then knows for a day."""


async def roster_of(services: Services, reader: FactsReader, actor: Actor) -> Roster:
    """Return what the actor may ask about; nobody where they may not ask for others."""
    async with services.store.read() as tx:
        me = await rights.person_of(tx, actor)
        represented = await rights.acts_for(tx, me, services.clock.now())
        asks = rights.may_ask_for_others(me, represented)
        unit_id = rights.unit_of(me, represented)
        everyone = await people.of_unit(tx, unit_id) if asks and unit_id else ()
    teams: Mapping[str, str] = {}
    if everyone:
        unit = await reader.unit(str(unit_id))
        teams = {team.id: team.name for team in unit.teams}
    mine = rights.all_asked_for(me, represented, [p for p in everyone if p.in_wfm])
    leaders = [p for p in everyone if p.has(Role.MANAGER, Role.TRAINER)]
    now = services.clock.now()
    catalogue = services.catalogue
    return Roster(
        me=me,
        zone=me.zone,
        today=now.astimezone(ZoneInfo(me.zone)).date(),
        now=now,
        people=tuple(_roster_person(p, teams) for p in mine),
        teams={i: name for i, name in teams.items() if any(p.team_id == i for p in mine)},
        own_teams=tuple(sorted(rights.own_teams(me, represented))),
        asks=asks,
        facilitators=tuple(
            _roster_person(p, teams) for p in sorted(leaders, key=lambda p: p.id != me.id)
        ),
        types=tuple(t for t in catalogue.types.values() if t.offered),
        type_places=catalogue.places,
        rooms=await _rooms(services, unit, mine) if everyone else (),
    )


async def _rooms(
    services: Services, unit: Unit, people: Sequence[Person]
) -> tuple[RosterRoom, ...]:
    """Return the rooms of the people's sites; a roster does not wait for a calendar that is away."""
    sites = {one.site_id for one in people}
    try:
        async with asyncio.timeout(_PATIENCE):
            rooms = await services.setups.rooms(services.calendar)
    except (CalendarError, TimeoutError):
        return ()
    names = {site.id: site.name for site in unit.sites if site.id in sites}
    found = [(names.get(site_of(room, unit) or ""), room) for room in rooms]
    return tuple(
        RosterRoom(id=room.id, name=room.name, site_name=site)
        for site, room in sorted(found, key=lambda one: (one[0] or "", one[1].name, one[1].id))
        if site is not None
    )


def _roster_person(person: Person, teams: Mapping[str, str]) -> RosterPerson:
    return RosterPerson(
        id=person.id,
        name=person.name,
        team_id=person.team_id,
        team_name=teams.get(person.team_id or ""),
        zone=person.zone,
    )
