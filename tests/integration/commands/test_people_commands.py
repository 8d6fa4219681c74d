"""``aside people``: what people are given by a file, seen before it is in force, and taken back."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduling.domain.people import Person, Role
from scheduling.storage import people
from scheduling.storage.store import Store
from tests.integration.commands.test_keeping import AT
from tests.support.databases import with_tables
from wfm.files.template import write_template

Aside = Callable[..., tuple[int, str]]

ALEX = Person(
    id="M1",
    name="Alex Wilber",
    zone="Europe/London",
    roles=frozenset({Role.MANAGER}),
    unit_id="service",
    leads=frozenset({"aire"}),
)
ASHA = Person(
    id="A1",
    name="Asha Patel",
    zone="Europe/London",
    roles=frozenset({Role.AGENT}),
    unit_id="service",
    in_wfm=True,
)
ACCOUNT = "aaaaaaaa-0000-4000-8000-000000000001"


@pytest.fixture
async def known(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Know a manager and an agent of a centre in files."""
    folder = nowhere / "centre"
    write_template(folder, AT.date())
    monkeypatch.setenv("ASIDE_WFM_FOLDER", str(folder))
    store = Store(with_tables(nowhere / "aside.db"))
    async with store.write() as tx:
        await people.sync(tx, [ALEX, ASHA])
    await store.close()


@pytest.fixture
def give(known: None, aside: Aside, nowhere: Path) -> Callable[..., tuple[int, str]]:
    """Import a text."""
    del known

    def run(text: str, *options: str) -> tuple[int, str]:
        file = nowhere / "people.yaml"
        file.write_text(text, encoding="utf-8")
        return aside("people", "import", str(file), *(options or ("--yes",)))

    return run


def test_what_was_exported_changes_nothing_and_names_what_the_wfm_says(
    give: Callable[..., tuple[int, str]], aside: Aside, nowhere: Path
) -> None:
    file = nowhere / "exported.yaml"
    assert aside("people", "export", str(file)) == (0, f"Wrote {file}.\n")
    text = file.read_text(encoding="utf-8")
    assert "M1:  # Alex Wilber\n  roles: null  # manager\n" in text
    assert "A1" not in text
    assert give(text) == (0, "Nothing would change.\n")
    give("M1: {roles: [administrator, manager], leads: [aire]}\nA1: {roles: [agent, trainer]}\n")
    aside("people", "export", str(file))
    assert give(file.read_text(encoding="utf-8")) == (0, "Nothing would change.\n")


def test_a_file_gives_roles_accounts_and_deputies_in_one_change(
    give: Callable[..., tuple[int, str]], aside: Aside
) -> None:
    text = f"""
A1:
  roles: [agent, trainer]
  deputy: {{deputy_id: M1, first: 2026-12-01, last: 2026-12-05}}
M1:
  roles: [administrator, manager]
  account: {ACCOUNT}
"""
    shown = (
        "A1.roles: null -> [agent, trainer]\n"
        "A1.deputy: null -> {deputy_id: M1, first: '2026-12-01', last: '2026-12-05'}\n"
        "M1.roles: null -> [administrator, manager]\n"
        f"M1.account: null -> {ACCOUNT}\n"
    )
    assert give(text, "--dry-run") == (0, shown)
    done = "Change 1 is in force. To take it back: aside people undo\n"
    assert give(text) == (0, shown + done)
    lines = aside("people", "history")[1].splitlines()
    assert lines[0].endswith("administrator")
    assert lines[1:] == [f"     {line}" for line in shown.splitlines()]


def test_history_says_who_was_given_what_and_undo_gives_back(
    give: Callable[..., tuple[int, str]], aside: Aside
) -> None:
    give("M1: {roles: [scheduler], leads: [aire]}\n")
    give("M1: {leads: []}\n")
    code, said = aside("people", "undo", "--yes")
    assert (code, said) == (
        0,
        "M1.leads: [] -> [aire]\nChange 3 is in force. To take it back: aside people undo\n",
    )
    lines = aside("people", "history")[1].splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["3", "2", "1"]
    assert lines[-2:] == ["     M1.roles: null -> [scheduler]", "     M1.leads: [] -> [aire]"]
    assert give("M1: {roles: null}\n")[0] == 0
    assert "manager" in aside("people", "list")[1]


def test_what_was_given_since_is_not_undone(
    give: Callable[..., tuple[int, str]], aside: Aside, nowhere: Path
) -> None:
    assert aside("people", "undo", "--yes") == (1, "Nothing was ever changed here.\n")
    give("M1: {roles: [scheduler]}\n")

    async def sign_in() -> None:
        store = Store(f"sqlite:///{nowhere / 'aside.db'}")
        async with store.write() as tx:
            await people.bind(tx, "M1", ACCOUNT, at=AT, by="first_sign_in")
        await store.close()

    asyncio.run(sign_in())
    code, said = aside("people", "undo", "--yes")
    assert (code, "Somebody changed the same people meanwhile" in said) == (1, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nobody: {roles: [manager]}", "line 1: nobody: There is nobody of that id"),
        ("M1:\n  roles: [manger]", "line 2: M1.roles.0: One of these: manager, trainer"),
        ("M1:\n  roles: [agent]", "line 2: M1.roles: Who is an agent the workforce system says."),
        ("M1:\n  leads: [aire]", "line 2: M1.leads: Teams are led by roles that are given here"),
        (
            "M1:\n  roles: [manager]\n  leads: [moon]",
            "line 3: M1.leads: There is no such team in the workforce system.",
        ),
        (
            "M1:\n  deputy: {deputy_id: A1, first: 2026-12-01, last: 2026-12-02}",
            "line 2: M1.deputy.deputy_id: A deputy is somebody else of the same unit",
        ),
        (
            "M1:\n  deputy: {deputy_id: A1, first: 2026-12-03, last: 2026-12-02}",
            "2026-12-02 is before 2026-12-03",
        ),
        ("M1: {account: x}\nA1: {account: x}", "line 2: A1.account: That account belongs to"),
        ("M1:\n  role: [manager]", "line 2: M1.role: There is no such setting; is it roles?"),
        ("1001: {roles: [manager]}", "line 1: 1001: A short name of letters"),
        ("M1: manager", "line 1: M1: Settings with names belong here."),
        ("- M1", "people belong here, each by their id"),
        ("M1: &a {roles: [manager]}\nA1: *a", "anchors, aliases and tags are not read"),
    ],
)
def test_every_fault_is_told_with_its_line_and_nothing_is_changed(
    give: Callable[..., tuple[int, str]], aside: Aside, text: str, said: str
) -> None:
    code, told = give(text)
    assert code == 1
    assert said in told
    assert "Nothing was changed" in told
    assert aside("people", "history") == (0, "")


def test_the_last_administrator_stays(give: Callable[..., tuple[int, str]], aside: Aside) -> None:
    give(f"M1: {{roles: [administrator], account: {ACCOUNT}}}\n")
    refused = "Nothing was changed: no administrator with a Teams account would be left.\n"
    for text in ("M1: {roles: null}\n", "M1: {account: null}\n"):
        code, told = give(text)
        assert (code, told.splitlines(keepends=True)[-1]) == (1, refused)
    swap = f"M1: {{account: null}}\nA1: {{roles: [agent, administrator], account: {ACCOUNT}}}\n"
    assert give(swap)[0] == 0
    assert aside("people", "unbind", "A1") == (0, "A1 is no longer bound.\n")
