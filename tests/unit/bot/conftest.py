"""A place without settings: no environment, no file, an empty folder to work in."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

Aside = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with no ``ASIDE_*`` set."""
    for name in os.environ:
        if name.startswith("ASIDE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Aside:
    """Run the command as a shell does: (exit code, what it printed anywhere)."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["aside", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(str(ended.value.code or 0)), said.out + said.err

    return run
