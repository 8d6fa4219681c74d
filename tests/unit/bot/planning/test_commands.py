"""The planning commands: what they print and refuse, without any search."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.planning import shown
from bot.planning.files import write_problem
from bot.planning.own_faults import spoken
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import FunnelStep, Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.outcome import Fault, FaultKind, Impact
from scheduling.optimizer.plan import Contest, Failure, Loosening, Placement, Plan, Status
from scheduling.optimizer.problem import Problem

Aside = Callable[..., Result]
HOUR = Interval(datetime(2027, 3, 8, 9, tzinfo=UTC), datetime(2027, 3, 8, 10, tzinfo=UTC))
ROOMLESS = Failure(
    meeting_id="one",
    funnel=(
        FunnelStep(rule=Rule.DATES, before=100, after=40),
        FunnelStep(rule=Rule.ON_SHIFT, before=40, after=40),
        FunnelStep(rule=Rule.ROOM, before=40, after=0),
    ),
    conflict=frozenset({Rule.ROOM, Rule.DATES}),
    loosenings=(
        Loosening(
            rules=frozenset({Rule.ROOM, Rule.FLOOR}),
            count=3,
            placement=Placement(
                meeting_id="one", interval=HOUR, place=PlaceKind.ROOM, room_id=None, price=2.5
            ),
        ),
    ),
)
RIVALS = Contest(rule=Rule.FACILITATOR, holder="mia", winners=("two",), losers=("one",), places=1)


@pytest.fixture
def aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aside:
    """Run a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_generate_writes_the_same_file_for_the_same_seed(aside: Aside, tmp_path: Path) -> None:
    sizes = ("--agents", "15", "--weeks", "1", "--seed", "3")
    assert aside("generate", *sizes, "-o", "one.json").exit_code == 0
    said = aside("generate", *sizes, "-o", "two.json")
    assert "15 agents" in said.stdout
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_generate_takes_real_calls(aside: Aside, tmp_path: Path) -> None:
    rows = [
        f"2024-01-0{day},{7 + at // 4:02d}:{15 * (at % 4):02d},{at}"
        for day in range(1, 6)
        for at in range(56)
    ]
    (tmp_path / "calls.csv").write_text("\n".join(["date,interval_start,calls", *rows]))
    wished = ("generate", "--agents", "15", "--demand", "calls.csv", "-o", "p.json", "--weeks")
    assert aside(*wished, "1").exit_code == 0
    refused = aside(*wished, "2")
    assert refused.exit_code == 2
    assert "1 whole weeks of calls, not 2" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "--agents", "0", "-o", "p.json"),
        ("generate", "--agents", "5", "--demand", "nowhere.csv", "-o", "p.json"),
        ("generate", "--agents", "5", "--weeks", "1", "-o", "no/folder.json"),
        ("optimize", "nowhere.json", "-o", "plan.json"),
        ("optimize", "broken.json", "-o", "plan.json"),
        ("optimize", "problem.json", "-o", "no/folder.json"),
        ("check", "problem.json", "nowhere.json"),
        ("check", "problem.json", "broken.json"),
        ("explain", "broken.json", "one"),
        ("explain", "problem.json", "nobody"),
        ("explain", "problem.json", "course-01/nobody"),
    ],
)
def test_bad_input_ends_with_two_and_a_sentence(
    aside: Aside, tmp_path: Path, problem: Problem, arguments: tuple[str, ...]
) -> None:
    write_problem(problem, tmp_path / "problem.json")
    (tmp_path / "broken.json").write_text('{"now": }')
    said = aside(*arguments)
    assert said.exit_code == 2
    assert said.stderr
    assert "Traceback" not in said.output


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (RuntimeError("no such row\nat all"), 3, "RuntimeError: no such row)"),
        (ValueError("a fault of ours"), 3, "report it with the problem file"),
        (MemoryError(), 3, "one problem per business unit"),
        (KeyboardInterrupt(), 130, "Stopped before it was done"),
    ],
)
def test_what_fails_inside_is_one_sentence(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    def fails() -> None:
        raise error

    with pytest.raises(typer.Exit) as ended:
        spoken(fails)()
    assert ended.value.exit_code == code
    heard = capsys.readouterr().err
    assert said in heard
    assert "Traceback" not in heard


def test_a_fault_of_our_own_is_shown_whole_where_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError("no such row")

    monkeypatch.setenv("ASIDE_DEBUG", "1")
    with pytest.raises(RuntimeError):
        spoken(fails)()


@pytest.mark.parametrize("command", ["optimize", "explain", "check"])
def test_no_command_shows_a_traceback(
    aside: Aside,
    tmp_path: Path,
    problem: Problem,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("slot")

    write_problem(problem, tmp_path / "problem.json")
    (tmp_path / "plan.json").write_text('{"status": "feasible", "placements": [], "failures": []}')
    monkeypatch.setattr(shown, "words_for", broken)
    monkeypatch.setattr("scheduling.optimizer.solve.solve", broken)
    monkeypatch.setattr("scheduling.optimizer.solve.why", broken)
    arguments = {
        "optimize": ("problem.json", "-o", "out.json"),
        "explain": ("problem.json", problem.meetings[0].id),
        "check": ("problem.json", "plan.json"),
    }
    said = aside(command, *arguments[command])
    assert said.exit_code == 3
    assert "report it" in said.stderr
    assert "Traceback" not in said.output


def test_the_summary_counts_and_explains(problem: Problem) -> None:
    words = shown.words_for(problem)
    plan = Plan(status=Status.NOTHING_PLACED, placements=(), failures=(ROOMLESS, ROOMLESS))
    forecast = Impact(curves=(), days=(), periods=())
    lines = list(shown.plan_lines(words, plan, forecast, 1.25))
    assert lines[0] == "nothing placed: 0 of 2 placed, 2 failed"
    assert lines[1] == "  2 failed: outside the dates and no room free"
    assert lines[2] == "cost 0.00 contacts past their goal, bound 0.00, gap 0.00 %"


def test_reasons_name_ways_out_and_who_may_grant_them(problem: Problem) -> None:
    lines = list(shown.failure_lines(shown.words_for(problem), ROOMLESS, later=False))
    assert lines == [
        "one",
        "100 starts in the whole grid, of which",
        "  60 outside the dates, 40 left",
        "  40 no room free, 0 left",
        "no start because of: outside the dates and no room free",
        (
            "  way out: without a site room and below staffing floor (a second scheduler confirms):"
            " 3 starts, the nearest 2027-03-08 09:00, price 2.50;"
            " granted by a team manager and a scheduler"
        ),
        "  way out: another period: the problem ends before it, so its price is not known",
    ]


def test_who_loses_to_whom_is_told(problem: Problem) -> None:
    failure = Failure(
        meeting_id="one", funnel=(), conflict=frozenset(), loosenings=(), contest=RIVALS
    )
    assert list(shown.failure_lines(shown.words_for(problem), failure, later=False)) == [
        "one",
        "they compete for mia (facilitator not free): 1 fit, two placed, one not",
    ]


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_of_fault_has_words(problem: Problem, kind: FaultKind) -> None:
    line = shown.fault_line(shown.words_for(problem), Fault(kind=kind, meeting_id="one"))
    assert line.startswith(f"one: {kind.value}: ")


def test_a_broken_rule_is_named(problem: Problem) -> None:
    fault = Fault(kind=FaultKind.RULE, meeting_id="one", rule=Rule.ROOM, alternative=True)
    line = shown.fault_line(shown.words_for(problem), fault)
    assert line == "one, an alternative: rule: breaks a rule (room): no room free"
