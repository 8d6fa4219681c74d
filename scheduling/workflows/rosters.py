"""What an actor may ask about, as it is now."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from scheduling.domain.people import Actor, Person, Role
from scheduling.storage import people
from scheduling.workflows import rights
from scheduling.workflows.desk_port import Roster, RosterPerson
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.services import Services


async def roster_of(services: Services, reader: FactsReader, actor: Actor) -> Roster:
    """Return what the actor may ask about; nobody where they may not ask for others."""
    async with services.store.read() as tx:
        me = await rights.person_of(tx, actor)
        represented = await rights.acts_for(tx, me, services.clock.now())
        asks = rights.may_ask_for_others(me, represented)
        unit_id = next((one.unit_id for one in (me, *represented) if one.unit_id), None)
        everyone = await people.of_unit(tx, unit_id) if asks and unit_id else ()
    teams: Mapping[str, str] = {}
    if everyone:
        unit = await reader.unit(str(unit_id))
        teams = {team.id: team.name for team in unit.teams}
    mine = rights.all_asked_for(me, represented, [p for p in everyone if p.in_wfm])
    leaders = [p for p in everyone if p.has(Role.MANAGER, Role.TRAINER)]
    own_teams = me.leads or frozenset(team for one in represented for team in one.leads)
    now = services.clock.now()
    catalogue = services.catalogue
    return Roster(
        me=me,
        zone=me.zone,
        today=now.astimezone(ZoneInfo(me.zone)).date(),
        now=now,
        people=tuple(_roster_person(p, teams) for p in mine),
        teams={i: name for i, name in teams.items() if any(p.team_id == i for p in mine)},
        own_teams=tuple(sorted(own_teams)),
        asks=asks,
        facilitators=tuple(
            _roster_person(p, teams) for p in sorted(leaders, key=lambda p: p.id != me.id)
        ),
        types=tuple(t for t in catalogue.types.values() if t.offered),
        type_places=catalogue.places,
    )


def _roster_person(person: Person, teams: Mapping[str, str]) -> RosterPerson:
    return RosterPerson(
        id=person.id,
        name=person.name,
        team_id=person.team_id,
        team_name=teams.get(person.team_id or ""),
        zone=person.zone,
    )
