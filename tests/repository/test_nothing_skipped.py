"""The plugin with which CI lets nothing be skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_runs():
    pass

@pytest.mark.skip(reason="no browser")
def test_other():
    pass
"""


def run(root: Path, folder: Path, require: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_some.py").write_text(TESTS, encoding="utf-8")
    options = ("-q", "-p", "tests.support.nothing_skipped", "-p", "no:xdist", "--rootdir", ".")
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", *options, "test_some.py"],
        cwd=folder,
        env={"PYTHONPATH": str(root), "ASIDE_REQUIRE_ALL": require},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("require", "code"), [("", 0), ("1", 1)])
def test_a_skip_fails_the_run_only_where_everything_is_required(
    root: Path, tmp_path: Path, require: str, code: int
) -> None:
    ended = run(root, tmp_path, require)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert ("test_other: Skipped: no browser" in ended.stdout) == bool(code)
