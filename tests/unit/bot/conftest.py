"""A place without settings: no environment, no file, an empty folder to work in."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with no ``ASIDE_*`` set."""
    for name in os.environ:
        if name.startswith("ASIDE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
