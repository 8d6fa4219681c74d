"""Names, against the roster and nothing else. Whoever is not safely recognised is asked about.

Safe is: every word said is a word (or initial) of the name, or a slip of the keys inside a long
enough word. A slip at either end of a first name is not safe: Maria is not Marie.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from dialogs.grammar.slate import clean, fold
from scheduling.workflows.desk_port import RosterPerson

MAX_WORDS = 4
NEAREST = 3
_NEAR_ENOUGH = 70.0
_SHORTEST_WITH_SLIP, _SHORTEST_WITH_SWAP, _SHORTEST_WITH_TWO_SLIPS = 5, 4, 8
_WORD = re.compile(r"\w+(?:['-]\w+)*")
_UMLAUT = re.compile("([aou])e")
_INSIDE = str.maketrans("", "", "'-")


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a text; apostrophes and hyphens inside one are dropped."""
    return tuple(word.translate(_INSIDE) for word in _WORD.findall(fold(clean(text))))


def respelt(word: str) -> str:
    """Return a folded word so that Müller, Mueller and Muller, or Strauß and Strauss, are one."""
    return _UMLAUT.sub(r"\1", word).replace("ss", "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Who may be meant: one person (``sure`` if letter by letter), several, or none."""

    people: tuple[RosterPerson, ...] = ()
    sure: bool = True


class NameIndex:
    """The names of some people, by word; all spellings of an umlaut are one."""

    def __init__(self, people: Iterable[RosterPerson]) -> None:
        """Index ``people``; the order is kept in every answer."""
        self.people = tuple(people)
        self._written = {person.id: words_of(person.name) for person in self.people}
        self._names = {i: tuple(map(respelt, words)) for i, words in self._written.items()}
        self._holders: defaultdict[str, dict[str, RosterPerson]] = defaultdict(dict)
        for person in self.people:
            for word in self._names[person.id]:
                self._holders[word][person.id] = person
        self._vocabulary = list(self._holders)

    def whole(self) -> set[tuple[str, ...]]:
        """Return every name, respelt."""
        return set(self._names.values())

    def knows(self, word: str) -> bool:
        """Whether a name holds the folded ``word``."""
        return respelt(word) in self._holders

    def nearly(self, word: str) -> bool:
        """Whether a key may have slipped in ``word``, so that it is part of a name."""
        return bool(self._spellings(respelt(word), lone=False))

    def exact(self, words: Sequence[str]) -> Match:
        """Return those whose name holds all ``words``; a whole name beats a part of another's.

        Nobody is sure whose umlauts were spelt in another way.
        """
        said = tuple(map(respelt, words))
        first_held = next((self._holders[w] for w in said if w in self._holders), {})
        held = [p for p in first_held.values() if _holds(self._names[p.id], said)]
        whole = [p for p in held if Counter(self._names[p.id]) == Counter(said)]
        people = tuple(whole or held)
        sure = all(_holds(self._written[person.id], words) for person in people)
        return Match(people=people, sure=sure)

    def slipped(self, words: Sequence[str]) -> Match:
        """Return those who are meant if a key slipped; the fewest slips win."""
        options = [self._spellings(respelt(word), lone=len(words) == 1) for word in words]
        reach: dict[str, int] = {}
        for person_id in set().union(*(_people(each, self._holders) for each in options)):
            name = self._names[person_id]
            costs = [
                min((c for w, c in each.items() if w in name), default=None) for each in options
            ]
            if all(cost is not None for cost in costs) and len(words) <= len(name):
                reach[person_id] = sum(cost for cost in costs if cost is not None)
        least = min(reach.values(), default=0)
        return Match(people=tuple(p for p in self.people if reach.get(p.id) == least), sure=False)

    def _spellings(self, word: str, *, lone: bool) -> dict[str, int]:
        """Return the words of names that ``word`` may be a slip of, with the number of slips."""
        limit = 2 if len(word) >= _SHORTEST_WITH_TWO_SLIPS and not lone else 1
        near = process.extract(
            word, self._vocabulary, scorer=OSA.distance, score_cutoff=limit, limit=None
        )
        return {
            name: int(slips) for name, slips, _ in near if _is_slip(word, name, slips, lone=lone)
        }

    def nearest(self, words: Sequence[str]) -> tuple[RosterPerson, ...]:
        """Return up to three people whose names look alike, for a question, never for an answer."""
        names = {person.id: " ".join(self._names[person.id]) for person in self.people}
        alike = process.extract(
            " ".join(map(respelt, words)),
            names,
            scorer=fuzz.WRatio,
            score_cutoff=_NEAR_ENOUGH,
            limit=NEAREST,
        )
        namesakes = [
            person_id for word in words for person_id in self._holders.get(respelt(word), {})
        ]
        by_id = {person.id: person for person in self.people}
        nearest = dict.fromkeys((*namesakes, *(person_id for _, __, person_id in alike)))
        return tuple(by_id[person_id] for person_id in nearest)[:NEAREST]


def _holds(name: tuple[str, ...], words: Sequence[str]) -> bool:
    """Whether each word is another word of the name; later words may be initials."""
    left = list(name)
    for position, word in enumerate(words):
        fits = next((w for w in left if w == word), None)
        if fits is None and position and len(word) == 1:
            fits = next((w for w in left if w.startswith(word)), None)
        if fits is None:
            return False
        left.remove(fits)
    return bool(words)


def _people(
    spellings: dict[str, int], holders: defaultdict[str, dict[str, RosterPerson]]
) -> set[str]:
    return {person_id for word in spellings for person_id in holders[word]}


def _is_slip(word: str, name: str, slips: float, *, lone: bool) -> bool:
    if not slips:
        return True
    shorter = min(len(word), len(name))
    if lone and (word[0] != name[0] or word[-1] != name[-1]):
        return False
    swapped = sorted(word) == sorted(name)
    return shorter >= (_SHORTEST_WITH_SWAP if swapped else _SHORTEST_WITH_SLIP)
