"""How often a sentence wants something: "every month", "on Mondays", "every second week"."""

import re
from collections.abc import Iterable

from dialogs.grammar.language import Language
from dialogs.grammar.slate import Slate
from scheduling.domain.templates import EVERY_DAY, Frequency, Recurrence

_RARER = tuple(Frequency)
"""Daily, weekly, monthly: of two that are said the rarer counts, as in "a monthly, on Mondays"."""


def read_recurrence(slate: Slate, language: Language) -> tuple[Recurrence, Slate] | None:
    """Return how often, and the sentence without the words for it; None where it is not said."""
    rest = slate.part(0, len(slate.folded))
    found = [
        (frequency, match)
        for frequency, pattern in language.recurring
        for match in rest.take(pattern)
    ]
    if not found:
        return None
    try:
        return _recurrence(found, language), rest
    except ValueError:  # "every 90 weeks": what cannot be kept is asked about, as words
        return None


def _recurrence(found: Iterable[tuple[Frequency, re.Match[str]]], language: Language) -> Recurrence:
    said = [(frequency, match.groupdict()) for frequency, match in found]
    weekdays = {language.value("weekday", groups["w"]) for _, groups in said if groups.get("w")}
    ordinals = [groups["ordinal"] for _, groups in said if groups.get("ordinal")]
    return Recurrence(
        frequency=max((frequency for frequency, _ in said), key=_RARER.index),
        every=max(_every(groups, language) for _, groups in said),
        weekdays=frozenset(weekdays) or EVERY_DAY,
        nth=language.value("ordinal", ordinals[0]) if ordinals else None,
    )


def _every(groups: dict[str, str | None], language: Language) -> int:
    """Return the number that is said, in digits or words, or by a word such as "quarterly"."""
    if number := groups.get("n"):
        return language.number(number)
    return 2 if groups.get("two") else 3 if groups.get("three") else 1
