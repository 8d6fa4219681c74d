"""Ad-hoc requests, warm: how long, how good against first come first served, how often proved.

    .venv/bin/python benchmarks/bench_adhoc.py [--requests 30]

One request is 12 one-to-ones of 30 minutes for one manager over 4 weeks, in a synthetic centre
whose schedule already fits its demand (the hard case). The peer is best-fit first come first
served: each agent in turn takes the cheapest start that is still free. Seeds are fixed.
"""

import argparse
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np

from scheduling.domain.centre import ServiceGoal
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.board import Board, Own
from scheduling.optimizer.check import check
from scheduling.optimizer.explain import explain
from scheduling.optimizer.forecast import impact
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.price import columns
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.supply import Attendee, Curve, Facilitator, Grid, OffTime
from scheduling.optimizer.wanted import Limits, Meeting

START = datetime(2026, 11, 2, tzinfo=UTC)
SLOTS_A_DAY = 96
SKILLS = 3


def request(agents: int, weeks: int, people: int, seed: int) -> Problem:
    """Return one manager's request for ``people`` one-to-ones in a centre of ``agents``."""
    random = np.random.default_rng([seed, agents])
    days = weeks * 7
    shifts = [(day, 7 * 4 + int(random.integers(0, 20))) for day in range(days) if day % 7 < 5]
    attendees = tuple(_agent(random, number, days) for number in range(people))
    return Problem(
        now=START - timedelta(hours=12),
        grid=Grid(start=START, slots=days * SLOTS_A_DAY),
        curves=tuple(_curve(random, skill, agents, days) for skill in range(SKILLS)),
        attendees=attendees,
        facilitators=(
            Facilitator(
                id="manager",
                zone="UTC",
                working=tuple(_span(day, 8 * 4, 40) for day, _ in shifts),
                busy=tuple(
                    _span(day, 8 * 4 + int(random.integers(0, 36)), int(random.integers(2, 7)))
                    for day, _ in shifts
                    for _ in range(3)
                ),
            ),
        ),
        rooms=(),
        meetings=tuple(
            Meeting(
                id=f"m{number}",
                attendee_ids=(person.id,),
                facilitator_id="manager",
                minutes=30,
                first=START.date(),
                last=START.date() + timedelta(days=days - 1),
            )
            for number, person in enumerate(attendees)
        ),
        limits=Limits(team_heads=2),
    )


def _span(day: int, slot: int, length: int) -> Interval:
    start = START + timedelta(days=day, minutes=15 * slot)
    return Interval(start, start + timedelta(minutes=15 * length))


def _agent(random: np.random.Generator, number: int, days: int) -> Attendee:
    """Return an agent with a shift of 8.5 hours, a meal and two breaks on each day worked."""
    first = 7 * 4 + int(random.integers(0, 20))
    worked = [day for day in range(days) if day % 7 < 5 and random.random() > 0.07]
    off: list[OffTime] = []
    for day in worked:
        for after, length in ((8, 1), (16, 2), (26, 1)):
            at = first + after + int(random.integers(-2, 3))
            off.append(OffTime(interval=_span(day, at, length), rule=Rule.BREAK))
    skills = random.permutation(SKILLS)[: 1 + int(random.choice(3, p=[0.45, 0.35, 0.2]))]
    return Attendee(
        id=f"a{number:03}",
        zone="UTC",
        site_id="s1",
        team_id="t1",
        shares={f"skill{skill}": 1 / len(skills) for skill in skills},
        shifts=tuple(_span(day, first, 34) for day in worked),
        off=tuple(off),
    )


def _curve(random: np.random.Generator, skill: int, agents: int, days: int) -> Curve:
    """Return a demand fitted by the schedule up to AR(1) noise and a factor a day."""
    hour = np.arange(SLOTS_A_DAY) / 4
    shape = np.clip(np.minimum(hour - 7, 21 - hour) / 3, 0, 1)
    coverage = np.tile(np.round(shape * 0.6 * agents / SKILLS), days)
    noise = np.zeros(len(coverage))
    for slot in range(1, len(noise)):
        noise[slot] = 0.8 * noise[slot - 1] + random.normal(0, 0.03)
    daily = np.repeat(random.normal(1.0, 0.03, days), SLOTS_A_DAY)
    required = np.maximum(0.0, coverage * (0.97 + noise) * daily)
    load = np.maximum(0.0, required - 0.9 * np.sqrt(required))
    handling = 280.0 + 40 * skill
    return Curve(
        demand_id=f"skill{skill}",
        required=tuple(required.tolist()),
        coverage=tuple(coverage.tolist()),
        volume=tuple((load * 900 / handling).tolist()),
        handling=(handling,) * len(coverage),
        goal=ServiceGoal(percent=80, seconds=20),
        floor=max(1.0, agents / 100),
    )


def first_come(problem: Problem) -> tuple[float, int]:
    """Return the peer's cost, in contacts past their goal, and how many meetings it placed."""
    board, cost = Board.of(problem), 0
    for meeting in problem.meetings:
        found = columns(board, meeting)
        if len(found.slots):
            cost += int(found.prices[0])
            own = Own(meeting=meeting, slot=int(found.slots[0]), room_id=None)
            board = board.having([own])
    return cost / 1e6, len(board.own)


def milliseconds(values: Sequence[float]) -> str:
    """Return the median and the 95th percentile of ``values``, given in seconds."""
    ordered = sorted(1000 * value for value in values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"p50 {statistics.median(ordered):6.1f} ms   p95 {p95:6.1f} ms"


def report(agents: int, weeks: int, people: int, requests: int) -> None:
    """Run ``requests`` requests and print the figures."""
    ours: list[float] = []
    peer: list[float] = []
    plans: list[Plan] = []
    timed: dict[str, list[float]] = {"solve": [], "check": [], "impact": [], "explain": []}
    for seed in range(requests):
        problem = request(agents, weeks, people, seed)
        began = perf_counter()
        plan = solve(problem)
        timed["solve"].append(perf_counter() - began)
        began = perf_counter()
        assert check(problem, plan) == ()
        timed["check"].append(perf_counter() - began)
        began = perf_counter()
        impact(problem, plan.placements, "UTC")
        timed["impact"].append(perf_counter() - began)
        began = perf_counter()
        explain(Board.of(problem), problem.meetings[0])
        timed["explain"].append(perf_counter() - began)
        other, placed = first_come(problem)
        plans.append(plan)
        if placed == len(plan.placements):
            ours.append(plan.cost)
            peer.append(other)
    print(f"{agents} agents, {weeks} weeks, {people} one-to-ones, {requests} requests")
    for name, values in timed.items():
        print(f"  {name:8} {milliseconds(values)}")
    print(f"  proved   {sum(plan.proved for plan in plans)} of {len(plans)}")
    saved = 1 - sum(ours) / sum(peer) if sum(peer) else 0.0
    print(
        f"  cost     {sum(ours):.2f} against {sum(peer):.2f} first come first served: {-saved:+.1%}"
    )


def main() -> None:
    """Print the figures of three centres."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=30)
    requests = parser.parse_args().requests
    solve(request(120, 1, 2, 0))
    report(120, 4, 12, requests)
    report(120, 2, 15, requests)
    report(5000, 4, 12, requests)


if __name__ == "__main__":
    main()
