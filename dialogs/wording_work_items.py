"""The states, causes and outcomes of work items in words, and what a booking is written to."""

from dialogs.wording import Words, mark
from scheduling.domain.meetings import Tier
from scheduling.domain.requests import (
    RequestState,
    SessionView,
    Target,
    TargetState,
    WorkItemCause,
    WorkItemState,
)

TARGETS = {
    Target.WFM: mark("Workforce schedule"),
    Target.ROOM: mark("Room"),
    Target.INVITE: mark("Invite"),
    Target.NOTICE: mark("Message"),
}

WRITES = {
    TargetState.PENDING: mark("… waiting"),
    TargetState.DONE: mark("✓ done"),
    TargetState.FAILED: mark("✗ failed"),
    TargetState.UNDONE: mark("↶ undone"),
    TargetState.SKIPPED: mark("○ not needed"),
    TargetState.UNREACHED: mark("○ not reached in Teams"),
    TargetState.HELD: mark("◔ told later, not in quiet hours"),
}

STATES = {
    WorkItemState.OPEN: mark("Open: nobody has taken this on yet"),
    WorkItemState.CLAIMED: mark("{claimed} is handling this"),
    WorkItemState.AWAITING_SECOND: mark(
        "Decided by {decided}, below the staffing floor: a second scheduler must confirm"
    ),
    WorkItemState.APPROVED: mark("✓ Approved by {decided}"),
    WorkItemState.FORCED: mark("✓ Forced by {decided}"),
    WorkItemState.SENT_BACK: mark("↩ Sent back by {decided}"),
    WorkItemState.RETRIED: mark("↻ Tried again by {decided}"),
    WorkItemState.KEPT: mark("✓ Kept by {decided}: the meeting stands"),
    WorkItemState.CLOSED: mark("Closed"),
}

CAUSES = {
    WorkItemCause.NOT_PLACED: mark("No time found"),
    WorkItemCause.WRITE_FAILED: mark("A booking could not be written everywhere"),
    WorkItemCause.UNDO_FAILED: mark("A booking could not be undone everywhere"),
    WorkItemCause.REMOTE_AWAY: mark("Booking stopped: something did not answer for too long"),
    WorkItemCause.ENGINE_ERROR: mark("Booking stopped on an error of ours"),
    WorkItemCause.DRIFT: mark("What was booked was changed or deleted elsewhere"),
    WorkItemCause.PAUSED: mark("Auto-scheduling is paused: a scheduler decides"),
    WorkItemCause.NO_SUBSTITUTE: mark(
        "A trainer cannot come, and nobody else can lead the session"
    ),
    WorkItemCause.UNHELD: mark("A booked session cannot be held as it is"),
    WorkItemCause.TOO_FEW: mark("Fewer can come to a meeting than it needs"),
}

OTHERWISE = {
    WorkItemCause.NOT_PLACED: mark("nothing is booked; {requester} is told and has to ask again"),
    WorkItemCause.WRITE_FAILED: mark("schedule and calendars go on telling different things"),
    WorkItemCause.UNDO_FAILED: mark("people keep a session that was meant to be gone"),
    WorkItemCause.REMOTE_AWAY: mark("the request stays where it stopped"),
    WorkItemCause.ENGINE_ERROR: mark("the request stays where it stopped"),
    WorkItemCause.DRIFT: mark("schedule and calendars go on telling different things"),
    WorkItemCause.PAUSED: mark("it goes on by itself, in ticket order, once resumed"),
    WorkItemCause.NO_SUBSTITUTE: mark("the session stays booked with a trainer who cannot come"),
    WorkItemCause.UNHELD: mark("the session stays where it is"),
    WorkItemCause.TOO_FEW: mark("the meeting takes place with those who are left"),
}

TIERS = {
    Tier.MANDATORY: mark("yes, mandatory"),
    Tier.DUE: mark("no, but due"),
    Tier.NORMAL: mark("no"),
}

OUTCOMES = {
    RequestState.QUEUED: mark("Back in the queue"),
    RequestState.RESERVED: mark("Time reserved"),
    RequestState.BOOKING: mark("Being booked"),
    RequestState.BOOKED: mark("✓ Booked"),
    RequestState.PARTLY_BOOKED: mark("▲ Partly booked"),
    RequestState.FAILED: mark("✗ Booking failed"),
    RequestState.UNDONE: mark("↶ Undone since"),
    RequestState.CANCELLED: mark("✗ Cancelled since"),
}


def writes_words(words: Words, session: SessionView) -> str:
    """Return how a session's writes stand, the worst first."""
    needed = {
        target: state
        for target, state in session.targets.items()
        if state is not TargetState.SKIPPED
    }
    failed = [
        words.say(TARGETS[target]) for target in Target if needed.get(target) is TargetState.FAILED
    ]
    if failed:
        return words.say("✗ failed: {targets}", targets=words.listed(failed))
    if needed and all(state is TargetState.UNDONE for state in needed.values()):
        return words.say("↶ undone")
    done = sum(state is TargetState.DONE for state in needed.values())
    figures = {"done": words.number(done), "all": words.number(len(needed))}
    if done == len(needed):
        return words.say("✓ all {all} done", **figures)
    if done + sum(state is TargetState.HELD for state in needed.values()) == len(needed):
        return words.say("✓ {done} done, ◔ told later, not in quiet hours", **figures)
    if done + sum(state is TargetState.UNREACHED for state in needed.values()) == len(needed):
        return words.say("✓ {done} done, ○ not reached in Teams", **figures)
    return words.say("… {done} of {all} done", **figures)
