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

ANY_TIME: Final = "any"
MORNING: Final = "morning"
AFTERNOON: Final = "afternoon"


class Dataset(StrEnum):
    """What a typeahead field may search."""

    PEOPLE = "people"
    FACILITATORS = "facilitators"
