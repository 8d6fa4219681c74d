"""The audit of packages: a weakness fails it, and where nobody can be asked it says so."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.advisories import UNREACHED, audit, first_of, said, verdict

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
WEAK = {
    "name": "weak",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"], "aliases": []}],
}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "words", "code"),
    [
        ([SOUND], "1 packages audited, 0 known weaknesses.", 0),
        ([SOUND, WEAK], "weak 2.0: PYSEC-2026-1, mended in 2.1", 1),
        ([SOUND, UNKNOWN], "Not known to PyPI: unknown", 0),
        ([UNKNOWN], UNREACHED, 0),
    ],
    ids=["sound", "weak", "one unknown", "all unknown"],
)
def test_a_report_is_judged(packages: list[dict[str, Any]], words: str, code: int) -> None:
    text, ended = said(verdict({"dependencies": packages}))
    assert words in text
    assert ended == code


def test_a_tool_that_reaches_nobody_is_no_failure(tmp_path: Path) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    tool.chmod(0o700)
    assert said(audit(tool, tmp_path / "lock.txt")) == (UNREACHED, 0)


def test_the_first_package_of_a_lock_is_asked_for_with_its_hashes() -> None:
    lock = "# made by hand\none==1 \\\n    --hash=sha256:a \\\n    --hash=sha256:b\n    # via x\ntwo==2\n"
    assert first_of(lock) == "one==1 \\\n    --hash=sha256:a \\\n    --hash=sha256:b\n"
