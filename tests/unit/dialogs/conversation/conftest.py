"""A conversation with the desk that remembers what it was asked."""

from types import SimpleNamespace

import pytest

from dialogs.conversation import Conversation


@pytest.fixture
def talk(desk: SimpleNamespace) -> Conversation:
    """Return the conversation."""
    return Conversation(desk)  # type: ignore[arg-type]
