"""Who took part in what: the whole, then teams, sites and types, then the reader's own people."""

from collections.abc import Iterator, Mapping

from dialogs import verbs
from dialogs.cards.components import (
    NOTHING,
    Element,
    aside,
    card,
    choices,
    heading,
    subheading,
    table,
    tap,
    text,
)
from dialogs.participation_file import figures_words
from dialogs.register_views import ParticipationView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.times import DAY, DateRange
from scheduling.learning.standings import SOON
from scheduling.workflows.participation_port import (
    FEWEST,
    DueGroup,
    Group,
    Level,
    Participation,
)

ROWS = (20, 10, 5)
HIDDEN = "·"
PERIODS = (30, 90, 365)
TITLES: Mapping[Level, str] = {
    Level.TEAM: mark("Teams"),
    Level.SITE: mark("Sites"),
    Level.TYPE: mark("Meeting types"),
    Level.PERSON: mark("My people"),
}
DUE_TITLES: Mapping[Level, str] = {
    Level.COURSE: mark("Courses"),
    Level.SITE: mark("Courses by site"),
    Level.TEAM: mark("Courses by team"),
    Level.PERSON: mark("My people with courses overdue or due soon"),
}


def participation_cards(view: ParticipationView, words: Words) -> Iterator[Element]:
    """Yield the figures, then fewer rows of them."""
    found = view.participation
    dates = words.days(DateRange(found.first, found.last + DAY))
    for most in ROWS:
        body = [
            heading(words.say("Who took part")),
            text(dates, spacing="None"),
            text(_whole(found, words), weight="Bolder"),
        ]
        if found.closed:
            for level, title in TITLES.items():
                body += _part(level, words.say(title), found, words, most)
        body += [*_due(found, words, most), *_caveats(found, words), *_asked(found, words)]
        yield card(body, _actions(words))


def _whole(found: Participation, words: Words) -> str:
    if not found.closed:
        return words.say("No register of these days is closed yet.")
    name = clean(found.type_name) if found.type_name else words.say("All types with registers")
    return words.say("{name}: {figures}", name=name, figures=figures_words(found.whole, words))


def _part(level: Level, title: str, found: Participation, words: Words, most: int) -> list[Element]:
    groups = [one for one in found.groups if one.level is level]
    if not groups or (level is Level.TYPE and found.type_id is not None):
        return []
    header = [
        words.say("Name"),
        words.say("Took part"),
        words.say("Places attended"),
        words.say("Did not come"),
    ]
    shown: list[Element] = [
        subheading(title),
        table(header, [_row(one, words) for one in groups[:most]], [4, 3, 3, 2]),
    ]
    return [*shown, *_more(len(groups) - most, words)]


def _more(rest: int, words: Words) -> list[Element]:
    if rest <= 0:
        return []
    return [aside(words.count("and {n} more, in the file", "and {n} more, in the file", rest))]


def _due(found: Participation, words: Words, most: int) -> list[Element]:
    """Return how courses stand by their due dates: each, then by site, team and own person."""
    header = [
        words.say("Name"),
        words.say("Done"),
        words.say("Overdue"),
        words.say("Due soon"),
    ]
    shown: list[Element] = []
    for level, title in DUE_TITLES.items():
        groups = [one for one in found.dues if one.level is level]
        if groups:
            rows = [_due_row(one, words) for one in groups[:most]]
            shown += [subheading(words.say(title)), table(header, rows, [4, 3, 3, 2])]
            shown += _more(len(groups) - most, words)
    return shown


def _due_row(one: DueGroup, words: Words) -> list[str]:
    name = clean(one.name)
    if one.due is not None:
        name = words.say("{name}, due on {day}", name=name, day=words.day(one.due))
    if one.figures is None:
        return [name, words.say("too few people to show"), HIDDEN, HIDDEN]
    done = words.say(
        "{part} of {whole}",
        part=words.number(one.figures.done),
        whole=words.number(one.figures.required),
    )
    return [name, done, words.number(one.figures.overdue), words.number(one.figures.soon)]


def _row(one: Group, words: Words) -> list[str]:
    figures = one.figures
    if figures is None:
        return [clean(one.name), words.say("too few people to show"), HIDDEN, HIDDEN]
    took_part = words.say(
        "{part} of {whole}",
        part=words.number(figures.completed),
        whole=words.number(figures.people),
    )
    if one.level is Level.PERSON:
        took_part = words.day(one.last) if one.last else words.say("not yet")
    places = words.say(
        "{part} of {whole}",
        part=words.number(figures.attended),
        whole=words.number(figures.expected),
    )
    return [clean(one.name), took_part, places, words.number(figures.no_shows)]


def _caveats(found: Participation, words: Words) -> list[Element]:
    said = words.say("Out of closed registers. Who was excused does not count as expected.")
    if found.dues:
        said = words.say(
            "Out of closed registers. Who was excused does not count as expected. Courses are as they"
            " stand today; due soon is within {days} days.",
            days=words.number(SOON.days),
        )
    hidden = found.closed and any(one.figures is None for one in found.groups)
    if not hidden and all(one.figures is not None for one in found.dues):
        return [aside(said)]
    few = words.say(
        "Figures of fewer than {least} people are for their line manager only.",
        least=words.number(FEWEST),
    )
    return [aside(said), aside(few)]


def _asked(found: Participation, words: Words) -> list[Element]:
    every = [(verbs.EVERY_TYPE, words.say("All types with registers"))]
    types = [*every, *((type_id, clean(name)) for type_id, name in found.types)]
    days = sorted({*PERIODS, found.days})
    return [
        choices(verbs.TYPE, words.say("Meeting type"), types, found.type_id or verbs.EVERY_TYPE),
        choices(
            verbs.PERIOD,
            words.say("Sessions of"),
            [(str(n), words.count("the last {n} day", "the last {n} days", n)) for n in days],
            str(found.days),
        ),
    ]


def _actions(words: Words) -> list[Element]:
    return [
        tap(words.say("Show"), Verb.PARTICIPATION, NOTHING, style="positive"),
        tap(words.say("File for a spreadsheet"), Verb.PARTICIPATION_FILE, NOTHING),
        tap(words.say("Registers"), Verb.REGISTERS, NOTHING),
    ]
