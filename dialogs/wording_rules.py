"""The named rules of a search in plain words: why not, and what loosening one would grant."""

from collections.abc import Iterable

from dialogs.wording import Words, clean, mark
from scheduling.domain.people import Role
from scheduling.domain.proposals import Unplaced
from scheduling.domain.rules import Rule

EXCLUDED = {
    Rule.DATES: mark("outside the dates"),
    Rule.LEAD_TIME: mark("too soon"),
    Rule.TIME_WINDOW: mark("outside the times of day"),
    Rule.SPACING: mark("too near another session, or too far from it"),
    Rule.ON_SHIFT: mark("outside the shift"),
    Rule.BREAK: mark("in a break or meal"),
    Rule.EXCEPTION: mark("time off or another activity planned"),
    Rule.SHIFT_EDGE: mark("too near the start or end of the shift"),
    Rule.ATTENDEE_BUSY: mark("in another appointment"),
    Rule.ATTENDEE_CAP: mark("over the limit of sessions or offline time"),
    Rule.QUORUM: mark("too few of the people free together"),
    Rule.FACILITATOR: mark("facilitator not free"),
    Rule.FACILITATOR_LOAD: mark("facilitator leads enough that day"),
    Rule.TEAM_CAP: mark("too many of the team away"),
    Rule.SITE_CAP: mark("too many of the site away"),
    Rule.UNIT_CAP: mark("too many of the unit away"),
    Rule.ACTIVITY_CAP: mark("too many of the activity away"),
    Rule.SKILL_CAP: mark("too many with a rare skill away"),
    Rule.ROOM: mark("no room free"),
    Rule.HEADS: mark("too few people left at the site"),
    Rule.FLOOR: mark("short-staffed"),
    Rule.PRICE: mark("too costly for service"),
    Rule.GROUP: mark("no group could be filled"),
    Rule.UNAVAILABLE: mark("not available"),
}
"""Why a start was left out."""

GRANTED = {
    Rule.DATES: mark("other dates"),
    Rule.LEAD_TIME: mark("short notice"),
    Rule.TIME_WINDOW: mark("another time of day"),
    Rule.SPACING: mark("nearer to or further from the other sessions"),
    Rule.ON_SHIFT: mark("outside the shift"),
    Rule.BREAK: mark("in a break"),
    Rule.EXCEPTION: mark("over planned time"),
    Rule.SHIFT_EDGE: mark("near the edge of the shift"),
    Rule.ATTENDEE_BUSY: mark("over an appointment"),
    Rule.ATTENDEE_CAP: mark("above the person's limit"),
    Rule.QUORUM: mark("with fewer people than asked for"),
    Rule.FACILITATOR: mark("facilitator must make time"),
    Rule.FACILITATOR_LOAD: mark("facilitator leads more that day"),
    Rule.TEAM_CAP: mark("more of the team away"),
    Rule.SITE_CAP: mark("more of the site away"),
    Rule.UNIT_CAP: mark("more of the unit away"),
    Rule.ACTIVITY_CAP: mark("more of the activity away"),
    Rule.SKILL_CAP: mark("more with a rare skill away"),
    Rule.ROOM: mark("without a site room"),
    Rule.HEADS: mark("fewer people than the minimum (a second scheduler confirms)"),
    Rule.FLOOR: mark("below staffing floor (a second scheduler confirms)"),
    Rule.PRICE: mark("above the price limit"),
    Rule.GROUP: mark("in a group of another size"),
    Rule.UNAVAILABLE: mark("over unavailable time"),
}
"""What is granted where a rule is loosened; short, for a button."""

ROLES = {
    Role.MANAGER: mark("a team manager"),
    Role.TRAINER: mark("a trainer"),
    Role.SCHEDULER: mark("a scheduler"),
    Role.AGENT: mark("an agent"),
    Role.LEARNING: mark("Learning & Development"),
    Role.ADMINISTRATOR: mark("an administrator"),
}
ROLE_TITLES = {
    Role.MANAGER: mark("Team manager"),
    Role.TRAINER: mark("Trainer"),
    Role.SCHEDULER: mark("Scheduler"),
    Role.AGENT: mark("Agent"),
    Role.LEARNING: mark("Learning & Development"),
    Role.ADMINISTRATOR: mark("Administrator"),
}

MOST_REASONS = 4
ORDER = {rule: place for place, rule in enumerate(Rule)}


def funnel_words(words: Words, unplaced: Unplaced) -> str:
    """Return one sentence of counts that add up.

    The ``MOST_REASONS`` rules that exclude most are named in order of blame, the rest counted;
    starts that are left went to the rivals.
    """
    funnel = unplaced.funnel
    cuts = [step for step in funnel if step.before > step.after]
    if not cuts and not unplaced.rivals:
        return words.say("no start was possible in these dates")
    worst = sorted(cuts, key=lambda step: step.after - step.before)[:MOST_REASONS]
    reasons = [
        words.say(
            "{n} {reason}",
            n=words.number(step.before - step.after),
            reason=excluded(words, step.rule),
        )
        for step in funnel
        if step in worst
    ]
    rest = sum(step.before - step.after for step in cuts if step not in worst)
    if rest:
        reasons.append(words.count("{n} for other reasons", "{n} for other reasons", rest))
    total = words.count("of {n} possible start", "of {n} possible starts", funnel[0].before)
    left = funnel[-1].after
    if left:
        reasons.append(taken_words(words, unplaced, left))
    return words.say("{total}: {reasons}", total=total, reasons=", ".join(reasons))


def taken_words(words: Words, unplaced: Unplaced, left: int) -> str:
    """Return who has the ``left`` starts that no rule leaves out."""
    if not unplaced.rivals:
        return words.count("{n} left, taken by others", "{n} left, taken by others", left)
    names = words.listed(clean(name) for name in unplaced.rivals)
    return words.say("{n} left, taken by {names}", n=words.number(left), names=names)


def excluded(words: Words, rule: Rule) -> str:
    """Return why ``rule`` leaves a start out."""
    return words.say(EXCLUDED[rule])


def granted(words: Words, rules: Iterable[Rule]) -> str:
    """Return what loosening ``rules`` together grants."""
    return words.listed(words.say(GRANTED[rule]) for rule in sorted(rules, key=ORDER.__getitem__))
