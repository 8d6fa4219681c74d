"""``aside template`` and ``aside run``: files in and out, a plan confirmed, and what is refused."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import recurring_work
from scheduling.domain.people import Person, Role
from scheduling.domain.runs import RunDay, RunPreview, RunState
from scheduling.domain.templates import (
    Audience,
    Frequency,
    Membership,
    Recurrence,
    TeamChange,
    TeamChangeKind,
    TeamEffect,
    Template,
)
from scheduling.storage import people, runs
from scheduling.storage.store import Store

Aside = Callable[..., tuple[int, str]]
WEEKLY = Template(
    id="weekly",
    name="Weekly",
    unit_id="north",
    owner_id="sam",
    type_id="one_to_one",
    audience=Audience(team_ids=frozenset({"billing"})),
    recurrence=Recurrence(frequency=Frequency.WEEKLY),
    start=date(2026, 1, 1),
)
SAM = Person(
    id="sam",
    name="Sam Reed",
    zone="Europe/London",
    roles=frozenset({Role.SCHEDULER}),
    unit_id="north",
)

ASHA = replace(SAM, id="asha", name="Asha", roles=frozenset({Role.AGENT}), team_id="billing")
BEN = replace(ASHA, id="ben", name="Ben", team_id="retention")
MIA = replace(
    SAM, id="mia", name="Mia", roles=frozenset({Role.MANAGER}), leads=frozenset({"billing"})
)
NAMED = frozenset({"asha", "ben"})
TEAMS = frozenset({"billing", "retention"})
DAYS = ("--first", "2099-01-01", "--last", "2099-01-31")


async def stored(nowhere: Path, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - what it gives
    """Return what ``change`` does in the database of the commands."""
    store = Store(f"sqlite:///{nowhere / 'aside.db'}")
    await store.prepare()
    async with store.write() as tx:
        found = await change(tx)
    await store.close()
    return found


@pytest.fixture
def file(nowhere: Path) -> Path:
    """Return a file with one template, in a database that knows Sam."""
    asyncio.run(stored(nowhere, lambda tx: people.sync(tx, [SAM, MIA, ASHA, BEN])))
    path = nowhere / "templates.json"
    path.write_text(recurring_work.written([WEEKLY]), encoding="utf-8")
    return path


def test_what_is_exported_can_be_imported_and_changes_nothing(
    aside: Aside, file: Path, nowhere: Path
) -> None:
    assert aside("template", "import", str(file)) == (0, "1 new, 0 changed, 0 as they were.\n")
    out = nowhere / "out.json"
    assert aside("template", "export", str(out)) == (0, f"Wrote {out}: 1 templates.\n")
    assert aside("template", "import", str(out)) == (0, "0 new, 0 changed, 1 as they were.\n")
    assert "weekly  north  Weekly: one_to_one, every 1 x weekly" in aside("template", "list")[1]


def test_a_changed_template_is_its_next_version_and_an_ended_one_is_gone(
    aside: Aside, file: Path
) -> None:
    aside("template", "import", str(file))
    file.write_text(recurring_work.written([replace(WEEKLY, name="Other")]), encoding="utf-8")
    assert aside("template", "import", str(file)) == (0, "0 new, 1 changed, 0 as they were.\n")
    assert aside("template", "end", "weekly")[0] == 0
    assert "There is none" in aside("template", "list")[1]
    code, said = aside("template", "end", "weekly")
    assert (code, "there is no template weekly" in said) == (1, True)


def test_every_fault_of_a_file_is_told_with_its_place(aside: Aside, file: Path) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    content[0]["recurrence"]["every"] = 0
    content.append({**content[0], "recurrence": {"frequency": "hourly"}})
    file.write_text(json.dumps(content), encoding="utf-8")
    code, said = aside("template", "import", str(file))
    assert code == 1
    assert "/0/recurrence: Value error, every 0 is not from 1 to 52" in said
    assert "/1/recurrence/frequency" in said
    file.write_text("{", encoding="utf-8")
    assert "is not a JSON file" in aside("template", "import", str(file))[1]


def test_a_rule_that_yields_no_date_is_named(aside: Aside, file: Path) -> None:
    sunday = replace(
        WEEKLY,
        recurrence=Recurrence(frequency=Frequency.WEEKLY, weekdays=frozenset({6})),
        end=date(2026, 1, 2),
    )
    file.write_text(recurring_work.written([sunday]), encoding="utf-8")
    code, said = aside("template", "import", str(file))
    assert (code, "/0: no date" in said) == (1, True)


def test_what_the_house_does_not_have_is_told_by_place_and_nothing_is_kept(
    aside: Aside, file: Path
) -> None:
    gone = Audience(
        team_ids=frozenset({"biling"}),
        site_ids=frozenset({"moon"}),
        agent_ids=frozenset({"nobody"}),
    )
    some = [
        WEEKLY,
        replace(WEEKLY, id="typo", type_id="one_to_on"),
        replace(WEEKLY, id="lost", audience=gone, facilitator_id="theo"),
        replace(WEEKLY, id="mine", owner_id="mia", audience=Audience(team_ids=TEAMS)),
        replace(WEEKLY, id="typo"),
        replace(WEEKLY, id="named", owner_id="mia", audience=Audience(agent_ids=NAMED)),
    ]
    file.write_text(recurring_work.written(some), encoding="utf-8")
    code, said = aside("template", "import", str(file))
    assert code == 1
    for line in (
        "/1/type_id: the set-up has no type 'one_to_on'; it has",
        "/1/id: 'typo' is there 2 times",
        "/2/audience/team_ids: the unit has no 'biling' with people in it",
        "/2/audience/site_ids: the unit has no 'moon' with people in it",
        "/2/audience/agent_ids: the unit has nobody with the id 'nobody'",
        "/2/facilitator_id: the unit has nobody with the id 'theo'",
        "/3/audience: mia may use it only for own teams, or as a scheduler; own are billing\n",
        "own are billing, of which ben are not",
    ):
        assert line in said
    assert "/0" not in said
    assert "There is none" in aside("template", "list")[1]


def test_of_an_ended_template_it_is_said_what_to_do(aside: Aside, file: Path) -> None:
    aside("template", "import", str(file))
    aside("template", "end", "weekly")
    code, said = aside("template", "import", str(file))
    assert (code, "/0/id: 'weekly' was ended; give it another id, or an empty one" in said) == (
        1,
        True,
    )
    file.write_text(recurring_work.written([replace(WEEKLY, id="")]), encoding="utf-8")
    assert aside("template", "import", str(file)) == (0, "1 new, 0 changed, 0 as they were.\n")


def test_an_unchanged_template_is_no_fault_of_its_file(
    aside: Aside, file: Path, nowhere: Path
) -> None:
    aside("template", "import", str(file))
    asyncio.run(stored(nowhere, lambda tx: people.sync(tx, [SAM])))
    assert aside("template", "import", str(file)) == (0, "0 new, 0 changed, 1 as they were.\n")


def test_a_manager_plans_and_sees_own_templates_only(
    aside: Aside, file: Path, nowhere: Path
) -> None:
    own = replace(WEEKLY, id="own", owner_id="mia")
    file.write_text(recurring_work.written([WEEKLY, own]), encoding="utf-8")
    aside("template", "import", str(file))
    run_id = aside("run", "start", "--for", "mia", *DAYS)[1].split()[0]
    row = asyncio.run(stored(nowhere, lambda tx: runs.require(tx, run_id)))
    assert row.template_ids == ("own",)


def test_who_leads_a_team_no_more_confirms_no_plan_for_it(
    aside: Aside, file: Path, nowhere: Path
) -> None:
    file.write_text(recurring_work.written([replace(WEEKLY, owner_id="mia")]), encoding="utf-8")
    aside("template", "import", str(file))
    run_id = aside("run", "start", "--for", "mia", *DAYS)[1].split()[0]
    without = replace(MIA, leads=frozenset())

    async def change(tx: AsyncConnection) -> None:
        await runs.keep_plan(tx, run_id, preview(), [], {})
        await people.sync(tx, [SAM, without, ASHA, BEN])

    asyncio.run(stored(nowhere, change))
    code, said = aside("run", "confirm", run_id)
    assert (code, "mia may not use Weekly (any more)" in said) == (1, True)


def test_no_plan_is_confirmed_while_another_run_of_the_unit_is_under_way(
    aside: Aside, file: Path, nowhere: Path
) -> None:
    aside("template", "import", str(file))
    first = aside("run", "start", "--for", "sam", *DAYS)[1].split()[0]
    asyncio.run(stored(nowhere, lambda tx: runs.keep_plan(tx, first, preview(), [], {})))
    second = aside("run", "start", "--for", "sam", *DAYS)[1].split()[0]
    code, said = aside("run", "confirm", first)
    assert (code, f"run {second} is planning; wait for it" in said) == (1, True)
    aside("run", "discard", second)
    assert aside("run", "confirm", first)[0] == 0


def test_nobody_else_owns_a_template_or_a_run(aside: Aside, file: Path) -> None:
    wrong = recurring_work.written([replace(WEEKLY, owner_id="asha")])
    file.write_text(wrong, encoding="utf-8")
    code, said = aside("template", "import", str(file))
    assert (code, "asha is no scheduler or manager of the unit" in said) == (1, True)
    assert aside("run", "start", "--for", "asha", *DAYS)[0] == 1
    assert "sam has no template to plan" in aside("run", "start", "--for", "sam", *DAYS)[1]


def test_a_run_is_begun_looked_at_and_confirmed(aside: Aside, file: Path, nowhere: Path) -> None:
    aside("template", "import", str(file))
    assert "62 days at most" in aside("run", "start", "--for", "sam", *DAYS[:3], "2099-06-01")[1]
    code, said = aside("run", "start", "--for", "sam", *DAYS)
    assert code == 0
    run_id = said.split()[0]
    assert f"run {run_id} is planning" in aside("run", "start", "--for", "sam", *DAYS)[1]
    assert "only a plan can be confirmed" in aside("run", "confirm", run_id)[1]
    asyncio.run(stored(nowhere, lambda tx: runs.keep_plan(tx, run_id, preview(), [], {})))
    code, said = aside("run", "show", run_id)
    short = "0.0 FTE-hours short caused, {} anyway; no service affected"
    lowest = "lowest staffing -0.6 FTE at 15:00 Europe/Berlin"
    since = "new or at another time since the last plan"
    kept = "3 held or booked already, 4 in the last plan only"
    assert said.splitlines() == [
        "2099-01-01 to 2099-01-31: preview",
        f"2099-01-05: 2 sessions, 1.0 h; {short.format(1.5)}; {lowest}; 1 {since}",
        f"2099-01-06: 1 sessions, 0.5 h; {short.format(0.0)}; no staffing affected; 0 {since}",
        f"3 sessions, 0 without a time, {kept}, 1 team changes",
        "  asha (billing): joined; next on 2099-01-02 with sam",
    ]
    assert aside("run", "confirm", run_id, "--hold", "2099-01-05")[0] == 0
    row = asyncio.run(stored(nowhere, lambda tx: runs.require(tx, run_id)))
    assert (row.state, row.held) == (RunState.BOOKING, {date(2099, 1, 5)})
    assert "stop it on its card" in aside("run", "discard", run_id)[1]
    assert "there is no run none" in aside("run", "show", "none")[1]
    assert f"{run_id}  north  2099-01-01 to 2099-01-31: booking" in aside("run", "list")[1]


def test_a_plan_is_forgotten(aside: Aside, file: Path) -> None:
    aside("template", "import", str(file))
    run_id = aside("run", "start", "--for", "sam", *DAYS)[1].split()[0]
    assert aside("run", "discard", run_id)[0] == 0
    assert f"{run_id}  north  2099-01-01 to 2099-01-31: discarded" in aside("run", "list")[1]


def preview() -> RunPreview:
    """Return a plan of two days."""
    first = RunDay(
        day=date(2099, 1, 5),
        sessions=2,
        minutes=60,
        services=(),
        worst=datetime(2099, 1, 5, 14, tzinfo=UTC),
        worst_net=-0.6,
        worst_zone="Europe/Berlin",
        understaffed_before=1.5,
        changed=1,
    )
    second = replace(
        first,
        day=date(2099, 1, 6),
        sessions=1,
        minutes=30,
        worst=None,
        worst_zone=None,
        understaffed_before=0.0,
        changed=0,
    )
    joined = TeamChange(
        agent_id="asha",
        kind=TeamChangeKind.JOINED,
        after=Membership(team_id="billing", manager_id="sam"),
        effect=TeamEffect.PLANNED,
        day=date(2099, 1, 2),
        leader_id="sam",
    )
    return RunPreview(
        days=(first, second),
        unplaced=(),
        unplaced_ids=(),
        passed={},
        kept=3,
        changes=(joined,),
        gone=4,
        cost=0.0,
        bound=0.0,
        as_of=datetime(2099, 1, 1, tzinfo=UTC),
        reconciled=True,
        seconds=1.0,
    )
