"""What a button can mean, and what its payload and inputs are called; old cards live for ever.

A button's payload carries ``DRAFT`` and ``VERSION`` (or ``WORK_ITEM`` and ``VERSION``); a card's
inputs arrive beside them as strings under the other names. All of it is untrusted.
"""

from enum import StrEnum
from typing import Final


class Verb(StrEnum):
    """Every verb a card may send."""

    START = "start"
    HELP = "help"
    PROPOSE = "propose"
    BOOK = "book"
    ESCALATE = "escalate"
    DISCARD = "discard"
    REFRESH = "refresh"
    UNDO = "undo"
    CANCEL = "cancel"
    ITEM = "item"
    ASSIGN = "assign"
    APPROVE = "approve"
    FORCE = "force"
    CONFIRM_FORCE = "confirm_force"
    TRY_AGAIN = "try_again"
    SEND_BACK = "send_back"
    SETUP = "setup"
    SETUP_OPEN = "setup_open"
    SETUP_SAVE = "setup_save"
    SETUP_REMOVE = "setup_remove"
    SETUP_CHANGE = "setup_change"
    SETUP_CONFIRM = "setup_confirm"
    SETUP_DROP = "setup_drop"
    SETUP_UNDO = "setup_undo"
    SETUP_HISTORY = "setup_history"
    SETUP_RESTORE = "setup_restore"
    PEOPLE = "people"
    PERSON = "person"
    APPOINT = "appoint"
    RECALL = "recall"
    BIND = "bind"
    UNBIND = "unbind"
    DEPUTISE = "deputise"


DRAFT: Final = "d"
VERSION: Final = "n"
WORK_ITEM: Final = "w"
SUBJECT: Final = "s"
"""The id of what a button is about, where that is neither a draft nor a work item."""

TYPE: Final = "type"
ATTENDEES: Final = "attendees"
"""Person ids, joined by commas (as Input.ChoiceSet does)."""
FACILITATOR: Final = "facilitator"
FIRST: Final = "first"
LAST: Final = "last"
"""Dates as YYYY-MM-DD; ``last`` is inclusive."""
WINDOW: Final = "window"
"""``any``, ``morning``, ``afternoon`` or ``HH:MM-HH:MM``."""
MINUTES: Final = "minutes"
PLACE: Final = "place"
CHOICE_PREFIX: Final = "choice:"
"""Followed by an attendee's id; the value is an index into that session's options."""
REASON: Final = "reason"
NOTE: Final = "note"
WAY_OUT: Final = "way_out"
SETTING_PREFIX: Final = "set:"
"""Followed by a setting's path; the value is what was typed."""
CHANGED: Final = "changed"
"""What of the set-up is to be changed: an area, or an area and an id with a slash between."""
WHICH_VERSION: Final = "which_version"
NAME: Final = "name"
WHO: Final = "who"
ROLES: Final = "roles"
LEADS: Final = "leads"
ACCOUNT: Final = "account"
DEPUTY: Final = "deputy"

ANY_TIME: Final = "any"
MORNING: Final = "morning"
AFTERNOON: Final = "afternoon"


class Dataset(StrEnum):
    """What a typeahead field may search."""

    PEOPLE = "people"
    FACILITATORS = "facilitators"
