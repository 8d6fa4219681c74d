"""Training roll-outs: first fit, greedy by price, ours and the bound.

    .venv/bin/python -m benchmarks.bench_training [--agents 60 500 2000 5000]

40 % of a generated centre's agents (4 weeks, seed 1) take two hours in groups of 8 to 12 with at
most 3 of one team; breaks are re-placed by rule. Then the same as a course of two parts. First fit
takes the earliest start that has the people, filled up; greedy by price opens the group that costs
least per seat, without placement first. Cost is in contacts past their goal. Kernels are warm, and
every size is a process of its own, whose peak memory is shown.
"""

import argparse
from dataclasses import replace
from multiprocessing import get_context

import numpy as np

from benchmarks._measure import Times, peak
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.generator import generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.plan import Failure, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import MILLION
from scheduling.optimizer.training import Trained, train
from scheduling.optimizer.training.construct import first_fit, greedy
from scheduling.optimizer.training.field import COST, UNPLACED, State
from scheduling.optimizer.training.handles import handle
from scheduling.optimizer.training.layout import Layout
from scheduling.optimizer.wanted import Part


def centre(agents: int, *, course: bool) -> Problem:
    """Return a centre with a roll-out of two hours, or of twice an hour on different days."""
    problem = generate(agents=agents, weeks=4, seed=1, training=0.4, one_to_ones=False)
    problem = replace(problem, allowances=())
    if not course:
        return problem
    parts = (Part(minutes=60), Part(minutes=60, least_days=1, most_days=7))
    return replace(
        problem, trainings=tuple(replace(each, parts=parts) for each in problem.trainings)
    )


def baseline(layout: Layout, *, by_price: bool) -> State:
    """Return the plan of first fit, or of greedy by price."""
    state = layout.state()
    nothing = np.zeros(len(layout.seats), np.int64)
    for training in range(len(layout.trainings)):
        if by_price:
            greedy(layout.handle, handle(state), training, nothing)
        else:
            first_fit(layout.handle, handle(state), training)
    return state


def plan_of(trained: Trained) -> Plan:
    """Return the roll-out as a plan that can be checked."""
    failures = tuple(
        Failure(
            meeting_id=each.training_id,
            attendee_id=each.attendee_id,
            funnel=(),
            conflict=frozenset(),
            loosenings=(),
        )
        for each in trained.missed
    )
    return Plan(
        status=Status.FEASIBLE if trained.groups else Status.NOTHING_PLACED,
        placements=(),
        failures=failures,
        groups=trained.groups,
        cost=trained.cost / MILLION,
        bound=trained.bound / MILLION,
    )


def report(agents: int, *, course: bool) -> None:
    """Print one line of the table, kernels warm."""
    warm = centre(60, course=course)
    train(Lattice.of(warm), warm.trainings)
    problem = centre(agents, course=course)
    seats = sum(len(each.attendee_ids) for each in problem.trainings)
    times = Times()
    with times.taking():
        lattice = Lattice.of(problem)
        trained = train(lattice, problem.trainings)
    memory = peak() / 1024
    layout = Layout.of(lattice, problem.trainings)
    lines = [baseline(layout, by_price=by_price).total for by_price in (False, True)]
    faults = check(problem, plan_of(trained))
    shown = "  ".join(
        f"{int(total[UNPLACED:].sum()):5} {total[COST] / MILLION:11,.1f}" for total in lines
    )
    print(
        f"{agents:6} {seats:6} {'2 parts' if course else '1 part':8} {shown}"
        f"  {len(trained.missed):5} {trained.cost / MILLION:11,.1f} {trained.bound / MILLION:11,.1f}"
        f" {trained.gap:7.1%} {times.seconds} {memory:6.2f}  {faults or 'no fault'}",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, nargs="+", default=[60, 500, 2000, 5000])
    sizes = parser.parse_args().agents
    print(
        "goals: nobody left out whom a baseline seats; 2,000 agents in 10 s; 5,000 in 0.6 GB\n"
        "agents  seats                first fit           by price               ours"
        "       bound     gap     wall      CPU     GB",
        flush=True,
    )
    for course in (False, True):
        for agents in sizes:
            own = get_context("spawn").Process(
                target=report, args=(agents,), kwargs={"course": course}
            )
            own.start()
            own.join()
            if own.exitcode:
                raise SystemExit(own.exitcode)


if __name__ == "__main__":
    main()
