"""``aside migrate`` and ``aside serve`` on databases of every kind: one sentence, no traceback."""

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

Aside = Callable[..., tuple[int, str]]

CANNOT_BE_OPENED = "the database cannot be opened: check ASIDE_DATABASE_URL"


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Aside:
    """Run the command on the database at a URL: (exit code, what it printed anywhere)."""

    def run(url: str, *arguments: str) -> tuple[int, str]:
        settings = {"DATABASE_URL": url, "DEVELOPMENT": "true", "PORT": "0"}
        for name, value in settings.items():
            monkeypatch.setenv(f"ASIDE_{name}", value)
        monkeypatch.setattr(sys, "argv", ["aside", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(str(ended.value.code or 0)), said.out + said.err

    return run


@pytest.fixture
def shut(nowhere: Path) -> str:
    """Return the URL of a SQLite file that may only be read, of nobody's tables."""
    sqlite3.connect(nowhere / "shut.db").close()
    (nowhere / "shut.db").touch()
    return f"sqlite:///file:{nowhere / 'shut.db'}?mode=ro&uri=true"


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/aside.db", "postgresql+psycopg://aside:canary@127.0.0.1:1/aside"]
)
def test_a_database_that_is_not_there(aside: Aside, command: str, url: str) -> None:
    code, said = aside(url, command)
    assert (code, said.splitlines()[1:]) == (2, [])
    assert said.startswith(CANNOT_BE_OPENED)
    assert "canary" not in said


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_database_that_may_only_be_read(aside: Aside, command: str, shut: str) -> None:
    code, said = aside(shut, command)
    assert (code, said.splitlines()[1:]) == (2, [])
    assert said.startswith("the database is read-only: let Aside's account write to it")


def test_a_database_is_made_once(aside: Aside, nowhere: Path) -> None:
    url = f"sqlite:///{nowhere / 'aside.db'}"
    code, said = aside(url, "migrate")
    assert code == 0
    assert "Aside's tables: made, revision " in said
    assert "The engine's tables: made, version " in said
    code, said = aside(url, "migrate")
    assert (code, said.count("already, nothing was changed")) == (0, 2)


def test_a_copy_goes_from_a_file_to_postgresql(aside: Aside, nowhere: Path) -> None:
    url = f"sqlite:///{nowhere / 'aside.db'}"
    code, said = aside(url, "copy", url, url)
    assert (code, "goes from sqlite:///FILE to postgresql+psycopg://" in said) == (2, True)
