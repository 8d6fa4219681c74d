"""The verdict of the chaos harness can fail: each fault is fed to it, and it names each."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.chaos.driver import Plan
from benchmarks.chaos.evidence import Evidence, Killing, Notes
from benchmarks.chaos.report import failures, told
from benchmarks.chaos.verdict import judge

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
Row = dict[str, Any]
Spoil = Callable[[Evidence], None]
PLAN = Plan(database="sqlite", requests=2, kills=1)


def effect(n: int, verb: str, key: str, **more: object) -> Row:
    """Return one line of the ledger."""
    told = {"n": n, "verb": verb, "key": key, "effect": True, "repeated": False}
    return told | {"start": NINE.isoformat()} | more


def session(name: str, request: str, after: int = 0, **more: object) -> Row:
    """Return a booked session that begins ``after`` minutes past nine."""
    start = NINE + timedelta(minutes=after)
    return {
        "id": name,
        "request_id": request,
        "attendee_id": f"agent-{name}",
        "facilitator_id": f"manager-{name}",
        "room_id": "oak",
        "room_attempt": 0,
        "start": start,
        "end": start + timedelta(minutes=30),
        "state": "booked",
        "targets": dict.fromkeys(("wfm", "room", "invite"), "done"),
        "event": {},
        "gathering_id": None,
        "wfm_key": None,
        "change_id": None,
        "stands_for": None,
    } | more


def line(seq: int, subject: str, action: str, **detail: object) -> Row:
    """Return one line of the audit."""
    return {"seq": seq, "subject": subject, "action": action, "detail": detail}


def sound() -> Evidence:
    """Return a run of two requests in which everything is as it should be.

    The first was booked; the second was approved by a scheduler, and then booked.
    """
    requests = [
        {"id": "r1", "unit_id": "north", "ticket": 1, "state": "booked"},
        {"id": "r2", "unit_id": "north", "ticket": 2, "state": "booked"},
    ]
    ledger: list[Row] = []
    for request, name, after in (("r1", "s1", 0), ("r2", "s2", 30)):
        event = f"{request}:{name}:event:0"
        start = (NINE + timedelta(minutes=after)).isoformat()
        ledger += [
            effect(1, "create", f"{request}:{name}:wfm", entry=f"x-{name}", start=start),
            effect(2, "create", event, entry=f"e-{name}", start=start),
            effect(3, "invite", event, entry=f"e-{name}", address=f"{name}@contoso.example"),
        ]
    ledger += [
        {"verb": "post", "item": None, "conversation": "channel;messageid=activity-1"},
        {"verb": "post", "item": "r2-1", "conversation": "channel"},
    ]
    return Evidence(
        ledger=ledger,
        tables={
            "request": requests,
            "session": [session("s1", "r1"), session("s2", "r2", 30)],
            "work_item": [{"id": "r2-1", "request_id": "r2", "state": "approved"}],
            "decision": [{"work_item_id": "r2-1"}],
            "audit": [
                line(1, "r1", "request.submitted"),
                line(2, "r2", "request.submitted"),
                line(3, "r1", "request.reserved"),
                line(4, "r2", "request.escalated"),
                line(5, "r1", "request.booked"),
                line(6, "r2-1", "work_item.approved"),
                line(7, "r2", "request.reserved", relaxed=["time_window"]),
                line(8, "r2", "request.booked"),
            ],
            "notice": [
                {"key": "work_item:r2-1:channel", "state": "sent"},
                {"key": "r2:cancelled:schedulers", "state": "sent"},
            ],
            "change": [{"id": "c1", "state": "taken"}],
            "run": [],
            "run_session": [],
            "batch_part": [],
        },
        notes=Notes(
            changes={"c1": "move"},
            acknowledged={0: "r1", 1: "r2"},
            accepted=defaultdict(int, {"r2-1": 1}),
            kills=[Killing(at=0.0, executor="aside", held=["r1"])],
        ),
    )


def drop_request(found: Evidence) -> None:
    del found.tables["request"][1:]  # type: ignore[attr-defined]  # ours is a list


def leave_request(found: Evidence) -> None:
    found.tables["request"][0]["state"] = "queued"  # type: ignore[index]  # ours is a dict


def escalate_to_nobody(found: Evidence) -> None:
    found.tables["request"][1]["state"] = "escalated"  # type: ignore[index]


def fail_unheard(found: Evidence) -> None:
    found.tables["session"][0]["targets"]["room"] = "failed"
    found.tables["session"][0]["event"] = None  # type: ignore[index]


def forget_decision(found: Evidence) -> None:
    found.tables["decision"].clear()  # type: ignore[attr-defined]


def ask_for_nobody(found: Evidence) -> None:
    del found.notes.acknowledged[1]


def write_twice(found: Evidence) -> None:
    found.ledger.append(effect(9, "create", "r1:s1:wfm", entry="x-again"))  # type: ignore[attr-defined]


def leave_an_exception(found: Evidence) -> None:
    found.tables["session"][0]["state"] = "failed"  # type: ignore[index]


def invite_twice(found: Evidence) -> None:
    found.ledger.append(found.ledger[2])  # type: ignore[attr-defined]


def post_twice(found: Evidence) -> None:
    found.ledger.append(found.ledger[-1])  # type: ignore[attr-defined]


def write_nothing(found: Evidence) -> None:
    del found.ledger[0]  # type: ignore[attr-defined]


def invite_nobody(found: Evidence) -> None:
    del found.ledger[2]  # type: ignore[attr-defined]


def meet_without_one(found: Evidence) -> None:
    """Let the first session be a meeting of two, of whom one has no invite."""
    alone = found.tables["session"][0]
    skipped = {"wfm": "skipped", "room": "done", "invite": "done"}
    each = {"wfm": "done", "room": "skipped", "invite": "done"}
    people = [
        {**alone, "id": f"s1-{who}", "attendee_id": who, "gathering_id": "s1", "targets": each}
        for who in ("asha", "bo")
    ]
    meeting = {**alone, "attendee_id": "", "targets": skipped}
    found.tables["session"][:1] = [meeting, *people]  # type: ignore[index]
    found.ledger[0] = effect(1, "create", "r1:s1-asha:wfm", entry="x-asha")  # type: ignore[index]
    found.ledger.append(effect(9, "create", "r1:s1-bo:wfm", entry="x-bo"))  # type: ignore[attr-defined]


def post_nothing(found: Evidence) -> None:
    del found.ledger[-1]  # type: ignore[attr-defined]


def settle_nothing(found: Evidence) -> None:
    found.tables["session"][0]["targets"]["invite"] = "pending"


def overtake(found: Evidence) -> None:
    found.tables["request"][0]["ticket"] = 3  # type: ignore[index]
    found.tables["audit"][3]["action"] = "request.reserved"  # type: ignore[index]


def decide_twice(found: Evidence) -> None:
    found.notes.accepted["r2-1"] = 2


def submit_twice(found: Evidence) -> None:
    found.tables["audit"].append(line(9, "r1", "request.submitted"))  # type: ignore[attr-defined]


def reserve_again(found: Evidence) -> None:
    found.tables["audit"].append(line(9, "r1", "request.reserved"))  # type: ignore[attr-defined]


def book_first(found: Evidence) -> None:
    found.tables["audit"][2]["seq"] = 5.5  # type: ignore[index]


def share_a_room(found: Evidence) -> None:
    found.tables["session"][1]["start"] = NINE  # type: ignore[index]


def move_half(found: Evidence) -> None:
    later = (NINE + timedelta(hours=2)).isoformat()
    found.ledger.append(effect(9, "move", "r1:s1:event:0", entry="e-s1", start=later))  # type: ignore[attr-defined]


def forget_change(found: Evidence) -> None:
    found.tables["change"].clear()  # type: ignore[attr-defined]


def leave_change(found: Evidence) -> None:
    found.tables["change"][0]["state"] = "writing"  # type: ignore[index]


def hold_for_ever(found: Evidence) -> None:
    found.tables["session"][0]["change_id"] = "c1"  # type: ignore[index]


def hold_another_time(found: Evidence) -> None:
    other = {**found.tables["session"][0], "id": "s3", "stands_for": "s1", "state": "planned"}
    found.tables["session"].append(other)  # type: ignore[attr-defined]


def outlive(found: Evidence) -> None:
    found.notes.orphans.append(4711)


@pytest.mark.parametrize(
    ("spoil", "list_", "words"),
    [
        (drop_request, "lost", "request r2 was acknowledged and is not there"),
        (leave_request, "lost", "request r1 stays queued and nobody has it"),
        (escalate_to_nobody, "lost", "request r2 stays escalated and nobody has it"),
        (fail_unheard, "lost", "session s1 lacks a write, and no scheduler was told"),
        (forget_decision, "lost", "the decision on r2-1 was acknowledged and is not there"),
        (ask_for_nobody, "extra", "request r2 was not asked for"),
        (write_twice, "extra", "r1:s1:wfm was made 2 times"),
        (leave_an_exception, "extra", "r1:s1:wfm is still there and should not be"),
        (invite_twice, "extra", "s1@contoso.example was invited 2 times to e-s1"),
        (post_twice, "extra", "r2-1 was posted 2 times"),
        (write_nothing, "missing", "wfm of session s1 is not there"),
        (invite_nobody, "missing", "0 of 1 people were invited to session s1"),
        (meet_without_one, "missing", "1 of 2 people were invited to session s1"),
        (post_nothing, "missing", "channel was told 0 times, and 1 noted"),
        (settle_nothing, "missing", "invite of session s1 was never settled"),
        (overtake, "inversions", "in north ticket 2 was reserved after 3"),
        (
            decide_twice,
            "decisions",
            "work item r2-1 was decided 1 times, and 2 taps were told so",
        ),
        (submit_twice, "writes", "request r1 was not submitted once, and first"),
        (reserve_again, "writes", "request r1 was reserved more often than decided on"),
        (book_first, "writes", "request r1 was booked before it was reserved"),
        (share_a_room, "writes", f"oak is in two sessions at {NINE}"),
        (move_half, "missing", "room of session s1 is at another time"),
        (forget_change, "lost", "change c1 was acknowledged and is not there"),
        (leave_change, "lost", "change c1 stays writing"),
        (hold_for_ever, "lost", "session s1 is still held by a change"),
        (hold_another_time, "extra", "session s1 still holds another time"),
        (outlive, "orphans", "process 4711 outlived its parent"),
    ],
)
def test_each_fault_is_named_and_fails_the_run(spoil: Spoil, list_: str, words: str) -> None:
    evidence = sound()
    spoil(evidence)
    verdict = judge(evidence)
    assert words in getattr(verdict, list_)
    assert words in failures(PLAN, evidence, verdict)


def test_a_sound_run_has_no_fault() -> None:
    evidence = sound()
    verdict = judge(evidence)
    assert failures(PLAN, evidence, verdict) == []
    assert told(PLAN, evidence, verdict).endswith("kept: nothing lost, nothing twice")


def test_a_kill_that_hit_nothing_does_not_count() -> None:
    evidence = sound()
    evidence.notes.kills.clear()
    (line_,) = failures(PLAN, evidence, judge(evidence))
    assert line_.startswith("only 0 of 1 kills")


def test_calls_repeated_after_an_answer_are_counted_and_are_no_fault() -> None:
    evidence = sound()
    again = effect(9, "create", "r1:s1:wfm", entry="x-s1", effect=False, repeated=True)
    evidence.ledger.append(again)  # type: ignore[attr-defined]  # ours is a list
    verdict = judge(evidence)
    assert (verdict.repeated, verdict.absorbed) == (1, 1)
    assert verdict.faults == []
