"""What is different between two plain set-ups, and how it is put onto a third."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scheduling.storage.plain import Path, Plain

GONE: Any = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One difference at ``path``: ``before`` and ``after`` are plain, GONE where there is nothing."""

    path: Path
    before: Plain
    after: Plain


def differences(before: Plain, after: Plain, path: Path = ()) -> Iterator[Edit]:
    """Yield what differs, as deep inside mappings as it can be told, in their order."""
    if before == after and type(before) is type(after):
        return
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield Edit(path=path, before=before, after=after)
        return
    for key in {**before, **after}:
        old, new = before.get(key, GONE), after.get(key, GONE)
        if old is GONE or new is GONE:
            yield Edit(path=(*path, key), before=old, after=new)
        else:
            yield from differences(old, new, (*path, key))


def patched(plain: Plain, edits: Sequence[Edit]) -> Plain:
    """Return a copy of ``plain`` with the edits in it; mappings on the way are made."""
    fresh = copy.deepcopy(plain)
    for edit in edits:
        *way, last = edit.path
        inner = fresh
        for name in way:
            inner = inner.setdefault(name, {})
        if edit.after is GONE:
            inner.pop(last, None)
        else:
            inner[last] = copy.deepcopy(edit.after)
    return fresh


def clash(mine: Sequence[Edit], others: Sequence[Edit]) -> bool:
    """Whether two sets of edits touch the same place, or one lies within the other."""
    return any(_same_way(one.path, other.path) for one in mine for other in others)


def _same_way(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def to_rows(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """Return edits as JSON."""
    return [
        {"path": list(edit.path)}
        | ({} if edit.before is GONE else {"before": edit.before})
        | ({} if edit.after is GONE else {"after": edit.after})
        for edit in edits
    ]


def from_rows(rows: Sequence[Any]) -> tuple[Edit, ...]:
    """Return what ``to_rows`` wrote."""
    return tuple(
        Edit(path=tuple(row["path"]), before=row.get("before", GONE), after=row.get("after", GONE))
        for row in rows
    )
