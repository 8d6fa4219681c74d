"""A roll-out from first plans to groups: construction, annealing, and a bound."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.training.anneal import Pace, anneal, keep
from scheduling.optimizer.training.bound import bound_of
from scheduling.optimizer.training.construct import first_fit, greedy, outlook
from scheduling.optimizer.training.field import COST, UNPLACED, Int64, Kept, State
from scheduling.optimizer.training.handles import handle
from scheduling.optimizer.training.layout import Layout
from scheduling.optimizer.training.plans import Trained
from scheduling.optimizer.training.reading import Reading
from scheduling.optimizer.wanted import Training

STEPS = 800
"""Steps of annealing per seat and unit of effort."""
CHUNKS = 40
"""How often the deadline is looked at."""
FIRST_HEAT, LAST_HEAT = 0.3, 0.003
"""Parts of the average price of a seat."""


class Watch(NamedTuple):
    """Who ends a search early, and who hears how far it is."""

    over: Callable[[], bool]
    tell: Callable[[str, float], None]


def train(
    lattice: Lattice,
    trainings: Sequence[Training],
    *,
    effort: int = 1,
    deadline: Callable[[], bool] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Trained:
    """Return groups for ``trainings`` beside what lies on ``lattice``.

    No roll-out by first fit or by price alone places more of a tier; what is left is spent on the
    cost. ``effort`` is the length of the annealing; ``deadline`` ends it early and marks the
    answer; ``progress`` hears the stage and the part of it that is done. The same lattice and
    trainings give the same answer.
    """
    if not trainings:
        return Trained(groups=(), missed=(), cost=0, bound=0)
    watch = Watch(over=deadline or _never, tell=progress or _nobody)
    layout = Layout.of(lattice, trainings)
    watch.tell("greedy", 0.0)
    state, ranked = constructed(layout)
    kept = kept_of(state)
    guarded = annealed(layout, state, kept, ranked, effort, watch)
    reading = Reading.of(layout, kept)
    watch.tell("bound", 0.0)
    bound = bound_of(layout.field, layout.state(), reading.state, deadline)
    return Trained(
        groups=reading.groups,
        missed=reading.missed(),
        cost=reading.cost,
        bound=min(bound, reading.cost),
        guarded=guarded,
    )


def first_plan(lattice: Lattice, trainings: Sequence[Training]) -> Reading:
    """Return the best of the first plans, not bettered: for what a further group would cost."""
    layout = Layout.of(lattice, trainings)
    state, _ = constructed(layout)
    return Reading.of(layout, kept_of(state))


def constructed(layout: Layout) -> tuple[State, Int64]:
    """Return the best of the first plans, and the options in order of promise."""
    field, empty = layout.handle, handle(layout.state())
    count = len(layout.trainings)
    nothing = np.zeros(len(layout.seats), np.int64)
    ranked = [np.zeros(0, np.int64)]
    for training in range(count):
        score = outlook(field, empty, training, nothing)
        ranked.append(np.argsort(score, kind="stable") + layout.field.option_first[training])
    plans = [layout.state() for _ in range(3)]
    handles = [handle(plan) for plan in plans]
    for training in range(count):
        first_fit(field, handles[0], training)
        greedy(field, handles[1], training, nothing)
    hard = hardness(layout, plans[1])
    for training in range(count):
        greedy(field, handles[2], training, hard)
    best = min(plans, key=lambda plan: (*plan.total[UNPLACED:].tolist(), int(plan.total[COST])))
    return best, np.concatenate(ranked)


def hardness(layout: Layout, plan: State) -> Int64:
    """Return, per seat, what having few starts is worth in millionths: the average price at most x4."""
    seats = layout.field
    last = np.append(seats.row[1:], len(seats.pair))
    starts = (seats.pair >= 0).sum(axis=1)
    fewest = np.asarray(
        [starts[a:b].min() for a, b in zip(seats.row.tolist(), last.tolist(), strict=True)]
    )
    scarce = np.median(fewest) / (fewest + 1.0)
    return np.asarray(price_of_a_seat(plan) * np.minimum(scarce, 4.0), np.int64)


def price_of_a_seat(plan: State) -> float:
    """Return the average price of a seat in ``plan``, in millionths, at least one."""
    return max(1.0, float(plan.total[COST]) / max(1, int((plan.where >= 0).sum())))


def kept_of(state: State) -> Kept:
    """Return ``state``'s plan as the best so far."""
    kept = Kept(
        where=np.empty_like(state.where),
        status=np.empty_like(state.status),
        option=np.empty_like(state.option),
        trainer=np.empty_like(state.trainer),
        room=np.empty_like(state.room),
        score=np.full(4, np.iinfo(np.int64).max),
    )
    keep(handle(state), handle(kept))
    return kept


def annealed(
    layout: Layout, state: State, kept: Kept, ranked: Int64, effort: int, watch: Watch
) -> bool:
    """Better ``kept`` from ``state``; return whether the deadline ended it."""
    tiers = layout.field.tier
    if not len(ranked):
        return False
    field, working, best = layout.handle, handle(state), handle(kept)
    price, count = price_of_a_seat(state), len(tiers)
    weight = np.asarray((1.0 + 10.0 * price * count) * (count + 1.0) ** (2 - np.arange(3)))
    steps = max(1, STEPS * count * effort // CHUNKS)
    heats = price * FIRST_HEAT * (LAST_HEAT / FIRST_HEAT) ** np.linspace(0, 1, CHUNKS + 1)
    reward = weight[tiers].astype(np.int64)
    for chunk in range(CHUNKS):
        if watch.over():
            return True
        watch.tell("anneal", chunk / CHUNKS)
        pace = Pace(ranked, reward, weight, heats[chunk], heats[chunk + 1], steps)
        anneal(field, working, best, pace)
    return False


def _never() -> bool:
    """Never end."""
    return False


def _nobody(stage: str, part: float) -> None:
    """Hear nothing."""
    del stage, part
