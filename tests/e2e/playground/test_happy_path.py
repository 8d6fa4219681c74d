"""The main job as a newcomer first sees it: one sentence, one tap, booked, and taken back."""

import re

import pytest

from tests.support.playground import Demo, missing

LACKING = missing()
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.xdist_group("playground"),
    pytest.mark.skipif(LACKING is not None, reason=LACKING or ""),
]
EVERYWHERE = ("Workforce schedule", "Room", "Invite", "Message")


async def test_a_sentence_and_a_tap_book_and_another_takes_it_back(demo: Demo) -> None:
    page = demo.page
    await page.until("What I can do")
    await page.say(demo.sentences[0])
    await page.until("What I understood")
    await page.screenshot("happy-1-proposal")
    proposal = await page.last_card_text()
    assert "Service level" in proposal
    assert "nothing is booked yet" in proposal
    await page.tap("Book")
    await page.until("✓ Booked")
    await page.until("Undo")
    booked = await page.last_card_text()
    assert [where for where in EVERYWHERE if where not in booked] == []
    assert booked.count("✓ done") == 3  # nobody but the one who asked needs a message
    await page.screenshot("happy-2-booked")
    changes = demo.folder / "wfm" / "changes.csv"
    before = changes.read_text(encoding="utf-8").count("\n")
    await page.tap(re.compile("^Undo"))
    await page.until("Undone")
    assert changes.read_text(encoding="utf-8").count("\n") > before
    await page.screenshot("happy-3-undone")
