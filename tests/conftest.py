"""What tests of every kind may ask for."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.support.postgres import serving
from tests.support.statements import share_compiled

# How long an example takes is for benchmarks to say: a busy machine is no fault of the code.
settings.register_profile("aside", deadline=None)
settings.load_profile("aside")
share_compiled()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes a minute, so that nobody waits for it at the end."""
    items.sort(key=lambda item: "chaos" not in item.path.parts)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the URL of a PostgreSQL database that the tests may empty."""
    with serving() as url:
        yield url


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Take back what a command that ran in this process has set up: it writes to a closed stream."""
    yield
    structlog.reset_defaults()
    for logger in (logging.getLogger(), logging.getLogger("dbos")):
        for handler in logger.handlers[:]:
            if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
                logger.removeHandler(handler)
