"""The command: what it prints, what it refuses in words, and its exit codes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app, main
from scheduling.domain.people import Person, Role
from scheduling.storage import people
from scheduling.storage.store import Store
from tests.support.databases import with_tables

Aside = Callable[..., tuple[int, str]]

MIA = Person(
    id="mia", name="Mia", zone="UTC", roles=frozenset({Role.MANAGER}), leads=frozenset({"red"})
)


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Aside:
    """Run the command as a shell does: (exit code, what it printed anywhere)."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["aside", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(str(ended.value.code or 0)), said.out + said.err

    return run


@pytest.fixture
async def known(nowhere: Path) -> None:
    """Know one person in the database of the working folder."""
    store = Store(with_tables(nowhere / "aside.db"))
    async with store.write() as tx:
        await people.sync(tx, [MIA])
    await store.close()


def test_without_a_command_it_says_what_there_is() -> None:
    said = CliRunner().invoke(app, ["--help"])
    assert said.exit_code == 0
    for command in ("demo", "serve", "config", "doctor", "wfm", "people"):
        assert command in said.output


def test_config_is_json_without_secrets(aside: Aside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASIDE_BOT__SECRET", "canary")
    code, said = aside("config")
    assert code == 0
    assert json.loads(said)["port"] == 3978
    assert "canary" not in said


def test_a_wrong_setting_is_said_in_words(aside: Aside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASIDE_PORT", "canary")
    code, said = aside("config")
    assert code == 2
    assert "port: " in said
    assert "Traceback" not in said
    assert "canary" not in said


def test_a_template_can_be_read_as_it_is(aside: Aside) -> None:
    code, said = aside("wfm", "template", "mine")
    assert (code, "aside wfm validate mine" in said) == (0, True)
    code, said = aside("wfm", "validate", "mine")
    assert (code, "Everything can be read" in said) == (0, True)


def test_a_template_overwrites_nothing(aside: Aside, nowhere: Path) -> None:
    (nowhere / "mine").mkdir()
    (nowhere / "mine" / "own.txt").write_text("mine", encoding="utf-8")
    code, said = aside("wfm", "template", "mine")
    assert (code, "is not empty" in said) == (2, True)
    assert [path.name for path in (nowhere / "mine").iterdir()] == ["own.txt"]


def test_what_is_wrong_in_a_file_is_told_row_by_row(aside: Aside, nowhere: Path) -> None:
    aside("wfm", "template", "mine")
    agents = nowhere / "mine" / "agents.csv"
    lines = agents.read_text(encoding="utf-8").splitlines()
    agents.write_text("\n".join([lines[0], *lines[1:], lines[1]]) + "\n", encoding="utf-8")
    code, said = aside("wfm", "validate", "mine")
    assert code == 1
    assert "agents.csv" in said
    assert f"row {len(lines) + 1}" in said


@pytest.mark.parametrize("command", ["validate", "template"])
def test_a_folder_must_be_named(aside: Aside, command: str) -> None:
    assert aside("wfm", command)[0] == 2


@pytest.mark.parametrize("share", ["edge", "solver"])
def test_one_file_serves_no_halves(
    aside: Aside, share: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASIDE_PORT", "0")
    code, said = aside("serve", "--only", share)
    assert code == 2
    assert f"--only {share} needs PostgreSQL" in said
    assert "ASIDE_DATABASE_URL=postgresql+psycopg://" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("known")
def test_people_are_bound_once_and_unbound(aside: Aside) -> None:
    assert "no" in aside("people", "list")[1]
    assert aside("people", "bind", "mia", "oid-1") == (0, "mia is bound.\n")
    listed = aside("people", "list")[1]
    assert "Mia" in listed
    assert "yes" in listed
    code, said = aside("people", "bind", "mia", "oid-2")
    assert (code, "bound already" in said, "Traceback" in said) == (2, True, False)
    assert aside("people", "unbind", "mia") == (0, "mia is no longer bound.\n")
    assert aside("people", "unbind", "mia")[0] == 1


@pytest.mark.usefixtures("known")
def test_nobody_unknown_is_bound(aside: Aside) -> None:
    code, said = aside("people", "bind", "nobody", "oid-1")
    assert code == 2
    assert "nobody has the id nobody" in said
    assert "aside people list" in said
