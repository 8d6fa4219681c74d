"""Who the demo speaks as."""

from dataclasses import replace

import pytest

from bot.demo import speaker_among
from bot.failures import DemoFailed
from scheduling.domain.people import Person, Role

AGENT = Person(
    id="a", name="Asha", zone="Europe/London", roles=frozenset({Role.AGENT}), address="a@x.example"
)
MANAGER = replace(
    AGENT, id="m", name="Mia", roles=frozenset({Role.MANAGER}), leads=frozenset({"north"})
)
BOTH = replace(MANAGER, id="b", name="Bo", roles=frozenset({Role.MANAGER, Role.SCHEDULER}))


def test_without_a_name_it_is_a_manager_and_best_a_scheduler_too() -> None:
    assert speaker_among([AGENT, MANAGER, BOTH], None) == BOTH
    assert speaker_among([AGENT, MANAGER], None) == MANAGER


def test_anybody_who_is_named_may_speak_whatever_the_role() -> None:
    assert speaker_among([AGENT, MANAGER, BOTH], "asha") == AGENT


def test_who_has_no_address_cannot_speak() -> None:
    nobody = replace(AGENT, address=None)
    with pytest.raises(DemoFailed, match="nobody called Asha"):
        speaker_among([nobody, MANAGER], "Asha")
    with pytest.raises(DemoFailed, match="no manager"):
        speaker_among([AGENT], None)
