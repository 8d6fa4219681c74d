"""YAML files of an administrator: nothing in them runs or refers, faults are told by their line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from dialogs.views import Viewer
from dialogs.wording import Words
from dialogs.wording_setup import misfit_words
from scheduling.domain.limits import Misfit
from scheduling.storage.edits import GONE, Edit
from scheduling.storage.plain import Path

MOST_BYTES = 1_000_000


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


class BadFile(Exception):
    """A file cannot be read as what it is to be; ``faults`` are all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep every fault."""
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def english(now: datetime) -> Words:
    """Return the words of the command line."""
    return Words.for_viewer(Viewer(locale="en", zone="UTC", now=now))


def scalar(value: Any) -> str:  # noqa: ANN401 - plain
    """Return a plain value as YAML on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("...\n").rstrip("\n")


def fault_of(words: Words, lines: Mapping[Path, int], misfit: Misfit) -> Fault:
    """Return a misfit with the line of what is nearest to it."""
    near = next(
        (misfit.path[:n] for n in range(len(misfit.path), 0, -1) if misfit.path[:n] in lines), ()
    )
    return Fault(line=lines.get(near), path=misfit.path, said=misfit_words(words, misfit))


def parsed(text: str, words: Words, belongs: str) -> tuple[dict[str, Any], dict[Path, int]]:
    """Return a mapping's content, and on which line each path begins; BadFile tells what is wrong.

    ``belongs`` says what a file of this kind is made of.
    """
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
        _refuse(words, 1, (), belongs)
    twice = list(_number(root, (), lines))
    if twice:
        facts = [Misfit(path=path, kind="twice") for path, _ in twice]
        raise BadFile(
            [
                Fault(line=line, path=path, said=misfit_words(words, misfit))
                for (path, line), misfit in zip(twice, facts, strict=True)
            ]
        )
    return content, lines


def _refuse(words: Words, line: int | None, path: Path, why: str) -> None:
    said = misfit_words(words, Misfit(path=path, kind="no_yaml", facts={"why": why}))
    raise BadFile([Fault(line=line, path=path, said=said)])


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
    return "nothing" if value is GONE else scalar(value)
