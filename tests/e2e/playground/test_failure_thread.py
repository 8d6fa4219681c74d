"""What cannot be placed: a thread in the schedulers' channel, decided there with one tap."""

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


async def test_a_scheduler_approves_a_way_out_and_the_requesters_card_follows(demo: Demo) -> None:
    page = demo.page
    await page.say(demo.sentences[-1])
    await page.until("I found no time in these dates")
    await page.screenshot("failure-1-not-placed")
    await page.tap("Ask a scheduler")
    await page.until("With the schedulers")
    await page.screenshot("failure-2-asked")
    await page.open("Schedulers")
    await page.until("Recommended")
    await page.screenshot("failure-3-thread")
    await page.tap("Assign to me")
    await page.until(f"{demo.speaker} is handling this")
    await page.tap(re.compile("^Approve"))
    await page.until("Approved")
    await page.screenshot("failure-4-approved")
    await page.open("Personal Chat")
    await page.until("✓ Booked")
    await page.screenshot("failure-5-booked")
