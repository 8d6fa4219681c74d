"""Who leads and where: team managers, trainers, rooms, all with calendars that fill up."""

from typing import Final

import numpy as np

from scheduling.domain.times import Interval
from scheduling.optimizer.generator.days import ZONES, Days, Spans
from scheduling.optimizer.generator.people import People
from scheduling.optimizer.supply import Facilitator, RoomChoice

DAY_OF_WORK: Final = 36
"""A leader's day, in quarters."""
AGENTS_A_ROOM: Final = 45
TRAINEES_A_TRAINER: Final = 60
TRAINEES_A_ROOM: Final = 80
TRAINING_SEATS: Final = 14
_SEATS: Final = (2, 4, 6, 8, 12, 20)
_SEATS_PARTS: Final = (0.30, 0.30, 0.15, 0.10, 0.10, 0.05)
Named = tuple[str, int]
"""An id, and the index of its site."""


def site_id(site: int) -> str:
    """Return the id of a site."""
    return f"site-{site + 1:02d}"


def managers(
    people: People, days: Days, spans: Spans, rng: np.random.Generator
) -> tuple[Facilitator, ...]:
    """Return one manager per team, in the teams' order; two to five appointments a day."""
    return tuple(
        _leader(f"manager-{team + 1:03d}", people.zone(int(site)), days, spans, (rng, 2, 5))
        for team, site in enumerate(people.site_of_team)
    )


def trainers(
    trainees: dict[int, int], people: People, days: Days, spans: Spans, rng: np.random.Generator
) -> dict[int, tuple[Facilitator, ...]]:
    """Return the trainers per site, one for 60 of its ``trainees``, with few other appointments."""
    return {
        site: tuple(
            _leader(
                f"trainer-{site + 1:02d}-{each + 1}", people.zone(site), days, spans, (rng, 0, 2)
            )
            for each in range(max(1, -(-count // TRAINEES_A_TRAINER)))
        )
        for site, count in trainees.items()
    }


def rooms(
    trainees: dict[int, int], people: People, days: Days, spans: Spans, rng: np.random.Generator
) -> tuple[RoomChoice, ...]:
    """Return rooms of 2 to 20 seats, one for 45 agents of a site, and larger ones for training."""
    out: list[RoomChoice] = []
    for site in range(people.sites):
        usual = max(1, round(int((people.site == site).sum()) / AGENTS_A_ROOM))
        seats = rng.choice(_SEATS, size=usual, p=_SEATS_PARTS).tolist()
        if count := trainees.get(site, 0):
            seats += rng.integers(TRAINING_SEATS, 21, -(-count // TRAINEES_A_ROOM)).tolist()
        for place, capacity in enumerate(seats):
            opening = days.opening(people.zone(site))
            busy = [
                span
                for row in opening
                for span in _blocks(int(row[0]), len(row), spans, (rng, 1, 5))
            ]
            out.append(
                RoomChoice(
                    id=f"room-{site + 1:02d}-{place + 1:02d}",
                    site_id=site_id(site),
                    capacity=int(capacity),
                    busy=tuple(busy),
                )
            )
    return tuple(out)


def zone_name(zone: int) -> str:
    """Return the IANA name of a zone of the centre."""
    return ZONES[zone]


Drawn = tuple[np.random.Generator, int, int]
"""Where blocks are drawn from, and the fewest and most of a day."""


def _leader(name: str, zone: int, days: Days, spans: Spans, drawn: Drawn) -> Facilitator:
    """Return somebody who works nine hours from 08:00 to 11:00 on, a day off now and then."""
    rng = drawn[0]
    working: list[Interval] = []
    busy: list[Interval] = []
    usual = int(rng.integers(32, 45))
    for midnight in days.midnight[zone].tolist():
        if rng.random() < 0.05:
            continue
        start = midnight + usual
        working.append(spans.between(start, start + DAY_OF_WORK))
        busy += _blocks(start, DAY_OF_WORK, spans, drawn)
    return Facilitator(
        id=name, zone=zone_name(zone), working=tuple(working), busy=tuple(busy), contact_a_day=240
    )


def _blocks(first: int, quarters: int, spans: Spans, drawn: Drawn) -> list[Interval]:
    """Return appointments of half an hour to an hour and a half within ``quarters``, sorted."""
    rng, least, most = drawn
    count = int(rng.integers(least, most + 1))
    lengths = rng.integers(2, 7, count)
    starts = first + rng.integers(0, quarters - lengths + 1)
    return sorted(
        spans.between(a, a + n) for a, n in zip(starts.tolist(), lengths.tolist(), strict=True)
    )
