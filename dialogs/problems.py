"""The kinds of ``Problem`` a form can show. ``dialogs.cards`` has a sentence for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing the sentence left open or got wrong; ``field`` is the input it belongs to.

    ``kind`` is a stable name such as ``unknown_name``; ``facts`` feed its sentence.
    """

    field: str
    kind: str
    facts: Mapping[str, object] = by_default(default_factory=dict)


class ProblemKind(StrEnum):
    """What was left open or wrong. ``said`` is always what the person wrote, capped.

    ``candidates`` and ``nearest`` are lists of ``{"id", "name", "team"}`` from the asker's roster
    (``team`` may be None); dates are ISO.
    """

    MISSING = "missing"
    """The field is needed and could not be inferred. No facts."""
    UNKNOWN_NAME = "unknown_name"
    """facts: said, nearest."""
    AMBIGUOUS_NAME = "ambiguous_name"
    """facts: said, candidates."""
    UNKNOWN_TEAM = "unknown_team"
    """facts: said, teams (names)."""
    AMBIGUOUS_TEAM = "ambiguous_team"
    """Several teams fit. facts: said, teams (names)."""
    EMPTY_TEAM = "empty_team"
    """facts: said."""
    UNKNOWN_TYPE = "unknown_type"
    """facts: said, types (names)."""
    AMBIGUOUS_TYPE = "ambiguous_type"
    """facts: said, types (names)."""
    PAST = "past"
    """The dates are over. facts: last."""
    AMBIGUOUS_DATE = "ambiguous_date"
    """Day first or month first? facts: said, dates (both)."""
    BAD_DATE = "bad_date"
    """There is no such date, or first is after last. facts: said."""
    WEEKDAY_MISMATCH = "weekday_mismatch"
    """The date is another day of the week. facts: said, date."""
    RANGE_TOO_LONG = "range_too_long"
    """facts: limit (days)."""
    BAD_WINDOW = "bad_window"
    """There are no such times, or they are shorter than the session. facts: said."""
    BAD_MINUTES = "bad_minutes"
    """facts: said, least, most."""
    BAD_QUORUM = "bad_quorum"
    """So many cannot be there of those who are asked. facts: said, most."""
    SAID_TWICE = "said_twice"
    """Two different values were given for one field. facts: said (a list)."""
    UNKNOWN_ROOM = "unknown_room"
    """facts: said, rooms (names)."""
    PLACE_NOT_OFFERED = "place_not_offered"
    """This type is not held there. facts: said (a PlaceKind's value)."""
    TOO_MANY = "too_many"
    """facts: limit."""
    FACILITATOR_ATTENDS = "facilitator_attends"
    """Nobody leads a session for themselves. facts: name."""
    UNKNOWN_ID = "unknown_id"
    """The card sent somebody or something that may not be asked for. facts: count."""
    NOT_UNDERSTOOD = "not_understood"
    """Words that would change the meaning but were not understood. facts: said (a list)."""
    NOTHING_TO_CHANGE = "nothing_to_change"
    """A correction, and nothing is open here that it could change. No facts."""


MAX_SAID = 60


def problem(field: str, kind: ProblemKind, **facts: object) -> Problem:
    """Return the problem with what was said cut to what a card can show."""
    said = facts.get("said")
    if isinstance(said, str):
        facts["said"] = said[:MAX_SAID]
    return Problem(field=field, kind=kind.value, facts=facts)
