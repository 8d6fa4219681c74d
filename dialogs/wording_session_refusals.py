"""Refusals about sessions: those that change, that begin late, and their registers."""

from dialogs.wording import mark
from scheduling.domain.refusals import Refusal

SENTENCES: dict[Refusal, tuple[str, ...]] = {
    Refusal.WFM_UNREADABLE: (
        mark(
            "Nothing was booked: the workforce system answers, but its schedules cannot be read. An "
            "administrator sees where with aside doctor; once that is mended, try again."
        ),
    ),
    Refusal.NOT_YOUR_SESSION: (
        mark(
            "Nothing was changed: only the person who attends a session can do that. Their manager "
            "can move or cancel it."
        ),
    ),
    Refusal.NO_SUCH_SESSION: (
        mark(
            "I found no session ahead with {names} that you may change. Say the day as well, or "
            "look at it in Outlook; whoever asked for it can change it."
        ),
        mark(
            "I found no session ahead like that which you may change. Say with whom and which day; "
            "whoever asked for it can change it."
        ),
    ),
    Refusal.SESSION_OVER: (
        mark(
            "Nothing was changed: this session has begun, or is not booked any more. Ask for a new "
            "one if you need it."
        ),
    ),
    Refusal.SESSION_CHANGING: (
        mark(
            "Nothing was changed: {who} is changing this session just now. Look again in a minute."
        ),
        mark(
            "Nothing was changed: this session is being changed just now. Look again in a minute."
        ),
    ),
    Refusal.MEETS_TOGETHER: (
        mark(
            "Nothing was changed: several people meet in this session, so it cannot be swapped. "
            "Whoever asked for it can move it for all; who cannot come can say so."
        ),
    ),
    Refusal.NO_SWAP: (
        mark(
            "Nothing was changed: these two sessions cannot take each other's time. Choose another "
            "one, or say that you can't come; your manager can find a new time."
        ),
    ),
    Refusal.OLD_TIME_GONE: (
        mark(
            "Not undone: the time before is not free any more, so the session stays at its new "
            "time. You can move it to another one."
        ),
    ),
    Refusal.REGISTER_LOCKED: (
        mark(
            "Nothing was changed: this register is locked, five working days after its session. "
            "Ask {who} to correct it; every later change is on record."
        ),
        mark(
            "Nothing was changed: this register is locked, five working days after its session. "
            "Ask learning and development or a scheduler to correct it."
        ),
    ),
    Refusal.MARKED_TWICE: (
        mark(
            "Nothing was kept yet: {names} cannot be two of late, absent and excused. Leave one "
            "of them, and close the register again."
        ),
        mark(
            "Nothing was kept yet: somebody is marked in two ways. Leave one of them, and close "
            "the register again."
        ),
    ),
    Refusal.BAD_SCORE: (
        mark(
            "Nothing was kept yet: the score of {names} is no whole number from 0 to 100. Correct "
            "it, and close the register again."
        ),
        mark(
            "Nothing was kept yet: a score is a whole number from 0 to 100. Correct it, and close "
            "the register again."
        ),
    ),
    Refusal.NOT_ABOUT_NOW: (
        mark(
            "Nobody was told: you lead no session that begins within the next two hours or has "
            "begun. Say it when it is nearer, or move the session."
        ),
    ),
    Refusal.NOT_LED: (
        mark(
            "Nobody else was asked: this is no session of a course that you lead. Who leads it can "
            "say that they cannot come; other sessions can be moved or cancelled."
        ),
    ),
    Refusal.TOLD_LATE: (
        mark(
            "Nobody was told again: they know already that the session begins {minutes} minutes "
            "late. People are told once; if it takes longer, move the session."
        ),
        mark("Nobody was told again: they know already that the session begins late."),
    ),
}
