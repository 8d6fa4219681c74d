"""Text from Teams made plain."""

import html
import re
import unicodedata
from collections.abc import Sequence

LONGEST_TEXT = 4_000
LONGEST_NAME = 200
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,500}>", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")


def plain_text(text: str, mentions_of_bot: Sequence[str] = ()) -> str:
    """Return a message's ``text`` as a person would read it aloud, at most ``LONGEST_TEXT`` long.

    The first occurrence of each of ``mentions_of_bot`` (as ``<at>Aside</at>``) is dropped, other
    people's mentions leave their names. Control, zero-width and bidirectional characters go.
    """
    for mention in filter(None, mentions_of_bot):
        text = text.replace(mention, " ", 1)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    lines = _BLANKS.sub(" ", _visible(html.unescape(text))).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())[:LONGEST_TEXT]


def plain_name(name: str) -> str:
    """Return a display name on one line, without characters that hide or reorder others."""
    return " ".join(_visible(name).split())[:LONGEST_NAME]


def _visible(text: str) -> str:
    return "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else _gap(c) for c in text)


def _gap(character: str) -> str:
    return " " if character in "\t\r" else ""
