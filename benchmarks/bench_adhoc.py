"""Ad-hoc requests, warm: how long, how often proved, and how good against first come first served.

    .venv/bin/python -m benchmarks.bench_adhoc [--agents 120 500 5000] [--requests 30]

One request is 12 one-to-ones of 30 minutes for one manager over 4 weeks, cut out of a generated
centre of which 60 % of a monthly run is booked already (the live state: coverage, heads, caps,
rooms and calendars are without it). Breaks stay where they are, as in the requests of the product;
the second table of each centre lets them move by rule, where costs no longer add up. The peer gives
each agent in turn the cheapest start that is free. For the reasons the same people are asked for
within one hour of one day, and those who cannot be placed by themselves are explained. Seeds are
fixed. A broken plan ends non-zero.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from itertools import islice

import numpy as np

from benchmarks._measure import HEAD, Times
from benchmarks._requests import cut, mid_month, teams, with_fixed_breaks
from scheduling.domain.times import WallWindow
from scheduling.optimizer.batch.greedy import best_fit
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.explain import explain
from scheduling.optimizer.forecast.whole import impact
from scheduling.optimizer.generator import generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.loads import cost_of
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Packing
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.pool import PATIENCE
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import plan_of, solve, why
from scheduling.optimizer.stages import search
from scheduling.optimizer.supply import MILLION
from scheduling.optimizer.worker import answer

WEEKS, PEOPLE, MINUTES = 4, 12, 30
BOOKED = 0.6
EXPLAINED = 4
SEED = 1
ZONE = "Europe/London"
GOALS = {
    "solve": "p95 < 100 ms quiet",
    "explain": "p95 < 5 ms",
    "explain, with its lattice": "p95 < 5 ms",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the requests of one centre came to."""

    times: defaultdict[str, Times] = field(default_factory=lambda: defaultdict(Times))
    plans: list[Plan] = field(default_factory=list)
    equal: list[tuple[float, float]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    faults: list[object] = field(default_factory=list)


def requests_of(live: Problem, count: int, seed: int) -> Iterator[Problem]:
    """Yield ``count`` requests: a team in turn, ``PEOPLE`` of its people by chance."""
    random = np.random.default_rng(seed)
    some = teams(live, PEOPLE)
    order = random.permutation(len(some))
    for turn in range(count):
        team = some[order[turn % len(some)]]
        drawn = np.sort(random.permutation(len(team))[:PEOPLE])
        yield cut(live, [replace(team[place], minutes=MINUTES) for place in drawn])


def in_one_hour(problem: Problem, random: np.random.Generator) -> Problem:
    """Return ``problem`` with its meetings within one hour of one weekday."""
    first = problem.meetings[0].first
    week, weekday = int(random.integers(WEEKS)), int(random.integers(5))
    day = first + timedelta(days=7 * week + weekday)
    hour = int(random.integers(8, 20))
    window = WallWindow(time(hour), time(hour + 1))
    return replace(
        problem,
        meetings=tuple(replace(each, first=day, last=day) for each in problem.meetings),
        limits=replace(problem.limits, windows=(window,)),
    )


def serve(problem: Problem, record: Record) -> None:
    """Solve one request, whole and stage by stage, and hold it against the peer."""
    times = record.times
    plan = times["solve"].of(lambda: solve(problem))
    lattice = times["  lattice"].of(lambda: Lattice.of(problem))
    packing = times["  candidates"].of(lambda: packing_of(lattice))
    with times["  search"].taking():
        packed = search(packing, effort=1, deadline=None, progress=None)
    times["  plan"].of(lambda: plan_of(lattice, packing, packed))
    faults = times["check"].of(lambda: check(problem, plan))
    times["impact"].of(lambda: impact(problem, plan, ZONE))
    whole = times["worker's whole answer"].of(lambda: answer(problem, ZONE, PATIENCE))
    record.faults.extend([*faults, *whole.faults])
    record.plans.append(plan)
    record.starts.append(packing.candidates)
    placed, cost = peer(packing)
    if placed == plan.placed:
        record.equal.append((plan.cost, cost))


def peer(packing: Packing) -> tuple[int, float]:
    """Return how many first come first served places, and the cost in contacts past their goal."""
    chosen = best_fit(packing)
    return int(np.count_nonzero(chosen >= 0)), cost_of(packing, chosen) / MILLION


def tell_why(problem: Problem, times: defaultdict[str, Times]) -> None:
    """Explain the first ``EXPLAINED`` of ``problem`` who cannot be placed even by themselves."""
    lattice = Lattice.of(problem)
    failing = (each for each in problem.meetings if explain(lattice, lattice, each).conflict)
    for meeting in islice(failing, EXPLAINED):
        alone = cut(problem, [meeting])
        with times["explain"].taking():
            explain(lattice, lattice, meeting)
        with times["explain, with its lattice"].taking():
            why(alone, meeting.id)
        with times["explain, lattice of all 12"].taking():
            why(problem, meeting.id)


def report(live: Problem, count: int, *, breaks_move: bool) -> int:
    """Run ``count`` requests cut out of ``live``, print the figures, return the faults."""
    record, random = Record(), np.random.default_rng(SEED)
    for asked in requests_of(live, count, SEED):
        problem = asked if breaks_move else with_fixed_breaks(asked)
        serve(problem, record)
        tell_why(in_one_hour(problem, random), record.times)
    print(
        f"\n{len(live.attendees)} agents, {WEEKS} weeks, {count} requests of {PEOPLE} one-to-ones,"
        f" breaks {'move by rule' if breaks_move else 'stay'}"
    )
    print(f"  {'milliseconds':28} {'runs':>5} {HEAD}  goal")
    for name, times in record.times.items():
        goal = GOALS.get(name, "")
        print(f"  {name:28} {len(times.wall):5} {times.milliseconds}  {goal}".rstrip())
    print_answers(record)
    return len(record.faults)


def print_answers(record: Record) -> None:
    """Print how good the plans are, and what proves it."""
    plans = record.plans
    proved = [plan.gap for plan in plans if not plan.proved]
    stages = Counter(plan.stage for plan in plans).most_common()
    ours, theirs = np.sum(record.equal, axis=0) if record.equal else (0.0, 0.0)
    print(f"  starts per request       median {np.median(record.starts):,.0f}")
    print(f"  placed                   {sum(p.placed for p in plans)} of {PEOPLE * len(plans)}")
    print(
        f"  proved best of all       {len(plans) - len(proved)} of {len(plans)} (goal: all),"
        f" else within {max(proved, default=0):.2%}; {dict(stages)}"
    )
    print(
        f"  cost at equal placement  {ours:.2f} against {theirs:.2f} first come first served in"
        f" {len(record.equal)}: {ours / theirs - 1 if theirs else 0:+.1%}"
    )
    print(f"  faults                   {len(record.faults)} (goal: none)", flush=True)


def warm_up() -> None:
    """Load or compile every kernel before anything is timed."""
    small = generate(agents=60, weeks=WEEKS, seed=0)
    for asked in requests_of(small, 2, 0):
        for problem in (asked, with_fixed_breaks(asked)):
            serve(problem, Record())
            tell_why(in_one_hour(problem, np.random.default_rng(0)), defaultdict(Times))


def main() -> int:
    """Print the figures of each centre; 1 where a plan is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, nargs="+", default=[120, 500])
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--moving", type=int, default=8, help="requests whose breaks may move")
    given = parser.parse_args()
    warm_up()
    faults = 0
    for agents in given.agents:
        live = mid_month(generate(agents=agents, weeks=WEEKS, seed=SEED), BOOKED, SEED)
        faults += report(live, given.requests, breaks_move=False)
        if given.moving:
            faults += report(live, given.moving, breaks_move=True)
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main())
