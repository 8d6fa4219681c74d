"""Every line is JSON with the turn's id, whoever wrote it, and none repeats words of people."""

import json
import logging
from typing import Any

import pytest
import structlog

from bot import logs

CANARY = "canary-4711"
pytestmark = pytest.mark.usefixtures("loggers_as_they_were")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize("name", ["dbos", "asyncio", "aiohttp.server"])
def test_others_write_json_with_the_correlation_id(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    logs.configure("info")
    with structlog.contextvars.bound_contextvars(correlation_id="c1"):
        logging.getLogger(name).warning("Step retried (attempt %d of 8)", 2)
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "Step retried (attempt 2 of 8)",
        "level": "warning",
        "logger": name,
        "correlation_id": "c1",
    }


@pytest.mark.parametrize(
    "message", [f"Notifier error: {CANARY}", f"Task was never retrieved\nfuture <{CANARY}>"]
)
def test_of_an_error_of_others_only_its_type_is_written(
    capsys: pytest.CaptureFixture[str], message: str
) -> None:
    logs.configure("info")
    logging.getLogger("dbos").error(message, exc_info=ValueError(CANARY))
    said = capsys.readouterr().err
    assert CANARY not in said
    assert json.loads(said)["error"] == "ValueError"


@pytest.mark.parametrize(("level", "written"), [("info", 1), ("warning", 1), ("error", 0)])
def test_others_are_heard_from_a_warning_on(
    capsys: pytest.CaptureFixture[str], level: str, written: int
) -> None:
    logs.configure(level)
    logging.getLogger("sqlalchemy").info("too much")
    logging.getLogger("sqlalchemy").warning("enough")
    assert len(lines(capsys)) == written


def test_configured_twice_a_line_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    logs.configure("info")
    logging.getLogger("dbos").warning("once")
    structlog.get_logger().info("ours", subject="r1")
    theirs, ours = lines(capsys)
    assert (theirs["event"], ours["event"], ours["subject"]) == ("once", "ours", "r1")
