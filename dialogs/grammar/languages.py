"""The languages that sentences may be in, and which of them one is in."""

from collections.abc import Callable, Iterable

from dialogs.grammar.english import ENGLISH
from dialogs.grammar.german import GERMAN
from dialogs.grammar.language import Language
from dialogs.grammar.spelling import slip_of

LANGUAGES = {language.phrases.code: language for language in (ENGLISH, GERMAN)}
_SHORTEST_FOREIGN = 3


def _others(language: Language) -> list[Language]:
    return [each for each in LANGUAGES.values() if each is not language]


def _only_in(language: Language) -> frozenset[str]:
    return language.words.difference(*(each.words for each in _others(language)))


_OWN = {code: _only_in(language) for code, language in LANGUAGES.items()}

MEANINGFUL = {
    code: language.meaningful.union(
        word
        for other in _others(language)
        for word in other.meaningful - language.words
        if len(word) >= _SHORTEST_FOREIGN
    )
    for code, language in LANGUAGES.items()
}
"""Words that are not to be passed over: also those of another language that mean nothing in this."""


def by_locale(locale: str) -> Language:
    """Return the language of a BCP 47 locale, English where there is no grammar for it."""
    return LANGUAGES.get(locale[:2].lower(), ENGLISH)


def language_of(words: Iterable[str], is_name: Callable[[str], bool], usual: Language) -> Language:
    """Return the language that most of the folded ``words`` are of; ``usual`` where it is not clear.

    Names say nothing about the language.
    """
    votes = dict.fromkeys(LANGUAGES, 0)
    for word in words:
        if not is_name(word):
            for code in LANGUAGES:
                votes[code] += _speaks(word, code)
    most = max(votes.values())
    ahead = [code for code, count in votes.items() if count == most]
    return LANGUAGES[ahead[0]] if len(ahead) == 1 else usual


def _speaks(word: str, code: str) -> bool:
    if any(word in each.words for each in LANGUAGES.values()):
        return word in _OWN[code]
    language = LANGUAGES[code]
    if any(pattern.search(word) for pattern, _ in language.rewrites):
        return True
    return slip_of(word, language.spelled) is not None
