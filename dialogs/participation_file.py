"""Who took part in what as a CSV file, and as plain text where no file can be given."""

from dialogs.csv_file import csv_file
from dialogs.wording import Words, clean, mark
from scheduling.learning.standings import DueFigures
from scheduling.workflows.participation_port import DueGroup, Figures, Group, Level, Participation

LEVELS = {
    Level.TYPE: mark("Meeting type"),
    Level.SITE: mark("Site"),
    Level.TEAM: mark("Team"),
    Level.PERSON: mark("Person"),
    Level.COURSE: mark("Course"),
}
HEADER = (
    mark("Group"),
    mark("Name"),
    mark("From"),
    mark("Until"),
    mark("People"),
    mark("Took part"),
    mark("Places expected"),
    mark("Places attended"),
    mark("Of them late"),
    mark("Did not come"),
    mark("Excused"),
    mark("Last attended"),
    mark("Mean score"),
    mark("Completions required"),
    mark("Completed"),
    mark("Overdue"),
    mark("Due soon"),
    mark("Due on"),
)
NO_DUES = [None] * 5


def participation_name(participation: Participation) -> str:
    """Return what the file is called."""
    return f"aside-participation-{participation.last.isoformat()}.csv"


def participation_file(participation: Participation, words: Words) -> bytes:
    """Return a row for each group, then how each stands with courses; small ones have no figures."""
    rows = [
        [
            words.say(LEVELS[one.level]),
            one.name,
            participation.first.isoformat(),
            participation.last.isoformat(),
            *_figures(one.figures),
            one.last.isoformat() if one.last else None,
            one.score,
            *NO_DUES,
        ]
        for one in participation.groups
    ]
    rows += [
        [
            words.say(LEVELS[one.level]),
            one.name,
            None,
            participation.last.isoformat(),
            *_figures(None),
            None,
            None,
            *_due(one.figures),
            one.due.isoformat() if one.due else None,
        ]
        for one in participation.dues
    ]
    return csv_file([words.say(each) for each in HEADER], rows)


def _due(figures: DueFigures | None) -> list[int | None]:
    if figures is None:
        return [None] * 4
    return [figures.required, figures.done, figures.overdue, figures.soon]


def _figures(figures: Figures | None) -> list[int | None]:
    if figures is None:
        return [None] * 7
    return [
        figures.people,
        figures.completed,
        figures.expected,
        figures.attended,
        figures.late,
        figures.no_shows,
        figures.excused,
    ]


def participation_text(participation: Participation, words: Words) -> str:
    """Return a line for each group and course, for where no file can be given."""
    lines = [words.say("No register of these days is closed yet.")]
    if participation.closed:
        lines = [
            _line(one, figures_words(one.figures, words), words) for one in participation.groups
        ]
    lines += [_line(one, due_words(one.figures, words), words) for one in participation.dues]
    return "\n".join(lines)


def _line(one: Group | DueGroup, figures: str, words: Words) -> str:
    return words.say(
        "{level} {name}: {figures}",
        level=words.say(LEVELS[one.level]),
        name=clean(one.name),
        figures=figures,
    )


def due_words(figures: DueFigures | None, words: Words) -> str:
    """Return how a group stands with courses in one sentence."""
    if figures is None:
        return words.say("too few people to show")
    return words.say(
        "{done} of {required} completed, {overdue} overdue, {soon} due soon",
        done=words.number(figures.done),
        required=words.number(figures.required),
        overdue=words.number(figures.overdue),
        soon=words.number(figures.soon),
    )


def figures_words(figures: Figures | None, words: Words) -> str:
    """Return the figures of a group in one sentence."""
    if figures is None:
        return words.say("too few people to show")
    return words.say(
        "{completed} of {people} took part; {attended} of {expected} places attended",
        completed=words.number(figures.completed),
        people=words.number(figures.people),
        attended=words.number(figures.attended),
        expected=words.number(figures.expected),
    )
