"""A place without settings, and the command as a shell runs it there: fixtures."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

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


@pytest.fixture
def loggers_as_they_were() -> Iterator[None]:
    """Give back the loggers that ``configure`` takes."""
    taken = [logging.getLogger(name) for name in (None, "dbos")]
    before = [(one.handlers[:], one.level, one.propagate) for one in taken]
    yield
    for one, (handlers, level, propagate) in zip(taken, before, strict=True):
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)
    structlog.reset_defaults()
