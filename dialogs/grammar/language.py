"""What a language must supply: word tables and patterns. The readings behind them are shared.

A pattern is a regular expression in which ``{name}`` stands for a table's words or a fragment.
Patterns are matched against folded text (see ``slate``), so they are lower case without accents.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from dialogs.orders import OrderKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role


class Reading(StrEnum):
    """What a matched pattern means; the groups it must have are named in ``dates``/``hours``."""

    ISO = auto()
    DAY_MONTH = auto()
    DAY_OF_MONTH = auto()
    NUMBERS = auto()
    RELATIVE_DAY = auto()
    WEEKDAY = auto()
    WEEKDAY_OF_WEEK = auto()
    IN_DAYS = auto()
    WEEK = auto()
    WEEKEND = auto()
    CALENDAR_WEEK = auto()
    MONTH = auto()
    NEXT_DAYS = auto()
    WEEK_OF = auto()
    WEEKDAYS_OF_WEEK = auto()
    DAYS_OF_MONTH = auto()
    FROM_TO = auto()
    EITHER = auto()
    UNTIL = auto()
    BEFORE = auto()
    SINCE = auto()
    AFTER = auto()

    FIXED_LENGTH = auto()
    LENGTH = auto()

    PART_OF_DAY = auto()
    ANY_TIME = auto()
    CLOCK_FROM_TO = auto()
    CLOCK_UNTIL = auto()
    CLOCK_AFTER = auto()
    CLOCK_AT = auto()


class Kind(StrEnum):
    """The kinds of meeting a language has its own words for, whatever an administrator calls them."""

    ONE_TO_ONE = auto()
    COACHING = auto()
    TEAM_MEETING = auto()


Patterns = tuple[tuple[Reading, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """A language's tables, as its author writes them.

    ``tables`` map words to numbers and become fragments of the same name: ``weekday`` (0 Monday),
    ``month``, ``number``, ``day`` (offset), ``week`` and ``this_month`` (offset), ``relative``
    (this 0, next 1), ``unit`` (days), ``third`` (0 to 2), ``fixed_length`` and ``length_unit``
    (minutes), ``clock_word`` (minutes after midnight), ``half`` (0 or 720), ``part`` (0 morning,
    1 afternoon, 2 evening). ``days`` are patterns that name one day, ``spans`` several;
    ``ranges`` may use ``{day_phrase}`` and ``{when}`` (a day or a span). ``day_first`` is None
    where 3/12 may be either. ``placing`` words are fillers before a time or place; ``asking`` words alone make a request of a sentence with a name;
    ``commands`` are things Aside is not asked for in chat; ``orders`` are patterns that open a
    sentence, the more special first (the group ``days`` is a count of days, what follows the group
    ``prose`` is free text); ``weighty`` words change the meaning,
    so a sentence that holds one left over is asked about; ``topic`` opens words that are dropped.
    ``examples`` may use ``{type}``, ``{other_type}``, ``{first}`` and ``{my_team}``; ``to_try`` are
    the orders that help shows to a role.
    """

    code: str
    tables: Mapping[str, Mapping[str, int]]
    fragments: Mapping[str, str]
    days: Patterns
    spans: Patterns
    ranges: Patterns
    lengths: Patterns
    hours: Patterns
    places: Mapping[PlaceKind, str]
    kinds: Mapping[Kind, str]
    own_team: str
    own_teams: str
    everyone: str
    team_word: frozenset[str]
    me: frozenset[str]
    with_word: str
    for_word: str
    lead_words: str
    except_words: str
    join_words: str
    topic: str
    filler: frozenset[str]
    placing: frozenset[str]
    asking: frozenset[str]
    commands: frozenset[str]
    orders: tuple[tuple[OrderKind, str], ...]
    weighty: frozenset[str]
    help: frozenset[str]
    start: frozenset[str]
    my_team: str
    examples: tuple[str, ...]
    to_try: Mapping[Role, tuple[str, ...]]
    day_first: bool | None = None


Rules = tuple[tuple[Reading, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language ready for use: its phrases with every pattern compiled."""

    phrases: Phrases
    day_or_span: Rules
    dates: Rules
    lengths: Rules
    hours: Rules
    places: tuple[tuple[PlaceKind, re.Pattern[str]], ...]
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]
    groups: Mapping[str, re.Pattern[str]]
    orders: tuple[tuple[OrderKind, re.Pattern[str]], ...]
    topic: re.Pattern[str]
    scanner: re.Pattern[str]
    after_marker: re.Pattern[str]

    def value(self, table: str, words: str) -> int:
        """Return the number that ``words`` (as matched) stand for in ``table``."""
        return self.phrases.tables[table][" ".join(words.split())]


def build(phrases: Phrases) -> Language:
    """Compile ``phrases``; raises re.error or KeyError for a table's mistake, at import."""
    fragments = {name: _any_of(words) for name, words in phrases.tables.items()}
    for name, fragment in phrases.fragments.items():
        fragments[name] = _expand(fragment, fragments)
    fragments["day_phrase"] = _alternatives(phrases.days, fragments)
    fragments["when"] = _alternatives((*phrases.days, *phrases.spans), fragments)

    def rules(patterns: Patterns) -> Rules:
        return tuple((reading, _word(_expand(each, fragments))) for reading, each in patterns)

    return Language(
        phrases=phrases,
        day_or_span=rules((*phrases.days, *phrases.spans)),
        dates=rules((*phrases.ranges, *phrases.days, *phrases.spans)),
        lengths=rules(phrases.lengths),
        hours=rules(phrases.hours),
        places=tuple((place, _word(each)) for place, each in phrases.places.items()),
        kinds=tuple((kind, _word(each)) for kind, each in phrases.kinds.items()),
        groups={
            name: _word(getattr(phrases, name)) for name in ("own_team", "own_teams", "everyone")
        },
        orders=tuple(
            (kind, re.compile(rf"^\W*(?:{_expand(each, fragments)})(?!\w)"))
            for kind, each in phrases.orders
        ),
        topic=re.compile(
            rf"(?<!\w)(?:{phrases.topic})(?!\w)[^\x00]*?(?=\x00|$|(?<!\w)(?:{phrases.with_word})(?!\w))"
        ),
        scanner=_scanner(phrases),
        after_marker=re.compile(
            rf"(?:(?<!\w)(?:{phrases.with_word}|{phrases.for_word}|{phrases.except_words}|"
            rf"{phrases.lead_words})|{phrases.join_words})\s*$"
        ),
    )


def _any_of(words: Mapping[str, int]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(r"\s+".join(map(re.escape, w.split())) for w in longest_first) + ")"


def _expand(pattern: str, fragments: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda hole: fragments[hole[1]], pattern)


def _alternatives(patterns: Patterns, fragments: Mapping[str, str]) -> str:
    nameless = (re.sub(r"\(\?P<\w+>", "(?:", _expand(each, fragments)) for _, each in patterns)
    return "(?:" + "|".join(nameless) + ")"


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/])(?<!\d[:.-])(?:{pattern})(?!\w|[/:-]\d)")


def _scanner(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<taken>\x00+)|(?P<held>\x01+)"
        rf"|(?<!\w)(?P<leave>{phrases.except_words})(?!\w)"
        rf"|(?<!\w)(?P<lead>{phrases.lead_words})(?!\w)"
        rf"|(?<!\w)(?P<pair>{phrases.with_word})"
        rf"|(?<!\w)(?P<wish>{phrases.for_word})(?!\w)"
        rf"|(?P<join>{phrases.join_words})"
        rf"|(?P<word>\w+(?:['-]\w+)*)"
    )
