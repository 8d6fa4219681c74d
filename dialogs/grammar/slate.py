"""A sentence while it is being read: folded for matching, with what was understood struck out."""

import re
import unicodedata
from collections.abc import Callable, Iterator

TAKEN = "\x00"
HELD = "\x01"
_UNDECOMPOSED = str.maketrans("øłđðħıßæœ‐‑‒–—−’‘ʼ`´", "olddhisao------'''''")  # noqa: RUF001 - folding is about look-alikes
_TAG = re.compile(r"</?at(?:\s[^<>]*)?>", re.IGNORECASE)


def clean(text: str) -> str:
    """Return ``text`` composed, without mention tags, controls and invisible characters.

    Any run of spaces becomes one, so that no pattern has to look for more.
    """
    if text.isascii() and text.isprintable() and "<" not in text:
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", _TAG.sub(" ", text))
    spaced = (" " if char.isspace() else char for char in composed)
    kept = "".join(char for char in spaced if unicodedata.category(char)[0] not in "CM")
    return " ".join(kept.split())


def fold(text: str) -> str:
    """Return ``text`` in lower case without diacritics, exactly one character for each."""
    if text.isascii():
        return text.lower().translate(_UNDECOMPOSED)
    return "".join(_fold_one(char) for char in text)


def _fold_one(char: str) -> str:
    lower = char.lower()[:1].translate(_UNDECOMPOSED)
    return unicodedata.normalize("NFKD", lower)[:1].lower()[:1] or char


class Slate:
    """The text as written and, at the same positions, folded.

    ``offset`` is where it begins in the whole sentence. Spans that are understood become ``TAKEN``; spans that say who is meant become ``HELD``, to be
    looked up by their start once it is known what part they play.
    """

    def __init__(self, text: str) -> None:
        """Start with nothing taken; ``text`` is cleaned."""
        self.text = clean(text)
        self.folded = fold(self.text)
        self.offset = 0

    def part(self, start: int, end: int) -> "Slate":
        """Return a stretch of it, with what is taken or held in it."""
        part = Slate("")
        part.text, part.folded = self.text[start:end], self.folded[start:end]
        part.offset = self.offset + start
        return part

    def capital(self, start: int) -> bool:
        """Whether a word within the sentence, not the first of it, is written with a capital."""
        return bool(self.offset + start) and self.text[start].isupper()

    def take(
        self, pattern: re.Pattern[str], spared: Callable[[re.Match[str]], bool] | None = None
    ) -> Iterator[re.Match[str]]:
        """Yield each match from the left and strike it out, unless it is ``spared``."""
        for match in pattern.finditer(self.folded):
            if spared is None or not spared(match):
                self.strike(*match.span())
                yield match

    def strike(self, start: int, end: int, mark: str = TAKEN) -> None:
        """Mark a span as understood, or as held."""
        self.folded = self.folded[:start] + mark * (end - start) + self.folded[end:]

    def word_spans(self) -> list[tuple[int, int]]:
        """Return where the words begin and end that are not taken or held."""
        return [match.span() for match in re.finditer(r"\w+(?:['-]\w+)*", self.folded)]

    def said(self, start: int, end: int) -> str:
        """Return the words at a span as they were written."""
        return self.text[start:end].strip()
