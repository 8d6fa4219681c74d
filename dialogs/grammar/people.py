"""Who is meant by a word, several words, or a team; always within the roster."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from dialogs import verbs
from dialogs.grammar.names import MAX_WORDS, Match, NameIndex, respelt, words_of
from dialogs.grammar.slate import HELD, Slate
from dialogs.problems import Problem, ProblemKind, problem
from scheduling.workflows.desk_port import Roster, RosterPerson

MOST_CANDIDATES = 8
_SHORTEST_TEAM_WITH_SLIP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a mention means; a problem where that is open. ``sure`` is False after a typing slip."""

    people: tuple[RosterPerson, ...] = ()
    problem: Problem | None = None
    sure: bool = True
    group: bool = False


def unknown(said: str, nearest: Iterable[RosterPerson]) -> Target:
    """Return the question about a name that nobody in the roster safely has."""
    return Target(
        problem=problem(
            verbs.ATTENDEES, ProblemKind.UNKNOWN_NAME, said=said, nearest=_shown(nearest)
        )
    )


def target(match: Match, said: str) -> Target:
    """Return the one person of a match, or the question which of several."""
    if len(match.people) == 1:
        return Target(people=match.people, sure=match.sure)
    candidates = _shown(match.people[:MOST_CANDIDATES])
    return Target(
        people=match.people,
        problem=problem(
            verbs.ATTENDEES, ProblemKind.AMBIGUOUS_NAME, said=said, candidates=candidates
        ),
    )


def _shown(people: Iterable[RosterPerson]) -> list[dict[str, str | None]]:
    return [{"id": each.id, "name": each.name, "team": each.team_name} for each in people]


class Directory:
    """A roster, ready to be asked who is meant."""

    def __init__(self, roster: Roster, team_word: frozenset[str]) -> None:
        """Index the roster's people, facilitators and teams; ``team_word`` is no team's name."""
        self.roster = roster
        self.people = NameIndex(roster.people)
        self.facilitators = NameIndex(roster.facilitators)
        self._team_word = team_word
        self._teams = {i: self._bare(words_of(name)) for i, name in roster.teams.items()}

    def _bare(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(respelt(word) for word in words if word not in self._team_word)

    def knows(self, word: str) -> bool:
        """Whether ``word`` is part of anybody's name."""
        return self.people.knows(word) or self.facilitators.knows(word)

    def holds(self, word: str) -> bool:
        """Whether ``word`` is part of anybody's or any team's name."""
        return self.knows(word) or any(respelt(word) in name for name in self._teams.values())

    def nearly(self, word: str) -> bool:
        """Whether ``word`` is part of somebody's name but for a slip."""
        return self.people.nearly(word) or self.facilitators.nearly(word)

    def by_id(self, ids: Iterable[str]) -> tuple[RosterPerson, ...]:
        """Return the people of those ids, as far as they are in the roster."""
        people = {person.id: person for person in self.people.people}
        return tuple(people[each] for each in ids if each in people)

    def whole_names(self) -> set[tuple[str, ...]]:
        """Return all names of two words or more, respelt; teams' too."""
        names = self.people.whole() | self.facilitators.whole() | set(self._teams.values())
        return {name for name in names if len(name) > 1}

    def team(self, words: Sequence[str], said: str) -> Target:
        """Return the members of the team of that name, or the question which team."""
        wanted = self._bare(words)
        found = self._teams_like(wanted)
        if len(found) == 1:
            return self.members(found, said)
        kind = ProblemKind.AMBIGUOUS_TEAM if found else ProblemKind.UNKNOWN_TEAM
        names = [self.roster.teams[team_id] for team_id in found or self.roster.teams]
        shown = sorted(names)[:MOST_CANDIDATES]
        return Target(problem=problem(verbs.ATTENDEES, kind, said=said, teams=shown))

    def says_team(self, words: Sequence[str]) -> bool:
        """Whether nothing but the word "team" is said."""
        return not self._bare(words)

    def names_team(self, words: Sequence[str]) -> bool:
        """Whether the word "team" is said along with something else."""
        return len(self._bare(words)) < len(words) and len(words) > 1

    def within(self, meant: Target, team: Sequence[str], said: str) -> Target:
        """Return whom a name means in the team of that name; unknown where nobody there has it."""
        wanted = self._bare(team)
        ids = {team_id for team_id, name in self._teams.items() if name == wanted}
        there = tuple(each for each in meant.people if each.team_id in ids)
        if not there:
            return unknown(said, meant.people)
        if meant.group:
            return Target(people=there, group=True)
        return target(Match(people=there, sure=meant.sure), said)

    def is_team(self, words: Sequence[str]) -> bool:
        """Whether ``words`` are exactly a team's name."""
        return bool(words) and self._bare(words) in self._teams.values()

    def _teams_like(self, wanted: tuple[str, ...]) -> list[str]:
        exact = [team_id for team_id, name in self._teams.items() if name == wanted and wanted]
        said = " ".join(wanted)
        if exact or len(said) < _SHORTEST_TEAM_WITH_SLIP or any(c.isdigit() for c in said):
            return exact
        names = {team_id: " ".join(name) for team_id, name in self._teams.items()}
        return [i for i, n in names.items() if OSA.distance(said, n, score_cutoff=1) <= 1]

    def members(self, team_ids: Iterable[str], said: str) -> Target:
        """Return everybody in those teams; EMPTY_TEAM if there is nobody."""
        wanted = set(team_ids)
        people = tuple(each for each in self.roster.people if each.team_id in wanted)
        return self._group(people, said)

    def own_team(self, said: str) -> Target:
        """Return the asker's team; which one is asked where they lead several."""
        if len(self.roster.own_teams) > 1:
            teams = sorted(self.roster.teams.get(each, each) for each in self.roster.own_teams)
            kind = ProblemKind.AMBIGUOUS_TEAM
            return Target(problem=problem(verbs.ATTENDEES, kind, said=said, teams=teams))
        return self.own_teams(said)

    def own_teams(self, said: str) -> Target:
        """Return everybody in the asker's own teams."""
        return self.members(self.roster.own_teams, said)

    def everyone(self, said: str) -> Target:
        """Return the asker's own teams; all of the roster for those who lead none."""
        return self.own_teams(said) if self.roster.own_teams else self._all(said)

    def _all(self, said: str) -> Target:
        return self._group(self.roster.people, said)

    def _group(self, people: tuple[RosterPerson, ...], said: str) -> Target:
        if people:
            return Target(people=people, group=True)
        return Target(problem=problem(verbs.ATTENDEES, ProblemKind.EMPTY_TEAM, said=said))


def split_names(words: Sequence[str], said: str, index: NameIndex) -> tuple[list[Target], bool]:
    """Return whom a run of words means, longest names first, and whether every word was a name.

    A word that is no name makes the whole run unknown: "Asha Kumar" is not our Asha Patel.
    """
    targets: list[Target] = []
    at = 0
    while at < len(words):
        lengths = range(min(MAX_WORDS, len(words) - at), 0, -1)
        runs = (words[at : at + size] for size in lengths)
        size, match = next(((len(r), m) for r in runs if (m := _meant(r, index)).people), (0, None))
        if match is None:
            return [unknown(said, index.nearest(words))], False
        targets.append(target(match, said))
        at += size
    return targets, True


def _meant(words: Sequence[str], index: NameIndex) -> Match:
    found = _exact(words, index)
    return found if found.people else index.slipped(words)


def _exact(words: Sequence[str], index: NameIndex) -> Match:
    """Return who has these words, or the one word they make: "Anne Marie" is Anne-Marie."""
    found = index.exact(words)
    return found if found.people else index.exact(["".join(words)])


def hold_whole_names(slate: Slate, directory: Directory) -> None:
    """Hold every whole name of several words, before a word of it is read as something else.

    "April May" is a colleague, not five weeks.
    """
    names = directory.whole_names()
    spans = slate.word_spans()
    at = 0
    while at < len(spans):
        for size in range(min(MAX_WORDS, len(spans) - at), 1, -1):
            start, end = spans[at][0], spans[at + size - 1][1]
            if tuple(map(respelt, words_of(slate.text[start:end]))) in names:
                slate.strike(start, end, HELD)
                at += size - 1
                break
        at += 1
