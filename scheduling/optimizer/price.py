"""The ad-hoc price model: one facilitator's meetings, each priced once, placed by CP-SAT.

With one facilitator no two meetings share a slot, so no two footprints share an (activity, slot)
and their costs add up exactly; floors, heads, team caps and rooms of the meetings' own making
cannot bind either. What is left between the meetings is the facilitator's time and, where one
attendee has several, that attendee's caps. ``solve`` calls this once per facilitator.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import ceil
from typing import Final

import numpy as np
from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from scheduling.domain.meetings import Tier
from scheduling.domain.rules import Rule
from scheduling.optimizer.board import Board, local_days
from scheduling.optimizer.candidates import View, feasible, planned_offline, prices
from scheduling.optimizer.queueing import Ints
from scheduling.optimizer.wanted import Meeting

CHEAPEST: Final = 20
"""Columns per meeting in the first model."""
_EFFORT: Final = 4.0
"""CP-SAT's deterministic time per model: a count of work, not seconds."""
_SOLVED: Final = (cp_model.OPTIMAL, cp_model.FEASIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A meeting's feasible starts and their prices in millionths.

    In the order of ``rented``, the price plus the rent of the facilitator's slots, and then of time.
    """

    meeting: Meeting
    slots: Ints
    prices: Ints
    rented: Ints

    def first(self, count: int) -> "Columns":
        """Return the first ``count``."""
        return replace(
            self,
            slots=self.slots[:count],
            prices=self.prices[:count],
            rented=self.rented[:count],
        )

    def at_rents(self, rents: Ints, length: int) -> "Columns":
        """Return the columns with a rent for each slot of the grid, in the new order."""
        sums = np.concatenate([[0], np.cumsum(rents)])
        rented = self.prices + sums[self.slots + length] - sums[self.slots]
        order = np.lexsort((self.slots, rented))
        return replace(
            self,
            slots=self.slots[order],
            prices=self.prices[order],
            rented=rented[order],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The start chosen per meeting id; those left out could not be placed together.

    ``bound`` is a lower bound, in millionths, for every plan that places as much.
    """

    slots: Mapping[str, int]
    cost: int
    bound: int
    proved: bool


def columns(board: Board, meeting: Meeting) -> Columns:
    """Return every feasible start of ``meeting`` on ``board``, cheapest and then earliest first."""
    view = View.of(board, meeting)
    slots = np.flatnonzero(feasible(view))
    cost = prices(view)[slots]
    order = np.lexsort((slots, cost))
    return Columns(meeting=meeting, slots=slots[order], prices=cost[order], rented=cost[order])


def choose(
    board: Board, meetings: Iterable[Meeting], *, deadline: Callable[[], bool] | None = None
) -> Choice:
    """Place one facilitator's ``meetings``: as many as can be by tier, then at the least cost.

    The facilitator's slots are given rents by a linear program over each meeting's cheapest
    columns; CP-SAT then takes the columns cheapest with rent. Any plan costs at least the sum of
    what it pays with rent, less all rents; so the answer is the best of all if no column left
    out, with the cheapest of every other meeting, stays below it (with no rents this is the plain
    rule of the 41st column). Else the columns that do are let in, once. Only where the columns do
    not fit together are all of them used, with leave to fail. Once ``deadline`` is true nothing
    more is tried.
    """
    found = (columns(board, meeting) for meeting in sorted(meetings, key=_order))
    every = [each for each in found if len(each.slots)]
    rents = _rents(board, [each.first(CHEAPEST) for each in every])
    every = [each.at_rents(rents, board.length(each.meeting)) for each in every]
    low = sum(int(each.rented[0]) for each in every) - int(rents.sum())
    used = [each.first(CHEAPEST) for each in every]
    choice = _cheapest(board, used)
    if choice is None:
        return _settled(board, every, _most_then_cheapest(board, every))
    if _left_out(every, used, low) < choice.cost and not (deadline and deadline()):
        used = _that_could_better(every, low, choice.cost)
        better = _cheapest(board, used, hint=choice.slots)
        choice = choice if better is None or better.cost > choice.cost else better
    bound = max(low, min(choice.bound, _left_out(every, used, low), choice.cost))
    choice = replace(choice, bound=bound, proved=bound == choice.cost)
    return _settled(board, used, choice)


def _order(meeting: Meeting) -> tuple[str, str]:
    return meeting.attendee_id, meeting.id


def _rents(board: Board, used: Sequence[Columns]) -> Ints:
    """Return a rent per slot, in millionths, at which the meetings would not fight for the slots.

    The dual of the linear relaxation, rounded; any rents that are not negative give a sound bound.
    """
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    at: dict[int, list[model_builder.Variable]] = defaultdict(list)
    every: list[model_builder.Variable] = []
    for each in used:
        picks = [model.new_num_var(0.0, 1.0, "") for _ in each.slots]
        every += picks
        model.add(model_builder.LinearExpr.sum(picks) == 1)
        for start, pick in zip(each.slots.tolist(), picks, strict=True):
            for slot in _span(board, each.meeting, start):
                at[slot].append(pick)
    rows = {
        slot: model.add(model_builder.LinearExpr.sum(picks) <= 1)
        for slot, picks in sorted(at.items())
        if len(picks) > 1
    }
    prices = [float(price) for each in used for price in each.prices]
    model.minimize(model_builder.LinearExpr.weighted_sum(every, prices))
    solver = model_builder.Solver("glop")
    rents = np.zeros(board.problem.grid.slots, np.int64)
    if solver.solve(model) == model_builder.SolveStatus.OPTIMAL:
        for slot, row in rows.items():
            rents[slot] = max(0, round(-solver.dual_value(row)))
    return rents


def _left_out(every: Sequence[Columns], used: Sequence[Columns], low: int) -> int:
    """Return the least that a plan with a column outside ``used`` can cost, in millionths."""
    return min(
        (
            low + int(each.rented[len(some.slots)] - each.rented[0])
            for each, some in zip(every, used, strict=True)
            if len(some.slots) < len(each.slots)
        ),
        default=np.iinfo(np.int64).max,
    )


def _that_could_better(every: Sequence[Columns], low: int, cost: int) -> list[Columns]:
    """Return the columns with which a plan could stay below ``cost``.

    At least ``CHEAPEST`` of each are kept, so that the known answer stays among them.
    """
    return [
        each.first(
            max(CHEAPEST, int(np.searchsorted(each.rented, cost - low + int(each.rented[0]))))
        )
        for each in every
    ]


class _Model:
    """The rows shared by both steps: one start a meeting, one meeting a slot, an attendee's caps."""

    def __init__(self, board: Board, used: Sequence[Columns], *, may_fail: bool) -> None:
        self.model = cp_model.CpModel()
        self.used = used
        self.picks = [[self.model.new_bool_var("") for _ in each.slots] for each in used]
        self.flat = list(chain.from_iterable(self.picks))
        self.prices = [int(price) for each in used for price in each.prices]
        self.seed = board.problem.seed
        for picks in self.picks:
            (self.model.add_at_most_one if may_fail else self.model.add_exactly_one)(picks)
        self._one_meeting_a_slot(board)
        if Rule.ATTENDEE_CAP not in board.problem.relaxed:
            self._attendee_caps(board)

    def _one_meeting_a_slot(self, board: Board) -> None:
        at: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for each, picks in zip(self.used, self.picks, strict=True):
            length = board.length(each.meeting)
            for start, pick in zip(each.slots.tolist(), picks, strict=True):
                for slot in range(start, start + length):
                    at[slot].append(pick)
        for slot in sorted(at):
            self.model.add_at_most_one(at[slot])

    def _attendee_caps(self, board: Board) -> None:
        several = Counter(each.meeting.attendee_id for each in self.used)
        for person_id in sorted(person for person, count in several.items() if count > 1):
            attendee, limits = board.attendees[person_id], board.problem.limits
            days, index = local_days(board.problem.grid, attendee.zone)
            daily: dict[int, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
            weekly: dict[tuple[int, int], list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
            for each, picks in zip(self.used, self.picks, strict=True):
                if each.meeting.attendee_id == person_id:
                    for start, pick in zip(each.slots.tolist(), picks, strict=True):
                        term = (pick, each.meeting.minutes)
                        daily[index[start]].append(term)
                        weekly[days[index[start]].isocalendar()[:2]].append(term)
            planned = planned_offline(board, attendee)
            for day, terms in daily.items():
                count, minutes = planned.days.get(days[day], (0, 0))
                self.model.add(sum(pick for pick, _ in terms) <= limits.sessions_a_day - count)
                self._at_most(terms, limits.offline_a_day - minutes)
            for week, terms in weekly.items():
                self._at_most(terms, limits.offline_a_week - planned.weeks.get(week, 0))

    def _at_most(self, terms: Sequence[tuple[cp_model.IntVar, int]], most: int) -> None:
        self.model.add(sum(minutes * pick for pick, minutes in terms) <= most)

    def solve(self) -> cp_model.CpSolver | None:
        """Return the solver with its answer, or None where it found none."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.seed
        solver.parameters.max_deterministic_time = _EFFORT
        solver.parameters.linearization_level = 2  # the rows are cliques: the LP is nearly whole
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        return solver if solver.solve(self.model) in _SOLVED else None

    def minimise_cost(self) -> None:
        """Set the second step's objective."""
        self.model.minimize(cp_model.LinearExpr.weighted_sum(self.flat, self.prices))

    def hint(self, slots: Mapping[str, int]) -> None:
        """Give the solver a complete answer to begin with."""
        for each, picks in zip(self.used, self.picks, strict=True):
            for start, pick in zip(each.slots.tolist(), picks, strict=True):
                self.model.add_hint(pick, slots.get(each.meeting.id) == start)

    def answer(self, solver: cp_model.CpSolver) -> Choice:
        """Read the chosen starts, their cost and the solver's bound."""
        slots: dict[str, int] = {}
        cost = 0
        for each, picks in zip(self.used, self.picks, strict=True):
            for start, price, pick in zip(each.slots, each.prices, picks, strict=True):
                if solver.boolean_value(pick):
                    slots[each.meeting.id] = int(start)
                    cost += int(price)
        return Choice(
            slots=slots, cost=cost, bound=ceil(solver.best_objective_bound - 1e-3), proved=False
        )


def _cheapest(
    board: Board, used: Sequence[Columns], *, hint: Mapping[str, int] | None = None
) -> Choice | None:
    """Place every meeting at the least cost; None where they do not fit together."""
    model = _Model(board, used, may_fail=False)
    model.minimise_cost()
    if hint is not None:
        model.hint(hint)
    solver = model.solve()
    return None if solver is None else model.answer(solver)


def _most_then_cheapest(board: Board, every: Sequence[Columns]) -> Choice:
    """Place the most valuable set of meetings, then that value at the least cost."""
    model = _Model(board, every, may_fail=True)
    worth = _values([each.meeting for each in every])
    values = [value for value, picks in zip(worth, model.picks, strict=True) for _ in picks]
    value = cp_model.LinearExpr.weighted_sum(model.flat, values)
    model.model.maximize(value)
    solver = model.solve()
    if solver is None:
        return Choice(slots={}, cost=0, bound=0, proved=False)
    most = model.answer(solver)
    reached = round(solver.objective_value)
    model.model.add(value >= reached)
    model.minimise_cost()
    model.hint(most.slots)
    second = model.solve()
    best = replace(most, bound=0) if second is None else model.answer(second)
    proved = most.bound <= reached and best.bound >= best.cost
    return replace(best, bound=min(best.bound, best.cost), proved=proved)


def _values(meetings: Sequence[Meeting]) -> list[int]:
    """Return what placing each is worth: one of a higher tier outweighs all of the lower ones."""
    worth: dict[Tier, int] = {}
    total = 0
    for tier in (Tier.NORMAL, Tier.DUE, Tier.MANDATORY):
        worth[tier] = total + 1
        total += worth[tier] * sum(meeting.tier is tier for meeting in meetings)
    return [worth[meeting.tier] for meeting in meetings]


def _settled(board: Board, used: Sequence[Columns], choice: Choice) -> Choice:
    """Return the canonical one of equal answers: in order, each takes its earliest equal price.

    The start is free, or is that of one later meeting that costs the same at the start given up.
    Attendees with several meetings stay where they are, since their caps tie them together.
    """
    slots = dict(choice.slots)
    several = Counter(each.meeting.attendee_id for each in used)
    loose = [
        each for each in used if each.meeting.id in slots and several[each.meeting.attendee_id] == 1
    ]
    spans = {
        each.meeting.id: _span(board, each.meeting, slots[each.meeting.id])
        for each in used
        if each.meeting.id in slots
    }
    for place, each in enumerate(loose):
        name, now = each.meeting.id, spans[each.meeting.id].start
        for slot in _equal(each, now):
            if slot == now:
                break
            mine = _span(board, each.meeting, slot)
            met = [other for other, span in spans.items() if other != name and _meet(span, mine)]
            if met:
                later = [other for other in loose[place + 1 :] if [other.meeting.id] == met]
                if not later or not _swap(board, spans, each, mine, later[0]):
                    continue
            spans[name] = mine
            break
    return replace(choice, slots={name: span.start for name, span in spans.items()})


def _swap(
    board: Board, spans: dict[str, range], each: Columns, mine: range, other: Columns
) -> bool:
    """Move ``other`` to where ``each`` was, if it costs the same there and nobody is in the way."""
    name, theirs = other.meeting.id, _span(board, other.meeting, spans[each.meeting.id].start)
    rest = [span for who, span in spans.items() if who not in (name, each.meeting.id)]
    equal = theirs.start in _equal(other, spans[name].start)
    free = equal and not any(_meet(span, theirs) for span in (*rest, mine))
    if free:
        spans[name] = theirs
    return free


def _equal(each: Columns, slot: int) -> list[int]:
    """Return the starts that cost what ``slot`` does, earliest first."""
    price = each.prices[each.slots == slot]
    return list(each.slots[each.prices == price].tolist())


def _meet(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def _span(board: Board, meeting: Meeting, slot: int) -> range:
    return range(slot, slot + board.length(meeting))
