"""A button's payload and inputs, reduced to what may be looked at. All of it is untrusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dialogs import verbs
from dialogs.verbs import Verb
from scheduling.domain.courses import MOST_PARTS
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.registers import AttendanceState

MAX_ID = 128
MAX_INPUT = 200
MAX_SETTING = 2000
MAX_PEOPLE = 20_000
MAX_PROSE = 500
MAX_CHOICES = 300

_LIMITS = {
    verbs.TYPE: MAX_ID,
    verbs.ATTENDEES: MAX_PEOPLE,
    verbs.OPTIONAL: MAX_PEOPLE,
    verbs.QUORUM: MAX_INPUT,
    verbs.FACILITATOR: MAX_ID,
    verbs.FIRST: MAX_INPUT,
    verbs.LAST: MAX_INPUT,
    verbs.WINDOW: MAX_INPUT,
    verbs.MINUTES: MAX_INPUT,
    verbs.PLACE: MAX_INPUT,
    verbs.REASON: MAX_PROSE,
    verbs.NOTE: MAX_PROSE,
    verbs.WAY_OUT: MAX_INPUT,
    verbs.CHANGED: MAX_INPUT,
    verbs.WHICH_VERSION: MAX_INPUT,
    verbs.NAME: MAX_INPUT,
    verbs.WHO: MAX_ID,
    verbs.ROLES: MAX_INPUT,
    verbs.LEADS: MAX_PEOPLE,
    verbs.ACCOUNT: MAX_INPUT,
    verbs.DEPUTY: MAX_ID,
    verbs.UNTIL: MAX_INPUT,
    verbs.WHICH: MAX_INPUT,
    verbs.CAUSE: MAX_INPUT,
    verbs.TEAM: MAX_ID,
    verbs.PAGE: MAX_INPUT,
    verbs.SESSIONS: MAX_PEOPLE,
    verbs.UNIT: MAX_ID,
    verbs.WEEK: MAX_INPUT,
    verbs.NOTE_ID: MAX_ID,
    verbs.TEAMS: MAX_PEOPLE,
    verbs.FREQUENCY: MAX_INPUT,
    verbs.EVERY: MAX_INPUT,
    verbs.WEEKDAYS: MAX_INPUT,
    verbs.NTH: MAX_INPUT,
    verbs.LEAST_DAYS: MAX_INPUT,
    verbs.MOST_DAYS: MAX_INPUT,
    verbs.BLACKOUT: MAX_PEOPLE,
    verbs.DAYS: MAX_PEOPLE,
    verbs.PERIOD: MAX_INPUT,
    verbs.COUNT: MAX_INPUT,
    verbs.WAS: MAX_INPUT,
    verbs.BY_ITSELF: MAX_INPUT,
    verbs.ACTIVITIES: MAX_PEOPLE,
    verbs.PARTS: MAX_INPUT,
    verbs.EQUIPMENT: MAX_INPUT,
    verbs.TRAINERS: MAX_PEOPLE,
    **{f"{verbs.PART_TRAINERS}{number}": MAX_PEOPLE for number in range(1, MOST_PARTS + 1)},
    verbs.QUALIFICATION: MAX_PEOPLE,
    verbs.SKILLS: MAX_PEOPLE,
    verbs.PER_SKILL: MAX_INPUT,
    verbs.SAME_TRAINER: MAX_INPUT,
    verbs.GROUP_LEAST: MAX_INPUT,
    verbs.GROUP_MOST: MAX_INPUT,
    verbs.PER_TEAM: MAX_INPUT,
    verbs.PREPARE: MAX_INPUT,
    verbs.CONTACT: MAX_INPUT,
    verbs.REQUIRES: MAX_PEOPLE,
    verbs.VALID: MAX_INPUT,
    verbs.DUE: MAX_INPUT,
    verbs.TIER: MAX_INPUT,
    verbs.PILOT: MAX_INPUT,
    verbs.NO_SHOW: MAX_INPUT,
    verbs.PASSING: MAX_INPUT,
    verbs.SETTLE: MAX_INPUT,
    verbs.SEATS: MAX_INPUT,
    verbs.WITHIN: MAX_PEOPLE,
    verbs.ATTENDED: MAX_INPUT,
    **{verbs.EXCEPTION_PREFIX + one.value: MAX_PEOPLE for one in AttendanceState},
    verbs.OPTION: MAX_INPUT,
    verbs.SURE: MAX_INPUT,
    verbs.PEER: MAX_ID,
}
_MAX_DIGITS = 9
_PREFIXES = (
    verbs.CHOICE_PREFIX,
    verbs.DECISION_PREFIX,
    verbs.SCORE_PREFIX,
    verbs.SETTING_PREFIX,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What somebody tapped. ``version`` 0 is no version; ids are None where they are unusable.

    ``inputs`` holds known inputs as strings within their limits; nothing in it is authorised.
    """

    verb: Verb
    draft_id: str | None
    work_item_id: str | None
    subject_id: str | None
    version: int
    inputs: Mapping[str, str]


def read_tap(verb: str, data: Mapping[str, object]) -> Tap | None:
    """Return the tap, None for a verb that never was. Inputs over their limit are ignored."""
    if verb not in set(Verb):
        return None
    return Tap(
        verb=Verb(verb),
        draft_id=_id(data.get(verbs.DRAFT)),
        work_item_id=_id(data.get(verbs.WORK_ITEM)),
        subject_id=_id(data.get(verbs.SUBJECT)),
        version=whole_number(_string(data.get(verbs.VERSION))) or 0,
        inputs=_inputs(data),
    )


def needed(found: str | None, otherwise: Refusal = Refusal.UNKNOWN_DRAFT) -> str:
    """Return what a tap has to say, such as its subject; refuse a tap that does not."""
    if not found:
        raise Refused(otherwise)
    return found


def day_of(text: str | None) -> date | None:
    """Return a date of this century written as YYYY-MM-DD, None for anything else."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found < date(2100, 1, 1) else None


def several(joined: str | None) -> list[str]:
    """Return the values of an input of which several may be chosen, as it sends them."""
    return [part for part in (joined or "").split(",") if part]


def whole_number(text: str | None) -> int | None:
    """Return the whole number written in plain digits, None for anything else."""
    if text and text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        return int(text)
    return None


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID else None


def _string(value: object) -> str | None:
    """Return a string or a whole number as a string: clients send inputs as either."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_MAX_DIGITS:
        return str(value)
    return value if isinstance(value, str) else None


def _inputs(data: Mapping[str, object]) -> dict[str, str]:
    inputs: dict[str, str] = {}
    choices = 0
    for name, value in data.items():
        text = _string(value)
        is_choice = isinstance(name, str) and name.startswith(_PREFIXES)
        limit = _LIMITS.get(name, MAX_INPUT if is_choice else -1)
        if is_choice and name.startswith(verbs.SETTING_PREFIX):
            limit = MAX_SETTING
        if text is None or len(text) > limit:
            continue
        choices += is_choice
        if choices <= MAX_CHOICES:
            inputs[name] = text
    return inputs
