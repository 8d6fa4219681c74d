"""A whole problem from a handful of wishes and a seed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from scheduling.domain.times import DAY
from scheduling.optimizer.generator import demand as demands
from scheduling.optimizer.generator import leaders, sessions
from scheduling.optimizer.generator.calls import CallCounts
from scheduling.optimizer.generator.days import FIRST_MONDAY, ZONES, Days, Spans
from scheduling.optimizer.generator.people import People, draw_people
from scheduling.optimizer.generator.presence import Presence, caps_of, heads_of, team_id
from scheduling.optimizer.generator.shifts import Shifts, draw_shifts, draw_starts, fit_starts
from scheduling.optimizer.generator.streams import Sizing, Stream, draw_streams
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.queueing import Floats
from scheduling.optimizer.supply import Allowance, Attendee, Curve
from scheduling.optimizer.wanted import Meeting, Series

MOST_WEEKS: Final = 26
_NOW: Final = datetime(2027, 3, 5, 12, tzinfo=UTC)
"""The Friday before."""
_PLANNED: Final = 45
"""Offline minutes per agent and week."""
_ALREADY: Final = 0.03
"""Part of the agent-days that hold half an hour offline already."""
_PARTS: Final = ("people", "streams", "demand", "shifts", "leaders", "sessions", "ledger")
Sources = dict[str, np.random.Generator]
"""A source of chance for each part, so that a wish for one leaves the others as they are."""


def generate(
    *,
    agents: int,
    weeks: int,
    seed: int,
    training: float = 0.0,
    team_meetings: bool = False,
    demand: CallCounts | None = None,
    tight: bool = True,
    one_to_ones: bool = True,
) -> Problem:
    """Return a centre of ``agents`` over ``weeks`` weeks, Monday to Friday, 07:00 to 21:00.

    ``tight`` (the hard case) draws a requirement to which the schedules are already fitted; else,
    and always with the call counts ``demand``, shifts are fitted to a demand of its own shape.
    ``training`` is the part of the agents to be trained; every agent has a one-to-one unless
    ``one_to_ones`` is False. The volume is what the requirement carries by Erlang C, and coverage
    is the sum of the agents' own schedules. ValueError for sizes that make no centre, and where
    ``demand`` holds too few weeks.
    """
    _require_sizes(agents, weeks, seed, training)
    sources = dict(zip(_PARTS, np.random.default_rng(seed).spawn(len(_PARTS)), strict=True))
    centre = _Centre.of(agents, weeks, sources, demand, tight=tight)
    people, days, presence = centre.people, centre.days, centre.presence
    spans = Spans(days.grid)
    trainees = sessions.draw_trainees(people, training, sources["sessions"])
    counts = {site: len(some) for site, some in trainees.items()}
    managers = leaders.managers(people, days, spans, sources["leaders"])
    trainers = leaders.trainers(counts, people, days, spans, sources["leaders"])
    rooms = leaders.rooms(counts, people, days, spans, sources["leaders"])
    meetings: tuple[Meeting, ...] = ()
    series: tuple[Series, ...] = ()
    if one_to_ones:
        meetings, series = sessions.one_to_ones(people, managers, days, sources["sessions"])
    if team_meetings:
        meetings += sessions.team_meetings(people, managers, days, rooms)
    return Problem(
        now=_NOW,
        as_of=_NOW - timedelta(hours=1),
        grid=days.grid,
        curves=centre.curves,
        attendees=_attendees(centre, spans, sources["ledger"]),
        facilitators=managers + tuple(one for some in trainers.values() for one in some),
        rooms=rooms,
        meetings=meetings,
        trainings=sessions.trainings(trainees, trainers, days),
        series=series,
        limit_sets=sessions.LIMIT_SETS,
        caps=caps_of(
            people, centre.streams, presence, training=bool(trainees), whole=team_meetings
        ),
        heads=heads_of(people, centre.streams, presence),
        allowances=_allowances(agents, weeks),
        seed=seed,
    )


def _require_sizes(agents: int, weeks: int, seed: int, training: float) -> None:
    if agents < 1 or not 1 <= weeks <= MOST_WEEKS or seed < 0 or not 0 <= training <= 1:
        raise ValueError(
            f"{agents} agents, {weeks} weeks, seed {seed} and a training of {training} make no"
            f" centre: 1 agent or more, 1 to {MOST_WEEKS} weeks, seed 0 or more, a part of 0 to 1"
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Centre:
    """Who works when, and the work there is."""

    people: People
    days: Days
    streams: tuple[Stream, ...]
    shifts: Shifts
    presence: Presence
    curves: tuple[Curve, ...]

    @classmethod
    def of(
        cls, agents: int, weeks: int, sources: Sources, counts: CallCounts | None, *, tight: bool
    ) -> "_Centre":
        days, people = Days.of(weeks), draw_people(agents, sources["people"])
        streams = draw_streams(people.activities, sources["streams"])
        staff = people.shares.sum(0).tolist()
        sizings = [Sizing.of(each, most) for each, most in zip(streams, staff, strict=True)]
        shape = _shape(people, days, counts, sources["demand"], tight=tight)
        if shape is None:
            starts = draw_starts(people, weeks, sources["shifts"])
        else:
            by_site = demands.volumes(people, days, sizings, shape)
            volume = by_site.sum(0)
            required = demands.needed(sizings, volume)
            wanted = demands.wanted_by_site(people, days, by_site, required)
            starts = fit_starts(people, wanted, sources["shifts"])
        shifts = draw_shifts(people, days, starts, sources["shifts"])
        presence = Presence.of(people, shifts, days.grid.slots)
        if shape is None:
            required = demands.fitted(presence.coverage, sources["demand"])
            volume = demands.carried(sizings, required)
        return cls(
            people=people,
            days=days,
            streams=streams,
            shifts=shifts,
            presence=presence,
            curves=demands.curves(sizings, required, presence.coverage, volume),
        )


def _shape(
    people: People,
    days: Days,
    counts: CallCounts | None,
    rng: np.random.Generator,
    *,
    tight: bool,
) -> Floats | None:
    """Return the demand that shifts are to follow, None where it follows the shifts."""
    if counts is not None:
        return demands.of_counts(counts, people, days, rng)
    return None if tight else demands.two_peaks(people, days, rng)


def _attendees(centre: _Centre, spans: Spans, rng: np.random.Generator) -> tuple[Attendee, ...]:
    people, dates = centre.people, centre.days.dates
    ids = [each.id for each in centre.streams]
    already = rng.random(centre.shifts.at_work.shape) < _ALREADY
    ledger = rng.integers(0, 4, people.agents).tolist()
    out: list[Attendee] = []
    for agent, (site, team) in enumerate(
        zip(people.site.tolist(), people.team.tolist(), strict=True)
    ):
        shifts, off = centre.shifts.of(agent, spans)
        out.append(
            Attendee(
                id=sessions.agent_id(agent),
                zone=ZONES[people.zone(site)],
                site_id=leaders.site_id(site),
                team_id=team_id(team),
                shares=_shares(ids, people.shares[agent]),
                shifts=shifts,
                off=off,
                offline=_offline(dates, already[agent]),
                inconvenient=ledger[agent],
            )
        )
    return tuple(out)


def _shares(ids: list[str], row: Floats) -> dict[str, float]:
    return {ids[place]: float(row[place]) for place in np.flatnonzero(row).tolist()}


def _offline(
    dates: tuple[date, ...], already: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> dict[date, tuple[int, int]]:
    return {dates[place]: (1, 30) for place in np.flatnonzero(already).tolist()}


def _allowances(agents: int, weeks: int) -> tuple[Allowance, ...]:
    used = round(agents * 5 * _ALREADY * 30)
    return tuple(
        Allowance(week=FIRST_MONDAY + 7 * week * DAY, planned=agents * _PLANNED, used=used)
        for week in range(weeks)
    )
