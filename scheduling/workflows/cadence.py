"""Who has had no session of a type for long: from the WFM's own history and from our bookings.

A meeting that somebody put into the schedule by hand counts as one of ours does; one of ours whose
register says that somebody was absent does not. Sessions of
confidential types never do, also where the WFM has the same activity code for them.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduling.domain.centre import AgentDay
from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.ports.wfm import WfmError
from scheduling.storage import agenda, registers
from scheduling.storage.agenda import Planned
from scheduling.workflows.agenda_port import Cadence, Due
from scheduling.workflows.services import Services

LOOK_BACK = 366
LOOK_AHEAD = 92
"""Days of the WFM's schedules that are read."""
MOST_PEOPLE = 300
MOST_DAYS = 366


async def cadence_of(
    services: Services, asked: Sequence[Person], *, days: int, type_id: str | None, zone: str
) -> Cadence:
    """Return who of ``asked`` is due; dates are in each one's own zone, "today" is ``zone``'s."""
    kind = _kind(services, type_id)
    if len(asked) > MOST_PEOPLE:
        raise Refused(Refusal.TOO_MANY, {"limit": MOST_PEOPLE})
    days = min(max(days, 1), MOST_DAYS)
    now = services.clock.now()
    today = now.astimezone(ZoneInfo(zone)).date()
    ids = [one.id for one in asked]
    try:
        schedules = await services.wfm.schedules(
            ids, DateRange(today - LOOK_BACK * DAY, today + LOOK_AHEAD * DAY)
        )
    except WfmError as error:
        raise Refused(Refusal.WFM_AWAY) from error
    span = Interval(now - LOOK_BACK * DAY, now + LOOK_AHEAD * DAY)
    async with services.store.read() as tx:
        ours = await agenda.of_attendees(tx, ids, span)
        absent = await registers.absences(tx, ids, [kind.id], span)
    held = _held(services, kind, schedules, ours)
    for person_id, _, start in absent:
        held[person_id] = [one for one in held.get(person_id, ()) if one.start != start]
    found = [_due(one, held.get(one.id, ()), now) for one in asked]
    limit = today - days * DAY
    late = [one for one in found if one.last is None or one.last < limit]
    return Cadence(
        type_id=kind.id,
        type_name=kind.name,
        days=days,
        asked=len(asked),
        since=min((day.business_date for day in schedules), default=None),
        due=tuple(sorted(late, key=lambda one: (one.last or date.min, one.name))),
    )


def _kind(services: Services, type_id: str | None) -> MeetingType:
    """Return the type that is meant: the one named, else the first for single people."""
    types = services.catalogue.types
    fitting = (one for one in types.values() if not (one.group or one.confidential))
    kind = types.get(type_id) if type_id else next(fitting, None)
    if kind is None or kind.confidential:
        raise Refused(Refusal.UNKNOWN_DRAFT)
    return kind


def _held(
    services: Services,
    kind: MeetingType,
    schedules: Collection[AgentDay],
    ours: Collection[Planned],
) -> dict[str, list[Interval]]:
    """Return each agent's sessions of the type, past and planned."""
    types = services.catalogue.types
    secret: dict[str, list[Interval]] = {}
    held: dict[str, list[Interval]] = {}
    for one in ours:
        known = types.get(one.type_id)
        if known is None or known.confidential:
            secret.setdefault(one.session.attendee_id, []).append(one.session.interval)
        elif one.type_id == kind.id and one.session.state is SessionState.BOOKED:
            held.setdefault(one.session.attendee_id, []).append(one.session.interval)
    for day in schedules:
        hidden = secret.get(day.agent_id, ())
        held.setdefault(day.agent_id, []).extend(
            segment.interval
            for segment in day.segments
            if segment.code_id == kind.code_id
            and not any(span.overlaps(segment.interval) for span in hidden)
        )
    return held


def _due(person: Person, held: Collection[Interval], now: datetime) -> Due:
    zone = ZoneInfo(person.zone)
    past = [span.start for span in held if span.start <= now]
    ahead = [span.start for span in held if span.start > now]
    return Due(
        person_id=person.id,
        name=person.name,
        last=max(past).astimezone(zone).date() if past else None,
        next_at=min(ahead, default=None),
    )
