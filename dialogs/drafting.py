"""Wishes to and from a draft's payload (our own JSON) and a card's inputs (untrusted strings).

A payload's keys are the input ids of ``verbs``; lists instead of joined strings, and beside them
``said`` (input ids that a person gave; the rest was inferred) and ``problems``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from dialogs import verbs
from dialogs.places import read_place, write_place
from dialogs.problems import Problem, ProblemKind, problem
from dialogs.windows import read_window, write_window
from dialogs.wishes import Wish, bad_minutes, bad_quorum
from scheduling.domain.meetings import LEAST_MINUTES, MOST_ATTENDEES, MOST_MINUTES
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.workflows.desk_port import ASK, Roster

SAID = "said"
PROBLEMS = "problems"


def to_payload(wish: Wish, problems: tuple[Problem, ...] = ()) -> dict[str, object]:
    """Return the wish, and what is wrong with it, as plain JSON."""
    dates = wish.dates
    return {
        verbs.TYPE: wish.type_id,
        verbs.ATTENDEES: list(wish.attendee_ids),
        verbs.OPTIONAL: list(wish.optional_ids),
        verbs.QUORUM: wish.quorum,
        verbs.FACILITATOR: wish.facilitator_id,
        verbs.FIRST: dates.start.isoformat() if dates else None,
        verbs.LAST: dates.last.isoformat() if dates else None,
        verbs.WINDOW: write_window(wish.window),
        verbs.MINUTES: wish.minutes,
        verbs.PLACE: write_place(wish.place, wish.room_id) or None,
        SAID: sorted(wish.said),
        PROBLEMS: [{"field": p.field, "kind": p.kind, "facts": dict(p.facts)} for p in problems],
    }


def from_payload(payload: Mapping[str, object]) -> Wish:
    """Return the wish of a payload; what is absent or unreadable is left out."""
    first, last = _date(payload.get(verbs.FIRST)), _date(payload.get(verbs.LAST))
    place, room_id = read_place(payload.get(verbs.PLACE))
    minutes, quorum = payload.get(verbs.MINUTES), payload.get(verbs.QUORUM)
    return Wish(
        type_id=_text(payload.get(verbs.TYPE)),
        attendee_ids=tuple(_texts(payload.get(verbs.ATTENDEES))),
        optional_ids=tuple(_texts(payload.get(verbs.OPTIONAL))),
        quorum=quorum if isinstance(quorum, int) else None,
        facilitator_id=_text(payload.get(verbs.FACILITATOR)),
        dates=DateRange(first, last + DAY) if first and last and first <= last else None,
        window=_window(payload.get(verbs.WINDOW)),
        minutes=minutes if isinstance(minutes, int) else None,
        place=place,
        room_id=room_id,
        said=frozenset(_texts(payload.get(SAID))),
    )


def problems_of(payload: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return the problems kept in a payload, so that a refreshed form still shows them."""
    kept = payload.get(PROBLEMS)
    if not isinstance(kept, list):
        return ()
    return tuple(Problem(**each) for each in kept)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _window(value: object) -> WallWindow | None:
    try:
        return read_window(value) if isinstance(value, str) else None
    except ValueError:
        return None


def from_inputs(
    wish: Wish, inputs: Mapping[str, str], roster: Roster
) -> tuple[Wish, tuple[Problem, ...]]:
    """Return the wish changed by a card's inputs, and what could not be taken.

    An input that comes back unchanged stays inferred if it was; an empty one is inferred anew.
    No id outside the roster gets through, whatever the card sent.
    """
    found: list[Problem] = []
    for field, read in _READERS.items():
        if (text := inputs.get(field)) is None:
            continue
        changed, trouble = read(wish, text.strip(), roster)
        found.extend(trouble)
        if changed != wish:
            said = wish.said | {field} if text.strip() else wish.said - {field}
            wish = replace(changed, said=said)
    wish, trouble = _read_dates(wish, inputs)
    return wish, (*found, *trouble)


def _read_type(wish: Wish, text: str, roster: Roster) -> tuple[Wish, list[Problem]]:
    known = not text or text in {each.id for each in roster.types}
    trouble = [] if known else [_unknown(verbs.TYPE, 1)]
    return replace(wish, type_id=text if text and known else None), trouble


def _read_optional(wish: Wish, text: str, _: Roster) -> tuple[Wish, list[Problem]]:
    """Take who may be missing, of those who are asked; anybody else is none of them any more."""
    named = {each.strip() for each in text.split(",")}
    kept = tuple(i for i in wish.attendee_ids if i in named)
    return (wish if set(kept) == set(wish.optional_ids) else replace(wish, optional_ids=kept)), []


def _read_quorum(wish: Wish, text: str, _: Roster) -> tuple[Wish, list[Problem]]:
    if not text:
        return replace(wish, quorum=None), []
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        return wish, [bad_quorum(text, len(wish.attendee_ids))]
    return replace(wish, quorum=int(text)), []


def _read_attendees(wish: Wish, text: str, roster: Roster) -> tuple[Wish, list[Problem]]:
    asked = _members(text, roster)
    if len(asked) > MOST_ATTENDEES:
        return wish, [problem(verbs.ATTENDEES, ProblemKind.TOO_MANY, limit=MOST_ATTENDEES)]
    allowed = {person.id for person in roster.people}
    kept = tuple(each for each in asked if each in allowed)
    trouble = [] if kept == asked else [_unknown(verbs.ATTENDEES, len(asked) - len(kept))]
    if set(kept) == set(wish.attendee_ids):
        return wish, trouble
    return replace(wish, attendee_ids=kept), trouble


def _members(text: str, roster: Roster) -> tuple[str, ...]:
    """Return the ids that were chosen, a team's members in its place."""
    people = {person.id for person in roster.people}
    asked: dict[str, None] = {}
    for part in (each.strip() for each in text.split(",")):
        team_id = part.removeprefix(verbs.TEAM_PREFIX)
        whole_team = part not in people and part != team_id and team_id in roster.teams
        members = [p.id for p in roster.people if p.team_id == team_id] if whole_team else [part]
        asked |= dict.fromkeys(each for each in members if each)
    return tuple(asked)


def _read_facilitator(wish: Wish, text: str, roster: Roster) -> tuple[Wish, list[Problem]]:
    known = not text or text in {each.id for each in roster.facilitators}
    trouble = [] if known else [_unknown(verbs.FACILITATOR, 1)]
    return replace(wish, facilitator_id=text if text and known else None), trouble


def _read_window(wish: Wish, text: str, _: Roster) -> tuple[Wish, list[Problem]]:
    try:
        return replace(wish, window=read_window(text or verbs.ANY_TIME)), []
    except ValueError:
        return wish, [problem(verbs.WINDOW, ProblemKind.BAD_WINDOW, said=text)]


def _read_minutes(wish: Wish, text: str, _: Roster) -> tuple[Wish, list[Problem]]:
    if not text:
        return replace(wish, minutes=None), []
    digits = text.isascii() and text.isdigit() and len(text) <= 3
    if not digits or not LEAST_MINUTES <= int(text) <= MOST_MINUTES:
        return wish, [bad_minutes(text)]
    return replace(wish, minutes=int(text)), []


def _read_place(wish: Wish, text: str, roster: Roster) -> tuple[Wish, list[Problem]]:
    place, room_id = read_place(text)
    if room_id is not None and room_id not in {room.id for room in roster.rooms}:
        return wish, [_unknown(verbs.PLACE, 1)]
    trouble = [problem(verbs.PLACE, ProblemKind.MISSING)] if text and place is None else []
    return replace(wish, place=place, room_id=room_id), trouble


_READERS: Mapping[str, Callable[[Wish, str, Roster], tuple[Wish, list[Problem]]]] = {
    verbs.TYPE: _read_type,
    verbs.ATTENDEES: _read_attendees,
    verbs.OPTIONAL: _read_optional,
    verbs.QUORUM: _read_quorum,
    verbs.FACILITATOR: _read_facilitator,
    verbs.WINDOW: _read_window,
    verbs.MINUTES: _read_minutes,
    verbs.PLACE: _read_place,
}


def _read_dates(wish: Wish, inputs: Mapping[str, str]) -> tuple[Wish, list[Problem]]:
    if verbs.FIRST not in inputs and verbs.LAST not in inputs:
        return wish, []
    old = wish.dates
    first_text = inputs.get(verbs.FIRST, old.start.isoformat() if old else "").strip()
    last_text = inputs.get(verbs.LAST, old.last.isoformat() if old else "").strip() or first_text
    dated = wish.said | {verbs.FIRST, verbs.LAST}
    if not first_text and not last_text:
        return replace(wish, dates=None, said=wish.said - {verbs.FIRST, verbs.LAST}), []
    first, last = _date(first_text), _date(last_text)
    if first is None or last is None or last < first:
        said = f"{first_text} - {last_text}"
        return wish, [problem(verbs.FIRST, ProblemKind.BAD_DATE, said=said)]
    try:
        dates = DateRange(first, last + DAY)
    except OverflowError:
        return wish, [problem(verbs.LAST, ProblemKind.BAD_DATE, said=last_text)]
    return (wish, []) if dates == old else (replace(wish, dates=dates, said=dated), [])


def _unknown(field: str, count: int) -> Problem:
    return problem(field, ProblemKind.UNKNOWN_ID, count=count)


def decisions_from(inputs: Mapping[str, str], wish: Wish) -> dict[str, str]:
    """Return what was decided for the wish's own attendees; the schedulers are asked about others.

    Never empty: without a single decision everybody is asked about.
    """
    found = {
        attendee: inputs[verbs.DECISION_PREFIX + attendee]
        for attendee in wish.attendee_ids
        if verbs.DECISION_PREFIX + attendee in inputs
    }
    return found or dict.fromkeys(wish.attendee_ids, ASK)


def choices_from(inputs: Mapping[str, str], wish: Wish) -> dict[str, int]:
    """Return attendee id -> option index for the wish's own attendees; others are dropped.

    Whoever is not in the answer gets the best option.
    """
    choices: dict[str, int] = {}
    for attendee in wish.attendee_ids:
        text = inputs.get(verbs.CHOICE_PREFIX + attendee, "")
        if len(text) == 1 and text in "0123456789":
            choices[attendee] = int(text)
    return choices
