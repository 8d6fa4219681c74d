"""What a sentence left open or got wrong, each as one short request."""

from collections.abc import Mapping
from datetime import date

from dialogs import verbs
from dialogs.problems import Problem, ProblemKind
from dialogs.wording import Words, clean, mark
from scheduling.domain.meetings import PlaceKind

FIELDS = {
    verbs.TYPE: mark("Type"),
    verbs.ATTENDEES: mark("Attendees"),
    verbs.OPTIONAL: mark("Who may be missing"),
    verbs.QUORUM: mark("How many must be there"),
    verbs.FACILITATOR: mark("Led by"),
    verbs.FIRST: mark("From"),
    verbs.LAST: mark("Until and including"),
    verbs.WINDOW: mark("Time of day"),
    verbs.MINUTES: mark("Minutes each"),
    verbs.PLACE: mark("Place"),
    verbs.PERIOD: mark("Days"),
    verbs.COUNT: mark("How many"),
    verbs.WAS: mark("The day it is on now"),
    verbs.NOTE: mark("Note"),
}
"""The label of each input."""
NO_FIELD = mark("this")

PLACES = {PlaceKind.ROOM: mark("a room"), PlaceKind.ONLINE: mark("online")}

SENTENCES = {
    ProblemKind.MISSING: mark("Please choose: {field}."),
    ProblemKind.UNKNOWN_NAME: mark("I don't know anybody called “{said}” in your teams."),
    ProblemKind.AMBIGUOUS_NAME: mark("Which “{said}” do you mean: {candidates}?"),
    ProblemKind.UNKNOWN_TEAM: mark("I don't know a team called “{said}”; you have {teams}."),
    ProblemKind.AMBIGUOUS_TEAM: mark("Which team do you mean by “{said}”: {teams}?"),
    ProblemKind.EMPTY_TEAM: mark("“{said}” has nobody in it in the workforce system."),
    ProblemKind.UNKNOWN_TYPE: mark("I don't know a “{said}”; there is {types}."),
    ProblemKind.AMBIGUOUS_TYPE: mark("Which do you mean by “{said}”: {types}?"),
    ProblemKind.PAST: mark("Those dates ended on {last}; please choose later ones."),
    ProblemKind.AMBIGUOUS_DATE: mark("Is “{said}” {dates}? Please choose the dates."),
    ProblemKind.BAD_DATE: mark("“{said}” is not a date, or ends before it starts."),
    ProblemKind.WEEKDAY_MISMATCH: mark("You wrote “{said}”, but that date is {date}."),
    ProblemKind.RANGE_TOO_LONG: mark("I search at most {limit} days at once; please shorten it."),
    ProblemKind.BAD_WINDOW: mark("“{said}” is not a time of day I can use, such as 09:00-12:30."),
    ProblemKind.BAD_MINUTES: mark("A session lasts {least} to {most} minutes, not “{said}”."),
    ProblemKind.BAD_QUORUM: mark(
        "“{said}” is not a number of people who must be there: it is from 1 to {most}, of those asked."
    ),
    ProblemKind.SAID_TWICE: mark("You gave more than one value here: {said}. Which one?"),
    ProblemKind.UNKNOWN_ROOM: mark("I don't know a room “{said}”; there is {rooms}."),
    ProblemKind.PLACE_NOT_OFFERED: mark("This type is not held there ({said}); choose another."),
    ProblemKind.TOO_MANY: mark("That is more than {limit} people; please ask for fewer at once."),
    ProblemKind.FACILITATOR_ATTENDS: mark("{name} cannot both lead and attend."),
    ProblemKind.UNKNOWN_ID: mark("Some of what was chosen may not be asked for; choose again."),
    ProblemKind.NOTHING_TO_CHANGE: mark(
        "Nothing is open in this chat that this would change. Is it a new request?"
    ),
    ProblemKind.NOT_UNDERSTOOD: mark("I did not understand this: {said}. Is the rest right?"),
}

NEAREST = mark("I don't know anybody called “{said}” in your teams. Did you mean {nearest}?")


def problem_words(words: Words, problem: Problem) -> str:
    """Return the sentence about ``problem``; a kind that is unknown asks for its field."""
    label = words.say(FIELDS.get(problem.field, NO_FIELD))
    facts = {name: _fact(words, name, value) for name, value in problem.facts.items()}
    try:
        kind = ProblemKind(problem.kind)
        template = NEAREST if facts.get("nearest") else SENTENCES[kind]
        return words.say(template, field=label, **facts)
    except (ValueError, KeyError):
        return words.say(SENTENCES[ProblemKind.MISSING], field=label)


def _fact(words: Words, name: str, value: object) -> str:
    if name in {"last", "date"}:
        return words.day(date.fromisoformat(str(value)))
    if isinstance(value, list | tuple):
        return words.listed((_part(words, name, each) for each in value), last="or")
    if name == "said" and value in set(PlaceKind):
        return words.say(PLACES[PlaceKind(str(value))])
    return clean(value)


def _part(words: Words, name: str, part: object) -> str:
    if isinstance(part, Mapping):
        person = clean(part.get("name", ""))
        team = part.get("team")
        return words.say("{name} ({team})", name=person, team=clean(team)) if team else person
    return words.day(date.fromisoformat(str(part))) if name == "dates" else str(part)
