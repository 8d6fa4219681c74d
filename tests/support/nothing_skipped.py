"""A pytest plugin: with ``ASIDE_REQUIRE_ALL`` set, a skipped test fails the run.

Loaded by ``.ci/run`` (``-p tests.support.nothing_skipped``). A machine that lacks what a test needs
must not look like one on which everything passed.
"""

import os

import pytest


class NothingSkipped:
    """Collects skips, in this process or reported by xdist's workers, and fails the session."""

    def __init__(self) -> None:
        """Have seen none."""
        self._skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that was skipped; an expected failure is not one."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that was skipped."""
        if report.skipped:
            self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "no reason given"
        self._skipped[report.nodeid] = reason

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a run that would have passed into a failed one."""
        if self._skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List what was skipped, and why."""
        if self._skipped:
            terminalreporter.section("skipped, and nothing may be", red=True)
            for name, reason in sorted(self._skipped.items()):
                terminalreporter.line(f"{name}: {reason}")


def pytest_configure(config: pytest.Config) -> None:
    """Watch the run, in the process that reports it."""
    if os.environ.get("ASIDE_REQUIRE_ALL") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NothingSkipped())
