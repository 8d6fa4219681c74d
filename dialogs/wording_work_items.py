"""The states, causes and outcomes of work items in words, and what a booking is written to."""

from dialogs.wording import mark
from scheduling.domain.meetings import Tier
from scheduling.domain.requests import RequestState, Target, WorkItemCause, WorkItemState

TARGETS = {
    Target.WFM: mark("Workforce schedule"),
    Target.ROOM: mark("Room"),
    Target.INVITE: mark("Invite"),
    Target.NOTICE: mark("Message"),
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
    WorkItemState.CLOSED: mark("Closed"),
}

CAUSES = {
    WorkItemCause.NOT_PLACED: mark("No time found"),
    WorkItemCause.WRITE_FAILED: mark("A booking could not be written everywhere"),
    WorkItemCause.UNDO_FAILED: mark("A booking could not be undone everywhere"),
    WorkItemCause.REMOTE_AWAY: mark("Booking stopped: something did not answer for too long"),
    WorkItemCause.ENGINE_ERROR: mark("Booking stopped on an error of ours"),
    WorkItemCause.DRIFT: mark("What was booked was changed or deleted elsewhere"),
}

OTHERWISE = {
    WorkItemCause.NOT_PLACED: mark("nothing is booked; {requester} is told and has to ask again"),
    WorkItemCause.WRITE_FAILED: mark("schedule and calendars go on telling different things"),
    WorkItemCause.UNDO_FAILED: mark("people keep a session that was meant to be gone"),
    WorkItemCause.REMOTE_AWAY: mark("the request stays where it stopped"),
    WorkItemCause.ENGINE_ERROR: mark("the request stays where it stopped"),
    WorkItemCause.DRIFT: mark("schedule and calendars go on telling different things"),
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
