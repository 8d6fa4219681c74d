"""Problem in, Plan out: the facade over masks, price model and reasons."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scheduling.domain.meetings import Tier
from scheduling.optimizer.board import Board, Own, local_days, placement
from scheduling.optimizer.candidates import View, prices, room_at
from scheduling.optimizer.cost import MILLION
from scheduling.optimizer.explain import explain
from scheduling.optimizer.plan import Failure, Placement, Plan, Status
from scheduling.optimizer.price import choose, columns
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.wanted import Meeting

ALTERNATIVES: Final = 2
_TIERS: Final = (Tier.MANDATORY, Tier.DUE, Tier.NORMAL)


def solve(problem: Problem, *, deadline: Callable[[], bool] | None = None) -> Plan:
    """Return the best plan found, its proof or bound, and reasons for what has no place.

    Deterministic: the same problem gives the same plan. One facilitator's meetings are placed
    together and can be proved best; several facilitators are served one after another, those
    with the highest tier first, each at the prices the earlier ones leave: sound, not proved.
    ``deadline`` is an outer guard, asked between models: true ends the search early.
    """
    start = Board.of(problem)
    board, proved, bound = start, True, 0
    groups = _by_facilitator(problem.meetings)
    for group in groups:
        choice = choose(board, group, deadline=deadline)
        board = board.having(_in_rooms(board, group, choice.slots))
        proved, bound = proved and choice.proved, bound + choice.bound
    if len(groups) > 1:
        proved, bound = False, _alone(start, board.own)
    failures = _failures(board)
    placements, cost = _priced(start, board.own)
    return Plan(
        status=_status(placements, proved=proved),
        placements=placements,
        failures=failures,
        alternatives={own.meeting.id: _alternatives(board, own) for own in _canonical(board.own)},
        cost=cost / MILLION,
        bound=bound / MILLION,
        proved=proved,
        seed=problem.seed,
    )


def _by_facilitator(meetings: Iterable[Meeting]) -> list[list[Meeting]]:
    groups: dict[str, list[Meeting]] = {}
    for meeting in meetings:
        groups.setdefault(meeting.facilitator_id, []).append(meeting)
    return [
        groups[name]
        for name in sorted(
            groups, key=lambda one: (min(_TIERS.index(m.tier) for m in groups[one]), one)
        )
    ]


def _canonical(sessions: Iterable[Own]) -> list[Own]:
    return sorted(sessions, key=lambda own: (own.meeting.attendee_id, own.slot, own.meeting.id))


def _in_rooms(board: Board, group: list[Meeting], slots: Mapping[str, int]) -> list[Own]:
    """Give each chosen start its room; one facilitator's sessions never want one at once."""
    return [
        Own(
            meeting=meeting,
            slot=slots[meeting.id],
            room_id=room_at(View.of(board, meeting), slots[meeting.id]),
        )
        for meeting in group
        if meeting.id in slots
    ]


def _alone(board: Board, sessions: Iterable[Own]) -> int:
    """Return the least each placed meeting could cost by itself: costs only grow together."""
    return sum(int(columns(board, own.meeting).prices[0]) for own in sessions)


def _priced(start: Board, sessions: Iterable[Own]) -> tuple[tuple[Placement, ...], int]:
    """Return the placements, each priced with those before it taken, and what they cost in all."""
    board, total = start, 0
    placements: list[Placement] = []
    for own in _canonical(sessions):
        cost = int(prices(View.of(board, own.meeting))[own.slot])
        placements.append(placement(board, own, cost))
        board, total = board.having([own]), total + cost
    return tuple(placements), total


def _failures(board: Board) -> tuple[Failure, ...]:
    placed = {own.meeting.id for own in board.own}
    failed = [meeting for meeting in board.problem.meetings if meeting.id not in placed]
    failed.sort(key=lambda meeting: (meeting.attendee_id, meeting.id))
    return tuple(explain(board, meeting) for meeting in failed)


def _status(placements: tuple[Placement, ...], *, proved: bool) -> Status:
    if not placements:
        return Status.NOTHING_PLACED
    return Status.OPTIMAL if proved else Status.FEASIBLE


def _alternatives(board: Board, own: Own) -> tuple[Placement, ...]:
    """Return the cheapest starts on other days, then other times, with the rest of the plan fixed."""
    rest = board.without(own)
    found = columns(rest, own.meeting)
    _, index = local_days(board.problem.grid, board.attendees[own.meeting.attendee_id].zone)
    length = board.length(own.meeting)
    chosen = [own.slot]
    for fresh_day in (True, False):
        for slot in found.slots.tolist():
            if len(chosen) > ALTERNATIVES:
                break
            near = [other for other in chosen if index[other] == index[slot]]
            if not near or (not fresh_day and all(abs(slot - o) >= length for o in near)):
                chosen.append(slot)
    view = View.of(rest, own.meeting)
    price = dict(zip(found.slots.tolist(), found.prices.tolist(), strict=True))
    return tuple(
        placement(
            rest, Own(meeting=own.meeting, slot=slot, room_id=room_at(view, slot)), price[slot]
        )
        for slot in chosen[1:]
    )
