"""What became of runs: each session that was planned is booked once, given back, or left out by name."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.chaos.evidence import Evidence, Row
from scheduling.domain.commits import PlannedSession
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.runs import RunSession, RunState
from scheduling.storage.bookings import NOBODY
from scheduling.storage.codec import load
from scheduling.storage.commits import Sessions

OVER = (RunState.FAILED.value, RunState.DISCARDED.value)
HELD = (SessionState.PLANNED.value, SessionState.BOOKED.value)


@dataclass(slots=True)
class RunFaults:
    """What went wrong with runs, each in a line."""

    lost: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


def parts_of_runs(evidence: Evidence) -> frozenset[str]:
    """Return the requests that parts of confirmed runs have become."""
    ours = set(evidence.notes.runs.values())
    return frozenset(
        part["request_id"]
        for part in evidence.tables["batch_part"]
        if part["batch_id"] in ours and part["request_id"]
    )


def seats_of_runs(evidence: Evidence) -> list[str]:
    """Return how each seat that confirmed runs planned ended: a session's state, or ``left out``."""
    rows = _by_attendee(evidence.tables["session"])
    ended = []
    for run_id in evidence.notes.runs.values():
        for part in _parts(evidence, run_id):
            for who in _people(part):
                sessions = rows.get((str(part["request_id"]), who), ())
                ended.append(sessions[-1]["state"] if sessions else "left out")
    return ended


def faults_of_runs(evidence: Evidence) -> RunFaults:
    """Return everything about runs that must not be."""
    found = RunFaults()
    known = {row["id"]: row for row in evidence.tables["run"]}
    ours = evidence.notes.runs.values()
    for run_id in ours:
        state = known[run_id]["state"] if run_id in known else "nowhere"
        if state != RunState.BOOKED.value:
            found.lost.append(f"run {run_id} was confirmed and is {state}")
    found.extra += [
        f"run {run_id} was begun beside another"
        for run_id, row in known.items()
        if run_id not in ours and row["state"] not in OVER
    ]
    rows = _by_attendee(evidence.tables["session"])
    for run_id in ours:
        _whole(run_id, evidence, found)
        for part in _parts(evidence, run_id):
            _fates(run_id, part, rows, found)
        _groups(run_id, evidence, rows, found)
    for run_id, seen in evidence.notes.progress.items():
        found.lost += [
            f"run {run_id} went from {a} back to {b}" for a, b in pairwise(seen) if b < a
        ]
    return found


def _parts(evidence: Evidence, run_id: str) -> list[Row]:
    return [part for part in evidence.tables["batch_part"] if part["batch_id"] == run_id]


def _by_attendee(sessions: Sequence[Row]) -> Mapping[tuple[str, str], Sequence[Row]]:
    """Return what stands or stood for each attendee of a request, but not the times of moves."""
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in sessions:
        if one["stands_for"] is None and one["attendee_id"] != NOBODY:
            found[one["request_id"], one["attendee_id"]].append(one)
    return found


def _seats(some: Sequence[PlannedSession]) -> Counter[tuple[str, str, str]]:
    return Counter(
        (who, one.type_id, one.option.interval.start.isoformat())
        for one in some
        for who in one.attendee_ids
    )


def _whole(run_id: str, evidence: Evidence, found: RunFaults) -> None:
    """See that the parts are the plan: nothing more, nothing less."""
    records = (r["record"] for r in evidence.tables["run_session"] if r["run_id"] == run_id)
    planned = _seats([load(RunSession, record).session for record in records])
    parts = [one for part in _parts(evidence, run_id) for one in load(Sessions, part["sessions"])]
    handed = _seats(parts)
    found.lost += [f"{seat} of run {run_id} is in none of its parts" for seat in planned - handed]
    found.extra += [f"{seat} of run {run_id} was not planned" for seat in handed - planned]


def _fates(
    run_id: str, part: Row, rows: Mapping[tuple[str, str], Sequence[Row]], found: RunFaults
) -> None:
    """See that everybody of a part has a session or a reason, and not both."""
    if part["request_id"] is None:
        found.lost.append(f"part {part['number']} of run {run_id} never had its turn")
        return
    for who in _people(part):
        sessions = rows.get((part["request_id"], who), ())
        standing = sum(one["state"] in HELD for one in sessions)
        if not sessions and who not in part["left_out"]:
            found.lost.append(f"{who} of part {part['number']} of run {run_id} has no answer")
        if standing + (who in part["left_out"]) > 1:
            found.extra.append(f"{who} has {standing} sessions of a part of run {run_id}")


def _groups(
    run_id: str,
    evidence: Evidence,
    rows: Mapping[tuple[str, str], Sequence[Row]],
    found: RunFaults,
) -> None:
    """See that who has a seat in one part of a course has one in all parts that were booked."""
    booked = {
        row["id"] for row in evidence.tables["request"] if row["state"] == RequestState.BOOKED.value
    }
    seated: defaultdict[str, list[set[str]]] = defaultdict(list)
    for part in _parts(evidence, run_id):
        group = load(Sessions, part["sessions"])[0].group
        if group and part["request_id"] in booked:
            seated[group].append(
                {who for who in _people(part) if _stands(rows, part["request_id"], who)}
            )
    found.lost += [
        f"not all of group {group} of run {run_id} have all parts"
        for group, parts in seated.items()
        if any(people != parts[0] for people in parts)
    ]


def _people(part: Row) -> list[str]:
    return [who for one in load(Sessions, part["sessions"]) for who in one.attendee_ids]


def _stands(rows: Mapping[tuple[str, str], Sequence[Row]], request_id: str, who: str) -> bool:
    return any(one["state"] in HELD for one in rows.get((request_id, who), ()))
