"""Repair: a month of one-to-ones is booked, then 2 % of the agents lose the day theirs is on.

    .venv/bin/python -m benchmarks.bench_repair [--agents 500 5000] [--anew]

The plan is pinned; exceptions fill the lost shifts. Coverage is left as it is, so that costs can be
held against each other: what is lost at short notice is unplanned shrinkage, which it is without
already. Goal: those who broke find a place and close to nobody else moves. ``--anew`` plans the
same month from nothing, to tell what that would save and whom it would move. A broken plan ends
non-zero.
"""

import argparse
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from benchmarks._measure import Times, peak
from benchmarks._requests import reasons
from scheduling.domain.rules import Rule
from scheduling.optimizer.batch.repair import repair
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.generator import generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.plan import Placement, Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import plan_of, solve
from scheduling.optimizer.supply import Attendee, OffTime

WEEKS = 4
SEED = 1
LOST = 0.02


def struck(problem: Problem, plan: Plan) -> tuple[Problem, frozenset[str]]:
    """Return the problem with ``plan`` booked after the losses, and the meetings that broke."""
    random = np.random.default_rng(SEED)
    count = max(1, round(LOST * len(problem.attendees)))
    drawn = random.permutation(len(plan.placements))[:count].tolist()
    hit = {plan.placements[place].attendee_ids[0]: plan.placements[place] for place in drawn}
    attendees = tuple(
        losing_the_day(each, hit[each.id]) if each.id in hit else each for each in problem.attendees
    )
    later = replace(problem, attendees=attendees, pinned=plan.placements)
    return later, frozenset(placed.meeting_id for placed in hit.values())


def losing_the_day(person: Attendee, placed: Placement) -> Attendee:
    """Return ``person`` with the whole shift of the day on which ``placed`` is as an exception."""
    (shift,) = (each for each in person.shifts if each.covers(placed.interval))
    kept = tuple(off for off in person.off if not off.interval.overlaps(shift))
    return replace(person, off=(*kept, OffTime(interval=shift, rule=Rule.EXCEPTION)))


def elsewhere(before: Plan, after: Plan) -> set[str]:
    """Return the meetings of ``before`` that are at another time, or nowhere, in ``after``."""
    now = {placed.meeting_id: placed.interval for placed in after.placements}
    return {
        placed.meeting_id
        for placed in before.placements
        if now.get(placed.meeting_id) != placed.interval
    }


def report(agents: int, *, anew: bool) -> int:
    """Print the figures of one centre; return how many faults its plans have."""
    problem = generate(agents=agents, weeks=WEEKS, seed=SEED)
    times = {name: Times() for name in ("plan", "candidates", "repair", "answer", "anew")}
    plan = times["plan"].of(lambda: solve(problem))
    later, broken = struck(problem, plan)
    with times["candidates"].taking():
        lattice = Lattice.of(later)
        packing = packing_of(lattice)
    packed = times["repair"].of(lambda: repair(packing))
    mended = times["answer"].of(lambda: plan_of(lattice, packing, packed))
    faults = check(problem, plan) + check(later, mended)
    print(f"\n{agents} agents, {WEEKS} weeks: {plan.placed} booked, {len(broken)} broke")
    print(f"  {'':22} {'placed':>6} {'cost':>10} {'moved beyond broken':>20}")
    print(f"  {'month as booked':22} {plan.placed:6} {plan.cost:10.1f}")
    _print_after("repaired", plan, mended, broken)
    print(
        f"  {'':22} goal: close to none moved; {len(set(mended.moved) - broken)} with rooms counted;"
        f" cost {mended.cost / plan.cost - 1:+.2%}"
    )
    if anew:
        fresh = times["anew"].of(lambda: solve(replace(later, pinned=())))
        _print_after("planned from nothing", plan, fresh, broken)
    lost = [each.conflict for each in mended.failures if each.meeting_id in broken]
    print(f"  broken without a place: {reasons(lost) or 'none'}")
    for name, each in times.items():
        if each.wall:
            print(f"  {name:12} {each.seconds} s wall, CPU")
    print(f"  peak {peak():.0f} MB; faults {len(faults)} (goal: none)", flush=True)
    return len(faults)


def _print_after(name: str, before: Plan, after: Plan, broken: Collection[str]) -> None:
    moved = len(elsewhere(before, after).difference(broken))
    print(f"  {name:22} {after.placed:6} {after.cost:10.1f} {moved:20}")


def main() -> int:
    """Print the figures of each centre; 1 where a plan is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, nargs="+", default=[500])
    parser.add_argument("--anew", action="store_true")
    given = parser.parse_args()
    small = generate(agents=60, weeks=2, seed=0)
    solve(struck(small, solve(small))[0])
    faults = [report(agents, anew=given.anew) for agents in given.agents]
    return int(any(faults))


if __name__ == "__main__":
    raise SystemExit(main())
