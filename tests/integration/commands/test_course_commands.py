"""``aside course``: a file in with every fault by its row, who completed what, and a roll-out begun."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scheduling.domain.centre import Agent
from scheduling.domain.people import Person, Role
from scheduling.storage import people
from scheduling.storage.store import Store
from tests.support.databases import with_tables
from wfm.centre.generate import generate
from wfm.files.template import write_folder

Aside = Callable[..., tuple[int, str]]
HEAD = "name,type,parts,least_days,teams,trainers,least,most,requires,valid_days,tier\n"
GOOD = (
    HEAD
    + "Empathy 1,training,60,,billing,ted,2,8,,,\n"
    + "Empathy 2,training,60;90,7,billing,ted,2,8,Empathy 1,365,mandatory\n"
)
LEA = Person(id="lea", name="Lea", zone="UTC", roles=frozenset({Role.LEARNING}), unit_id="north")


@pytest.fixture
def file(nowhere: Path) -> Path:
    """Return a file of two courses, in a database that knows Lea, Ted and Asha."""

    async def know() -> None:
        store = Store(with_tables(nowhere / "aside.db"))
        ted = replace(LEA, id="ted", name="Ted", roles=frozenset({Role.TRAINER}))
        asha = replace(
            LEA, id="asha", name="Asha", roles=frozenset({Role.AGENT}), team_id="billing"
        )
        async with store.write() as tx:
            await people.sync(tx, [LEA, ted, asha])
        await store.close()

    asyncio.run(know())
    path = nowhere / "courses.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_courses_come_in_once_and_a_second_time_changes_what_changed(
    file: Path, aside: Aside
) -> None:
    assert aside("course", "list", "--for", "lea")[1].startswith("There is none")
    assert aside("course", "import", str(file), "--for", "lea") == (0, "2 new, 0 changed.\n")
    assert aside("course", "import", str(file), "--for", "lea") == (0, "0 new, 0 changed.\n")
    file.write_text(GOOD.replace("60;90", "60;45"), encoding="utf-8")
    assert aside("course", "import", str(file), "--for", "lea") == (0, "0 new, 1 changed.\n")
    code, said = aside("course", "list", "--for", "lea")
    assert code == 0
    assert "Empathy 2: 60 + 45 min, groups of 2 to 8, mandatory" in said


def test_every_fault_is_told_by_row_and_column_and_nothing_is_kept(
    file: Path, aside: Aside
) -> None:
    file.write_text(
        HEAD
        + "Good,training,60,,billing,ted,2,8,,,\n"
        + ",training,60;x,,billing,ted,nine,8,Nothing,,urgent\n"
        + "Small,training,60,,billing,ted,9,8,,,\n"
        + "Lost,training,60,,gone,nobody,2,8,,,\n"
        + "Good,training,60,,,ted,2,8,,,\n"
        + "Typo,trainning,60,,billing,ted,2,8,,,\n",
        encoding="utf-8",
    )
    code, said = aside("course", "import", str(file), "--for", "lea")
    assert code == 1
    for fault in (
        "row 3, name: is empty",
        "row 3, parts: '60;x' cannot be read",
        "row 3, least: 'nine' cannot be read",
        "row 3, requires: there is no course 'Nothing'",
        "row 3, tier: 'urgent' cannot be read",
        "row 4, least: least is 9; it is 1 to 8",
        "row 5, trainers or agents: the unit has nobody with the id 'nobody'",
        "row 5, teams or sites: the unit has no 'gone' with people in it",
        "row 6, name: is there twice",
        "row 7, type: 'trainning' is none of coaching, one_to_one, team_meeting, training",
    ):
        assert fault in said
    assert aside("course", "list", "--for", "lea")[1].startswith("There is none")


def test_a_score_to_pass_takes_a_type_whose_registers_have_scores(file: Path, aside: Aside) -> None:
    head = "name,type,parts,teams,trainers,least,most,passing\n"
    file.write_text(head + "Exam,training,60,billing,ted,2,8,80\n", encoding="utf-8")
    code, said = aside("course", "import", str(file), "--for", "lea")
    assert (code, "row 2, passing: registers of 'training' take no score" in said) == (1, True)


@pytest.mark.parametrize(
    "head", ["name,type\n", "name,type,parts,trainers,colour\n", "name,name\n"]
)
def test_a_file_with_other_columns_says_which(file: Path, aside: Aside, head: str) -> None:
    file.write_text(head, encoding="utf-8")
    code, said = aside("course", "import", str(file), "--for", "lea")
    assert code == 1
    assert "missing columns" in said


@pytest.mark.usefixtures("loggers_as_they_were")
def test_courses_come_in_as_yaml_with_skills_and_who_teaches_which_part(
    nowhere: Path, aside: Aside
) -> None:
    stranger = staffed(nowhere)[0].id
    path = nowhere / "courses.yaml"
    entry = (
        "- name: Cards\n  type: training\n  parts: [60, 45]\n  trainers: [ted, lea]\n"
        "  part_trainers: [[ted, lea], [lea]]\n  skills: [Cards >= 2, Complaints]\n"
        "  qualification: Complaints >= 3\n  per_skill: 2\n  pilot: true\n  due: 2098-01-31\n"
    )
    path.write_text(entry, encoding="utf-8")
    assert aside("course", "import", str(path), "--for", "lea") == (0, "1 new, 0 changed.\n")
    said = aside("course", "list", "--for", "lea")[1]
    assert "Cards: 60 + 45 min" in said
    assert "due on 2098-01-31, for who has Cards >= 2; Complaints" in said
    path.write_text(
        entry.replace("[[ted, lea], [lea]]", "[[ted]]").replace(
            "[Cards >= 2, Complaints]", "[Cards >= 2, '>= 2']"
        )
        + entry.replace("Cards\n", "Other\n", 1).replace("[lea]", f"[{stranger}]")
        + "  colour: red\n",
        encoding="utf-8",
    )
    code, said = aside("course", "import", str(path), "--for", "lea")
    assert code == 1
    for fault in (
        "entry 1, part_trainers: has 1 parts, and the course 2",
        "entry 1, skills: 'Cards >= 2;>= 2' cannot be read",
        "entry 2, colour: is unknown",
    ):
        assert fault in said
    path.write_text(entry.replace("[lea]", f"[{stranger}]"), encoding="utf-8")
    said = aside("course", "import", str(path), "--for", "lea")[1]
    assert f"entry 1, part_trainers: part 2 is taught by {stranger}, who is no trainer" in said


@pytest.mark.parametrize("text", ["{", "name: one", "- one", "- !!python/name:os.system {}"])
def test_what_is_no_list_of_entries_is_refused(file: Path, aside: Aside, text: str) -> None:
    path = file.with_suffix(".yml")
    path.write_text(text, encoding="utf-8")
    code, said = aside("course", "import", str(path), "--for", "lea")
    assert (code, str(path.name) in said) == (1, True)


@pytest.mark.usefixtures("loggers_as_they_were")
def test_who_may_teach_what_is_shown_with_what_nobody_may(nowhere: Path, aside: Aside) -> None:
    mates = staffed(nowhere)
    assert aside("course", "trainers", "--for", "lea")[1].startswith("There is no course")
    file = nowhere / "courses.csv"
    trainer = next(one for one in mates if one.skills.get("Cards", 0) < 3)
    file.write_text(
        "name,type,parts,teams,trainers,part_trainers,qualification\n"
        f"Fire,training,60;30,{mates[0].team_id},ted;{trainer.id},ted;{trainer.id},Cards >= 3\n",
        encoding="utf-8",
    )
    assert aside("course", "import", str(file), "--for", "lea")[0] == 0
    said = aside("course", "trainers", "--for", "lea")[1]
    assert said.splitlines() == [
        "Fire, part 1: Lea",
        "Fire, part 2: nobody who is here; no roll-out can be planned",
    ]


def test_completions_come_in_once(file: Path, nowhere: Path, aside: Aside) -> None:
    aside("course", "import", str(file), "--for", "lea")
    done = nowhere / "done.csv"
    done.write_text("course,person,date\nempathy 1,asha,2026-10-01\n", encoding="utf-8")
    assert aside("course", "completed", str(done), "--for", "lea") == (0, "1 new completions.\n")
    assert aside("course", "completed", str(done), "--for", "lea") == (0, "0 new completions.\n")
    done.write_text("course,person,date\nNone,nobody,soon\n", encoding="utf-8")
    code, said = aside("course", "completed", str(done), "--for", "lea")
    assert code == 1
    for fault in ("row 2, course", "row 2, person", "row 2, date: 'soon' cannot be read"):
        assert fault in said
    done.write_text(
        "course,person,date\nempathy 1,asha,2098-10-01\nempathy 1,asha,2026-10-02,noon,x\n",
        encoding="utf-8",
    )
    code, said = aside("course", "completed", str(done), "--for", "lea")
    assert code == 1
    for fault in (
        "row 2, date: 2098-10-01 is in the future",
        "row 3, column 4: the header has 3 columns",
    ):
        assert fault in said


@pytest.mark.usefixtures("loggers_as_they_were")
def test_what_the_workforce_system_does_not_have_is_told_by_row_and_column(
    nowhere: Path, aside: Aside
) -> None:
    team = staffed(nowhere)[0].team_id
    file = nowhere / "courses.csv"
    head = "name,type,parts,teams,trainers,activities,skills,qualification,passing\n"
    good = f"Fire,training,60,{team},ted,%s,%s,%s,\n"
    file.write_text(head + good % ("juggling", "Juggling >= 2", "Cards;Clowning"))
    code, said = aside("course", "import", str(file), "--for", "lea")
    assert code == 1
    for fault in (
        "row 2, activities: the workforce system has no activity 'juggling'",
        "row 2, skills: nobody in the workforce system has the skill 'Juggling'",
        "row 2, qualification: nobody in the workforce system has the skill 'Clowning'",
    ):
        assert fault in said
    assert "'Cards'" not in said
    file.write_text(head + good % ("", "Cards", "Cards"))
    assert aside("course", "import", str(file), "--for", "lea")[0] == 0


def test_a_row_with_more_cells_than_columns_is_refused(file: Path, aside: Aside) -> None:
    file.write_text(HEAD + "Fire, smoke,training,60,,billing,ted,2,8,,,\n", encoding="utf-8")
    code, said = aside("course", "import", str(file), "--for", "lea")
    assert (code, "row 2, column 12: the header has 11 columns" in said) == (1, True)
    assert aside("course", "list", "--for", "lea")[1].startswith("There is none")


def test_a_roll_out_is_begun_and_one_at_a_time(file: Path, aside: Aside) -> None:
    aside("course", "import", str(file), "--for", "lea")
    dates = ("--first", "2098-01-01", "--last", "2098-01-31")
    code, said = aside("course", "plan", "empathy 1", "--for", "lea", *dates, "--seats", "4")
    assert (code, "is being planned" in said) == (0, True)
    code, said = aside("course", "plan", "Empathy 1", "--for", "lea", *dates)
    assert (code, "is planning; wait for it" in said) == (1, True)
    code, said = aside("course", "plan", "Nothing", "--for", "lea", *dates)
    assert (code, "there is no course 'Nothing'" in said) == (1, True)


def test_only_who_fills_courses_may_have_them(file: Path, aside: Aside) -> None:
    code, said = aside("course", "import", str(file), "--for", "ted")
    assert code == 1
    assert "aside people list" in said


def staffed(nowhere: Path) -> list[Agent]:
    """Let the WFM have a team, whom the database knows with Lea and Ted; its agents."""
    centre = generate(7, date(2026, 11, 23), weeks=1, history_days=1, agents=6, teams=2)
    write_folder(centre, nowhere / "wfm-files")
    team = centre.agents[0].team_id
    mates = [agent for agent in centre.agents if agent.team_id == team]
    learning = replace(LEA, unit_id=mates[0].unit_id)

    async def know() -> None:
        store = Store(with_tables(nowhere / "aside.db"))
        agents = [
            replace(learning, id=a.id, name=a.name, roles=frozenset({Role.AGENT}), team_id=team)
            for a in mates
        ]
        async with store.write() as tx:
            await people.sync(tx, [learning, replace(learning, id="ted"), *agents])
        await store.close()

    asyncio.run(know())
    return mates


@pytest.mark.usefixtures("loggers_as_they_were")
def test_how_courses_stand_is_counted_by_course_site_team_and_person(
    nowhere: Path, aside: Aside
) -> None:
    mates = staffed(nowhere)
    team = mates[0].team_id
    file = nowhere / "courses.csv"
    file.write_text(
        f"name,type,parts,teams,trainers,due\nFire,training,60,{team},ted,2000-01-31\n",
        encoding="utf-8",
    )
    code, said = aside("course", "completion", "--for", "lea")
    assert (code, said.startswith("No course is for anybody yet")) == (0, True)
    assert aside("course", "import", str(file), "--for", "lea")[0] == 0
    done = nowhere / "done.csv"
    done.write_text(f"course,person,date\nFire,{mates[0].id},2000-01-15\n", encoding="utf-8")
    aside("course", "completed", str(done), "--for", "lea")
    code, said = aside("course", "completion", "--for", "lea", "--people")
    course, site, one_team, *persons = said.splitlines()
    left = len(mates) - 1
    figures = f": 1 of {len(mates)} completed, {left} overdue, 0 due soon"
    assert code == 0
    assert course == f"course  Fire, due on 2000-01-31{figures}"
    assert (site[:7].strip(), one_team[:7].strip()) == ("site", "team")
    assert site.endswith(figures)
    assert one_team.endswith(figures)
    assert len(persons) == left
    assert all(line.endswith(": 0 of 1 completed, 1 overdue, 0 due soon") for line in persons)
    assert not any(mates[0].id in line for line in persons)


@pytest.mark.usefixtures("loggers_as_they_were")
def test_a_workforce_system_that_cannot_be_read_is_said(file: Path, aside: Aside) -> None:
    del file
    code, said = aside("course", "completion", "--for", "lea")
    assert (code, "the workforce system cannot be read" in said) == (1, True)
