"""The set-up as a YAML file: every setting with what it means."""

from collections.abc import Iterator
from typing import Any

from bot.yaml_file import BadFile, fault_of, parsed, scalar
from dialogs.wording import Words
from dialogs.wording_setup import AREAS, label_of
from scheduling.domain.setup import Setup
from scheduling.storage import plain
from scheduling.storage.edits import GONE, Edit
from scheduling.storage.plain import Misread, Path
from scheduling.workflows.setup_changes import edited

HEAD = """\
# How the house is set up: version {number}. Change what you like, then:
#   aside setup import FILE --dry-run    what is wrong with it, and what would change
#   aside setup dry-run FILE             what it would have done with last month's requests
#   aside setup import FILE              a new version, which aside setup undo takes back
# A part that is left out stays as it is. Times of day are written "08:45", windows 07:00-20:00,
# lengths of time 30m, 4h or 2d. A meeting type that was in use stays: set offered to false.
"""


PARTS = "the parts of a set-up belong here, each with a name"


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
    key = scalar(path[-1])
    if isinstance(value, dict) and value:
        heading = words.say(AREAS[_area(path)]) if depth == 0 and _area(path) else ""
        yield f"{indent}{key}:" + (f"  # {heading}" if heading else "")
        for name, each in value.items():
            yield from _lines(words, (*path, name), each, depth + 1)
        return
    yield f"{indent}{key}: {scalar(value)}  # {label_of(words, path)}"


def _area(path: Path) -> Any:  # noqa: ANN401 - an Area, or None
    return next((area for area in AREAS if area.value == path[0]), None)


def read(text: str, current: Setup, words: Words) -> Setup:
    """Return the set-up in ``text``; parts that it leaves out are those of ``current``.

    BadFile tells everything that is wrong. Nothing in the file can run or refer to anything.
    """
    content, lines = parsed(text, words, PARTS)
    edits = [Edit(path=(part,), before=GONE, after=value) for part, value in content.items()]
    try:
        return edited(current, edits)
    except Misread as error:
        raise BadFile([fault_of(words, lines, misfit) for misfit in error.misfits]) from None
