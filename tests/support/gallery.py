"""``make cards``: draws every sample card with Microsoft's renderer, to be looked at.

Light, dark and on a narrow phone, into ``artifacts/cards``; those that ``docs/cards/README.md``
shows go beside it as well. What is clipped or not understood is printed and ends it with 1.
Charts and choices found by typing are Teams' own, which the renderer does not know: a chart's
fallback is drawn, and a field with what is chosen. Where the documentation shows a chart, the
Agents Playground draws the card (``gallery_charts``).

    python -m tests.support.gallery .aside/cards [NAME ...]
"""

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from dialogs.cards import render
from dialogs.cards.components import Element
from tests.support.card_samples import SAMPLES
from tests.support.gallery_charts import CHARTED, draw_charts
from tests.support.palettes import FONT, PALETTES, Theme, host
from tests.support.playground import FLAGS, chromium

ROOT = Path(__file__).resolve().parents[2]
DRAWN = ROOT / "artifacts" / "cards"
SHOWN = ROOT / "docs" / "cards"

LOOKS: dict[str, tuple[Theme, int]] = {
    "light": ("light", 560),
    "dark": ("dark", 560),
    "phone": ("light", 320),
}
"""Theme and width in pixels of each picture."""

STYLE = """
body {{ margin: 0; padding: 8px; background: {page}; font-family: {font}; color: {text}; }}
#card {{ background: {default}; border: 1px solid {border}; }}
.ac-pushButton {{ font: 600 14px {font}; min-height: 32px; padding: 5px 12px; color: {text};
  background: {control}; border: 1px solid {border}; border-radius: 4px; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; max-width: 100%; margin-bottom: 4px; }}
.ac-pushButton.style-positive {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
.ac-input {{ font: 14px {font}; min-height: 32px; padding: 5px 8px; color: {text};
  background: {control}; border: 1px solid {border}; border-bottom-color: {subtle};
  border-radius: 4px; box-sizing: border-box; color-scheme: {scheme}; }}
.ac-choiceSetInput-expanded, .ac-choiceSetInput-multiSelect {{ border: none; padding: 0; }}
.ac-textBlock p {{ margin: 0; }}
"""

SCRIPT = """
async ({card, host}) => {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = window.markdownit().render(text); result.didProcess = true; };
  const shown = new AdaptiveCards.AdaptiveCard();
  shown.hostConfig = new AdaptiveCards.HostConfig(host);
  const context = new AdaptiveCards.SerializationContext();
  shown.parse(card, context);
  const root = document.getElementById('card');
  root.replaceChildren(shown.render());
  await document.fonts.ready;
  const said = Array.from({length: context.eventCount}, (_, i) => context.getEventAt(i).message);
  for (const button of root.querySelectorAll('.ac-pushButton'))
    if ([button, ...button.querySelectorAll('*')].some(each => each.scrollWidth > each.clientWidth + 1))
      said.push('clipped: ' + button.innerText);
  if (root.scrollWidth > root.clientWidth) said.push('wider than its place');
  return said.filter(each => !each.includes('Chart.'));
}
"""

PAGE = """<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="node_modules/@fontsource/open-sans/400.css">
<link rel="stylesheet" href="node_modules/@fontsource/open-sans/600.css">
<script src="node_modules/adaptivecards/dist/adaptivecards.min.js"></script>
<script src="node_modules/markdown-it/dist/browser/markdown-it.umd.min.js"></script>
<style>{style}</style><div id="card"></div>
"""


def shown() -> set[str]:
    """Return the pictures that the documentation shows, such as ``queue-one.light``."""
    page = (SHOWN / "README.md").read_text(encoding="utf-8")
    return set(re.findall(r'src="([^"]+)\.png"', page))


def begin(page: Page, installed: Path, theme: Theme) -> None:
    """Load the renderer into an empty page, painted like Teams."""
    style = STYLE.format(**PALETTES[theme], font=FONT, scheme=theme)
    opened = installed / f"{theme}.html"
    opened.write_text(PAGE.replace("{style}", style), encoding="utf-8")
    page.goto(opened.resolve().as_uri())


def as_drawn(element: object) -> object:
    """Return a card with choices found by typing as fields of what is chosen, and mentions bold."""
    if isinstance(element, str):
        return re.sub(r"<at>(.*?)</at>", r"**\1**", element)
    if isinstance(element, list):
        return [as_drawn(each) for each in element]
    if not isinstance(element, dict):
        return element
    if element.get("type") == "Input.ChoiceSet" and element.get("style") == "filtered":
        chosen = str(element.get("value", "")).split(",")
        titles = [each["title"] for each in element["choices"] if each["value"] in chosen]
        field = {"type": "Input.Text", "id": element["id"], "label": element["label"]}
        return {**field, "value": ", ".join(titles)}
    return {name: as_drawn(value) for name, value in element.items()}


def draw(page: Page, card: Element, theme: Theme, out: Path) -> list[str]:
    """Write one picture; return what the renderer did not understand, and what is clipped."""
    said: list[str] = page.evaluate(SCRIPT, {"card": as_drawn(card), "host": host(theme)})
    page.locator("#card").screenshot(path=out)
    return said


def draw_all(installed: Path, names: list[str]) -> list[str]:
    """Draw these samples in every look; return what is wrong with them."""
    DRAWN.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for look, (theme, width) in LOOKS.items():
            page = browser.new_page(viewport={"width": width, "height": 400})
            begin(page, installed, theme)
            for name in names:
                sample = SAMPLES[name]
                card = render(sample.view, sample.viewer, sample.refresh_for)
                said = draw(page, card, theme, DRAWN / f"{name}.{look}.png")
                wrong += [f"{name} ({look}): {each}" for each in said]
            page.close()
        browser.close()
    return wrong


def main(installed: Path, names: list[str]) -> int:
    """Draw all samples, or those named; return 1 where something is clipped."""
    names = names or sorted(SAMPLES)
    wrong = draw_all(installed, names)
    drawn = {f"{name}.{look}" for name in names for look in (*LOOKS, CHARTED)} & shown()
    charts = sorted(each for each in drawn if each.endswith(CHARTED))
    for name, picture in draw_charts([each.split(".")[0] for each in charts], installed).items():
        (DRAWN / f"{name}.{CHARTED}.png").write_bytes(picture)
    for picture in sorted(drawn):
        shutil.copyfile(DRAWN / f"{picture}.png", SHOWN / f"{picture}.png")
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
