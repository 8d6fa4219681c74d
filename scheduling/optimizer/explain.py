"""Why a meeting has no place, and which rules to loosen: all from the masks, no solver."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from scheduling.domain.rules import NEVER_RELAXED, FunnelStep, Rule
from scheduling.optimizer.board import Board, Own, placement
from scheduling.optimizer.candidates import Mask, View, apart, dates, masks, prices, room_at
from scheduling.optimizer.plan import Failure, Loosening
from scheduling.optimizer.queueing import Ints
from scheduling.optimizer.wanted import Meeting

MOST: Final = 6
"""Loosenings offered for one meeting."""


def explain(board: Board, meeting: Meeting) -> Failure:
    """Return why ``meeting`` has no start on ``board``, whose own sessions count as taken.

    The conflict is minimal by inclusion, not by size, and names the earliest rules of the funnel
    that will do. It is empty where there is a start after all, or none in the whole grid.
    """
    view = View.of(board, meeting)
    rules = masks(view)
    return Failure(
        meeting_id=meeting.id,
        funnel=funnel(rules),
        conflict=conflict(rules),
        loosenings=loosenings(view, rules),
    )


def funnel(rules: dict[Rule, Mask]) -> tuple[FunnelStep, ...]:
    """Return how many starts each rule left, applied in order."""
    steps: list[FunnelStep] = []
    left: Mask | None = None
    for rule, mask in rules.items():
        after = mask if left is None else left & mask
        before = len(mask) if left is None else int(left.sum())
        steps.append(FunnelStep(rule=rule, before=before, after=int(after.sum())))
        left = after
    return tuple(steps)


def conflict(rules: dict[Rule, Mask]) -> frozenset[Rule]:
    """Return rules that together leave no start, each of them needed for that."""
    kept = dict(rules)
    if not kept or _together(kept.values()).any():
        return frozenset()
    for rule in reversed(rules):
        rest = {name: mask for name, mask in kept.items() if name is not rule}
        if rest and not _together(rest.values()).any():
            kept = rest
    return frozenset(kept)


def _together(some: Iterable[Mask]) -> Mask:
    return np.asarray(np.logical_and.reduce(tuple(some)))


def loosenings(view: View, rules: dict[Rule, Mask]) -> tuple[Loosening, ...]:
    """Return the smallest sets of rules that open a start: cheapest first, then nearest.

    Starts are grouped by the set of rules they break; sets with a rule that nobody may loosen,
    or that hold a smaller one, are dropped. Nobody is ever offered a start at which the plan
    itself already has them in another session.
    """
    names = tuple(rules)
    broken = np.zeros(len(view.start), np.int64)
    for bit, mask in enumerate(rules.values()):
        broken |= np.where(mask, 0, 1 << bit)
    never = sum(1 << bit for bit, rule in enumerate(names) if rule in NEVER_RELAXED)
    open_to_grant = np.flatnonzero(apart(view) & (broken & never == 0) & (broken != 0))
    cost, far = prices(view), _distance(view)
    found: list[tuple[int, int, Loosening]] = []
    for code in _smallest(np.unique(broken[open_to_grant]).tolist()):
        group = open_to_grant[broken[open_to_grant] == code]
        best = int(group[np.lexsort((group, far[group], cost[group]))[0]])
        own = Own(meeting=view.meeting, slot=best, room_id=room_at(view, best))
        some = frozenset(rule for bit, rule in enumerate(names) if code >> bit & 1)
        offer = Loosening(
            rules=some,
            count=len(group),
            placement=placement(view.board, own, int(cost[best])),
        )
        found.append((int(cost[best]), int(far[best]), offer))
    found.sort(key=lambda each: (each[0], each[1], each[2].placement.interval.start))
    return tuple(offer for _, _, offer in found[:MOST])


def _smallest(codes: list[int]) -> list[int]:
    return [
        code
        for code in codes
        if not any(other != code and other & code == other for other in codes)
    ]


def _distance(view: View) -> Ints:
    """Return how many slots each start is from the nearest one inside the dates asked for."""
    slots = np.arange(len(view.start))
    asked = np.flatnonzero(dates(view))
    if not len(asked):
        return slots
    return np.asarray(np.maximum(0, np.maximum(asked[0] - slots, slots - asked[-1])))
