"""Demand curves: fitted to given schedules, or of a shape that schedules are fitted to."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from scheduling.optimizer.generator.calls import CallCounts
from scheduling.optimizer.generator.days import (
    OPENS,
    QUARTERS_A_DAY,
    QUARTERS_OPEN,
    WEEKDAYS,
    Days,
)
from scheduling.optimizer.generator.people import People
from scheduling.optimizer.generator.streams import Sizing
from scheduling.optimizer.queueing import Floats
from scheduling.optimizer.supply import Curve

_CARRY: Final = 0.9
"""AR(1) of the requirement against fitted schedules, from slot to slot."""
_NOISE: Final = 0.08
_DAY_NOISE: Final = 0.05
_PRODUCTIVE: Final = 0.93 * 29.8 / QUARTERS_OPEN
"""Part of the opening hours that an agent is open for contacts, days off taken out."""
_FILLED: Final = 0.97
"""Requirement as a part of the staff there is, where schedules are fitted to demand."""
_PHASE: Final = 4
"""Quarters by which a site's day runs earlier or later."""
_FLOOR: Final = 0.2


def fitted(coverage: Floats, rng: np.random.Generator) -> Floats:
    """Return a requirement to which the WFM has fitted ``coverage``, (activities, slots) FTE."""
    activities, slots = coverage.shape
    shocks = rng.normal(0, _NOISE * (1 - _CARRY**2) ** 0.5, (slots, activities))
    noise = np.empty((slots, activities))
    at = rng.normal(0, _NOISE, activities)
    for slot in range(slots):
        at = _CARRY * at + shocks[slot]
        noise[slot] = at
    day = rng.normal(1, _DAY_NOISE, (activities, slots // QUARTERS_A_DAY))
    return np.asarray(coverage * np.exp(noise.T) * np.repeat(day, QUARTERS_A_DAY, axis=1))


def two_peaks(people: People, days: Days, rng: np.random.Generator) -> Floats:
    """Return an ordinary shape, (sites, activities, days, quarters open): late morning, afternoon."""
    hour = (OPENS + np.arange(QUARTERS_OPEN)) / 4
    peak = rng.normal(0, 0.5, (people.sites, people.activities, 2, 1))
    bumps = np.exp(-(((hour - np.array([[10.5], [15.0]]) - peak) / 2.2) ** 2))
    shape = 0.25 + bumps[:, :, 0] + 0.8 * bumps[:, :, 1]
    weekday = np.tile([1.15, 1.05, 1.0, 0.97, 0.9], days.weeks)
    size = (people.sites, people.activities, len(days.dates), QUARTERS_OPEN)
    return np.asarray(weekday[:, None] * shape[:, :, None] * rng.normal(1, 0.05, size))


def of_counts(counts: CallCounts, people: People, days: Days, rng: np.random.Generator) -> Floats:
    """Return real days, (sites, activities, days, quarters open): each activity its own weeks.

    Each site's day runs up to an hour earlier or later and weighs a little more or less.
    ValueError where the counts hold too few weeks.
    """
    out = np.empty((people.sites, people.activities, len(days.dates), QUARTERS_OPEN))
    quarters = np.arange(QUARTERS_OPEN)
    for activity in range(people.activities):
        calls = counts.weeks(days.weeks, rng)
        for site in range(people.sites):
            shift = int(rng.integers(-_PHASE, _PHASE + 1))
            moved = calls[:, np.clip(quarters + shift, 0, QUARTERS_OPEN - 1)]
            out[site, activity] = moved * rng.lognormal(0, 0.15)
    return out


def volumes(people: People, days: Days, sizings: Sequence[Sizing], shape: Floats) -> Floats:
    """Return contacts per site, (sites, activities, slots), as many as the agents can carry."""
    agents = np.array([people.shares[people.site == site].sum(0) for site in range(people.sites)])
    out = np.zeros((people.sites, people.activities, days.grid.slots))
    for site in range(people.sites):
        slots = days.opening(people.zone(site)).ravel()
        own = shape[site].reshape(people.activities, -1)
        mean = np.maximum(own.mean(1, keepdims=True), 1e-9)
        out[site][:, slots] = own / mean * agents[site][:, None]
    for activity, sizing in enumerate(sizings):
        staff = _FILLED * _PRODUCTIVE * agents[:, activity].sum() * len(days.dates) * QUARTERS_OPEN
        total = out[:, activity].sum(0)
        if staff and total.any():
            factor = sizing.scaled(total, float(staff)).sum() / total.sum()
            out[:, activity] *= factor
    return out


def needed(sizings: Sequence[Sizing], volume: Floats) -> Floats:
    """Return the FTE that the ``volume`` of all sites needs, (activities, slots)."""
    return np.array([sizing.staff(row) for sizing, row in zip(sizings, volume, strict=True)])


def carried(sizings: Sequence[Sizing], required: Floats) -> Floats:
    """Return the contacts that ``required`` FTE carry within the goal, (activities, slots)."""
    return np.array([sizing.volume(row) for sizing, row in zip(sizings, required, strict=True)])


def wanted_by_site(people: People, days: Days, volume: Floats, required: Floats) -> Floats:
    """Return what an ordinary day of each week wants, (weeks, sites, activities, quarters open).

    The requirement of all sites together is parted by where the contacts come from.
    """
    part = required / np.maximum(volume.sum(0), 1e-9)
    size = (people.activities, days.weeks, WEEKDAYS, QUARTERS_OPEN)
    of_sites = [
        (volume[site] * part)[:, days.opening(people.zone(site)).ravel()].reshape(size).mean(2)
        for site in range(people.sites)
    ]
    return np.asarray(np.array(of_sites).transpose(2, 0, 1, 3))


def curves(
    sizings: Sequence[Sizing], required: Floats, coverage: Floats, volume: Floats
) -> tuple[Curve, ...]:
    """Return the curves of all streams, rounded to what a planner could type."""
    return tuple(
        Curve(
            demand_id=sizing.stream.id,
            required=_rounded(required[row]),
            coverage=_rounded(coverage[row]),
            volume=_rounded(volume[row]),
            handling=(sizing.stream.handling,) * required.shape[1],
            goal=sizing.stream.goal,
            kind=sizing.stream.kind,
            floor=float(np.round(max(2.0, _FLOOR * _open_mean(required[row])), 1)),
            concurrency=sizing.stream.concurrency,
        )
        for row, sizing in enumerate(sizings)
    )


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(np.round(values, 4).tolist())


def _open_mean(values: Floats) -> float:
    some = values[values > 0]
    return float(some.mean()) if len(some) else 0.0
