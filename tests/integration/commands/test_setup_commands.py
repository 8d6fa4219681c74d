"""``aside setup``: export, import, history, undo; every fault of a file told by its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.commands.test_keeping import AT
from wfm.files.template import write_template

Aside = Callable[..., tuple[int, str]]


@pytest.fixture
def file(aside: Aside, nowhere: Path) -> Path:
    """Return what was exported from a fresh database."""
    path = nowhere / "setup.yaml"
    assert aside("setup", "export", str(path)) == (0, f"Wrote {path}: version 1.\n")
    return path


def change(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_what_was_exported_changes_nothing_and_says_what_everything_means(
    aside: Aside, file: Path
) -> None:
    assert aside("setup", "import", str(file), "--yes") == (0, "Nothing would change.\n")
    text = file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    bare = [line for line in lines if not line.endswith(":") and "#" not in line]
    assert bare == []


def test_an_import_is_a_version_that_undo_takes_back(aside: Aside, file: Path) -> None:
    change(file, ("minutes: 45", "minutes: 60"), ("awake: 07:00-20:00", "awake: 08:00-18:00"))
    shown = "types.coaching.minutes: 45 -> 60\nnoise.awake: 07:00-20:00 -> 08:00-18:00\n"
    assert aside("setup", "import", str(file), "--dry-run") == (0, shown)
    done = "Version 2 is in force. To take it back: aside setup undo\n"
    assert aside("setup", "import", str(file), "--yes") == (0, shown + done)
    code, said = aside("setup", "undo", "--yes")
    assert code == 0
    assert "types.coaching.minutes: 60 -> 45" in said
    code, said = aside("setup", "history")
    assert [line[:1] for line in said.splitlines() if line[:1].isdigit()] == ["3", "2", "1"]
    assert "administrator, as version 1 was" in said
    assert "     types.coaching.minutes: 45 -> 60" in said


def test_a_part_that_is_left_out_stays_as_it_is(aside: Aside, file: Path) -> None:
    file.write_text("allowance: 90\n", encoding="utf-8")
    code, said = aside("setup", "import", str(file), "--yes")
    assert (code, said.splitlines()[0]) == (0, "allowance: 60 -> 90")


def test_there_is_nothing_to_undo_in_the_first_version(aside: Aside, file: Path) -> None:
    assert file.exists()
    code, said = aside("setup", "undo", "--yes")
    assert (code, said) == (1, "There is no earlier version to go back to.\n")


def test_every_fault_is_told_at_once_with_its_line(aside: Aside, file: Path) -> None:
    change(
        file,
        ("minutes: 45", "minutes: 4"),
        ("tier: normal", "teir: normal"),
        ("awake: 07:00-20:00", "awake: late"),
        ("digest: 08:45", "digest: 20:00"),
    )
    code, said = aside("setup", "import", str(file), "--yes")
    assert code == 1
    numbered = file.read_text(encoding="utf-8").splitlines()
    for word in ("minutes: 4 ", "awake: late", "digest: 20:00"):
        line = next(n for n, each in enumerate(numbered, 1) if word in each)
        assert f"line {line}: " in said
    assert "There is no such setting; is it tier?" in said
    assert "A time of day, such as 08:45 (in quotes in a file)." in said
    assert f" to correct in {file}." in said
    assert aside("setup", "history")[1].startswith("1 ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("types: [", "line 1"),
        ("a: 1\n  b: 2", "line 2"),
        ("- one\n- two", "the parts of a set-up belong here"),
        ("", "the parts of a set-up belong here"),
        ("allowance: &a 5\nnotice: *a", "anchors, aliases and tags are not read"),
        ("allowance: !!python/object/apply:os.system ['true']", "anchors, aliases and tags"),
        ("allowance: 5\nallowance: 6", "line 2: allowance: Each only once."),
        ("colour: red", "line 1: colour: There is no such setting."),
        ("types: {}", "At least one type must be offered."),
        ("floors: 7", "line 1: floors: Settings with names belong here."),
        ("allowance: .nan", "A whole number."),
        ("x: " + "[" * 2000, "This is not YAML"),
        ("\x00", "This is not YAML"),
    ],
)
def test_a_file_that_is_no_set_up_is_refused_in_words(
    aside: Aside, nowhere: Path, text: str, said: str
) -> None:
    path = nowhere / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    code, told = aside("setup", "import", str(path), "--yes")
    assert code == 1, told
    assert said in told
    assert "Traceback" not in told


def test_a_huge_file_and_one_in_another_encoding_are_refused(aside: Aside, nowhere: Path) -> None:
    huge, latin = nowhere / "huge.yaml", nowhere / "latin.yaml"
    huge.write_text("# " + "x" * 1_000_001, encoding="utf-8")
    latin.write_bytes("allowance: 5 # \xe4".encode("latin-1"))
    assert "more than 1,000,000 bytes" in aside("setup", "import", str(huge))[1]
    assert "is not a text in UTF-8" in aside("setup", "import", str(latin))[1]


def test_a_floor_that_falls_waits_for_somebody_in_teams(
    aside: Aside, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = nowhere / "centre"
    write_template(folder, AT.date())
    monkeypatch.setenv("ASIDE_WFM_FOLDER", str(folder))
    demand = (folder / "demands.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    path = nowhere / "floors.yaml"
    name = next(cell for cell in demand if cell)
    path.write_text(f"floors:\n  {name}: {{deficit: 99, heads: 0}}\n", encoding="utf-8")
    code, said = aside("setup", "import", str(path), "--yes")
    assert code == 0, said
    assert f"Nothing has changed yet: this lowers the floor of {name}." in said
    assert aside("setup", "history")[1].startswith("1 ")


def test_nothing_is_made_without_a_yes(
    aside: Aside, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(file, ("minutes: 45", "minutes: 60"))
    monkeypatch.setattr("typer.confirm", lambda _question: False)
    assert aside("setup", "import", str(file))[0] == 1
    assert aside("setup", "history")[1].startswith("1 ")


def test_a_type_that_was_in_use_stays(aside: Aside, file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    start = lines.index("  coaching:")
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith("    "))
    left = [line for line in lines[:start] + lines[end:] if "coaching: " not in line]
    file.write_text("\n".join(left), encoding="utf-8")
    code, said = aside("setup", "import", str(file), "--yes")
    assert code == 1
    assert "types.coaching: A type that was in use stays" in said
