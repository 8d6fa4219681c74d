"""When a group could meet: the starts, and chains of starts where a training has several parts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.training.field import Field, Int32, Int64

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

CHAINS = 4000
"""Chains kept before each further part, the most people first."""
DAYS_ON = 5
"""Next parts tried per chain, each on a day of its own."""


class _Chains(NamedTuple):
    """Chains of starts (chains, parts so far), who can come to all (people), who can lead all."""

    starts: Int64
    people: Mask
    trainers: Mask


def options_of(field: Field, gaps: Int64, dates: list[Int64]) -> Field:
    """Return ``field`` with the options of every training, in order of time.

    One part: every start to which enough people of the site could come, with a trainer and a room
    there by themselves. Several: chains of such starts, pruned, so that not every chain is offered.
    """
    starts: list[Int32] = []
    sites: list[Int32] = []
    counts = [0]
    for training in range(len(field.least)):
        some: list[tuple[Int64, int]] = []
        parts = slice(*field.part_first[training : training + 2].tolist())
        roomed = bool(field.roomed[parts].any())
        for site in range(field.allowed.shape[1]) if roomed else (-1,):
            chains = _chains(field, (training, site), (gaps[parts], dates[training]))
            some.append((chains, site))
        merged = np.concatenate([chains for chains, _ in some])
        where = np.repeat([site for _, site in some], [len(chains) for chains, _ in some])
        order = np.lexsort((where, *merged.T[::-1]))
        wide = np.full((len(merged), field.start.shape[1]), -1, np.int32)
        wide[:, : merged.shape[1]] = merged[order]
        starts.append(wide)
        sites.append(where[order].astype(np.int32))
        counts.append(len(merged))
    first = np.cumsum(counts).astype(np.int64)
    return field._replace(
        start=np.concatenate(starts), site=np.concatenate(sites), option_first=first
    )


def _chains(
    field: Field,
    where: tuple[int, int],
    apart: tuple[Int64, Int64],
) -> Int64:
    """Return the chains of a training at a site: ``where``; ``apart``: gaps and dates per zone."""
    training, site = where
    gaps, dates = apart
    first, last = field.part_first[training : training + 2].tolist()
    people = _people(field, training, site)
    chains: _Chains | None = None
    for place, part in enumerate(range(first, last)):
        can_come = field.pair[field.row[people] + place] >= 0
        leads = field.leads[part] > 0
        housed = np.ones(can_come.shape[1], bool)
        if field.roomed[part]:
            housed = field.fits[part][field.room_site == site].any(axis=0)
        housed &= leads.any(axis=0) & (can_come.sum(axis=0) >= field.least[training])
        if chains is None:
            start = np.flatnonzero(housed)
            chains = _Chains(start[:, None], can_come[:, start].T, leads[:, start].T)
            continue
        length = int(field.lead_after[part - 1].max(initial=1))
        allowed = housed & _in_order(chains.starts[:, -1], dates, gaps[place], length)
        chains = _extended(chains, allowed, can_come, leads, field, training)
    return chains.starts if chains is not None else np.zeros((0, 1), np.int64)


def _people(field: Field, training: int, site: int) -> Int64:
    """Return the seats of ``training`` that may sit at ``site``."""
    every = np.arange(field.seat_first[training], field.seat_first[training + 1])
    return every if site < 0 else every[field.allowed[every, site] > 0]


def _in_order(before: Int64, dates: Int64, gap: Int64, length: int) -> Mask:
    """Return (chains, T): late enough after the part before, and on a day that the gap allows."""
    slots = np.arange(dates.shape[1])
    allowed = slots[None, :] >= before[:, None] + length
    for zone in dates:
        days = zone[None, :] - zone[before][:, None]
        allowed &= (days >= gap[0]) & (days <= gap[1])
    return np.asarray(allowed)


def _extended(
    chains: _Chains,
    allowed: Mask,
    can_come: Mask,
    leads: Mask,
    field: Field,
    training: int,
) -> _Chains:
    """Return the chains with one more part: per chain the best start of each of a few days."""
    if len(chains.starts) > CHAINS:
        spread = np.linspace(0, len(chains.starts) - 1, CHAINS).astype(np.int64)
        starts, people, trainers = chains
        chains = _Chains(starts[spread], people[spread], trainers[spread])
        allowed = allowed[spread]
    count = chains.people.astype(np.float32) @ can_come.astype(np.float32)
    if field.same[training]:
        led = chains.trainers.astype(np.float32) @ leads.astype(np.float32)
        allowed = allowed & (led > 0)
    count[~allowed | (count < field.least[training])] = 0
    chain: list[Int64] = []
    start: list[Int64] = []
    for _ in range(DAYS_ON):
        best = count.argmax(axis=1)
        some = np.flatnonzero(count[np.arange(len(count)), best] > 0)
        chain.append(some)
        start.append(best[some])
        near = np.abs(np.arange(count.shape[1])[None, :] - best[:, None]) < 8
        count[near] = 0
    owner, slot = np.concatenate(chain), np.concatenate(start)
    return _Chains(
        np.concatenate([chains.starts[owner], slot[:, None]], axis=1),
        chains.people[owner] & can_come[:, slot].T,
        chains.trainers[owner] & leads[:, slot].T,
    )
