"""The set-up as a YAML file: every setting with what it means, and faults told by their line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from dialogs.views import Viewer
from dialogs.wording import Words
from dialogs.wording_setup import AREAS, label_of, misfit_words
from scheduling.domain.limits import Misfit
from scheduling.domain.setup import Setup
from scheduling.storage import plain
from scheduling.storage.edits import GONE, Edit
from scheduling.storage.plain import Misread, Path
from scheduling.workflows.setup_changes import edited

MOST_BYTES = 1_000_000
HEAD = """\
# How the house is set up: version {number}. Change what you like, then:
#   aside setup import FILE --dry-run    what is wrong with it, and what would change
#   aside setup dry-run FILE             what it would have done with last month's requests
#   aside setup import FILE              a new version, which aside setup undo takes back
# A part that is left out stays as it is. Times of day are written "08:45", windows 07:00-20:00,
# lengths of time 30m, 4h or 2d. A meeting type that was in use stays: set offered to false.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a file; ``line`` is None where none can be named."""

    line: int | None
    path: Path
    said: str

    def __str__(self) -> str:
        """Return it as one line of a list."""
        where = [f"line {self.line}"] if self.line is not None else []
        return ": ".join([*where, *([".".join(self.path)] if self.path else []), self.said])


class BadSetup(Exception):
    """A file cannot be read as a set-up; ``faults`` are all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep every fault."""
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def english(now: datetime) -> Words:
    """Return the words of the command line."""
    return Words.for_viewer(Viewer(locale="en", zone="UTC", now=now))


def written(setup: Setup, number: int, words: Words) -> str:
    """Return a set-up as YAML with a comment beside each setting."""
    lines = [HEAD.format(number=number)]
    content = plain.write(setup)
    for part, value in content.items():
        lines += _lines(words, (part,), value, 0)
    return "\n".join(lines) + "\n"


def _lines(words: Words, path: Path, value: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - plain
    """Yield a setting, with what it means where it is not a mapping of others."""
    indent = "  " * depth
    key = _scalar(path[-1])
    if isinstance(value, dict) and value:
        heading = words.say(AREAS[_area(path)]) if depth == 0 and _area(path) else ""
        yield f"{indent}{key}:" + (f"  # {heading}" if heading else "")
        for name, each in value.items():
            yield from _lines(words, (*path, name), each, depth + 1)
        return
    yield f"{indent}{key}: {_scalar(value)}  # {label_of(words, path)}"


def _area(path: Path) -> Any:  # noqa: ANN401 - an Area, or None
    return next((area for area in AREAS if area.value == path[0]), None)


def _scalar(value: Any) -> str:  # noqa: ANN401 - plain
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("...\n").rstrip("\n")


def read(text: str, current: Setup, words: Words) -> Setup:
    """Return the set-up in ``text``; parts that it leaves out are those of ``current``.

    BadSetup tells everything that is wrong. Nothing in the file can run or refer to anything.
    """
    content, lines = _parsed(text, words)
    edits = [Edit(path=(part,), before=GONE, after=value) for part, value in content.items()]
    try:
        return edited(current, edits)
    except Misread as error:
        raise BadSetup([_fault(words, lines, misfit) for misfit in error.misfits]) from None


def _fault(words: Words, lines: Mapping[Path, int], misfit: Misfit) -> Fault:
    near = next(
        (misfit.path[:n] for n in range(len(misfit.path), 0, -1) if misfit.path[:n] in lines), ()
    )
    return Fault(line=lines.get(near), path=misfit.path, said=misfit_words(words, misfit))


def _parsed(text: str, words: Words) -> tuple[dict[str, Any], dict[Path, int]]:
    """Return the content by its parts, and on which line each path begins."""
    if len(text.encode(errors="replace")) > MOST_BYTES:
        _refuse(words, None, (), f"more than {MOST_BYTES:,} bytes")
    lines: dict[Path, int] = {}
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
                _refuse(
                    words, token.start_mark.line + 1, (), "anchors, aliases and tags are not read"
                )
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        _refuse(words, mark.line + 1 if mark else None, (), why)
    if not isinstance(content, dict) or not isinstance(root, yaml.MappingNode):
        _refuse(words, 1, (), "the parts of a set-up belong here, each with a name")
    twice = list(_number(root, (), lines))
    if twice:
        facts = [Misfit(path=path, kind="twice") for path, _ in twice]
        raise BadSetup(
            [
                Fault(line=line, path=path, said=misfit_words(words, misfit))
                for (path, line), misfit in zip(twice, facts, strict=True)
            ]
        )
    return content, lines


def _refuse(words: Words, line: int | None, path: Path, why: str) -> None:
    said = misfit_words(words, Misfit(path=path, kind="no_yaml", facts={"why": why}))
    raise BadSetup([Fault(line=line, path=path, said=said)])


def _number(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Iterator[tuple[Path, int]]:
    """Note the line of every path; yield those that are there twice."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            line = key.start_mark.line + 1
            if here in lines:
                yield here, line
            lines[here] = line
            yield from _number(value, here, lines)
    if isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            lines[(*path, str(n))] = value.start_mark.line + 1
            yield from _number(value, (*path, str(n)), lines)


def differences_said(edits: Sequence[Edit]) -> list[str]:
    """Return each difference as a line: its path, what is now, what would be."""
    return [f"{'.'.join(edit.path)}: {_side(edit.before)} -> {_side(edit.after)}" for edit in edits]


def _side(value: Any) -> str:  # noqa: ANN401 - plain
    return "nothing" if value is GONE else _scalar(value)
