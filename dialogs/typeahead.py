"""Suggestions while somebody types into a card; only what the asker may choose anyway."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from dialogs.grammar.names import words_of
from dialogs.places import write_place
from dialogs.verbs import TEAM_PREFIX, Dataset
from dialogs.wording import Words, clean
from scheduling.workflows.desk_port import Roster, RosterPerson

MOST_CHOICES = 15
MAX_QUERY = 80
_ALIKE = 75.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One suggestion: what is shown, and the id that the input sends."""

    title: str
    value: str


def suggest(roster: Roster, dataset: str, query: str, words: Words) -> list[Choice]:
    """Return at most 15 choices, own teams first; those merely alike only where none begins so.

    An unknown ``dataset`` has none.
    """
    typed = words_of(query[:MAX_QUERY])
    choices = [(choice, words_of(choice.title)) for choice in _choices(roster, dataset, words)]
    begun = [choice for choice, shown in choices if _begins(typed, shown)]
    if begun:
        return begun[:MOST_CHOICES]
    likeness = {choice.value: _likeness(typed, shown) for choice, shown in choices}
    alike = [choice for choice, _ in choices if likeness[choice.value] >= _ALIKE]
    return sorted(alike, key=lambda choice: -likeness[choice.value])[:MOST_CHOICES]


def _choices(roster: Roster, dataset: str, words: Words) -> list[Choice]:
    searched: dict[str, tuple[RosterPerson, ...]] = {
        Dataset.PEOPLE: roster.people,
        Dataset.FACILITATORS: roster.facilitators,
    }
    if dataset == Dataset.ROOMS:
        return room_choices(roster, words)
    listed = searched.get(dataset, ())
    people = sorted(listed, key=lambda person: (_far(person.team_id, roster), person.name))
    teams = team_choices(roster, words) if dataset == Dataset.PEOPLE else []
    return [*teams, *(Choice(title=_title(person), value=person.id) for person in people)]


def room_choices(roster: Roster, words: Words) -> list[Choice]:
    """Return each room as a choice."""
    return [
        Choice(
            title=words.say("{room} ({site})", room=clean(one.name), site=clean(one.site_name)),
            value=write_place(None, one.id),
        )
        for one in roster.rooms
    ]


def team_choices(roster: Roster, words: Words) -> list[Choice]:
    """Return each team of two or more as one choice, the own ones first."""
    sizes = {i: sum(person.team_id == i for person in roster.people) for i in roster.teams}
    teams = sorted(
        (i for i, size in sizes.items() if size > 1),
        key=lambda i: (_far(i, roster), roster.teams[i], i),
    )
    return [
        Choice(
            title=words.count(
                "{team} ({n} person)",
                "{team} ({n} people)",
                sizes[i],
                team=clean(roster.teams[i]),
            ),
            value=TEAM_PREFIX + i,
        )
        for i in teams
    ]


def _far(team_id: str | None, roster: Roster) -> bool:
    return team_id not in roster.own_teams


def _title(person: RosterPerson) -> str:
    return f"{person.name} ({person.team_name})" if person.team_name else person.name


def _begins(typed: tuple[str, ...], shown: tuple[str, ...]) -> bool:
    return all(any(word.startswith(begun) for word in shown) for begun in typed)


def _likeness(typed: tuple[str, ...], shown: tuple[str, ...]) -> float:
    return fuzz.partial_ratio(" ".join(typed), " ".join(shown))
