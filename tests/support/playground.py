"""A person in front of Microsoft's Agents Playground, in headless Chromium: say, tap, look.

The Playground knows no views per person, refresh, typeahead, deletes or other typing users; see
``bot/rehearsal/teams.py`` for those.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, ViewportSize, async_playwright, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from bot import playground

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ROOT / ".aside" / "playground"
"""Where ``aside demo`` and ``.ci/run`` put the Playground."""

ARTIFACTS = ROOT / "artifacts" / "playground"
READY_SECONDS = 60.0
ANSWER_SECONDS = 20.0
TAPS = 3
TAP_SECONDS = 2.0
"""A tap is sent at once, however long its answer takes."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing() -> str | None:
    """Return what this machine lacks for a test in a browser, or None."""
    if playground.find_node() is None:
        return f"no Node.js {playground.OLDEST_NODE} or later with npm"
    if chromium() is None:
        return "no Chromium: apt-get install chromium, or set ASIDE_CHROMIUM to its path"
    if not playground.installed(INSTALLED):
        return "the Agents Playground is not installed: .ci/run or `aside demo` does it"
    return None


def chromium() -> str | None:
    """Return the browser's path: ``ASIDE_CHROMIUM``, or Debian's, or None."""
    return os.environ.get("ASIDE_CHROMIUM") or shutil.which("chromium")


TALL: ViewportSize = {"width": 1400, "height": 2800}
"""A window in which the longest card is seen whole, beneath the Playground's own bar."""


AT_A_PIXEL = """card => {
  const {width} = card.getBoundingClientRect();
  const place = {position: 'fixed', left: '500px', top: '100px', zIndex: 9999, background: 'white'};
  Object.assign(card.style, {...place, width: `${Math.round(width)}px`});
}"""
"""Lifts a card out of the chat, whose scrolling would put it between two pixels, clear of the bars."""


class PlaygroundPage:
    """One browser's page. Every call waits until it could be done, or fails in 20 seconds."""

    def __init__(self, page: Page) -> None:
        """Drive ``page``, which shows the Playground."""
        self._page = page

    async def say(self, text: str) -> None:
        """Type ``text`` in the open chat and send it."""
        box = self._page.locator("div[role=textbox]")
        await box.click()
        await box.press_sequentially(text)
        await self._page.get_by_label("Send Message").click()

    async def tap(self, title: str | re.Pattern[str]) -> None:
        """Tap the first button called exactly ``title`` (or like it) on the newest such card.

        A card that is drawn anew under the tap swallows it: then one taps again, as anybody would.
        """
        button = self._page.get_by_role("button", name=title, exact=True)
        found = self._cards().filter(has=button).last.locator(button).first
        for _ in range(TAPS - 1):
            with suppress(PlaywrightTimeout):
                await self._tap(found, TAP_SECONDS)
                return
        await self._tap(found, ANSWER_SECONDS)

    async def _tap(self, button: Locator, seconds: float) -> None:
        async with self._page.expect_request("**/v1/invoke", timeout=seconds * 1000):
            await button.click()

    async def fill(self, label: str, value: str) -> None:
        """Put ``value`` into the newest field called ``label``."""
        await self._cards().get_by_label(label).last.fill(value)

    async def choose(self, label: str, option: str) -> None:
        """Pick ``option`` in the newest list called ``label``."""
        await self._cards().get_by_role("combobox", name=label).last.click()
        await self._page.get_by_role("option", name=option, exact=True).click()

    async def open(self, name: str) -> None:
        """Open the chat or channel called ``name``, such as "Personal Chat" or "Schedulers"."""
        await self._page.get_by_role("treeitem").filter(has_text=name).click()

    async def last_card_text(self) -> str:
        """Return what the newest card of the open chat reads."""
        return await self._cards().last.inner_text()

    async def until(self, text: str, seconds: float = ANSWER_SECONDS) -> None:
        """Wait until the newest card holds ``text``; AssertionError with what it holds instead."""
        await expect(self._cards().last).to_contain_text(text, timeout=seconds * 1000)

    async def screenshot(self, name: str) -> Path:
        """Keep a picture of the newest card's end as ``artifacts/playground/NAME.png``."""
        path = ARTIFACTS / f"{name}.png"
        if await self._cards().count():
            await self._cards().last.scroll_into_view_if_needed()
        await self._page.screenshot(path=path)
        return path

    async def in_letters(self, font: Path, family: str) -> None:
        """Write everything in the font of this npm package, so that pictures do not vary."""
        await self._page.route(
            "**/letters/**",
            lambda route: route.fulfill(path=font / route.request.url.split("/letters/")[1]),
        )
        for weight in (400, 600):
            await self._page.add_style_tag(url=f"{self._page.url.rstrip('/')}/letters/{weight}.css")
        await self._page.add_style_tag(content=f"* {{ font-family: '{family}' !important }}")

    async def picture(self, *, of: int) -> bytes:
        """Return the open chat's card number ``of``, from 1, as PNG once its chart is drawn."""
        await self._page.set_viewport_size(TALL)
        card = self._cards().nth(of - 1)
        await card.locator("svg path").first.wait_for()
        await card.evaluate(AT_A_PIXEL)
        before = b""
        while (now := await card.screenshot(animations="disabled")) != before:
            before = now
        await card.evaluate("card => { card.style.visibility = 'hidden' }")  # for the next one
        return now

    def _cards(self) -> Locator:
        return self._page.locator(".ac-preview-panel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo: its page, who one speaks as, what it says to try, and where it writes."""

    page: PlaygroundPage
    speaker: str
    sentences: tuple[str, ...]
    folder: Path


@asynccontextmanager
async def browsing(url: str, profile: Path) -> AsyncIterator[PlaygroundPage]:
    """Open the Playground at ``url`` with a fresh ``profile``; yields once one can type."""
    async with async_playwright() as browsers:
        context = await browsers.chromium.launch_persistent_context(
            profile,
            executable_path=chromium(),
            headless=True,
            args=list(FLAGS),
            viewport={"width": 1400, "height": 1400},
        )
        try:
            context.set_default_timeout(ANSWER_SECONDS * 1000)
            page = context.pages[0]
            await page.goto(url)
            await page.locator("div[role=textbox]").wait_for(timeout=READY_SECONDS * 1000)
            await page.get_by_title("Hide log panel").click()
            yield PlaygroundPage(page)
        finally:
            await context.close()
