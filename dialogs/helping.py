"""Help: what this person may ask, with sentences made of their own team and types."""

import re

from dialogs.grammar.languages import by_locale
from dialogs.grammar.names import words_of
from dialogs.views import HelpView
from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Role
from scheduling.workflows.desk_port import Roster, RosterPerson

EXAMPLES = 3
LONGEST_EXAMPLE = 40
"""Characters; a phone clips a longer button."""
_HOLE = re.compile(r"\{(\w+)\}")


def help_view(roster: Roster, *, puzzled: bool = False, discarded: bool = False) -> HelpView:
    """Return help with a few short sentences of each of the reader's roles, ready to be sent."""
    return HelpView(
        name=roster.me.name,
        roles=roster.me.roles,
        examples=_examples(roster),
        orders=orders_of(roster.me.roles, roster.me.locale),
        puzzled_by_message=puzzled,
        discarded=discarded,
    )


def orders_of(roles: frozenset[Role], locale: str) -> tuple[str, ...]:
    """Return what people of these roles may order, in their language."""
    to_try = by_locale(locale).phrases.to_try
    orders = (each for role in Role if role in roles for each in to_try.get(role, ()))
    return tuple(dict.fromkeys(orders))


def _examples(roster: Roster) -> tuple[str, ...]:
    kinds = [kind for kind in roster.types if not kind.group and not kind.confidential]
    people = _own_first(roster)
    if not kinds or not people:
        return ()
    phrases = by_locale(roster.me.locale).phrases
    facts = {
        "type": kinds[0].name,
        "other_type": _other(kinds).name,
        "first": _called(people[0], roster),
        "my_team": phrases.my_team if len(roster.own_teams) == 1 else None,
    }
    known = {name: value for name, value in facts.items() if value}
    fitting = [each for each in phrases.examples if set(_HOLE.findall(each)) <= set(known)]
    sentences = (each.format(**known) for each in fitting)
    return tuple(each for each in sentences if len(each) <= LONGEST_EXAMPLE)[:EXAMPLES]


def _other(kinds: list[MeetingType]) -> MeetingType:
    return kinds[1] if len(kinds) > 1 else kinds[0]


def _own_first(roster: Roster) -> list[RosterPerson]:
    named = [person for person in roster.people if words_of(person.name)]
    return [person for person in named if person.team_id in roster.own_teams] or named


def _called(person: RosterPerson, roster: Roster) -> str:
    """Return the first name where it is nobody else's, else the whole name."""
    first = person.name.split()[0]
    word = words_of(first)
    namesakes = [each for each in roster.people if set(word) & set(words_of(each.name))]
    return first if len(namesakes) == 1 else person.name
