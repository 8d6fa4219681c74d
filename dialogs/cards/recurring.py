"""Recurring meetings: the templates with what may be planned, and a template's form."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.components import (
    LONGEST_ON_BUTTON,
    NOTHING,
    Element,
    and_more,
    aside,
    box,
    buttons,
    card,
    choices,
    date_input,
    heading,
    number_input,
    rows_of,
    subheading,
    subject_data,
    tap,
    text,
    text_input,
)
from dialogs.cards.form import found_by_typing, problem_lines, suggested_ids
from dialogs.cards.refusal import refusal_box
from dialogs.cards.sessions import place_words
from dialogs.run_views import TemplateFormView, TemplatesView
from dialogs.taps import whole_number
from dialogs.templating import ANY, LONGEST_NAME, MOST_DAYS_BETWEEN, NO, OWN_MANAGER, YES
from dialogs.verbs import Dataset, Verb
from dialogs.wording import Words, clean
from dialogs.wording_recurring import FIELDS, STATES, recurrence_words, weekday_words
from scheduling.domain.meetings import LEAST_MINUTES, MOST_MINUTES, PlaceKind
from scheduling.domain.runs import RunView
from scheduling.domain.templates import LAST, MOST_EVERY, Frequency
from scheduling.workflows.runs_port import Offers, TemplateView

ROWS = (12, 6, 3)
RUNS = 5
MOST_DROPPED = 30


def templates_cards(view: TemplatesView, words: Words) -> Iterator[Element]:
    """Yield the templates, then fewer of them."""
    new = tap(words.say("New recurring meeting"), Verb.TEMPLATE_OPEN, {})
    for most in ROWS:
        yield card(
            [
                heading(words.say("Recurring meetings")),
                *refusal_box(words, view.refusal, view.facts),
                *_templates(view, words, most),
                *_to_plan(view, words),
                *_runs(view.runs, words),
            ],
            [new],
        )


def _templates(view: TemplatesView, words: Words, most: int) -> list[Element]:
    if not view.templates:
        line = words.say(
            "There is none yet. A recurring meeting says who meets whom how often; nothing is booked"
            " before you have seen when."
        )
        return [text(line)]
    shown = [_template(each, words) for each in view.templates[:most]]
    shown += and_more(words, len(view.templates) - most)
    return shown


def _template(view: TemplateView, words: Words) -> Element:
    template, name = view.template, clean(view.template.name)
    short = clean(view.template.name, LONGEST_ON_BUTTON)
    data = subject_data(template.id)
    return box(
        [
            text(name, weight="Bolder"),
            text(_what(view, words), spacing="None"),
            text(_whom(view, words), spacing="None"),
            *_trouble(view, words),
            *rows_of(
                [
                    tap(words.say("Change {name}", name=short), Verb.TEMPLATE_OPEN, data),
                    tap(words.say("End {name}", name=short), Verb.TEMPLATE_END, data),
                ]
            ),
        ]
    )


def _what(view: TemplateView, words: Words) -> str:
    template = view.template
    leader = template.facilitator_id
    return words.say(
        "{type}, {often}, {place}, {leader}",
        type=clean(view.type_name),
        often=recurrence_words(words, template.recurrence),
        place=place_words(words, template.place, None),
        leader=_own_manager(view, words)
        if leader is None
        else words.say("with {name}", name=clean(view.names.get(leader, leader))),
    )


def _own_manager(view: TemplateView, words: Words) -> str:
    if view.meetings is None:
        return words.say("with each agent's own manager")
    return words.say("with each team's own manager")


def _whom(view: TemplateView, words: Words) -> str:
    asked = view.template.audience
    ids = sorted(asked.team_ids | asked.site_ids | asked.agent_ids)
    names = words.listed(clean(view.names.get(each, each)) for each in ids)
    if view.meetings is not None:
        return words.count(
            "{n} meeting each time, of {people} people: {names}",
            "{n} meetings each time, of {people} people: {names}",
            view.meetings,
            people=words.number(view.attendees),
            names=names,
        )
    return words.count("{n} person: {names}", "{n} people: {names}", view.attendees, names=names)


def _trouble(view: TemplateView, words: Words) -> list[Element]:
    lines = []
    if view.unowned:
        lines.append(
            words.say(
                "▲ Its owner has left, or may not keep it any more. Whoever changes it takes it over;"
                " until then it does not plan itself."
            )
        )
    if not view.typed:
        lines.append(
            words.say(
                "▲ Its meeting type is not in the set-up: choose another, or it is not planned"
            )
        )
    if view.lost:
        lines.append(
            words.count(
                "▲ {n} team or agent of it is no longer in the workforce system",
                "▲ {n} teams or agents of it are no longer in the workforce system",
                len(view.lost),
            )
        )
    if view.unled:
        lines.append(
            words.count(
                "▲ {n} person has no manager to meet",
                "▲ {n} people have no manager to meet",
                view.unled,
            )
        )
    return [text(line, spacing="None") for line in lines]


def _to_plan(view: TemplatesView, words: Words) -> list[Element]:
    if not view.templates:
        return []
    return [
        subheading(words.say("Plan them")),
        date_input(verbs.FIRST, words.say("From"), view.first.isoformat()),
        date_input(verbs.LAST, words.say("Until"), view.last.isoformat()),
        buttons(tap(words.say("Plan, book nothing yet"), Verb.RUN_START, {}, style="positive")),
    ]


def _runs(runs: tuple[RunView, ...], words: Words) -> list[Element]:
    if not runs:
        return []
    lines: list[Element] = [subheading(words.say("Runs"))]
    for number, run in enumerate(runs[:RUNS], 1):
        n, state = words.number(number), words.say(STATES[run.state])
        line = words.say("{n}. {dates}: {state}", n=n, dates=words.days(run.dates), state=state)
        opened = words.say("Open no. {n}", n=n)
        lines += [text(line), buttons(tap(opened, Verb.RUN_SHOW, subject_data(run.id)))]
    return lines


def template_form_cards(view: TemplateFormView, words: Words) -> Iterator[Element]:
    """Yield the form of a template."""
    title = (
        words.say("New recurring meeting")
        if not view.version
        else words.say("Change the recurring meeting")
    )
    wrong = [text(f"▸ {_wrong(name, words)}") for name in sorted(view.wrong)]
    yield card(
        [
            heading(title),
            *refusal_box(words, view.refusal, view.facts),
            *wrong,
            *problem_lines(words, view.problems),
            *_inputs(view, words),
            aside(
                words.say(
                    "A meeting type for several people is held once for each team, as soon as enough"
                    " of it can come; another type with each agent alone."
                )
            ),
            aside(words.say("Nothing is booked by keeping it: that takes a plan you confirm.")),
        ],
        [
            tap(
                words.say("Keep it"),
                Verb.TEMPLATE_SAVE,
                subject_data(view.template_id, view.version) if view.template_id else NOTHING,
                style="positive",
            ),
            tap(words.say("Back"), Verb.TEMPLATES, {}),
        ],
    )


def _wrong(name: str, words: Words) -> str:
    return words.say("Please look at “{field}”: it cannot be used.", field=_label(name, words))


def _label(name: str, words: Words) -> str:
    return words.say(FIELDS[name])


def _inputs(view: TemplateFormView, words: Words) -> list[Element]:
    typed, offers = view.typed, view.offers

    def chosen(name: str, options: list[tuple[str, str]], **style: object) -> Element:
        return choices(name, _label(name, words), options, typed[name], **style)

    def number(name: str, least: int, most: int) -> Element:
        found = whole_number(typed[name])
        given = found if found is not None and least <= found <= most else None
        return number_input(name, _label(name, words), given, least, most)

    def named(pairs: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
        return [(key, clean(name)) for key, name in pairs]

    own = (OWN_MANAGER, words.say("Each agent's or team's own manager"))
    several = {"isMultiSelect": True, "style": "filtered"}
    return [
        text_input(verbs.NAME, _label(verbs.NAME, words), typed[verbs.NAME], LONGEST_NAME),
        chosen(verbs.TYPE, named(offers.types)),
        chosen(verbs.TEAMS, named(offers.teams), **several),
        chosen(
            verbs.ATTENDEES,
            _people(view),
            isMultiSelect=True,
            **found_by_typing(offers.people, MOST_DROPPED, Dataset.PEOPLE),
        ),
        chosen(verbs.FACILITATOR, [own, *named(offers.facilitators)], **_searchable(offers)),
        number(verbs.EVERY, 1, MOST_EVERY),
        chosen(verbs.FREQUENCY, _frequencies(words)),
        chosen(
            verbs.WEEKDAYS,
            [(str(day), weekday_words(words, day)) for day in range(7)],
            isMultiSelect=True,
        ),
        chosen(verbs.NTH, _nth(words)),
        date_input(verbs.FIRST, _label(verbs.FIRST, words), typed[verbs.FIRST]),
        date_input(verbs.LAST, _label(verbs.LAST, words), typed[verbs.LAST]),
        chosen(verbs.WINDOW, _windows(words, typed[verbs.WINDOW])),
        number(verbs.MINUTES, LEAST_MINUTES, MOST_MINUTES),
        chosen(
            verbs.PLACE,
            [
                (PlaceKind.ONLINE.value, words.say("Online")),
                (PlaceKind.ROOM.value, words.say("A room")),
            ],
        ),
        number(verbs.LEAST_DAYS, 0, MOST_DAYS_BETWEEN),
        number(verbs.MOST_DAYS, 1, MOST_DAYS_BETWEEN),
        chosen(
            verbs.BY_ITSELF,
            [
                (YES, words.say("Yes, and show me the plan")),
                (NO, words.say("No, only when I ask for it")),
            ],
        ),
        text_input(verbs.BLACKOUT, _label(verbs.BLACKOUT, words), typed[verbs.BLACKOUT], 2000),
    ]


def _people(view: TemplateFormView) -> list[tuple[str, str]]:
    """Return who is chosen or suggested, and as many others as a list may hold."""
    chosen = {*view.typed[verbs.ATTENDEES].split(","), *suggested_ids(view.problems)}
    people = [(key, clean(name)) for key, name, _ in view.offers.people]
    others = [each for each in people if each[0] not in chosen]
    return [*(each for each in people if each[0] in chosen), *others[:MOST_DROPPED]]


def _searchable(offers: Offers) -> dict[str, str]:
    """Return a drop-down as it is, or one to be typed into where it is long."""
    return {"style": "filtered"} if len(offers.facilitators) > MOST_DROPPED else {}


def _frequencies(words: Words) -> list[tuple[str, str]]:
    return [
        (Frequency.DAILY.value, words.say("Days")),
        (Frequency.WEEKLY.value, words.say("Weeks")),
        (Frequency.MONTHLY.value, words.say("Months")),
    ]


def _nth(words: Words) -> list[tuple[str, str]]:
    return [
        (ANY, words.say("Any of them")),
        *((str(n), words.say("Only no. {n} in the month", n=words.number(n))) for n in range(1, 6)),
        (str(LAST), words.say("Only the last in the month")),
    ]


def _windows(words: Words, value: str) -> list[tuple[str, str]]:
    options = [
        (verbs.ANY_TIME, words.say("Any time")),
        (verbs.MORNING, words.say("Mornings")),
        (verbs.AFTERNOON, words.say("Afternoons")),
    ]
    return options if value in dict(options) else [*options, (value, value)]
