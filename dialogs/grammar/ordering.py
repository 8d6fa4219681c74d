"""Which order a sentence gives, with whom and when."""

import re

from dialogs.grammar.dates import read_phrase
from dialogs.grammar.doubt import Doubt
from dialogs.grammar.language import Language, Reading
from dialogs.grammar.people import Directory, hold_whole_names
from dialogs.grammar.recurrences import read_recurrence
from dialogs.grammar.sentence import read
from dialogs.grammar.slate import Slate
from dialogs.orders import Only, Order, OrderKind
from dialogs.problems import Problem
from dialogs.wishes import Wish
from scheduling.domain.times import DateRange

_WITH_PERIOD = frozenset({OrderKind.CADENCE, OrderKind.PARTICIPATION, OrderKind.QUEUE})
_WITH_FILTERS = frozenset({OrderKind.QUEUE})
_WITH_COUNT = frozenset({OrderKind.RELEASE})
_WITH_PROSE = frozenset({OrderKind.NOTE})
_WITH_TWO_DATES = frozenset({OrderKind.MOVE})
_ABOUT_PEOPLE = frozenset(
    {
        OrderKind.STATUS,
        OrderKind.MOVE,
        OrderKind.CANCEL,
        OrderKind.SWAP,
        OrderKind.NOTE,
        OrderKind.UNDO,
    }
)
"""Where a word that is not understood may be somebody."""


def ordered(slate: Slate, language: Language, directory: Directory) -> Order | None:
    """Return what the sentence orders; None where it opens with no order, and nothing is taken."""
    hold_whole_names(slate, directory)
    for kind, pattern in language.orders:
        if match := pattern.match(slate.folded):
            return _order(kind, match, slate, language, directory)
    return _recurring(slate, language, directory)


def _recurring(slate: Slate, language: Language, directory: Directory) -> Order | None:
    """Return the order for a meeting that is wanted again and again, None for any other sentence."""
    often = read_recurrence(slate, language)
    if often is None:
        return None
    recurrence, rest = often
    since = any(p.search(rest.folded) for kind, p in language.dates if kind is Reading.SINCE)
    found = read(rest, language, directory)
    if not (found.kind or found.type_problem or found.parties.people_said):
        return None
    return Order(
        kind=OrderKind.NEW_TEMPLATE,
        wish=found.wish(),
        recurrence=recurrence,
        open_ended=since,
        problems=(*found.problems, *found.not_understood()),
    )


def _order(
    kind: OrderKind,
    match: re.Match[str],
    slate: Slate,
    language: Language,
    directory: Directory,
) -> Order:
    if kind is OrderKind.SETUP:
        return Order(kind=kind, prose=slate.said(match.end(), len(slate.text)))
    if kind is OrderKind.COURSES:
        prose = slate.said(match.end(), len(slate.text))
        wish = read(slate, language, directory).wish()
        return Order(kind=kind, wish=Wish(dates=wish.dates), prose=prose)
    only = _take_only(slate, language) if kind in _WITH_FILTERS else frozenset()
    prose = _take_prose(slate, match.end(), language) if kind in _WITH_PROSE else ""
    _strike(slate, match)
    days = _take_number(slate, language, "period") if kind in _WITH_PERIOD else None
    count = _take_number(slate, language, "count") if kind in _WITH_COUNT else None
    for _ in slate.take(language.order_parts["next_one"]):
        pass
    was, trouble = _take_was(slate, language, directory) if kind in _WITH_TWO_DATES else (None, ())
    found = read(slate, language, directory)
    unclear = found.not_understood(all_words=kind in _ABOUT_PEOPLE)
    return Order(
        kind=kind,
        wish=found.wish(),
        problems=(*trouble, *found.problems, *unclear),
        days=days,
        count=count,
        was=was,
        prose=prose,
        only=only,
    )


def _strike(slate: Slate, match: re.Match[str]) -> None:
    """Strike the opening of the sentence, and the rest of the order wherever that stands."""
    slate.strike(*match.span())
    for name in match.groupdict():
        if name.startswith("strike") and match[name]:
            slate.strike(*match.span(name))


def _take_only(slate: Slate, language: Language) -> frozenset[Only]:
    """Strike and return what of a list is meant, also where the order itself says so."""
    return frozenset(only for only in Only if any([*slate.take(language.order_parts[only.value])]))


def _take_prose(slate: Slate, start: int, language: Language) -> str:
    """Strike and return the free text, which begins behind the first mark after ``start``."""
    mark = language.order_parts["prose"].search(slate.folded, start)
    if mark is None:
        return ""
    prose = slate.said(mark.end(), len(slate.text))
    slate.strike(mark.start(), len(slate.text))
    return prose


def _take_number(slate: Slate, language: Language, part: str) -> int | None:
    """Strike and return a count of days or sessions, where one is said."""
    for match in slate.take(language.order_parts[part]):
        found = match.groupdict()
        words = found.get("n") or found.get("n2")
        number = language.number(words) if words else 1
        unit = found.get("unit") or found.get("unit_alone")
        return number * language.value("unit", unit) if unit else number
    return None


def _take_was(
    slate: Slate, language: Language, directory: Directory
) -> tuple[DateRange | None, tuple[Problem, ...]]:
    """Strike and return the dates that a session is to leave."""
    for match in slate.take(language.order_parts["was"]):
        try:
            day = next(words for words in match.groupdict().values() if words)
            return read_phrase(day, language, directory.roster.today), ()
        except Doubt as doubt:
            return None, (doubt.problem,)
    return None, ()
