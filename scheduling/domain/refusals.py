"""Everything Aside can refuse, by name. Words for people are made by ``dialogs``."""

from collections.abc import Mapping
from enum import StrEnum


class Refusal(StrEnum):
    """Why something asked for was not done. Nothing was written where one is raised."""

    UNKNOWN_PERSON = "unknown_person"
    """The Teams account is bound to nobody."""
    NOT_YOUR_ROLE = "not_your_role"
    """facts: who (the role's value that can)."""
    OUTSIDE_HIERARCHY = "outside_hierarchy"
    """facts: names (people outside the asker's teams)."""
    EMPTY_TEAM = "empty_team"
    """facts: team."""
    PAST = "past"
    """The dates are over. facts: last (ISO date)."""
    OUTSIDE_HOURS = "outside_hours"
    """The type is not held at those times of day. facts: start, end (HH:MM:SS)."""
    NO_SCHEDULE = "no_schedule"
    """No published schedule for these dates. facts: names, first, last (ISO), until (ISO or None)."""
    NO_FORECAST = "no_forecast"
    """No requirement or forecast. facts: demands (names), first, last (ISO)."""
    CODE_MISSING = "code_missing"
    """The WFM lacks the activity code. facts: code, type."""
    NOT_RECONCILED = "not_reconciled"
    """Staffing does not add up, so nothing is booked automatically. facts: demands (names)."""
    WFM_AWAY = "wfm_away"
    CALENDAR_AWAY = "calendar_away"
    SOLVER_AWAY = "solver_away"
    STORE_AWAY = "store_away"
    """Our own database is full, read-only, locked or away."""
    UNKNOWN_DRAFT = "unknown_draft"
    """No such draft for this person in this conversation."""
    EXPIRED = "expired"
    """The draft is older than its expiry; nothing was booked."""
    STALE = "stale"
    """The card was changed since; the fresh one is to be shown."""
    ALREADY_DECIDED = "already_decided"
    """facts: who, what (a WorkItemState's value)."""
    CLAIMED_BY_OTHER = "claimed_by_other"
    """facts: who."""
    SECOND_PERSON = "second_person"
    """A force below the floor needs a second scheduler, who is not the requester nor the first."""
    REASON_NEEDED = "reason_needed"
    """Force needs a reason."""
    UNDO_OVER = "undo_over"
    """facts: why (time or acted)."""
    SLOT_TAKEN = "slot_taken"
    """Somebody else took the minute first; a fresh proposal is to be shown."""
    CHOICES_CLASH = "choices_clash"
    """Two chosen times overlap, and one facilitator leads both. facts: names (the two)."""
    DUPLICATE = "duplicate"
    """The same was asked before and is under way. facts: request_id."""
    TOO_MANY = "too_many"
    """facts: limit."""
    NO_TEMPLATE = "no_template"
    """There is no such template, or none at all for these dates."""
    BAD_TEMPLATE = "bad_template"
    """The template can never be met. facts: faults (TemplateFault values), lost (ids)."""
    BAD_DATES = "bad_dates"
    """A run is over dates to come, and not too many. facts: most (days)."""
    RUN_UNDER_WAY = "run_under_way"
    """A run of the unit is being planned or booked. facts: run_id, state (RunState's value)."""


class Refused(Exception):
    """Raised by the desk instead of doing what was asked; nothing was written."""

    def __init__(self, refusal: Refusal, facts: Mapping[str, object] | None = None) -> None:
        """Keep the name and the facts that a sentence about it needs."""
        super().__init__(refusal.value)
        self.refusal = refusal
        self.facts: Mapping[str, object] = dict(facts or {})
