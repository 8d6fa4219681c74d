"""Courses in words: what a form asks, why somebody has no seat, and what a roll-out takes."""

from dialogs import verbs
from dialogs.wording import Words, mark
from scheduling.domain.meetings import Tier
from scheduling.domain.rollouts import NotNow

FIELDS = {
    verbs.NAME: mark("Name"),
    verbs.TYPE: mark("Type"),
    verbs.TEAMS: mark("For everyone on these sites and teams"),
    verbs.SKILLS: mark("Only who has these skills (such as Cards >= 2; Danish)"),
    verbs.ACTIVITIES: mark("Only who works one of these activities (none: any)"),
    verbs.PARTS: mark("Minutes of each part, in order (such as 60, 90)"),
    verbs.LEAST_DAYS: mark("At least so many days between two parts"),
    verbs.MOST_DAYS: mark("At most so many days between two parts"),
    verbs.PLACE: mark("Place"),
    verbs.EQUIPMENT: mark("What the room must have (such as projector)"),
    verbs.TRAINERS: mark("Who may teach it"),
    verbs.QUALIFICATION: mark(
        "Skills that a trainer from the workforce system must have (such as Coaching >= 3)"
    ),
    verbs.SAME_TRAINER: mark("The same trainer for all parts of a group"),
    verbs.GROUP_LEAST: mark("Smallest group"),
    verbs.GROUP_MOST: mark("Largest group"),
    verbs.PER_TEAM: mark("At most so many of one team in a group (empty: any)"),
    verbs.PER_SKILL: mark("At most so many of one rare skill away at once (empty: any)"),
    verbs.PREPARE: mark("Minutes to prepare before each part"),
    verbs.CONTACT: mark("Minutes a trainer teaches a day at most (empty: any)"),
    verbs.REQUIRES: mark("Courses to be completed before"),
    verbs.VALID: mark("To be taken again after so many days (empty: never)"),
    verbs.DUE: mark("To be completed by (empty: any day)"),
    verbs.TIER: mark("How much it matters"),
    verbs.PILOT: mark("Teach one group first"),
    verbs.NO_SHOW: mark("Expected not to come, in per cent"),
    verbs.SETTLE: mark("A group that is too small is decided on so many days before"),
    verbs.PASSING: mark("Score to pass, 1 to 100 (empty: being there is enough)"),
}

TIERS = {
    Tier.NORMAL: mark("Normal"),
    Tier.DUE: mark("Due"),
    Tier.MANDATORY: mark("Mandatory: nobody is drawn for"),
}

NOT_NOW = {
    NotNow.DONE: mark("have completed it"),
    NotNow.BOOKED: mark("have their seats already"),
    NotNow.UNSAID: mark("had their seats, and a register is still open"),
    NotNow.NOT_READY: mark("have yet to complete a course that it requires"),
    NotNow.RESUMES: mark("get seats in the later parts, which they gave up, in another group"),
    NotNow.TEACHES: mark("teach it"),
    NotNow.PILOT: mark("wait until the first group has been taught"),
    NotNow.WAITS: mark("are on the waiting list"),
    NotNow.GONE: mark("are not in its audience any more"),
}


def parts_words(words: Words, minutes: tuple[int, ...]) -> str:
    """Return how many parts a course has, and how long each is."""
    lengths = words.listed(words.minutes(each) for each in minutes)
    return words.count(
        "one part of {lengths}", "{n} parts: {lengths}", len(minutes), lengths=lengths
    )


def group_words(words: Words, least: int, most: int) -> str:
    """Return the size of a group."""
    return words.say(
        "groups of {least} to {most}", least=words.number(least), most=words.number(most)
    )


def not_now_words(words: Words, counts: dict[NotNow, int]) -> str:
    """Return how many of an audience need no seat now, by reason."""
    return words.listed(
        words.say("{n} {reason}", n=words.number(number), reason=words.say(NOT_NOW[why]))
        for why, number in sorted(counts.items())
        if number
    )
