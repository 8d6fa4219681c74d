"""Every card in every state, as JSON beside the project's other snapshots."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation

from dialogs.cards import render
from tests.support.card_samples import Sample


class CardExtension(JSONSnapshotExtension):
    """Keeps one file per card in ``tests/snapshots``."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the one folder of all cards."""
        return str(Path(test_location.filepath).parents[2] / "snapshots" / test_location.basename)

    @classmethod
    def matches_test_location(
        cls, *, test_location: PyTestLocation, snapshot_location: str
    ) -> bool:
        """Return whether a file is a test's own, by its name alone: every pair is asked about."""
        name = test_location.snapshot_name_parametrized
        return snapshot_location.endswith(f"/{cls._sanitize_filename(name)}.{cls.file_extension}")


@pytest.fixture
def card_as_before(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Return the stored card of this test."""
    return snapshot.use_extension(CardExtension)


def test_it_looks_as_before(sample: Sample, card_as_before: SnapshotAssertion) -> None:
    """A card changes only together with its snapshot."""
    card = render(sample.view, sample.viewer, sample.refresh_for)
    assert card == card_as_before
