"""The inputs of an ask: the one form that asks what is missing, and the proposal's changes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from dialogs import verbs
from dialogs.cards.components import (
    Element,
    aside,
    card,
    choices,
    date_input,
    draft_data,
    heading,
    number_input,
    searched,
    tap,
    text,
)
from dialogs.cards.refusal import refusal_box
from dialogs.drafting import from_payload
from dialogs.places import write_place
from dialogs.problems import Problem
from dialogs.typeahead import room_choices, team_choices
from dialogs.verbs import Dataset, Verb
from dialogs.views import FormView
from dialogs.windows import write_window
from dialogs.wishes import Wish, type_of
from dialogs.wording import Words, clean
from dialogs.wording_problems import FIELDS, problem_words
from scheduling.domain.meetings import LEAST_MINUTES, MOST_ATTENDEES, MOST_MINUTES, PlaceKind
from scheduling.domain.times import DateRange, WallWindow
from scheduling.workflows.desk_port import Roster, RosterPerson

OFFERED = (150, 40, 15, 0)
"""How many people, beyond those chosen, each smaller form offers without a search."""


def form_cards(view: FormView, words: Words) -> Iterator[Element]:
    """Yield the form, then the same with fewer people to choose from."""
    wish = from_payload(view.draft.payload)
    data = draft_data(view.draft.id, view.draft.version)
    suggested = suggested_ids(view.problems)
    title = words.say("What you asked for") if view.refusal else words.say("Almost there")
    for offered in OFFERED:
        yield card(
            [
                heading(title),
                *refusal_box(words, view.refusal, view.facts),
                *problem_lines(words, view.problems),
                *ask_inputs(words, view.roster, wish, offered, suggested),
                aside(words.say("Nothing is booked before you have seen a proposal.")),
            ],
            [
                tap(words.say("Find a time"), Verb.PROPOSE, data, style="positive"),
                tap(words.say("Discard"), Verb.DISCARD, data),
            ],
        )


def problem_lines(words: Words, problems: tuple[Problem, ...]) -> list[Element]:
    """Return each problem as a line that says what to choose."""
    return [text(f"▸ {problem_words(words, problem)}") for problem in problems]


def suggested_ids(problems: tuple[Problem, ...]) -> frozenset[str]:
    """Return the people whom the problems suggest, so that they can be chosen at once."""
    lists = (problem.facts.get(name) for problem in problems for name in ("candidates", "nearest"))
    return frozenset(
        str(person["id"])
        for people in lists
        if isinstance(people, list | tuple)
        for person in people
        if isinstance(person, dict) and "id" in person
    )


def ask_inputs(
    words: Words,
    roster: Roster,
    wish: Wish,
    offered: int,
    suggested: frozenset[str] = frozenset(),
    only: Collection[str] = tuple(FIELDS),
) -> list[Element]:
    """Return one labelled, changeable input per part of an ask, with what was understood.

    ``only``: the ids of those that matter. Of more people than can be asked nobody is chosen: a card
    cannot hold them all, and which of them are meant is the asker's to say.
    """
    if len(wish.attendee_ids) > MOST_ATTENDEES:
        wish = replace(wish, attendee_ids=(), optional_ids=(), quorum=None)
    inputs = [
        _type(words, roster, wish),
        _attendees(words, roster, wish, offered, suggested),
        *_together(words, roster, wish),
        _facilitator(words, roster, wish, offered),
        *date_inputs(words, wish.dates),
        window_input(words, wish.window),
        number_input(
            verbs.MINUTES, _label(words, verbs.MINUTES), wish.minutes, LEAST_MINUTES, MOST_MINUTES
        ),
        _place(words, roster, wish, offered),
    ]
    return [each for each in inputs if each["id"] in only]


def _label(words: Words, name: str) -> str:
    return words.say(FIELDS[name])


def _type(words: Words, roster: Roster, wish: Wish) -> Element:
    options = [(kind.id, clean(kind.name)) for kind in roster.types]
    return choices(verbs.TYPE, _label(words, verbs.TYPE), options, wish.type_id or "")


def _attendees(
    words: Words, roster: Roster, wish: Wish, offered: int, suggested: frozenset[str]
) -> Element:
    chosen = set(wish.attendee_ids) | suggested
    own = sorted(roster.people, key=lambda person: person.team_id not in roster.own_teams)
    teams = [(team.value, team.title) for team in team_choices(roster, words)]
    others = [person for person in own if person.id not in chosen]
    return choices(
        verbs.ATTENDEES,
        _label(words, verbs.ATTENDEES),
        [*_people(own, chosen, 0), *teams[:offered], *_people(others, set(), offered)],
        ",".join(wish.attendee_ids),
        isMultiSelect=True,
        **found_by_typing(own, offered, Dataset.PEOPLE),
    )


def _together(words: Words, roster: Roster, wish: Wish) -> list[Element]:
    """Return what is asked of people who meet: who may be missing, how many must be there."""
    kind = type_of(wish, roster)
    if kind is None or not kind.group:
        return []
    asked = [person for person in roster.people if person.id in wish.attendee_ids]
    return [
        choices(
            verbs.OPTIONAL,
            _label(words, verbs.OPTIONAL),
            [(person.id, clean(person.name)) for person in asked],
            ",".join(wish.optional_ids),
            isMultiSelect=True,
            style="filtered",
        ),
        number_input(verbs.QUORUM, _label(words, verbs.QUORUM), wish.quorum, 1, max(1, len(asked))),
    ]


def _facilitator(words: Words, roster: Roster, wish: Wish, offered: int) -> Element:
    return choices(
        verbs.FACILITATOR,
        _label(words, verbs.FACILITATOR),
        _people(roster.facilitators, {wish.facilitator_id or ""}, offered),
        wish.facilitator_id or "",
        **found_by_typing(roster.facilitators, offered, Dataset.FACILITATORS),
    )


def _people(
    people: Sequence[RosterPerson], chosen: set[str], offered: int
) -> list[tuple[str, str]]:
    """Return the chosen and the first ``offered`` others as choices."""
    first = [person for person in people if person.id in chosen]
    others = [person for person in people if person.id not in chosen][:offered]
    return [(person.id, clean(person.name)) for person in (*first, *others)]


def found_by_typing(people: Sequence[object], offered: int, dataset: Dataset) -> Element:
    """Return a filter over the choices; we are asked for more only where not all are offered."""
    return {"style": "filtered"} if len(people) <= offered else searched(dataset)


def date_inputs(words: Words, dates: DateRange | None) -> list[Element]:
    """Return the fields for the first and the last date."""
    first, last = (dates.start.isoformat(), dates.last.isoformat()) if dates else ("", "")
    return [
        date_input(verbs.FIRST, _label(words, verbs.FIRST), first),
        date_input(verbs.LAST, _label(words, verbs.LAST), last),
    ]


def window_input(words: Words, window: WallWindow | None) -> Element:
    """Return the choice of times of day, with those that were said among them."""
    options = [
        (verbs.ANY_TIME, words.say("Any time")),
        (verbs.MORNING, words.say("Mornings")),
        (verbs.AFTERNOON, words.say("Afternoons")),
    ]
    value = write_window(window)
    if value not in dict(options):
        options.append((value, value))
    return choices(verbs.WINDOW, _label(words, verbs.WINDOW), options, value)


def _place(words: Words, roster: Roster, wish: Wish, offered: int) -> Element:
    kind = type_of(wish, roster)
    places = roster.type_places.get(kind.id, ()) if kind else ()
    names = {PlaceKind.ROOM: words.say("A room"), PlaceKind.ONLINE: words.say("Online")}
    options = [(place.value, names[place]) for place in places or tuple(PlaceKind)]
    value = write_place(wish.place, wish.room_id)
    rooms = room_choices(roster, words) if PlaceKind.ROOM.value in dict(options) else []
    shown = [one for one in rooms if one.value == value]
    shown += [one for one in rooms if one.value != value][:offered]
    options += [(one.value, one.title) for one in shown]
    style = searched(Dataset.ROOMS) if len(shown) < len(rooms) else {}
    return choices(verbs.PLACE, _label(words, verbs.PLACE), options, value, **style)
