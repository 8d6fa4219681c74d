"""What is left of a sentence once dates and the like are taken: who attends, who leads, who not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from dialogs.grammar.language import Language
from dialogs.grammar.names import words_of
from dialogs.grammar.slate import Slate


class Part(Enum):
    """The part a mention plays, by the word before it."""

    NONE = auto()
    WISH = auto()
    PAIR = auto()
    LEAD = auto()
    LEAVE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that may name somebody, and the part they play; ``start`` finds what is held there.

    ``placed`` follows "in", "at" and their like: if it is nobody, it is a time or place that was
    not understood. ``owner`` is whose something is that comes next, by how the words are written.
    """

    part: Part
    words: tuple[str, ...]
    said: str
    start: int
    held: bool = False
    me: bool = False
    placed: bool = False
    owner: str = ""


@dataclass(slots=True, kw_only=True)
class Scan:
    """The mentions of a sentence, and the single words that matter by themselves."""

    mentions: list[Mention] = field(default_factory=list)
    asking: bool = False
    command: bool = False
    dangling: list[str] = field(default_factory=list)

    def joined_to(self, later: "Scan") -> "Scan":
        """Return what both hold together."""
        return Scan(
            mentions=[*self.mentions, *later.mentions],
            asking=self.asking or later.asking,
            command=self.command or later.command,
            dangling=[*self.dangling, *later.dangling],
        )


_MARKERS = {"leave": Part.LEAVE, "lead": Part.LEAD, "pair": Part.PAIR, "wish": Part.WISH}


class _Scanner:
    """Walks over the sentence once; the state is the part that the next words play."""

    def __init__(
        self,
        slate: Slate,
        language: Language,
        known: Callable[[str], bool],
        meaningful: frozenset[str],
    ) -> None:
        self.slate = slate
        self.phrases = language.phrases
        self.known = known
        self.meaningful = meaningful
        self.scan = Scan()
        self.part = self.last = Part.NONE
        self.run: list[tuple[int, int, str]] = []
        self.open_leave: str | None = None
        self.joined = self.placed = False

    def close(self, *, owned: bool = False) -> None:
        """End the run of words that is being read; ``owned``: something comes next that is understood."""
        if not self.run:
            return
        start, end = self.run[0][0], self.run[-1][1]
        words = tuple(word for _, __, word in self.run)
        said = self.slate.said(start, end)
        owner = self.owner(start, end, owned=owned)
        placed = self.placed
        self.add(
            Mention(part=self.part, words=words, said=said, start=start, placed=placed, owner=owner)
        )
        self.run = []
        self.turn(Part.NONE)

    def owner(self, start: int, end: int, *, owned: bool) -> str:
        """Return whose something is by these words: with an apostrophe, or as German writes names."""
        said = self.slate.text[start : end + 1].replace("\u2019", "'").rstrip(" .,:;?!)")
        if not said[:1].isupper():
            return ""
        endings = [one for one in self.phrases.possessives if owned or one == "'s"]
        return next((said.removesuffix(one) for one in endings if said.endswith(one)), "")

    def add(self, mention: Mention) -> None:
        """Keep a mention; it is what an "except" before it was waiting for."""
        self.scan.mentions.append(mention)
        if mention.part is Part.LEAVE:
            self.open_leave = None

    def turn(self, part: Part) -> None:
        """Let the next words play ``part``."""
        if self.part is not Part.NONE:
            self.last = self.part
        self.part = part
        self.joined = self.placed = False

    def drop_leave(self) -> None:
        """Note an "except" that nobody follows."""
        if self.open_leave is not None:
            self.scan.dangling.append(self.open_leave)
            self.open_leave = None

    def marker(self, kind: str, text: str) -> None:
        """Read "with", "except" and their like; "not Asha but Tom" names Tom."""
        self.close()
        left = self.scan.mentions and self.scan.mentions[-1].part is Part.LEAVE
        if kind == "leave" and left and text in self.phrases.contrast:
            kind = "wish"
        self.drop_leave()
        self.turn(_MARKERS[kind])
        if kind == "leave":
            self.open_leave = text

    def word(self, start: int, end: int, text: str) -> None:
        """Read one word: part of a name, filler, or one that matters by itself."""
        if text == "s" and self.slate.folded[start - 1 : start] == "'":
            return
        self.bracket(start)
        phrases = self.phrases
        name = self.name_in(text)
        expected = bool(self.part is not Part.NONE or self.joined or self.run)
        named = expected or self.slate.capital(start) or text not in phrases.filler
        if self.known(name) and named:
            self.run.append((start, end, name))
        elif text in phrases.me and self.part in {Part.PAIR, Part.LEAD}:
            self.close()
            self.add(Mention(part=self.part, words=(), said=text, start=start, me=True))
        elif text in phrases.filler or text in phrases.asking:
            self.close()
            self.scan.asking |= text in phrases.asking
            self.placed |= text in phrases.placing
        elif text in phrases.commands:
            self.close()
            self.scan.command = True
        elif text in self.meaningful or any(char.isdigit() for char in text):
            self.close()
            self.scan.dangling.append(self.slate.said(start, end))
        else:
            self.run.append((start, end, name))

    def bracket(self, start: int) -> None:
        """Read the bracket before a word, as in "Tom (Billing)"."""
        if self.slate.folded[start - 1 : start] == "(":
            self.close()
            self.placed = True

    def name_in(self, text: str) -> str:
        """Return the word as a name has it, without what says that something is somebody's."""
        bare = text.replace("'", "").replace("-", "")
        for suffix in self.phrases.possessives:
            stem = text.removesuffix(suffix).replace("'", "").replace("-", "")
            if stem != bare and not self.known(bare) and (suffix[0] == "'" or self.known(stem)):
                return stem
        return bare

    def held(self, start: int, end: int) -> None:
        """Read a name or a group that was held earlier."""
        self.close()
        self.bracket(start)
        said = self.slate.said(start, end)
        words = words_of(said)
        placed = self.placed
        self.add(
            Mention(part=self.part, words=words, said=said, start=start, held=True, placed=placed)
        )
        self.turn(Part.NONE)

    def taken(self) -> None:
        """Pass over what is understood already."""
        self.close(owned=True)
        self.drop_leave()
        self.turn(Part.NONE)

    def join(self) -> None:
        """Read "and": the next name plays the part of the one before."""
        self.close()
        self.part = self.last if self.part is Part.NONE else self.part
        self.joined = True


def scan_mentions(
    slate: Slate, language: Language, known: Callable[[str], bool], meaningful: frozenset[str]
) -> Scan:
    """Return the mentions left on the slate; ``known`` says whether a word is part of a name.

    ``meaningful`` words must not be passed over.
    """
    reader = _Scanner(slate, language, known, meaningful)
    for match in language.scanner.finditer(slate.folded):
        kind = match.lastgroup or ""
        if kind == "word":
            reader.word(*match.span(), match.group())
        elif kind == "held":
            reader.held(*match.span())
        elif kind == "taken":
            reader.taken()
        elif kind == "join":
            reader.join()
        else:
            reader.marker(kind, match.group())
    reader.close()
    reader.drop_leave()
    return reader.scan
