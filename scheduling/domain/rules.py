"""The named rules of a search. The same name masks a candidate and answers "why not then?"."""

from dataclasses import dataclass
from enum import StrEnum

from scheduling.domain.people import Role


class Rule(StrEnum):
    """Every rule that can exclude a start, in the order of blame of the funnel."""

    DATES = "dates"
    LEAD_TIME = "lead_time"
    TIME_WINDOW = "time_window"
    SPACING = "spacing"
    ON_SHIFT = "on_shift"
    BREAK = "break"
    EXCEPTION = "exception"
    SHIFT_EDGE = "shift_edge"
    ATTENDEE_BUSY = "attendee_busy"
    ATTENDEE_CAP = "attendee_cap"
    QUORUM = "quorum"
    FACILITATOR = "facilitator"
    FACILITATOR_LOAD = "facilitator_load"
    TEAM_CAP = "team_cap"
    SITE_CAP = "site_cap"
    UNIT_CAP = "unit_cap"
    ACTIVITY_CAP = "activity_cap"
    SKILL_CAP = "skill_cap"
    ROOM = "room"
    HEADS = "heads"
    FLOOR = "floor"
    PRICE = "price"
    GROUP = "group"
    UNAVAILABLE = "unavailable"


CAPS = frozenset({Rule.TEAM_CAP, Rule.SITE_CAP, Rule.UNIT_CAP, Rule.ACTIVITY_CAP, Rule.SKILL_CAP})
"""Rules on how many may be away at once."""

ABSENCE = frozenset({Rule.ON_SHIFT, Rule.BREAK, Rule.EXCEPTION, Rule.ATTENDEE_BUSY})
"""Rules that tell why a person is away: outside the scheduler's role all are UNAVAILABLE."""


NEVER_RELAXED = frozenset({Rule.LEAD_TIME, Rule.BREAK, Rule.ON_SHIFT, Rule.EXCEPTION})
"""Lead time, meals and rest, and absence are not for anybody to loosen."""

GRANTED_BY: dict[Rule, Role] = {
    Rule.DATES: Role.MANAGER,
    Rule.TIME_WINDOW: Role.MANAGER,
    Rule.SPACING: Role.MANAGER,
    Rule.QUORUM: Role.MANAGER,
    Rule.ROOM: Role.MANAGER,
    Rule.SHIFT_EDGE: Role.SCHEDULER,
    Rule.ATTENDEE_BUSY: Role.SCHEDULER,
    Rule.ATTENDEE_CAP: Role.SCHEDULER,
    Rule.FACILITATOR: Role.MANAGER,
    Rule.FACILITATOR_LOAD: Role.SCHEDULER,
    Rule.TEAM_CAP: Role.SCHEDULER,
    Rule.SITE_CAP: Role.SCHEDULER,
    Rule.UNIT_CAP: Role.SCHEDULER,
    Rule.ACTIVITY_CAP: Role.SCHEDULER,
    Rule.SKILL_CAP: Role.SCHEDULER,
    Rule.HEADS: Role.SCHEDULER,
    Rule.FLOOR: Role.SCHEDULER,
    Rule.PRICE: Role.SCHEDULER,
    Rule.GROUP: Role.SCHEDULER,
}
"""Who may grant the loosening of a rule."""


def redact(rules: frozenset[Rule]) -> frozenset[Rule]:
    """Return ``rules`` as somebody who is not a scheduler may see them."""
    return frozenset(Rule.UNAVAILABLE if rule in ABSENCE else rule for rule in rules)


def redact_funnel(steps: tuple["FunnelStep", ...]) -> tuple["FunnelStep", ...]:
    """Return the funnel with all absences folded into one step, in the same order."""
    shown: list[FunnelStep] = []
    for step in steps:
        rule = Rule.UNAVAILABLE if step.rule in ABSENCE else step.rule
        if shown and shown[-1].rule is rule:
            shown[-1] = FunnelStep(rule=rule, before=shown[-1].before, after=step.after)
        else:
            shown.append(FunnelStep(rule=rule, before=step.before, after=step.after))
    return tuple(shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """How many starts were left after a rule: ``before`` in, ``after`` out."""

    rule: Rule
    before: int
    after: int
