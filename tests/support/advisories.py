"""Whether a locked package has a known weakness: pip-audit over a lock, by PyPI's own advisories.

``python -m tests.support.advisories PIP_AUDIT LOCK``. Where the advisories cannot be reached
nothing is audited: that is said, and is no failure. One package is asked for first to see that.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNREACHED = "Nothing was audited: PyPI's advisories cannot be reached from here."
PATIENCE = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an audit found, a line each: packages with a weakness, and those it could not ask about."""

    asked: int
    weak: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def verdict(report: Mapping[str, Any]) -> Verdict:
    """Return what pip-audit's report (JSON) says."""
    packages = report["dependencies"]
    return Verdict(
        asked=len(packages),
        weak=tuple(
            f"{one['name']} {one['version']}: {weakness['id']},"
            f" mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
            for one in packages
            for weakness in one.get("vulns", ())
        ),
        unknown=tuple(one["name"] for one in packages if "skip_reason" in one),
    )


def first_of(lock: str) -> str:
    """Return the first package of a lock, with its hashes."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    end = next(n for n, line in enumerate(lines) if not line.endswith("\\"))
    return "\n".join(lines[: end + 1]) + "\n"


def said(found: Verdict | None) -> tuple[str, int]:
    """Return what is to be printed, and how the command ends."""
    if found is None or (found.asked and len(found.unknown) == found.asked):
        return UNREACHED, 0
    lines = [f"{found.asked} packages audited, {len(found.weak)} known weaknesses.", *found.weak]
    if found.unknown:
        lines.append(f"Not known to PyPI: {', '.join(found.unknown)}")
    return "\n".join(lines), 1 if found.weak else 0


def audit(tool: Path, lock: Path) -> Verdict | None:
    """Return what the tool finds, None where no advisory can be had."""
    command = [str(tool), "-r", str(lock), "--disable-pip", "--require-hashes"]
    options = ["-s", "pypi", "-f", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603 - the project's own tool
            command + options, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return verdict(json.loads(done.stdout))
    except (ValueError, subprocess.TimeoutExpired):  # it wrote no report: no line to PyPI
        return None


def main(arguments: Sequence[str]) -> int:
    """Audit a lock."""
    tool, lock = (Path(one) for one in arguments)
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder) / "one.txt"
        one.write_text(first_of(lock.read_text("utf-8")), "utf-8")
        found = audit(tool, one)
    reached = found is not None and not found.unknown
    words, code = said(audit(tool, lock) if reached else None)
    print(words)  # noqa: T201 - it is a command
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
