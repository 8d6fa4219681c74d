"""What is wanted of a centre: one-to-ones for everybody, team meetings, a training roll-out."""

from datetime import timedelta
from typing import Final

import numpy as np

from scheduling.domain.meetings import PlaceKind
from scheduling.optimizer.generator.days import FIRST_MONDAY, Days
from scheduling.optimizer.generator.leaders import site_id
from scheduling.optimizer.generator.people import People
from scheduling.optimizer.queueing import Ints
from scheduling.optimizer.supply import Facilitator, RoomChoice
from scheduling.optimizer.wanted import Limits, Meeting, Part, Series, Training

LEAST_DAYS: Final = 14
"""Days between two one-to-ones of one agent."""
TRAINING_LIMITS: Final = "training"
MEETING_LIMITS: Final = "team-meeting"
LIMIT_SETS: Final = {
    TRAINING_LIMITS: Limits(edge=0, sessions_a_day=2, offline_a_day=180, offline_a_week=300),
    MEETING_LIMITS: Limits(edge=15, sessions_a_day=2, offline_a_day=150, offline_a_week=300),
}
_QUORUM: Final = 80
"""Percent of a team."""


def agent_id(agent: int) -> str:
    """Return the id of an agent."""
    return f"agent-{agent + 1:05d}"


def one_to_ones(
    people: People, managers: tuple[Facilitator, ...], days: Days, rng: np.random.Generator
) -> tuple[tuple[Meeting, ...], tuple[Series, ...]]:
    """Return a meeting per agent with the team's manager, and when each had the last one.

    The last one is at most five weeks back, and so long ago that some days are left.
    """
    minutes = rng.choice([30, 45, 60], size=people.agents, p=[0.7, 0.2, 0.1]).tolist()
    nearest = max(1, LEAST_DAYS + 4 - 7 * days.weeks)
    ago = rng.integers(nearest, max(36, nearest + 7), people.agents).tolist()
    meetings = tuple(
        Meeting(
            id=f"one-to-one-{agent + 1:05d}",
            attendee_ids=(agent_id(agent),),
            facilitator_id=managers[team].id,
            minutes=minutes[agent],
            first=FIRST_MONDAY,
            last=days.last,
            place=_place(people, team),
            type_id="one-to-one",
        )
        for agent, team in enumerate(people.team.tolist())
    )
    series = tuple(
        Series(
            id=f"monthly-{agent + 1:05d}",
            meeting_ids=(meeting.id,),
            least=LEAST_DAYS,
            history=(FIRST_MONDAY - timedelta(days=ago[agent]),),
        )
        for agent, meeting in enumerate(meetings)
    )
    return meetings, series


def _place(people: People, team: int) -> PlaceKind:
    return PlaceKind.ONLINE if people.online[team] else PlaceKind.ROOM


def team_meetings(
    people: People, managers: tuple[Facilitator, ...], days: Days, rooms: tuple[RoomChoice, ...]
) -> tuple[Meeting, ...]:
    """Return an hour per team, four of five present; online where no room of the site is enough."""
    seats: dict[str | None, int] = {}
    for room in rooms:
        seats[room.site_id] = max(room.capacity, seats.get(room.site_id, 0))
    out: list[Meeting] = []
    for team, site in enumerate(people.site_of_team.tolist()):
        members = tuple(agent_id(agent) for agent in np.flatnonzero(people.team == team).tolist())
        roomy = seats.get(site_id(site), 0) > len(members)
        meeting = Meeting(
            id=f"team-meeting-{team + 1:03d}",
            attendee_ids=(),
            optional_ids=members,
            quorum=-(-_QUORUM * len(members) // 100),
            facilitator_id=managers[team].id,
            minutes=60,
            first=FIRST_MONDAY,
            last=days.last,
            place=_place(people, team) if roomy else PlaceKind.ONLINE,
            type_id="team-meeting",
            limit_set=MEETING_LIMITS,
        )
        out.append(meeting)
    return tuple(out)


def draw_trainees(people: People, part: float, rng: np.random.Generator) -> dict[int, Ints]:
    """Return the agents to be trained per site, sorted; ``part`` of all."""
    drawn = np.sort(rng.permutation(people.agents)[: round(part * people.agents)])
    of_site = {site: drawn[people.site[drawn] == site] for site in range(people.sites)}
    return {site: some for site, some in of_site.items() if len(some)}


def trainings(
    trainees: dict[int, Ints], trainers: dict[int, tuple[Facilitator, ...]], days: Days
) -> tuple[Training, ...]:
    """Return one course of two hours per site: groups of 8 to 12, at most 3 of one team."""
    return tuple(
        Training(
            id=f"course-{site + 1:02d}",
            attendee_ids=tuple(agent_id(agent) for agent in some.tolist()),
            trainer_ids=tuple(trainer.id for trainer in trainers[site]),
            parts=(Part(minutes=120),),
            least=min(8, len(some)),
            most=12,
            first=FIRST_MONDAY,
            last=days.last,
            per_team=3,
            type_id="course",
            limit_set=TRAINING_LIMITS,
        )
        for site, some in trainees.items()
    )
