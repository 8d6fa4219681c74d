"""What tests of every kind may ask for."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import serving


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the URL of a PostgreSQL database that the tests may empty."""
    with serving() as url:
        yield url
