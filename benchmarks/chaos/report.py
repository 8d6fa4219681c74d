"""What a run is told in: a table for people, and JSON for programs."""

from collections import Counter
from collections.abc import Sequence

from benchmarks.chaos.driver import Plan
from benchmarks.chaos.evidence import Amid, Evidence
from benchmarks.chaos.verdict import Verdict
from benchmarks.chaos.verdict_runs import seats_of_runs

BOOKED = ("booked", "partly_booked")
SHOWN = 20
"""So many faults are told in full."""


def part(values: Sequence[float], share: float) -> float | None:
    """Return the value below which ``share`` of them lie; None where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def figures(plan: Plan, evidence: Evidence, verdict: Verdict) -> dict[str, float | int | None]:
    """Return every figure of a run by its name; times in seconds."""
    notes, timings = evidence.notes, evidence.timings
    amid = Counter(killing.amid for killing in notes.kills)
    planned = seats_of_runs(evidence)
    return {
        "requests": len(notes.acknowledged),
        "refused at the desk": len(notes.refused),
        "booked": sum(row["state"] in BOOKED for row in evidence.tables["request"]),
        "with a human": sum(row["state"] == "escalated" for row in evidence.tables["request"]),
        "changes of booked sessions": len(notes.changes),
        "of the changes done": sum(
            row["state"] == "done" and row["id"] in notes.changes
            for row in evidence.tables["change"]
        ),
        "runs booked": sum(row["state"] == "booked" for row in evidence.tables["run"]),
        "sessions that runs planned": len(planned),
        "of these booked": planned.count("booked"),
        "kills while a run was planned": amid[Amid.PLANNING],
        "kills while a run was booked": amid[Amid.BOOKING],
        "lost": len(verdict.lost),
        "extra": len(verdict.extra),
        "missing": len(verdict.missing),
        "inversions": len(verdict.inversions),
        "double decisions": len(verdict.decisions),
        "double or inverted writes": len(verdict.writes),
        "solver orphans": len(verdict.orphans),
        "calls repeated after acknowledgement": verdict.repeated,
        "calls absorbed": verdict.absorbed,
        "posts whose outcome is unknown": verdict.unknown,
        "kills in flight": amid[Amid.REQUEST],
        "kills asked for": plan.kills,
        "database restarts": len(notes.restarts),
        "workers that ended by themselves": notes.left,
        "work items decided": len(evidence.tables["decision"]),
        "take-over p50": part(timings.take_over, 0.5),
        "take-over p95": part(timings.take_over, 0.95),
        "restart to first progress p50": part(timings.restart, 0.5),
        "restart to first progress p95": part(timings.restart, 0.95),
        "event-loop lag p99 while solving": part(timings.late, 0.99),
        "wall time": timings.wall,
    }


def failures(plan: Plan, evidence: Evidence, verdict: Verdict) -> list[str]:
    """Return why a run did not keep what is promised, in sentences; none where it did."""
    found = list(verdict.faults)
    amid = Counter(killing.amid for killing in evidence.notes.kills)
    kills, restarts = amid[Amid.REQUEST], len(evidence.notes.restarts)
    made = len(evidence.notes.acknowledged) + len(evidence.notes.refused)
    if not evidence.over:
        found.append(f"the work did not come to rest within {plan.patience:.0f} s")
    if made < plan.requests:
        found.append(f"only {made} of {plan.requests} requests were answered at the desk")
    if (kills, restarts) != (plan.kills, plan.restarts):
        found.append(
            f"only {kills} of {plan.kills} kills and {restarts} of {plan.restarts} restarts"
            " hit work in flight: give it more requests"
        )
    if (booked := len(evidence.notes.runs)) < plan.runs:
        found.append(f"only {booked} of {plan.runs} runs were planned and confirmed")
    if (hits := amid[Amid.BOOKING]) < plan.runs:
        found.append(f"only {hits} of {plan.runs} runs were hit while they were booked")
    return found


def told(plan: Plan, evidence: Evidence, verdict: Verdict) -> str:
    """Return the table of a run, and what failed below it."""
    rows = figures(plan, evidence, verdict)
    wide = max(len(name) for name in rows)
    lines = [f"== {plan.database}, {plan.replicas} process(es), seed {plan.seed}"]
    lines += [f"{name:<{wide}}  {_shown(value):>8}" for name, value in rows.items()]
    wrong = failures(plan, evidence, verdict)
    lines += [f"FAULT: {line}" for line in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        lines.append(f"... and {len(wrong) - SHOWN} more")
    lines.append("kept: nothing lost, nothing twice" if not wrong else "NOT KEPT")
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
