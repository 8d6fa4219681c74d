"""What a language must supply: word tables and patterns. The readings behind them are shared.

A pattern is a regular expression in which ``{name}`` stands for a table's words or a fragment.
Patterns are matched against folded text (see ``slate``), so they are lower case without accents;
an ``ä``, ``ö``, ``ü`` or ``ß`` in a pattern or a table stands for both of its folded spellings.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from dialogs.grammar.tables import SPELLINGS
from dialogs.orders import Only, OrderKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role
from scheduling.domain.templates import Frequency


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
    LATER = auto()
    WEEK = auto()
    WEEKEND = auto()
    CALENDAR_WEEK = auto()
    CALENDAR_WEEKS = auto()
    MONTH = auto()
    WEEK_OF_MONTH = auto()
    HALF_MONTH = auto()
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
    CLOCK_AROUND = auto()
    CLOCK_AT = auto()


class Kind(StrEnum):
    """The kinds of meeting a language has its own words for, whatever an administrator calls them."""

    ONE_TO_ONE = auto()
    COACHING = auto()
    TEAM_MEETING = auto()
    TRAINING = auto()


Patterns = tuple[tuple[Reading, str], ...]
Orders = tuple[tuple[OrderKind, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPhrases:
    """How a language gives orders.

    ``polite`` words may come before any order. ``orders`` are patterns that open a sentence, the
    more special first; where one has groups ``strike``, what they match is taken as well.
    ``period`` is a length of time ("in 30 days", groups ``n`` and ``unit``), ``count`` a number
    of sessions (group ``n``), ``was`` the time or day that is left ("from Thursday", group ``a``);
    ``mine``, ``overdue`` and ``unclaimed`` say what of a list is meant;
    ``next_one`` are words that add nothing ("my next"); after ``prose`` follows free text.
    """

    polite: str
    orders: Orders
    period: str
    count: str
    was: str
    mine: str
    overdue: str
    unclaimed: str
    next_one: str
    prose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """How a language takes back what was said.

    ``opening`` opens a message that changes the one before; ``loose`` are those of them that may
    open a new request as well; ``closing`` ends such a message. ``within`` stands in the middle of a sentence, before the better
    words. ``adding`` opens one that names people to add. ``unless`` words say, after "not" and
    the like, which day it is not.
    """

    opening: str
    loose: str
    closing: str
    within: str
    adding: str
    unless: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """A language's tables, as its author writes them.

    ``tables`` map words to numbers and become fragments of the same name: ``weekday`` (0 Monday),
    ``month``, ``number``, ``day`` (offset), ``week`` and ``this_month`` (offset), ``relative``
    (this 0, next 1), ``unit`` (days), ``third`` (0 to 2), ``ordinal`` (1 to 4, -1 the last),
    ``fixed_length`` and ``length_unit`` (minutes), ``clock_word`` (minutes after midnight),
    ``clock_shift`` (minutes to add to the hour after it), ``half`` (0 or 720), ``part`` (0
    morning, 1 afternoon, 2 evening, 3 noon). ``days`` are patterns that name one day, ``spans``
    several; ``quorum`` is how many must be there (group ``n``); ``ranges`` may use ``{day_phrase}`` and ``{when}`` (a day or a span). ``day_first`` is
    None where 3/12 may be either.

    ``placing`` words are fillers before a time or place; ``asking`` words alone make a request of
    a sentence with a name; with ``doubting`` ones it may tell, thank or decline instead; ``commands`` are things Aside is not asked for in chat; ``weighty``
    words change the meaning, so a sentence that holds one left over is asked about; ``topic``
    opens words that are dropped; ``contrast`` follows somebody who is left out, and names who is
    not. ``possessives`` end a name. ``telling`` words tell the language, and ``spelled`` ones may
    be recognised in spite of a slip, beside those of the tables; ``rewrites`` are patterns whose
    first group is read as if it were something else. ``recurring`` says how often (groups ``n``,
    ``two`` and ``three`` of the periods; ``w`` a weekday, ``ordinal`` which of them in a month). ``examples`` may use ``{type}``, ``{other_type}``, ``{first}``
    and ``{my_team}``; ``to_try`` are the orders that help shows to a role.
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
    quorum: str
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
    contrast: frozenset[str]
    possessives: tuple[str, ...]
    topic: str
    filler: frozenset[str]
    placing: frozenset[str]
    asking: frozenset[str]
    doubting: frozenset[str]
    commands: frozenset[str]
    weighty: frozenset[str]
    telling: frozenset[str]
    spelled: frozenset[str]
    orders: OrderPhrases
    repairs: Repairs
    recurring: tuple[tuple[Frequency, str], ...]
    help: frozenset[str]
    start: frozenset[str]
    my_team: str
    examples: tuple[str, ...]
    to_try: Mapping[Role, tuple[str, ...]]
    rewrites: tuple[tuple[str, str], ...] = ()
    day_first: bool | None = None


Rules = tuple[tuple[Reading, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language ready for use: its phrases with every pattern compiled.

    ``words`` are all single words it knows, ``meaningful`` those that must not be passed over,
    ``spelled`` those that are recognised in spite of a slip.
    """

    phrases: Phrases
    day_or_span: Rules
    dates: Rules
    lengths: Rules
    hours: Rules
    places: tuple[tuple[PlaceKind, re.Pattern[str]], ...]
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]
    groups: Mapping[str, re.Pattern[str]]
    orders: tuple[tuple[OrderKind, re.Pattern[str]], ...]
    recurring: tuple[tuple[Frequency, re.Pattern[str]], ...]
    order_parts: Mapping[str, re.Pattern[str]]
    opening: re.Pattern[str]
    loose: re.Pattern[str]
    closing: re.Pattern[str]
    within: re.Pattern[str]
    adding: re.Pattern[str]
    unless: re.Pattern[str]
    topic: re.Pattern[str]
    scanner: re.Pattern[str]
    after_marker: re.Pattern[str]
    rewrites: tuple[tuple[re.Pattern[str], str], ...]
    words: frozenset[str]
    meaningful: frozenset[str]
    spelled: frozenset[str]

    def value(self, table: str, words: str) -> int:
        """Return the number that ``words`` (as matched) stand for in ``table``."""
        return self.phrases.tables[table][" ".join(words.split())]

    def number(self, words: str) -> int:
        """Return the number written in digits or words, as matched."""
        return int(words) if words.isdecimal() else self.value("number", words)


SHORTEST_SPELLED = 5
GROUPS = ("own_team", "own_teams", "everyone", "quorum")
"""Patterns about people who are meant together."""
_GAP = r"[^\w\x00\x01]"
"""What may stand between words, but nothing that is taken or held."""
_BETWEEN = r"(?:(?<!\w)|(?!\w))"
"""Not in the middle of a word."""


def build(phrases: Phrases) -> Language:
    """Compile ``phrases``; raises re.error or KeyError for a table's mistake, at import."""
    tables = phrases.tables
    fragments = {name: _any_of(words) for name, words in tables.items()}
    for name, fragment in phrases.fragments.items():
        fragments[name] = _expand(fragment, fragments)
    fragments["day_phrase"] = _alternatives(phrases.days, fragments)
    fragments["when"] = _alternatives((*phrases.days, *phrases.spans), fragments)

    def word(pattern: str) -> re.Pattern[str]:
        return _word(_expand(pattern, fragments))

    def rules(patterns: Patterns) -> Rules:
        return tuple((reading, word(each)) for reading, each in patterns)

    table_words = _singles(word for words in tables.values() for word in words)
    heavy = table_words | phrases.weighty | phrases.commands
    light = phrases.filler | phrases.placing | phrases.asking | phrases.telling | phrases.spelled
    return Language(
        phrases=phrases,
        day_or_span=rules((*phrases.days, *phrases.spans)),
        dates=rules((*phrases.ranges, *phrases.days, *phrases.spans)),
        lengths=rules(phrases.lengths),
        hours=rules(phrases.hours),
        places=tuple((place, word(each)) for place, each in phrases.places.items()),
        kinds=tuple((kind, word(each)) for kind, each in phrases.kinds.items()),
        groups={name: word(getattr(phrases, name)) for name in GROUPS},
        orders=_orders(phrases.orders, fragments),
        recurring=tuple((frequency, word(each)) for frequency, each in phrases.recurring),
        order_parts={
            "period": word(phrases.orders.period),
            "count": word(phrases.orders.count),
            "was": word(phrases.orders.was),
            **{only.value: word(getattr(phrases.orders, only.value)) for only in Only},
            "next_one": word(phrases.orders.next_one),
            "prose": re.compile(phrases.orders.prose),
        },
        opening=re.compile(rf"{_GAP}*(?:(?:{_spelt(phrases.repairs.opening)})(?!\w){_GAP}*)+"),
        loose=re.compile(rf"{_GAP}*(?:(?:{_spelt(phrases.repairs.loose)})(?!\w){_GAP}*)+"),
        closing=re.compile(rf"(?<!\w)(?:{_spelt(phrases.repairs.closing)}){_GAP}*$"),
        within=re.compile(_spelt(phrases.repairs.within)),
        adding=re.compile(rf"{_GAP}*(?:{_spelt(phrases.repairs.adding)})(?!\w)"),
        unless=re.compile(rf"(?<!\w)(?:{_spelt(phrases.repairs.unless)})\s+$"),
        topic=re.compile(
            rf"(?<!\w)(?:{_spelt(phrases.topic)})(?!\w)[^\x00]*?"
            rf"(?=\x00|$|(?<!\w)(?:{_spelt(phrases.with_word)})(?!\w))"
        ),
        scanner=_scanner(phrases),
        after_marker=_after_marker(phrases),
        rewrites=tuple(
            (re.compile(_expand(each, fragments)), instead) for each, instead in phrases.rewrites
        ),
        words=heavy | light | _singles(phrases.help | phrases.start),
        meaningful=heavy,
        spelled=frozenset(
            each
            for each in table_words | phrases.spelled
            if len(each) >= SHORTEST_SPELLED and each.isalpha()
        ),
    )


def _orders(
    phrases: OrderPhrases, fragments: Mapping[str, str]
) -> tuple[tuple[OrderKind, re.Pattern[str]], ...]:
    before = rf"{_GAP}*(?:(?:{_expand(phrases.polite, fragments)}){_GAP}+)*"
    return tuple(
        (kind, re.compile(rf"{before}(?:{_expand(each, fragments)}){_BETWEEN}"))
        for kind, each in phrases.orders
    )


def _spelt(pattern: str) -> str:
    """Return ``pattern`` with each umlaut as either of its folded spellings."""
    for letter, folded in SPELLINGS.items():
        pattern = pattern.replace(letter, f"(?:{'|'.join(folded)})")
    return pattern


def _singles(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(word for phrase in phrases for word in phrase.split())


def _any_of(words: Mapping[str, int]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(r"\s+".join(map(re.escape, w.split())) for w in longest_first) + ")"


def _expand(pattern: str, fragments: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda hole: fragments[hole[1]], _spelt(pattern))


def _alternatives(patterns: Patterns, fragments: Mapping[str, str]) -> str:
    nameless = (re.sub(r"\(\?P<\w+>", "(?:", _expand(each, fragments)) for _, each in patterns)
    return "(?:" + "|".join(nameless) + ")"


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/])(?<!\d[:.-])(?:{pattern})(?!\w|[/:-]\d)")


def _scanner(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<taken>\x00+)|(?P<held>\x01+)"
        rf"|(?<!\w)(?P<leave>{_spelt(phrases.except_words)})(?!\w)"
        rf"|(?<!\w)(?P<lead>{_spelt(phrases.lead_words)})(?!\w)"
        rf"|(?<!\w)(?P<pair>{_spelt(phrases.with_word)})"
        rf"|(?<!\w)(?P<wish>{_spelt(phrases.for_word)})(?!\w)"
        rf"|(?P<join>{_spelt(phrases.join_words)})"
        rf"|(?P<word>\w+(?:['-]\w+)*)"
    )


def _after_marker(phrases: Phrases) -> re.Pattern[str]:
    markers = f"{phrases.with_word}|{phrases.for_word}|{phrases.except_words}|{phrases.lead_words}"
    return re.compile(_spelt(rf"(?:(?<!\w)(?:{markers})|{phrases.join_words})\s*$"))
