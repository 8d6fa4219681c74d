"""Word tables as their author writes them; an umlaut stands for each of its folded spellings."""

from collections.abc import Mapping

SPELLINGS = {"ä": ("a", "ae"), "ö": ("o", "oe"), "ü": ("u", "ue"), "ß": ("s", "ss")}


def spellings(word: str) -> set[str]:
    """Return a word as it may be folded: "für" is "fur" or "fuer"."""
    found = {word}
    for letter, folded in SPELLINGS.items():
        found = {each.replace(letter, plain) for each in found for plain in folded}
    return found


def numbered(words: Mapping[int, str]) -> dict[str, int]:
    """Return word -> number from number -> words joined by ``|``."""
    return {
        spelling: number
        for number, joined in words.items()
        for word in joined.split("|")
        for spelling in sorted(spellings(word))
    }


def any_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(spelling for word in text.split() for spelling in spellings(word))
