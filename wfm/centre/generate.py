"""A realistic contact centre from a seed: the demo's, and the truth behind every stand-in.

The same arguments give the same centre, to the byte. Staffing reconciles: what is scheduled for
an activity in an interval is the sum of the agents' shares over their open minutes, exactly.
"""

from collections.abc import Sequence
from datetime import date, time
from random import Random

from scheduling.domain.centre import Agent, AgentDay, Segment
from scheduling.domain.times import DAY, MINUTE, Interval, at_wall
from wfm.centre.cast import CODES, DEMANDS, LEEDS, SITES, UNIT, cast
from wfm.centre.forecast import Span, staffing
from wfm.centre.model import Centre
from wfm.centre.rota import (
    SLOT,
    DayEvents,
    WeekShift,
    absences,
    day_codes,
    one_to_one_days,
    runs,
    week_shifts,
)
from wfm.ledger import agent_day


def generate(
    seed: int,
    first_day: date,
    weeks: int = 5,
    history_days: int = 60,
    agents: int = 120,
    teams: int = 8,
) -> Centre:
    """Return a centre with ``weeks`` published from ``first_day``, and the days before it.

    Raises ValueError unless ``first_day`` is a Monday and every team has somebody.
    """
    if first_day.weekday() != 0:
        raise ValueError(f"{first_day} is not a Monday")
    if not 1 <= teams <= agents or weeks < 1 or history_days < 0:
        raise ValueError(f"{agents} agents in {teams} teams over {weeks} weeks is not a centre")
    rng = Random(seed)  # noqa: S311 - a reproducible centre, nothing secret
    people = cast(rng, agents, teams)
    span = Span(
        first=first_day - history_days * DAY, published=first_day, days=history_days + 7 * weeks
    )
    days = _days(people.agents, span, rng)
    return Centre(
        zone=LEEDS.zone,
        units=(people.unit,),
        agents=people.agents,
        codes=CODES,
        demands={UNIT: DEMANDS},
        days=days,
        staffing=staffing(people.agents, days, span, rng),
        people=people.people,
    )


def _days(agents: Sequence[Agent], span: Span, rng: Random) -> dict[tuple[str, date], AgentDay]:
    """Return every agent's days at work or away; days off are left out."""
    days: dict[tuple[str, date], AgentDay] = {}
    rotas = {
        site.id: _rota([a for a in agents if a.site_id == site.id], span, rng) for site in SITES
    }
    for position, agent in enumerate(agents):
        away = absences(span.days, span.past, rng)
        held = one_to_one_days(span.past, rng)
        for number in range(span.days):
            day = span.date(number)
            week = rotas[agent.site_id][agent.id, day - day.weekday() * DAY]
            if day.weekday() in week.off:
                continue
            events = DayEvents(
                absent=away.get(number),
                leaves_early=rng.random() < 0.015,
                team_meeting=_team_meeting(agent, position, day),
                one_to_one=number in held,
                coaching=rng.random() < 0.02,
                training=rng.random() < 0.012,
            )
            days[agent.id, day] = _agent_day(
                agent, day, week.start, day_codes(events, week.start, rng)
            )
    return days


def _rota(agents: Sequence[Agent], span: Span, rng: Random) -> dict[tuple[str, date], WeekShift]:
    """Return each agent's shifts by agent id and the week's Monday, dealt out anew each week."""
    shifts = week_shifts(len(agents))
    monday = span.first - span.first.weekday() * DAY
    rota: dict[tuple[str, date], WeekShift] = {}
    while monday < span.date(span.days):
        dealt = zip(_mixed(agents, rng), shifts, strict=True)
        rota |= {(agent.id, monday): shift for agent, shift in dealt}
        monday += 7 * DAY
    return rota


def _mixed(agents: Sequence[Agent], rng: Random) -> list[Agent]:
    """Return the agents in an order of chance in which every skill set is spread evenly."""
    groups: dict[tuple[str, ...], list[Agent]] = {}
    for agent in agents:
        groups.setdefault(tuple(agent.shares), []).append(agent)
    places: dict[str, float] = {}
    for group in groups.values():
        rng.shuffle(group)
        places |= {agent.id: (n + rng.random()) / len(group) for n, agent in enumerate(group)}
    return sorted(agents, key=lambda agent: places[agent.id])


def _team_meeting(agent: Agent, position: int, day: date) -> int | None:
    """Return the wall slot of the team's meeting on ``day``: each half of a team, every other week."""
    team = int(agent.team_id.rpartition("-")[2])
    half = position % 2
    if day.weekday() != 1 + (team + half) % 3 or (day.toordinal() // 7 + team) % 2:
        return None
    return 4 * 13 + 2 * (team % 3)


def _agent_day(agent: Agent, day: date, start: int, codes: Sequence[str]) -> AgentDay:
    """Return the day's segments, whose slots count from wall slot ``start``."""
    begins = at_wall(day, time(start // 4, start % 4 * SLOT), agent.zone)
    segments = (
        Segment(
            interval=Interval(begins + first * SLOT * MINUTE, begins + after * SLOT * MINUTE),
            code_id=code,
        )
        for first, after, code in runs(codes)
    )
    return agent_day(agent.id, day, published=True, segments=segments)
