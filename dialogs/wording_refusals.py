"""Every refusal as one clear message: what did not happen, why, who can, and what to do."""

from collections.abc import Mapping
from datetime import date, time
from string import Formatter

from dialogs import wording_session_refusals
from dialogs.wording import Words, clean, mark
from dialogs.wording_rules import ROLES
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import WorkItemState

DECIDED = {
    WorkItemState.APPROVED: mark("approved"),
    WorkItemState.FORCED: mark("forced"),
    WorkItemState.SENT_BACK: mark("sent back"),
    WorkItemState.RETRIED: mark("tried again"),
    WorkItemState.KEPT: mark("kept"),
    WorkItemState.CLOSED: mark("closed"),
    WorkItemState.AWAITING_SECOND: mark("forced, awaiting a second person"),
    WorkItemState.CLAIMED: mark("claimed"),
    WorkItemState.OPEN: mark("reopened"),
}

UNDO_ENDED = {
    "time": mark("the time for it has passed"),
    "acted": mark("somebody has already answered"),
}

NAMED = {
    **{("who", role.value): template for role, template in ROLES.items()},
    **{("what", state.value): template for state, template in DECIDED.items()},
    **{("why", reason): template for reason, template in UNDO_ENDED.items()},
}
"""Facts that are our own names for something."""

TROUBLES = {
    "no_other_trainer": mark(
        "Nobody else may teach the course. Add a trainer to it and try again, or move or cancel it."
    ),
    "trainers_busy": mark(
        "Others may teach the course, but none is at work and free then. Try again once somebody is,"
        " or move or cancel it."
    ),
    "write_failed": mark("Not everything could be written; the schedulers are looking at it."),
    "undo_failed": mark("Not everything could be taken back; the schedulers are looking at it."),
    "wfm_silent": mark(
        "The workforce system did not answer for too long; the schedulers are looking at it."
    ),
    "calendar_silent": mark(
        "The calendar did not answer for too long; the schedulers are looking at it."
    ),
    "paused": mark(
        "Auto-scheduling is paused: a scheduler decides, or it goes on by itself once resumed."
    ),
    "unheld_schedule": mark(
        "The published schedule has changed, and no other time was found for the session."
    ),
    "unheld_leader": mark(
        "Whoever leads the session is not available then any more, and no other time was found."
    ),
    "unheld_room": mark(
        "The room is not available any more, and neither another room nor another time was found."
    ),
    "unheld_demand": mark(
        "More customers are expected then, and no other time was found for the session."
    ),
    "solver_silent": mark(
        "The search did not answer for too long; the schedulers are looking at it."
    ),
}
UNEXPECTED = mark("Something unexpected went wrong on our side. It is in our log.")

SENTENCES: dict[Refusal, tuple[str, ...]] = {
    Refusal.UNKNOWN_PERSON: (
        mark(
            "I don't know yet who you are in the workforce system, so nothing was done. "
            "Ask an administrator to link your Teams account."
        ),
    ),
    Refusal.NOT_YOUR_ROLE: (
        mark("Nothing was changed: this takes {who}. Ask one of them to do it."),
        mark("Nothing was changed: your role does not allow this. Ask an administrator who may."),
    ),
    Refusal.OUTSIDE_HIERARCHY: (
        mark(
            "Nothing was booked: {names} can only be asked for by their own manager or a "
            "scheduler. Ask one of them, or choose somebody in a team you lead."
        ),
        mark(
            "Nothing was booked: you can only ask for people in teams you lead. Their own manager "
            "or a scheduler can do it."
        ),
    ),
    Refusal.EMPTY_TEAM: (
        mark(
            "Nothing was booked: {team} has nobody in it in the workforce system. Choose people by "
            "name, or ask a scheduler to check the team."
        ),
        mark(
            "Nothing was booked: that team has nobody in it in the workforce system. Choose people "
            "by name, or ask a scheduler to check the team."
        ),
    ),
    Refusal.PAST: (
        mark("Nothing was done: {last} is over. Choose dates from today on."),
        mark("Nothing was done: that is over. Choose dates from today on."),
    ),
    Refusal.OUTSIDE_HOURS: (
        mark(
            "Nothing was booked: this type is held between {start} and {end} only. Choose another "
            "time of day, or ask an administrator to change the hours."
        ),
        mark(
            "Nothing was booked: this type is not held at that time of day. Choose another, or ask "
            "an administrator to change the hours."
        ),
    ),
    Refusal.NO_SCHEDULE: (
        mark(
            "Nothing was booked: there is no published schedule for {names} from {first} to {last}; "
            "schedules reach until {until}. Choose earlier dates, or ask a scheduler when the next "
            "ones are published."
        ),
        mark(
            "Nothing was booked: there is no published schedule for {names} from {first} to {last}. "
            "A scheduler can publish one; then ask again."
        ),
        mark(
            "Nothing was booked: there is no published schedule for these dates. A scheduler can "
            "publish one; then ask again."
        ),
    ),
    Refusal.NO_FORECAST: (
        mark(
            "Nothing was booked: there is no forecast for {demands} from {first} to {last}, so I "
            "cannot tell what it would cost service. A scheduler can load one; then ask again."
        ),
        mark(
            "Nothing was booked: there is no forecast for these dates, so I cannot tell what it "
            "would cost service. A scheduler can load one; then ask again."
        ),
    ),
    Refusal.CODE_MISSING: (
        mark(
            "Nothing was booked: the workforce system has no activity code {code}, which {type} "
            "needs. An administrator can add it there or map the type to another code."
        ),
        mark(
            "Nothing was booked: the workforce system lacks the activity code for this type. "
            "An administrator can add it or map the type to another code."
        ),
    ),
    Refusal.NOT_RECONCILED: (
        mark(
            "Nothing was booked by itself: the staffing figures of {demands} do not add up with the "
            "schedules. A scheduler can check them; you can still ask and choose a time yourself."
        ),
        mark(
            "Nothing was booked by itself: the staffing figures do not add up with the schedules. "
            "A scheduler can check them; you can still ask and choose a time yourself."
        ),
    ),
    Refusal.WFM_AWAY: (
        mark(
            "Nothing was booked: the workforce system does not answer just now. What you entered is "
            "kept; try again in a few minutes."
        ),
    ),
    Refusal.CALENDAR_AWAY: (
        mark(
            "Nothing was booked: the calendar does not answer just now. What you entered is kept; "
            "try again in a few minutes."
        ),
    ),
    Refusal.SOLVER_AWAY: (
        mark(
            "Nothing was booked: I could not finish searching in time. What you entered is kept; "
            "try again, or ask for fewer people or dates."
        ),
    ),
    Refusal.STORE_AWAY: (
        mark(
            "Nothing was changed: I cannot write to my own records just now. What was booked "
            "before stands; try again in a few minutes."
        ),
    ),
    Refusal.UNKNOWN_DRAFT: (
        mark(
            "Nothing was changed: I have no such card for you here. Write me what you need and I "
            "will make a new one."
        ),
    ),
    Refusal.EXPIRED: (
        mark(
            "Nothing was booked: this card is too old and its times are no longer held. Write me "
            "what you need and I will search again."
        ),
    ),
    Refusal.STALE: (
        mark(
            "Nothing was changed: this card was older than what is stored. Here is the current one; "
            "please look and tap again."
        ),
    ),
    Refusal.ALREADY_DECIDED: (
        mark(
            "Nothing was changed: {who} has already decided ({what}). There is nothing left to do."
        ),
        mark("Nothing was changed: this has already been decided. There is nothing left to do."),
    ),
    Refusal.CLAIMED_BY_OTHER: (
        mark(
            "Nothing was changed: {who} is handling this. Speak to them if you want to take over."
        ),
        mark("Nothing was changed: another scheduler is handling this."),
    ),
    Refusal.SECOND_PERSON: (
        mark(
            "Nothing was done yet: this goes below the staffing floor, so a second person has to "
            "confirm it: a scheduler or administrator who neither asked for it nor decided it."
        ),
    ),
    Refusal.REASON_NEEDED: (
        mark("Nothing was forced: please write a reason first. It stays in the audit record only."),
    ),
    Refusal.NOTHING_TO_UNDO: (
        mark(
            "Nothing was undone: none of your bookings can still be undone. Write “my meetings” to "
            "cancel one of them."
        ),
    ),
    Refusal.EMPTY_NOTE: (mark("Nothing was kept: the note is empty. Write a few words."),),
    Refusal.NOBODY_CHOSEN: (
        mark("Nothing was booked: everybody is left out. Choose a time for somebody, or discard."),
    ),
    Refusal.NO_MANAGER: (
        mark(
            "Nothing was sent: I know of nobody who leads your team. Ask a scheduler or an "
            "administrator to say who does."
        ),
    ),
    Refusal.NOTHING_TO_NOTE: (
        mark(
            "I found no such session of yours. Write “my meetings” to see what lies ahead, and "
            "choose there."
        ),
    ),
    Refusal.UNDO_OVER: (
        mark(
            "Nothing was undone: {because}. You can still cancel and tell everyone; that removes "
            "the session everywhere and sends a cancellation."
        ),
        mark(
            "Nothing was undone: it is too late for that. You can still cancel and tell everyone."
        ),
    ),
    Refusal.SLOT_TAKEN: (
        mark(
            "Nothing was booked: somebody else took that time first. Here are the best times now; "
            "please choose again."
        ),
    ),
    Refusal.CHOICES_CLASH: (
        mark(
            "Nothing was booked: the times chosen for {names} overlap, and one person leads both. "
            "Please choose another time for one of them."
        ),
        mark(
            "Nothing was booked: two of the chosen times overlap, and one person leads both. "
            "Please choose another time for one of them."
        ),
    ),
    Refusal.DUPLICATE: (
        mark(
            "Nothing new was booked: you have already asked for this and it is under way. You find "
            "it on the earlier card."
        ),
    ),
    Refusal.ALREADY_ASKED: (
        mark(
            "Nothing was booked: this has been asked for already. Here is how it stands now; please "
            "look again before you book."
        ),
    ),
    Refusal.LAST_ADMINISTRATOR: (
        mark(
            "Nothing was changed: this is the only administrator with a Teams account. Make "
            "somebody else an administrator first, and link their account."
        ),
    ),
    Refusal.TOO_MANY: (
        mark(
            "Nothing was booked: that is more than {limit} at once. Ask for fewer people, or in "
            "several steps."
        ),
        mark("Nothing was booked: that is too many at once. Ask for fewer people."),
    ),
    Refusal.NO_TEMPLATE: (
        mark(
            "There is no recurring meeting of yours to plan. Make one first, or ask a scheduler of"
            " your unit."
        ),
    ),
    Refusal.BAD_TEMPLATE: (
        mark(
            "Nothing was kept: this recurring meeting could never be held as it is. Change its rule,"
            " its dates or whom it is for."
        ),
    ),
    Refusal.BAD_DATES: (
        mark(
            "Nothing was planned: a run is over dates to come, {most} days at most. Choose other"
            " dates."
        ),
        mark("Nothing was planned: a run is over dates to come. Choose other dates."),
    ),
    Refusal.RUN_UNDER_WAY: (
        mark(
            "Nothing new was begun: a run of your unit is being planned or booked. Wait for it, or"
            " discard it first."
        ),
    ),
    Refusal.NO_COURSE: (
        mark(
            "There is no such course any more. Learning and development or a scheduler can add it."
        ),
    ),
    Refusal.BAD_COURSE: (
        mark(
            "Nothing was kept: nobody who is here may teach part {part}. Choose other trainers for"
            " it, or ask fewer skills of them."
        ),
        mark(
            "Nothing was kept: nobody who is here may teach all parts of {whole}, and one trainer is"
            " to teach them all. Choose other trainers, or let the parts have different ones."
        ),
        mark(
            "Nothing was kept: this course cannot be taught as it is. Choose trainers and people who"
            " are here, and courses that do not require each other; a score to pass needs a type"
            " whose register takes scores."
        ),
    ),
    Refusal.NO_TRAINER: (
        mark(
            "Nothing was planned: nobody who is here may teach part {part} of {course}. Choose other"
            " trainers for it, or ask fewer skills of them."
        ),
        mark(
            "Nothing was planned: nobody who is here may teach all parts of {whole}, and one trainer"
            " is to teach them all. Choose other trainers, or let the parts have different ones."
        ),
        mark(
            "Nothing was planned: nobody who is here may teach {course}. Choose other trainers for"
            " it, or ask fewer skills of them."
        ),
        mark(
            "Nothing was planned: nobody who is here may teach the course as a whole. Choose other"
            " trainers for it, or ask fewer skills of them."
        ),
    ),
    **wording_session_refusals.SENTENCES,
}
"""Most exact first: the first whose facts are all known is said."""


def refusal_words(words: Words, refusal: Refusal, facts: Mapping[str, object] | None = None) -> str:
    """Return the sentence of ``refusal``; facts that are unknown choose a simpler one."""
    known = {name: _fact(words, name, value) for name, value in (facts or {}).items() if value}
    if known.get("why"):
        known["because"] = known["why"]
    template = next(text for text in SENTENCES[refusal] if _needs(text) <= known.keys())
    return words.say(template, **{name: known[name] for name in _needs(template)})


def trouble_words(words: Words, trouble: str) -> str:
    """Return the sentence for a trouble's name; one that is unknown is still said honestly."""
    if trouble in set(Refusal):
        return refusal_words(words, Refusal(trouble))
    return words.say(TROUBLES.get(trouble, UNEXPECTED))


def _needs(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _fact(words: Words, name: str, value: object) -> str:
    """Return one fact in words; its meaning follows from its name (see ``Refusal``)."""
    if name == "who" and isinstance(value, list | tuple):
        return words.listed([_fact(words, name, each) for each in value], last="or")
    if name in {"names", "demands"} and isinstance(value, list | tuple):
        return words.listed(value)
    if name in {"first", "last", "until"}:
        return words.day(date.fromisoformat(str(value)[:10]))
    if name in {"start", "end"}:
        return words.wall(time.fromisoformat(str(value)))
    template = NAMED.get((name, str(value)))
    return words.say(template) if template else clean(value)
