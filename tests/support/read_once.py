"""WFM files of the same bytes are read once per process: nearly every house has a copy of one centre."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest

from wfm.centre.model import Centre
from wfm.files import adapter
from wfm.files.client import Limits
from wfm.files.validate import read_centre

_READ: dict[tuple[object, ...], Centre] = {}


def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files' adapter have what was read from the same files before."""
    monkeypatch.setattr(adapter, "read_centre", _read)


def _read(paths: Iterable[Path], limits: Limits) -> Centre:
    paths = list(paths)
    key = (limits, *((path.name, sha256(path.read_bytes()).digest()) for path in paths))
    if key not in _READ:
        _READ[key] = read_centre(paths, limits)
    return _READ[key]
