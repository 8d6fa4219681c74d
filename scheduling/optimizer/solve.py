"""Problem in, Plan out: the facade over lattice, packing, search, rooms and reasons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from scheduling.domain.times import zone_of
from scheduling.optimizer.bounds import bound_of_both
from scheduling.optimizer.exact.contests import contests
from scheduling.optimizer.explain import explain, explain_trainee
from scheduling.optimizer.lattice.sessions import Session, of_group
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Int64, Packed, Packing
from scheduling.optimizer.plan import AllowanceUse, Contest, Failure, Group, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.seats.whole import Seated, anchored, cost_between, seated
from scheduling.optimizer.stages import Deadline, Progress, search
from scheduling.optimizer.supply import MILLION
from scheduling.optimizer.training import Trained, train
from scheduling.optimizer.training.ways import ways_out
from scheduling.optimizer.wanted import PREFERENCE_MOST, Limits


def solve(
    problem: Problem,
    *,
    effort: int = 1,
    deadline: Deadline | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Return the best plan found, its proof or bound, and reasons for what has no place.

    Deterministic: the same problem and ``effort`` (1 is quick, each more a unit of search) give
    the same plan. Trainings, which are the hardest to fit, are placed before meetings. First as
    much as can be is placed by tier, then at the least cost. ``deadline`` is an outer guard: true
    ends the search early and marks the plan; ``progress`` hears stages and the part done.
    """
    empty = Lattice.of(problem)
    booked = empty.having(problem.pinned) if problem.trainings else empty
    trained = train(booked, problem.trainings, effort=effort, deadline=deadline, progress=progress)
    lattice = empty.keeping(_kept(trained.groups, problem)) if problem.trainings else empty
    packing = packing_of(lattice)
    packed = search(packing, effort=effort, deadline=deadline, progress=progress)
    if not problem.trainings:
        return plan_of(lattice, packing, packed)
    plan = plan_of(lattice, packing, packed, beside=empty)
    bound = bound_of_both(empty, trained, plan, deadline) if plan.placements else trained.bound
    late = bool(deadline and deadline())  # the bound's own search may have ended early
    plan = beside_trainings(empty, trained, replace(plan, guarded=plan.guarded or late), bound)
    return replace(plan, failures=(*plan.failures, *_missed(empty, lattice, trained, plan)))


def plan_of(
    lattice: Lattice, packing: Packing, packed: Packed, *, beside: Lattice | None = None
) -> Plan:
    """Return the plan of a choice over the meetings of ``lattice``: rooms, prices and reasons.

    Prices begin with what is taken on ``beside``, where that is not the lattice itself.
    """
    problem = lattice.problem
    seats = seated(
        lattice, packing, packed.chosen, None if beside is None else anchored(packing, beside)
    )
    bound = 0 if seats.dropped or beside is not None else max(0, min(packed.bound, seats.cost))
    only_liking = PREFERENCE_MOST * len(seats.seats)
    lost = (seats.chosen < 0) & (np.diff(packing.first) > 0)
    most = not lost.any() or (packed.most and not seats.dropped)
    proved = most and seats.cost - bound <= only_liking and not packed.guarded
    placements = seats.placements
    return Plan(
        status=_status(placements, proved=proved),
        placements=placements,
        failures=_failures(seats, _lost(packing, seats.chosen, problem)),
        alternatives=seats.alternatives(),
        moved=seats.moved,
        allowances=_allowances(problem, seats.sessions),
        cost=seats.cost / MILLION,
        bound=bound / MILLION,
        proved=proved,
        reconciled=all(curve.reconciled for curve in problem.curves),
        as_of=problem.as_of,
        stage=packed.stage,
        guarded=packed.guarded,
        seed=problem.seed,
    )


def beside_trainings(empty: Lattice, trained: Trained, plan: Plan, bound: int) -> Plan:
    """Return ``plan`` with the groups of ``trained`` in it, priced after the meetings.

    ``bound`` is what any plan of both costs at least, in millionths.
    """
    problem = empty.problem
    lattice = empty.having(plan.placements)
    groups: list[Group] = []
    for group in trained.groups:
        after = lattice.laying(of_group(group, problem.grid))
        groups.append(replace(group, price=cost_between(lattice, after) / MILLION))
        lattice = after
    prices = [each.price for each in plan.placements] + [each.price for each in groups]
    cost = sum(round(MILLION * price) for price in prices)
    bound = min(bound, cost)
    proved = not plan.placements and bound == cost and not trained.guarded
    sessions = [lattice.session(placed) for placed in plan.placements]
    return replace(
        plan,
        status=_status((*plan.placements, *groups), proved=proved),
        groups=tuple(groups),
        allowances=_allowances(problem, [*sessions, *_sessions(groups, problem)]),
        cost=cost / MILLION,
        bound=bound / MILLION,
        proved=proved,
        stage=plan.stage if plan.placements else "training",
        guarded=plan.guarded or trained.guarded,
    )


def _status(placed: Sequence[object], *, proved: bool) -> Status:
    if not placed:
        return Status.NOTHING_PLACED
    return Status.OPTIMAL if proved else Status.FEASIBLE


def _failures(seats: Seated, lost: Mapping[str, Contest]) -> tuple[Failure, ...]:
    """Return why each meeting that is not placed has no place beside the others, and to whom it lost."""
    lattice = seats.lattice
    there = {session.meeting_id for session in seats.sessions}
    failed = [meeting for meeting in lattice.problem.meetings if meeting.id not in there]
    if not failed:
        return ()
    full = lattice.laying(seats.sessions)
    failed.sort(key=lambda meeting: (meeting.attendee_id, meeting.id))
    return tuple(explain(lattice, full, one, lost.get(one.id)) for one in failed)


def _missed(empty: Lattice, trained: Lattice, answer: Trained, plan: Plan) -> Iterator[Failure]:
    """Yield why attendees of trainings sit in no group, with ways out beside the whole ``plan``."""
    names = [(one.training_id, one.attendee_id) for one in answer.missed]
    ways = ways_out(trained.having(plan.placements), plan.groups, names) if names else {}
    for one, name in zip(answer.missed, names, strict=True):
        rules = [rule for rule, _ in one.blocked]
        yield explain_trainee(empty, *name, rules, ways[name])


def _lost(packing: Packing, chosen: Int64, problem: Problem) -> dict[str, Contest]:
    found = contests(packing, chosen, problem.grid)
    return {packing.meeting_ids[request]: contest for request, contest in found.items()}


def _kept(groups: Iterable[Group], problem: Problem) -> list[tuple[Limits, tuple[Session, ...]]]:
    """Return the sessions of ``groups`` with the limits of their trainings."""
    trainings = {training.id: training for training in problem.trainings}
    return [
        (problem.limits_of(trainings[group.training_id]), of_group(group, problem.grid))
        for group in groups
    ]


def _sessions(groups: Iterable[Group], problem: Problem) -> list[Session]:
    return [session for group in groups for session in of_group(group, problem.grid)]


def _allowances(problem: Problem, sessions: Iterable[Session]) -> tuple[AllowanceUse, ...]:
    """Return what the sessions take of each week's offline minutes, transitions included."""
    people = {person.id: person for person in problem.attendees}
    spent: list[tuple[object, int]] = []
    for session in sessions:
        start = problem.grid.at(session.slot)
        for person in (people[name] for name in session.people):
            day = start.astimezone(zone_of(person.zone)).date()
            spent.append(
                (day - timedelta(days=day.weekday()), session.minutes + 2 * person.transition)
            )
    return tuple(
        AllowanceUse(
            week=each.week,
            planned=each.planned,
            used=each.used,
            added=sum(minutes for week, minutes in spent if week == each.week),
        )
        for each in problem.allowances
    )


def why(problem: Problem, meeting_id: str, attendee_id: str | None = None) -> Failure:
    """Return why a meeting, or an attendee of a training, has no place; its funnel if it has one.

    What fails by itself is answered from the masks. Else the problem is solved, to tell to whom it
    loses. Raises KeyError for somebody or something that the problem does not hold.
    """
    lattice = Lattice.of(problem)
    alone = None
    if attendee_id is None:
        alone = explain(lattice, lattice, lattice.meetings[meeting_id])
        if alone.conflict:
            return alone
    asked = meeting_id, attendee_id
    for failure in solve(problem).failures:
        if (failure.meeting_id, failure.attendee_id) == asked:
            return failure
    training = next((one for one in problem.trainings if one.id == meeting_id), None)
    if alone is None and (training is None or attendee_id not in training.attendee_ids):
        raise KeyError(meeting_id)
    return alone or explain_trainee(lattice, meeting_id, attendee_id or "")
