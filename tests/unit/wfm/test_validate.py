"""Each thing that can be wrong with somebody's files has one sentence, which says where and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduling.ports.wfm import BadRequest
from wfm.files.client import Limits
from wfm.files.problems import InvalidFiles, Problem, Problems
from wfm.files.template import write_template
from wfm.files.validate import load_people, validate

Spoil = Callable[[str, str, str], None]

WRONG = [
    (
        ("settings", "Europe/London", "GMT+1"),
        "settings.csv, column value: setting zone: 'GMT+1' is not an IANA time zone. Write one such as Europe/London.",
    ),
    (
        ("settings", "interval_minutes,15", "interval_minutes,20"),
        "settings.csv, column value: setting interval_minutes: '20' is not an interval length. Write one of 5, 10, 15, 30, 60.",
    ),
    (
        ("settings", "0.06", "6"),
        "settings.csv, column value: setting shrinkage: '6' is out of range. Write a number from 0 to 0.9.",
    ),
    (
        ("settings", "as_of", "asof"),
        "settings.csv: 'asof' is not a setting. Use zone, interval_minutes, shrinkage, requirement, as_of.",
    ),
    (
        ("sites", "Europe/London", "London"),
        "sites.csv, row 2, column zone: 'London' is not an IANA time zone. Write one such as Europe/London.",
    ),
    (
        ("teams", "aire,leeds", "aire,leed"),
        "teams.csv, row 2, column site: 'leed' is not in sites. Write 'leeds' if that is meant, or add it to sites.",
    ),
    (
        ("demands", "80,20", "80%,20"),
        "demands.csv, row 2, column goal_percent: '80%' is not a number. Write a number such as 1.5.",
    ),
    (
        ("demands", "immediate", "voice"),
        "demands.csv, row 2, column kind: 'voice' is not known. Write one of immediate, chat, deferred, outbound.",
    ),
    (
        ("codes", "Open for contacts,work", "Open for contacts,offline"),
        "codes.csv, column kind: no code is of the kind work. Give it to the code of time open for contacts.",
    ),
    (
        ("codes", "meal,Meal", "break,Meal"),
        "codes.csv, row 4, column code: 'break' is in row 3 already. Keep one of them.",
    ),
    (
        ("agents", "team,shares", "group,shares"),
        "agents.csv, column team: the column is missing. Add it: id of the team.",
    ),
    (
        ("agents", "billing=1", "biling=1"),
        "agents.csv, row 2, column shares: 'biling' is not in demands. Write 'billing' if that is meant, or add it to demands.",
    ),
    (
        ("agents", "billing=1", "billing=1.5"),
        "agents.csv, row 2, column shares: '1.5' is out of range. Write a number from 0 to 1.",
    ),
    (
        ("agents", "Cards=3", "Cards=many"),
        "agents.csv, row 2, column skills: 'many' is not a number. Write a number such as 1.5.",
    ),
    (
        ("agents", "Cards=3; Danish", "Danish=3; Danish"),
        "agents.csv, row 2, column skills: 'Danish=3; Danish' does not name each skill once. Write Cards=3; Danish=1.",
    ),
    (
        ("agents", "Asha Patel", ""),
        "agents.csv, row 2, column name: the cell is empty. Fill it in.",
    ),
    (
        ("people", "Alex Wilber", "Wilber, Alex"),
        "people.csv, row 2: the row has 13 cells, and the header has 12. Put quotes around text that holds the separator.",
    ),
    (
        ("schedule", "A2", "A3"),
        "schedule.csv, row 5, column agent: 'A3' is not in agents. Correct it, or add it to agents.",
    ),
    (
        ("schedule", "break", "pause"),
        "schedule.csv, row 3, column code: 'pause' is not in codes. Correct it, or add it to codes.",
    ),
    (
        ("schedule", "2026-11-23 11:15,2026-11-23 13:00", "2026-11-23 11:00,2026-11-23 13:00"),
        "schedule.csv, row 4: the row overlaps row 3. Correct the times of one of them.",
    ),
    (
        ("schedule", "2026-11-23 11:15,2026-11-23 13:00", "46349.46875,2026-11-23 13:00"),
        "schedule.csv, row 4, column start: '46349.46875' is an Excel serial number. Format the column as text and write dates as 2026-11-23 09:00.",
    ),
    (
        ("schedule", "A2,2026-11-23,", "A2,23.11.2026,"),
        "schedule.csv, row 5, column schedule_date: '23.11.2026' is not a date. Write it as 2026-11-23.",
    ),
    (
        ("schedule", "A2,2026-11-23,", "A2,2026-11-22,"),
        "schedule.csv, row 5, column schedule_date: 2026-11-22 is not the date on which the shift starts, 2026-11-23. Write 2026-11-23 on all rows of the shift.",
    ),
    (
        ("schedule", "2026-11-23 09:30,2026-11-23 13:00", "2026-11-23 13:00,2026-11-23 09:30"),
        "schedule.csv, row 5: the row does not end after its start, within 24 hours. Correct start or end.",
    ),
    (
        ("schedule", "break,yes", "break,no"),
        "schedule.csv, row 2, column published: the rows of A1 on 2026-11-23 differ. Write the same on all of them.",
    ),
    (
        ("schedule", "break,yes", "break,ja"),
        "schedule.csv, row 3, column published: 'ja' is neither yes nor no. Write yes or no.",
    ),
    (
        ("staffing", "1.2", "1,2"),
        "staffing.csv, row 2: the row has 7 cells, and the header has 6. Put quotes around text that holds the separator.",
    ),
    (
        ("staffing", ",1.2,", ',"1,2",'),
        "staffing.csv, row 2, column required: '1,2' is not a number. Use a decimal point.",
    ),
    (
        ("staffing", "billing,2026-11-23 09:15", "billing,2026-11-23 09:10"),
        "staffing.csv, row 3, column interval_start: '2026-11-23 09:10' does not start an interval of 15 minutes. Correct it, or interval_minutes in settings.",
    ),
    (
        ("staffing", "billing,2026-11-23 09:15", "billing,2026-11-23 09:00"),
        "staffing.csv, row 3: the interval of billing is in row 2 already. Delete one of them.",
    ),
    (
        ("staffing", "billing,2026-11-23 09:15,1.2,2,3,240\n", ""),
        "staffing.csv, row 3, column interval_start: billing has no row for the 15 minutes from 2026-11-23 09:15; the one before is 30 minutes earlier. Add the rows, or correct interval_minutes in settings.",
    ),
    (
        ("people", "manager; scheduler", "manager; boss"),
        "people.csv, row 2, column roles: 'boss' is not known. Write one of manager, trainer, scheduler, agent, learning, administrator.",
    ),
    (
        ("people", "aire", "ouse"),
        "people.csv, row 2, column leads: 'ouse' is not in teams. Correct it, or add it to teams.",
    ),
    (
        ("people", "08:30", ""),
        "people.csv, row 2, column from: the cell is empty. Fill it in.",
    ),
    (
        ("people", "17:00", "08:00"),
        "people.csv, row 2: 08:30:00 is not before 08:00:00. Correct the row.",
    ),
]


def test_the_template_is_valid(folder: Path) -> None:
    assert validate(folder) == ()


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_a_wrong_cell_is_told_by_its_place_and_what_to_do(
    folder: Path, spoil: Spoil, change: tuple[str, str, str], sentence: str
) -> None:
    spoil(*change)
    assert [str(problem) for problem in validate(folder)][:1] == [sentence]


def test_the_hour_that_comes_twice_is_refused_without_its_offset(
    folder: Path, spoil: Spoil
) -> None:
    spoil(
        "schedule",
        "2026-11-23,2026-11-23 09:30,2026-11-23 13:00",
        "2026-10-25,2026-10-25 01:30,2026-10-25 05:00",
    )
    assert [str(problem) for problem in validate(folder)] == [
        "schedule.csv, row 5, column start: '2026-10-25 01:30' happens twice in Europe/London: the clocks go back. Write 2026-10-25 01:30+01:00 for the first pass or 2026-10-25 01:30+00:00 for the second."
    ]


def test_the_hour_that_comes_twice_is_taken_with_its_offset(folder: Path, spoil: Spoil) -> None:
    spoil(
        "schedule",
        "2026-11-23,2026-11-23 09:30,2026-11-23 13:00",
        "2026-10-25,2026-10-25 01:30+01:00,2026-10-25 01:30+00:00",
    )
    assert validate(folder) == ()


def test_an_hour_that_the_clocks_skip_is_refused(folder: Path, spoil: Spoil) -> None:
    spoil("staffing", "2026-11-23 09:00", "2027-03-28 01:00")
    assert str(validate(folder)[0]) == (
        "staffing.csv, row 2, column interval_start: '2027-03-28 01:00' does not exist in Europe/London: the clocks skip it. Give the time that was meant, or use UTC with a final Z."
    )


def test_an_offset_of_another_zone_is_refused(folder: Path, spoil: Spoil) -> None:
    spoil("schedule", "2026-11-23 09:30", "2026-11-23 09:30+02:00")
    assert str(validate(folder)[0]) == (
        "schedule.csv, row 5, column start: '2026-11-23 09:30+02:00' has an offset that Europe/London does not have then. Write 2026-11-23 07:30+00:00 if that instant is meant, or leave the offset out."
    )


def test_a_repeated_row_is_refused(folder: Path) -> None:
    path = folder / "schedule.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[-1]]), encoding="utf-8")
    assert [str(p) for p in validate(folder)] == [
        "schedule.csv, row 6: the row repeats row 5. Delete one of them."
    ]


def test_a_file_in_another_encoding_is_told_by_its_row(folder: Path) -> None:
    path = folder / "agents.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Ł", "L").encode("latin-1"))
    assert str(validate(folder)[0]) == (
        "agents.csv, row 3: the file is not UTF-8: byte 0xfc cannot be read. "
        'Save it as "CSV UTF-8".'
    )


def test_a_missing_file_says_what_belongs_there(folder: Path) -> None:
    (folder / "codes.csv").unlink()
    assert [str(p) for p in validate(folder)] == [
        "codes.csv: the file is missing. Add it, or a sheet codes (activity codes: kinds of time in a schedule)."
    ]


def test_an_empty_file_and_an_open_quote_are_refused(folder: Path) -> None:
    (folder / "units.csv").write_text("\n", encoding="utf-8")
    (folder / "teams.csv").write_text('team,site,name\na,leeds,"A\n', encoding="utf-8")
    sentences = [str(p) for p in validate(folder)]
    assert "units.csv: the table is empty. Give it at least its header." in sentences
    assert any(s.startswith("teams.csv, row 2: the row is not CSV") for s in sentences)


def test_files_and_tables_beyond_their_limits_are_not_read(folder: Path) -> None:
    few_bytes = [str(p) for p in validate(folder, Limits(file_bytes=300))]
    assert any("bytes, and more than 300 are not read" in s for s in few_bytes)
    few_rows = [str(p) for p in validate(folder, Limits(rows=10))]
    assert "staffing.csv, row 12: there are more than 10 rows. Export fewer days." in few_rows


def test_every_problem_is_told_not_only_the_first(folder: Path, spoil: Spoil) -> None:
    spoil("agents", "billing=1", "biling=1")
    spoil("teams", "aire,leeds", "aire,york")
    spoil("people", "manager", "king")
    assert {p.place for p in validate(folder)} >= {"agents.csv", "teams.csv", "people.csv"}


def test_beyond_the_cap_problems_are_counted() -> None:
    problems = Problems(cap=2)
    for row in range(5):
        problems.add(Problem(place="x.csv", row=row, what="wrong", todo="Correct it"))
    assert [str(p) for p in problems.all()][2:] == [
        "all files: 3 more problems are not shown. Start with these."
    ]


def test_semicolons_a_byte_order_mark_and_loose_headers_are_taken(folder: Path) -> None:
    path = folder / "units.csv"
    path.write_text("\ufeffUnit ;Name; Region\nservice;Customer service;north\n", encoding="utf-8")
    assert validate(folder) == ()


def test_hours_without_rows_are_closed_when_a_day_ends(folder: Path) -> None:
    path = folder / "staffing.csv"
    more = path.read_text(encoding="utf-8") + "billing,2026-11-25 10:00,1,1,1,240\n"
    path.write_text(more, encoding="utf-8")
    assert validate(folder) == ()


def test_people_are_loaded_with_what_they_lead(folder: Path) -> None:
    (person,) = load_people(folder)
    assert (person.name, person.leads) == ("Alex Wilber", {"aire"})
    assert sorted(person.roles) == ["manager", "scheduler"]


def test_people_of_a_wrong_file_are_a_bad_request(folder: Path, spoil: Spoil) -> None:
    spoil("people", "manager", "king")
    with pytest.raises(BadRequest) as caught:
        load_people(folder)
    assert isinstance(caught.value, InvalidFiles)
    assert caught.value.problems[0].column == "roles"


def test_the_readme_names_every_column(tmp_path: Path) -> None:
    write_template(tmp_path)
    readme = (tmp_path / "README.txt").read_text(encoding="utf-8")
    for path in tmp_path.glob("*.csv"):
        for column in path.read_text(encoding="utf-8").splitlines()[0].split(","):
            assert f"  {column}" in readme
