"""``aside course audience``: whom a course is for, as a list of people in a file."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scheduling.domain.courses import Course
from scheduling.domain.people import Person, Role
from scheduling.domain.templates import Audience
from scheduling.storage import courses, people
from scheduling.storage.store import Store
from tests.support.databases import with_tables

Aside = Callable[..., tuple[int, str]]
LEA = Person(id="lea", name="Lea", zone="UTC", roles=frozenset({Role.LEARNING}), unit_id="north")
ASHA = replace(
    LEA,
    id="A1",
    name="Asha",
    roles=frozenset({Role.AGENT}),
    team_id="billing",
    in_wfm=True,
    address="Asha@contoso.example",
)
BEN = replace(ASHA, id="A2", name="Ben", address=None)
HEAD = "course,person\n"


@pytest.fixture
def file(nowhere: Path, aside: Aside) -> Path:
    """Return where files are written, in a database with two courses, Lea and two agents."""

    async def know() -> None:
        store = Store(with_tables(nowhere / "aside.db"))
        ted = replace(LEA, id="ted", name="Ted", roles=frozenset({Role.TRAINER}))
        async with store.write() as tx:
            await people.sync(tx, [LEA, ted, ASHA, BEN])
        await store.close()

    asyncio.run(know())
    path = nowhere / "courses.csv"
    rows = "".join(f"{name},training,60,billing,ted,1,8\n" for name in ("One", "Two"))
    path.write_text("name,type,parts,teams,trainers,least,most\n" + rows, encoding="utf-8")
    assert aside("course", "import", str(path), "--for", "lea")[0] == 0
    return path


def audiences(nowhere: Path) -> dict[str, Audience]:
    """Return whom each course is for, by its name."""

    async def read() -> list[Course]:
        store = Store(f"sqlite:///{nowhere / 'aside.db'}")
        async with store.read() as tx:
            found = list(await courses.of_unit(tx, "north"))
        await store.close()
        return found

    return {one.name: one.audience for one in asyncio.run(read())}


def test_a_course_that_is_named_is_for_just_those_who_are_listed(file: Path, aside: Aside) -> None:
    file.write_text(HEAD + "one,A2\none,asha@CONTOSO.example\n", encoding="utf-8")
    said = aside("course", "audience", str(file), "--for", "lea")
    assert said == (0, "2 people listed, 1 courses changed.\n")
    assert audiences(file.parent) == {
        "One": Audience(agent_ids=frozenset({"A1", "A2"})),
        "Two": Audience(team_ids=frozenset({"billing"})),
    }
    assert aside("course", "audience", str(file), "--for", "lea")[1].endswith(
        "0 courses changed.\n"
    )


def test_every_fault_is_told_by_row_and_nobody_is_listed(file: Path, aside: Aside) -> None:
    file.write_text(HEAD + "One,A1\nThree,A2\nOne,lea\nOne,A1\nTwo,\n", encoding="utf-8")
    code, said = aside("course", "audience", str(file), "--for", "lea")
    assert code == 1
    for fault in (
        "row 3, course: there is no course 'Three'",
        "row 4, person: the unit has no agent with the id or address 'lea'",
        "row 5, person: 'A1' is there twice for this course",
        "row 6, person: the unit has no agent with the id or address ''",
    ):
        assert fault in said
    assert set(audiences(file.parent).values()) == {Audience(team_ids=frozenset({"billing"}))}
