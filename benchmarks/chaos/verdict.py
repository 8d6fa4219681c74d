"""The verdict: what was lost, done twice, missing or out of order, out of the evidence alone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from benchmarks.chaos.evidence import Evidence, Row
from benchmarks.chaos.verdict_runs import faults_of_runs, parts_of_runs
from scheduling.domain.changes import ChangeState
from scheduling.domain.notices import Concern
from scheduling.domain.requests import FINAL_STATES, RequestState, SessionState, WorkItemState
from scheduling.domain.service_clocks import Nudge
from scheduling.storage.bookings import NOBODY

PLACED = ("request.reserved", "request.escalated", "request.failed", "request.taken")
"""What an audit line is called that ends a request's turn in the queue of its unit."""
STANDING = (SessionState.PLANNED.value, SessionState.BOOKED.value)
UNDER_WAY = (ChangeState.PROPOSED, ChangeState.ASKED, ChangeState.QUEUED, ChangeState.WRITING)
"""States in which a change that was acknowledged must not stay."""
THREADS = "threads of the channel"
DECISIONS = ("work_item.approved", "work_item.forced", "work_item.sent_back")


@dataclass(slots=True)
class Verdict:
    """What went wrong, each in a line; and figures that are no fault."""

    lost: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    inversions: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    """Double or inverted writes in our own tables."""
    orphans: list[str] = field(default_factory=list)
    repeated: int = 0
    absorbed: int = 0
    unknown: int = 0

    @property
    def faults(self) -> list[str]:
        """Everything that must not be."""
        return [
            *self.lost,
            *self.extra,
            *self.missing,
            *self.inversions,
            *self.decisions,
            *self.writes,
            *self.orphans,
        ]


def judge(evidence: Evidence) -> Verdict:
    """Return the verdict on a run that has come to rest."""
    verdict = Verdict()
    _requests(evidence, verdict)
    _effects(evidence, verdict)
    _posts(evidence, verdict)
    _order(evidence, verdict)
    _decisions(evidence, verdict)
    _changes(evidence, verdict)
    faults = faults_of_runs(evidence)
    verdict.lost += faults.lost
    verdict.extra += faults.extra
    _own_writes(evidence, verdict)
    verdict.orphans += [f"process {pid} outlived its parent" for pid in evidence.notes.orphans]
    return verdict


def _requests(evidence: Evidence, verdict: Verdict) -> None:
    """Each request that was acknowledged is there once, and is final or with a human."""
    rows = {row["id"]: row for row in evidence.tables["request"]}
    undecided = {
        item["request_id"]
        for item in evidence.tables["work_item"]
        if not WorkItemState(item["state"]).decided
    }
    told_of = {item["request_id"] for item in evidence.tables["work_item"]}
    verdict.lost += [
        f"session {one['id']} lacks a write, and no scheduler was told"
        for one in evidence.tables["session"]
        if "failed" in one["targets"].values() and one["request_id"] not in told_of
    ]
    promised = Counter((*evidence.notes.acknowledged.values(), *parts_of_runs(evidence)))
    for request_id, times in promised.items():
        if request_id not in rows:
            verdict.lost.append(f"request {request_id} was acknowledged and is not there")
        if times > 1:
            verdict.lost.append(f"request {request_id} stands for {times} that were made")
    for request_id, row in rows.items():
        state = RequestState(row["state"])
        if request_id not in promised:
            verdict.extra.append(f"request {request_id} was not asked for")
        waits = state is RequestState.ESCALATED and request_id in undecided
        if state not in FINAL_STATES and not waits:
            verdict.lost.append(f"request {request_id} stays {state.value} and nobody has it")


@dataclass(slots=True)
class _Made:
    """What the ledger saw done: entries by key, how often each was removed, and who was mailed."""

    entries: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    removed: set[str] = field(default_factory=set)
    mailed: Counter[tuple[str, str]] = field(default_factory=Counter)
    begins: dict[str, datetime] = field(default_factory=dict)

    def take(self, line: Row) -> None:
        """Take in one line of the ledger that had an effect."""
        if line["verb"] in ("create", "move"):
            self.begins[line["entry"]] = datetime.fromisoformat(line["start"])
        match line["verb"]:
            case "create":
                self.entries[line["key"]].append(line["entry"])
            case "remove":
                self.removed.add(line["entry"])
            case "invite":
                self.mailed[line["entry"], line["address"]] += 1
            case "withdraw":
                self.mailed.pop((line["entry"], line["address"]))

    def live(self, key: str) -> list[str]:
        """Return what was made under a key and is still there."""
        return [entry for entry in self.entries[key] if entry not in self.removed]

    def elsewhere(self, key: str, start: datetime) -> bool:
        """Whether something under a key begins at another time."""
        return any(self.begins[entry] != start for entry in self.live(key))

    def invited(self, key: str) -> int:
        """Return how many people are invited to what is under a key."""
        live = self.live(key)
        return sum(entry in live for entry, _ in self.mailed)


def _effects(evidence: Evidence, verdict: Verdict) -> None:
    """Every session has exactly its effects, and there are none but those."""
    made = _Made()
    for line in evidence.ledger:
        if line.get("effect"):
            made.take(line)
        verdict.repeated += bool(line.get("repeated"))
        verdict.absorbed += line.get("effect") is False
    asked = Counter(
        one["gathering_id"] or one["id"]
        for one in evidence.tables["session"]
        if one["attendee_id"] and one["state"] in STANDING and one["targets"]["invite"] == "done"
    )
    for session in evidence.tables["session"]:
        verdict.missing += _unsettled(session)
        for target, key in _keys(session):
            if not made.live(key):
                verdict.missing.append(f"{target} of session {session['id']} is not there")
            elif made.elsewhere(key, session["start"]):
                verdict.missing.append(f"{target} of session {session['id']} is at another time")
            elif target == "invite" and made.invited(key) != asked[session["id"]]:
                verdict.missing.append(
                    f"{made.invited(key)} of {asked[session['id']]} people were invited to session"
                    f" {session['id']}"
                )
    _too_much(made, {key for one in evidence.tables["session"] for _, key in _keys(one)}, verdict)


def _too_much(made: _Made, wanted: Collection[str], verdict: Verdict) -> None:
    """Name what was made more than once, and what is there and should not be."""
    for key, entries in list(made.entries.items()):
        if len(entries) > 1:
            verdict.extra.append(f"{key} was made {len(entries)} times")
        if made.live(key) and key not in wanted:
            verdict.extra.append(f"{key} is still there and should not be")
    for (entry, who), times in made.mailed.items():
        if times > 1:
            verdict.extra.append(f"{who} was invited {times} times to {entry}")


def _unsettled(session: Row) -> list[str]:
    """Return the writes of a standing session of which we do not say how they ended."""
    still = [name for name, state in session["targets"].items() if state == "pending"]
    if session["state"] not in STANDING or not still:
        return []
    return [f"{', '.join(still)} of session {session['id']} was never settled"]


def _keys(session: Row) -> Iterator[tuple[str, str]]:
    """Return the targets that a session says are written, and the key of each.

    The event of a gathering is its own; those who attend it have none.
    """
    if session["state"] not in STANDING:
        return
    stem = f"{session['request_id']}:{session['id']}"
    targets = session["targets"]
    if targets["wfm"] == "done":
        yield "wfm", session["wfm_key"] or f"{stem}:wfm"
    for target in ("room", "invite") if session["gathering_id"] is None else ():
        if targets[target] == "done" or (target == "room" and session["event"]):
            yield target, f"{stem}:event:{session['room_attempt']}"


def _posts(evidence: Evidence, verdict: Verdict) -> None:
    """Count posts, which can neither be keyed nor read: at most one each, some in doubt."""
    posts = [line for line in evidence.ledger if line["verb"] == "post"]
    threads = Counter((line["item"], line["conversation"]) for line in posts if line["item"])
    verdict.extra += [f"{item} was posted {n} times" for (item, _), n in threads.items() if n > 1]
    told = Counter(_thread_of(line["conversation"]) for line in posts)
    notices = evidence.tables["notice"]
    tried = Counter(_place(row["key"]) for row in notices)
    sure = Counter(_place(row["key"]) for row in notices if row["state"] == "sent")
    verdict.unknown = sum(row["state"] in ("intent", "unknown") for row in notices)
    for place in {*told, *tried}:
        if told[place] > tried[place]:
            verdict.extra.append(f"{place} was told {told[place]} times of {tried[place]} things")
        if told[place] < sure[place]:
            verdict.missing.append(f"{place} was told {told[place]} times, and {sure[place]} noted")


def _thread_of(conversation: str) -> str:
    """Return a conversation; of answers in threads of a channel only that they are such."""
    return THREADS if ";messageid=" in conversation else conversation


def _place(key: str) -> str:
    """Return the conversation of a notice, whose key ends with it or with whose chat it is.

    What schedulers hear of a work item, and its reminders, are answers in its thread.
    """
    last = key.rpartition(":")[2]
    if last == Concern.SCHEDULERS or last in set(Nudge):
        return THREADS
    return last if key.startswith("work_item:") else f"chat-{last}"


def _order(evidence: Evidence, verdict: Verdict) -> None:
    """No reservation of a later ticket was committed before an earlier one's in the same unit.

    The audit's numbers are the order of commits. A ticket counts the first time only: one that a
    scheduler sent back into the queue comes after those that went by meanwhile.
    """
    rows = {row["id"]: row for row in evidence.tables["request"]}
    turns: defaultdict[str, list[Row]] = defaultdict(list)
    seen: set[str] = set()
    for line in sorted(evidence.tables["audit"], key=lambda line: line["seq"]):
        row = rows.get(line["subject"])
        if row is not None and line["action"] in PLACED and line["subject"] not in seen:
            seen.add(line["subject"])
            if line["action"] == "request.reserved" and not line["detail"].get("relaxed"):
                turns[row["unit_id"]].append(row)
    for unit, reserved in turns.items():
        verdict.inversions += [
            f"in {unit} ticket {later['ticket']} was reserved after {earlier['ticket']}"
            for earlier, later in pairwise(reserved)
            if later["ticket"] < earlier["ticket"]
        ]


def _decisions(evidence: Evidence, verdict: Verdict) -> None:
    """See that a work item is decided once, whoever taps how often."""
    lines = Counter(
        line["subject"] for line in evidence.tables["audit"] if line["action"] in DECISIONS
    )
    written = Counter(row["work_item_id"] for row in evidence.tables["decision"])
    accepted = evidence.notes.accepted
    for item in {*lines, *written, *accepted}:
        if max(lines[item], written[item], accepted[item]) > 1:
            verdict.decisions.append(
                f"work item {item} was decided {lines[item]} times,"
                f" and {accepted[item]} taps were told so"
            )
        if accepted[item] and not written[item]:
            verdict.lost.append(f"the decision on {item} was acknowledged and is not there")


def _changes(evidence: Evidence, verdict: Verdict) -> None:
    """Each change that was acknowledged is over, and holds no session and no time any more."""
    rows = {row["id"]: row for row in evidence.tables["change"]}
    for change_id in evidence.notes.changes:
        row = rows.get(change_id)
        if row is None:
            verdict.lost.append(f"change {change_id} was acknowledged and is not there")
        elif ChangeState(row["state"]) in UNDER_WAY:
            verdict.lost.append(f"change {change_id} stays {row['state']}")
    for session in evidence.tables["session"]:
        stays = session["state"] == SessionState.PLANNED.value
        if session["stands_for"] is not None and stays:
            verdict.extra.append(f"session {session['stands_for']} still holds another time")
        elif session["stands_for"] is None and session["change_id"] is not None:
            verdict.lost.append(f"session {session['id']} is still held by a change")


def _own_writes(evidence: Evidence, verdict: Verdict) -> None:
    """Our own tables tell each thing once, and in order; nobody and no room is in two places."""
    if evidence.audit_break is not None:
        verdict.writes.append(f"the audit's chain breaks at {evidence.audit_break}")
    actions: defaultdict[str, list[str]] = defaultdict(list)
    for line in sorted(evidence.tables["audit"], key=lambda line: line["seq"]):
        actions[line["subject"]].append(line["action"])
    rounds = Counter(row["request_id"] for row in evidence.tables["work_item"])
    parts = parts_of_runs(evidence)
    for row in evidence.tables["request"]:
        told = actions[row["id"]]
        once = told.count("request.submitted") == 1 and told[0] == "request.submitted"
        if not once and row["id"] not in parts:
            verdict.writes.append(f"request {row['id']} was not submitted once, and first")
        if told.count("request.reserved") > 1 + rounds[row["id"]]:
            verdict.writes.append(f"request {row['id']} was reserved more often than decided on")
        first = {action: n for n, action in reversed(list(enumerate(told)))}
        if first.get("request.booked", len(told)) < first.get("request.reserved", 0):
            verdict.writes.append(f"request {row['id']} was booked before it was reserved")
    sessions = [s for s in evidence.tables["session"] if s["state"] in STANDING]
    twice = Counter((s["request_id"], s["attendee_id"]) for s in sessions)
    verdict.writes += [f"{who} has {n} sessions of {of}" for (of, who), n in twice.items() if n > 1]
    verdict.writes += _clashes(sessions)


def _clashes(sessions: Sequence[Row]) -> list[str]:
    taken: defaultdict[str, list[Any]] = defaultdict(list)
    for one in sessions:
        shared = {one["facilitator_id"], one["room_id"]} if one["gathering_id"] is None else set()
        for name in {one["attendee_id"], *shared} - {None, NOBODY}:
            taken[name].append((one["start"], one["end"]))
    return [
        f"{name} is in two sessions at {second[0]}"
        for name, spans in taken.items()
        for first, second in pairwise(sorted(spans))
        if second[0] < first[1]
    ]
