"""People whose names are written from right to left, with emoji, or twice in two teams."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scheduling.optimizer.pool import SolverPool
from tests.support.house import House, edited, read

pytestmark = pytest.mark.e2e

RENAMED = {"Asha Patel": "דנה לוי", "Tom Baker": "Tom 🎧 Baker", "Farah Ahmed": "Maria Santos"}


@pytest.fixture
async def odd(tmp_path: Path, centre: Path, solver: SolverPool) -> AsyncIterator[House]:
    """Open a house in which three agents have other names; one as another's, of another team."""

    def rename(row: dict[str, str]) -> None:
        row["name"] = RENAMED.get(row["name"], row["name"])

    folder = edited(centre, tmp_path / "odd", "agents", rename)
    async with House.open(tmp_path, folder, solver) as opened:
        yield opened


@pytest.mark.parametrize(
    ("said", "shown"),
    [("דנה לוי", "\u2068דנה לוי\u2069"), ("Tom Baker", "Tom 🎧 Baker")],
    ids=["right to left", "emoji"],
)
async def test_an_odd_name_is_found_shown_and_booked(odd: House, said: str, shown: str) -> None:
    chat = odd.chat("Alex Wilber")
    booked = await odd.book(chat, f"1:1 with {said} next week")
    assert f"One-to-one with {shown}" in booked
    await chat.say("my meetings next week")
    assert f"One-to-one with {shown}" in read(chat.card)
    assert len(odd.changes()) == len(odd.meetings()) == 1


async def test_a_name_in_two_teams_is_asked_about_by_team(odd: House) -> None:
    chat = odd.chat("Alex Wilber")
    await chat.say("1:1 with Maria Santos next week")
    asked = read(chat.card)
    assert asked.startswith("Almost there")
    assert "Maria Santos (Aire)" in asked
    assert "Maria Santos (Calder)" in asked
    assert odd.nothing_written()
