"""Every sample card in turn."""

import pytest

from tests.support.card_samples import SAMPLES, Sample


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest) -> Sample:
    """Return each sample in turn."""
    return SAMPLES[request.param]
