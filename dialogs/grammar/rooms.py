"""Which room is meant: one of those that the asker may see, by its name."""

import re

from dialogs import verbs
from dialogs.grammar.language import Language
from dialogs.grammar.slate import Slate, fold
from dialogs.problems import Problem, ProblemKind, problem
from scheduling.workflows.desk_port import Roster, RosterRoom

_WORD = r"(?:(?:meeting|besprechungs|seminar)[\s-]?)?(?:room|raum)"
_BEFORE = rf"(?:(?:in|im|at)\s+(?:(?:the|dem|den|der)\s+)?(?:{_WORD}\s+)?|(?<!\w){_WORD}\s+)"
_UNKNOWN = re.compile(rf"(?<!\w){_WORD}\s+(?P<name>[^\W\d_][\w-]*)(?!\w)")
MOST_NAMED = 5


def read_room(
    slate: Slate, language: Language, roster: Roster
) -> tuple[RosterRoom | None, list[Problem]]:
    """Take every mention of a room's name; return the one that was meant, or what to ask.

    A name counts after "in" or "room" alone, for rooms have the names of towns and colours.
    """
    found: dict[str, RosterRoom] = {}
    for room in sorted(roster.rooms, key=lambda one: len(one.name), reverse=True):
        if parts := re.findall(r"\w+", fold(room.name)):
            name = r"[\W_]*".join(map(re.escape, parts))
            if any(slate.take(re.compile(rf"(?<!\w){_BEFORE}{name}(?!\w)"))):
                found |= {one.id: one for one in roster.rooms if one.name == room.name}
    if len(found) > 1:
        said = [f"{one.name} ({one.site_name})" for one in found.values()]
        return None, [problem(verbs.PLACE, ProblemKind.SAID_TWICE, said=said)]
    if found:
        return next(iter(found.values())), []
    return None, _unknown(slate, language, roster)


def _unknown(slate: Slate, language: Language, roster: Roster) -> list[Problem]:
    """Return the question about a room of a name that none of those has."""
    for match in _UNKNOWN.finditer(slate.folded):
        start = match.start("name")
        if slate.capital(start) and match["name"] not in language.words and roster.rooms:
            said = slate.said(*match.span("name"))
            known = [one.name for one in roster.rooms[:MOST_NAMED]]
            slate.strike(*match.span())
            return [problem(verbs.PLACE, ProblemKind.UNKNOWN_ROOM, said=said, rooms=known)]
    return []
