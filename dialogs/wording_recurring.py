"""Recurring meetings in words: how often, for whom, how a run stands, and why somebody waits."""

from babel.dates import get_day_names

from dialogs import verbs
from dialogs.wording import Words, mark
from scheduling.domain.commits import LeftOut
from scheduling.domain.runs import RunState
from scheduling.domain.templates import (
    EVERY_DAY,
    LAST,
    Frequency,
    Passed,
    Recurrence,
    TeamChangeKind,
    TeamEffect,
)

FIELDS = {
    verbs.NAME: mark("Name"),
    verbs.TYPE: mark("Meeting type"),
    verbs.TEAMS: mark("For the teams"),
    verbs.ATTENDEES: mark("And these people"),
    verbs.FACILITATOR: mark("Led by"),
    verbs.EVERY: mark("One in every"),
    verbs.FREQUENCY: mark("Counted in"),
    verbs.WEEKDAYS: mark("On one of these weekdays"),
    verbs.NTH: mark("Which of them (by month only)"),
    verbs.FIRST: mark("Begins on"),
    verbs.LAST: mark("Ends on (empty: never)"),
    verbs.WINDOW: mark("Times of day"),
    verbs.MINUTES: mark("Minutes (empty: as its type)"),
    verbs.PLACE: mark("Place"),
    verbs.LEAST_DAYS: mark("At least so many days between two meetings"),
    verbs.MOST_DAYS: mark("At most so many days between (empty: any)"),
    verbs.BY_ITSELF: mark("Plan it when schedules are published"),
    verbs.BLACKOUT: mark("Never on these dates (such as 2027-01-01)"),
}

STATES = {
    RunState.PLANNING: mark("… being planned"),
    RunState.PREVIEW: mark("planned, nothing booked yet"),
    RunState.BOOKING: mark("… being booked"),
    RunState.BOOKED: mark("✓ booked"),
    RunState.DISCARDED: mark("discarded, nothing booked"),
    RunState.FAILED: mark("▲ could not be planned"),
}

WAITING: dict[str | None, str] = {
    "wfm_away": mark(
        "The workforce system does not answer just now. Aside asks again by itself for half an hour;"
        " nothing is booked, and this card changes by itself."
    ),
    "calendar_away": mark(
        "The calendar does not answer just now. Aside asks again by itself for half an hour; nothing"
        " is booked, and this card changes by itself."
    ),
}
"""What a run that is being planned waits for, by its trouble."""

PASSED = {
    Passed.HELD: mark("have theirs already"),
    Passed.TOO_CLOSE: mark("too few days to the one before or after"),
    Passed.NEW: mark("joined too late for this period"),
    Passed.ABSENT: mark("away all the time"),
    Passed.NO_MANAGER: mark("have no manager to meet"),
    Passed.LEADER_GONE: mark("would meet somebody who has left"),
    Passed.UNREAD: mark("with a schedule that the workforce system could not give"),
    Passed.NO_TYPE: mark("of a meeting type that is not in the set-up"),
    Passed.NO_DATE: mark("no date left by the rule and the dates without meetings"),
}

CHANGES = {
    TeamChangeKind.JOINED: mark("{name} joined {team}"),
    TeamChangeKind.LEFT: mark("{name} left {team}"),
    TeamChangeKind.MOVED: mark("{name} moved to {team}"),
    TeamChangeKind.NEW_MANAGER: mark("{name} in {team} has a new manager"),
}

EFFECTS = {
    TeamEffect.PLANNED: mark("{change}: the next one is on {day}, with {leader}"),
    TeamEffect.BOOKED: mark("{change}: the session of {day} stays with {leader}"),
    TeamEffect.NONE: mark("{change}: is left out of this plan"),
}
FIRST = mark("{change}: gets the first one on {day}, with {leader}")
"""What a plan has for whoever has joined."""

LEFT_OUT = {
    LeftOut.TAKEN: mark("taken by another booking meanwhile"),
    LeftOut.HELD: mark("being offered to somebody just then"),
    LeftOut.TOO_SOON: mark("too soon by then"),
    LeftOut.QUORUM: mark("without enough of the others"),
    LeftOut.ANOTHER: mark("got another one meanwhile"),
    LeftOut.GONE: mark("no longer with us"),
    LeftOut.MOVED: mark("in another team or under another manager by now"),
    LeftOut.PART: mark("cannot come to another part of the course"),
}

EVERY = {
    Frequency.DAILY: (mark("every day"), mark("every {n} days")),
    Frequency.WEEKLY: (mark("every week"), mark("every {n} weeks")),
    Frequency.MONTHLY: (mark("every month"), mark("every {n} months")),
}


WORKDAYS = frozenset(range(5))


def weekday_words(words: Words, day: int) -> str:
    """Return the name of a weekday, 0 for Monday."""
    return str(get_day_names("wide", locale=words.locale)[day])


def recurrence_words(words: Words, rule: Recurrence) -> str:
    """Return how often, and on which weekdays where that is not any."""
    one, several = EVERY[rule.frequency]
    often = words.say(one) if rule.every == 1 else words.say(several, n=words.number(rule.every))
    if rule.weekdays == EVERY_DAY and rule.nth is None:
        return often
    days = words.listed((weekday_words(words, day) for day in sorted(rule.weekdays)), "or")
    if rule.nth is None and rule.weekdays == WORKDAYS:
        return words.say("{often} from Monday to Friday", often=often)
    if rule.nth is None:
        return words.say("{often} on {days}", often=often, days=days)
    if rule.nth == LAST:
        return words.say("{often} on the last {days}", often=often, days=days)
    return words.say(
        "{often} on {days} no. {nth}", often=often, days=days, nth=words.number(rule.nth)
    )
