"""Which meeting type is meant: by the administrator's own name for it, or by a common word."""

import re

from dialogs import verbs
from dialogs.grammar.language import Kind, Language
from dialogs.grammar.languages import LANGUAGES
from dialogs.grammar.slate import Slate, fold
from dialogs.problems import Problem, ProblemKind, problem
from scheduling.domain.meetings import MeetingType


def read_type(
    slate: Slate, language: Language, types: tuple[MeetingType, ...]
) -> tuple[MeetingType | None, list[Problem]]:
    """Take every mention of a meeting type; return the one that was meant, or what to ask."""
    named = _named(slate, types)
    found: dict[str, tuple[MeetingType, ...]] = {said: (kind,) for said, kind in named}
    for kind, pattern in language.kinds:
        for match in slate.take(pattern):
            found[match.group()] = _of_kind(kind, types)
    if not found:
        return None, []
    meant = {each.id: each for group in found.values() for each in group}
    names = [each.name for each in meant.values()]
    said = next(iter(found))
    if not all(found.values()):
        unknown = next(words for words, group in found.items() if not group)
        offered = [each.name for each in types if not each.confidential]
        return None, [problem(verbs.TYPE, ProblemKind.UNKNOWN_TYPE, said=unknown, types=offered)]
    if len(meant) > 1:
        return None, [problem(verbs.TYPE, ProblemKind.AMBIGUOUS_TYPE, said=said, types=names)]
    return next(iter(meant.values())), []


def _named(slate: Slate, types: tuple[MeetingType, ...]) -> list[tuple[str, MeetingType]]:
    found: list[tuple[str, MeetingType]] = []
    for kind in sorted(types, key=lambda each: len(each.name), reverse=True):
        if words := re.findall(r"\w+", fold(kind.name)):
            name = r"[\s-]*".join(map(re.escape, words))
            pattern = re.compile(rf"(?<!\w){name}(?:'?s)?(?!\w)")
            found.extend((match.group(), kind) for match in slate.take(pattern))
    return found


def _of_kind(kind: Kind, types: tuple[MeetingType, ...]) -> tuple[MeetingType, ...]:
    """Return the types of that kind, in whatever language the administrator named them."""
    patterns = [dict(language.kinds)[kind] for language in LANGUAGES.values()]
    labels = {each.id: (fold(each.name), fold(each.id.replace("_", " "))) for each in types}
    whole = tuple(
        e for e in types if any(p.fullmatch(label) for p in patterns for label in labels[e.id])
    )
    return whole or tuple(
        e for e in types if any(p.search(label) for p in patterns for label in labels[e.id])
    )
