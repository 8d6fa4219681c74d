"""What goes wrong before the Playground runs is said in words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground import (
    OTHERS,
    PlaygroundError,
    PlaygroundTenant,
    PlaygroundUser,
    find_node,
    install,
    installed,
    write_config,
)

MIA, *REST = (
    PlaygroundUser(id=str(n), object_id=str(n), name=f"Mia Number{n}", address=f"{n}@example.test")
    for n in range(OTHERS + 1)
)
TENANT = PlaygroundTenant(
    tenant_id="tenant", bot_id="bot", current_user=MIA, others=tuple(REST), channel_name="Planners"
)


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_tenant_is_written_as_the_playground_reads_it(tmp_path: Path) -> None:
    written = json.loads(write_config(tmp_path / "new", TENANT).read_text(encoding="utf-8"))
    assert written["currentUser"]["aadObjectId"] == MIA.object_id
    assert written["currentUser"]["surname"] == "Number0"
    assert len(written["users"]) == OTHERS
    assert written["team"]["channels"] == [{"id": "Planners", "name": "Planners"}]


def test_too_few_people_are_refused() -> None:
    with pytest.raises(ValueError, match="takes 5 other people, not 4"):
        replace(TENANT, others=TENANT.others[1:])


def test_two_people_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="the same id"):
        replace(TENANT, current_user=REST[0])


@pytest.mark.parametrize(
    ("version", "usable"), [("v18.0.0", True), ("v16.20.2", False), ("?", False)]
)
def test_only_a_node_that_is_new_enough_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, *, usable: bool
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_node() is None
    program(tmp_path, "npm", "exit 0")
    program(tmp_path, "node", f"echo {version}")
    assert (find_node() is not None) is usable


async def test_a_failed_install_repeats_what_npm_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "npm", "echo no network >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    heard: list[str] = []
    with pytest.raises(PlaygroundError, match="no network"):
        await install(tmp_path / "playground", heard.append)
    assert len(heard) == 1
    assert not installed(tmp_path / "playground")
