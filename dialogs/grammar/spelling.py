"""A sentence put right before it is read: slips in common words, words run together, fractions."""

import re
from collections.abc import Collection
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from dialogs.grammar.language import SHORTEST_SPELLED, Language
from dialogs.grammar.slate import fold

_LONG = 8
"""Letters from which on two slips are one word still, and a word is like no name."""
_LIKE_NO_NAME = 7
_FRACTION = re.compile(r"(\d?)([¼½¾])")
_QUARTERS = {"¼": "25", "½": "5", "¾": "75"}
_WORD = re.compile(r"\w+(?:['-]\w+)*")
_NEVER_MEANT = frozenset({"morgen"})
"""Too near to names to be guessed: Morgan."""


class Names(Protocol):
    """What must not be put right."""

    def holds(self, word: str) -> bool:
        """Whether the folded ``word`` is part of a name."""
        ...

    def nearly(self, word: str) -> bool:
        """Whether it is nearly one."""
        ...


def slip_of(word: str, spelled: Collection[str]) -> str | None:
    """Return the one word of ``spelled`` that ``word`` is a slip of, None if none or several.

    Both ends must be right, or only neighbours swapped.
    """
    if len(word) < SHORTEST_SPELLED - 1 or word in spelled or not word.isalpha():
        return None
    limit = 2 if len(word) >= _LONG else 1
    near = process.extract(word, spelled, scorer=OSA.distance, score_cutoff=limit, limit=None)
    fit = {w: slips for w, slips, _ in near if _ends_fit(word, w) and w not in _NEVER_MEANT}
    least = [found for found, slips in fit.items() if slips == min(fit.values())]
    return least[0] if len(least) == 1 else None


def _ends_fit(word: str, meant: str) -> bool:
    same = word[0] == meant[0] and word[-1] == meant[-1]
    return same or sorted(word) == sorted(meant)


def put_right(
    text: str, language: Language, spelled: Collection[str], names: Names
) -> tuple[str, bool]:
    """Return ``text`` with its common words as they are written, and whether a slip was mended.

    What may be a name stays as it is.
    """
    text = _FRACTION.sub(lambda found: f"{found[1] or 0}.{_QUARTERS[found[2]]}", text)
    for pattern, instead in language.rewrites:
        for match in reversed(list(pattern.finditer(fold(text)))):
            text = text[: match.start(1)] + instead + text[match.end(1) :]
    folded = fold(text)
    parts: list[str] = []
    end = 0
    for match in _WORD.finditer(folded):
        word = match.group()
        if word in language.words or names.holds(word):
            continue
        meant = slip_of(word, spelled)
        if meant and not names.nearly(word) and _fits(meant, folded[: match.start()], language):
            parts += [text[end : match.start()], meant]
            end = match.end()
    return "".join((*parts, text[end:])), bool(parts)


def _fits(meant: str, before: str, language: Language) -> bool:
    """Whether a word may stand here; where a name must follow, only one that is like no name."""
    if len(meant) >= _LIKE_NO_NAME or meant in language.phrases.tables["weekday"]:
        return True
    before = before.rstrip()
    return before.endswith(",") or not language.after_marker.search(before)
