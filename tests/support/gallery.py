"""Draws stored cards to PNG with Microsoft's renderer in headless Chromium, to be looked at.

Charts are a Teams extension that the renderer does not know: their fallback is drawn.

    npm install --prefix FOLDER adaptivecards markdown-it
    python tests/support/gallery.py FOLDER/node_modules OUT tests/snapshots/test_card_looks/*.json
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"wide": 620, "phone": 340}

HOST = {
    "supportsInteractivity": True,
    "fontFamily": "Segoe UI, Open Sans, Liberation Sans, DejaVu Sans, sans-serif",
    "fontSizes": {"small": 12, "default": 14, "medium": 14, "large": 18, "extraLarge": 24},
    "fontWeights": {"lighter": 400, "default": 400, "bolder": 600},
    "lineHeights": {"small": 16, "default": 20, "medium": 20, "large": 24, "extraLarge": 32},
    "spacing": {
        "none": 0,
        "small": 4,
        "default": 8,
        "medium": 12,
        "large": 16,
        "extraLarge": 20,
        "padding": 12,
    },
    "containerStyles": {
        name: {
            "backgroundColor": back,
            "foregroundColors": {"default": {"default": "#242424", "subtle": "#616161"}},
        }
        for name, back in {
            "default": "#FFFFFF",
            "emphasis": "#F5F5F5",
            "good": "#E7F2DA",
            "warning": "#FBF6D9",
            "attention": "#FCF4F6",
        }.items()
    },
    "actions": {
        "maxActions": 6,
        "spacing": "default",
        "buttonSpacing": 8,
        "actionsOrientation": "horizontal",
        "actionAlignment": "left",
        "showCard": {"actionMode": "inline", "inlineTopMargin": 8},
    },
    "inputs": {"label": {"inputSpacing": "small", "optionalInputs": {"size": "small"}}},
    "factSet": {
        "title": {"weight": "bolder", "wrap": True, "maxWidth": 170},
        "value": {"wrap": True},
        "spacing": 12,
    },
}

STYLE = """
body { margin: 0; padding: 12px; background: #ebebeb; font-family: Segoe UI, Open Sans, Liberation Sans, DejaVu Sans; }
#card { background: #fff; border-radius: 8px; border: 1px solid #d1d1d1; }
.ac-pushButton { font: 600 14px Segoe UI, Open Sans, Liberation Sans, DejaVu Sans; padding: 5px 12px; background: #fff;
  border: 1px solid #d1d1d1; border-radius: 4px; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; max-width: 100%; margin-bottom: 4px; }
.ac-pushButton.style-positive { background: #5b5fc7; color: #fff; border-color: #5b5fc7; }
.ac-input { font: 14px Segoe UI, Open Sans, Liberation Sans, DejaVu Sans; padding: 5px 8px; border: 1px solid #d1d1d1;
  border-bottom-color: #616161; border-radius: 4px; background: #fff; box-sizing: border-box; }
.ac-choiceSetInput-expanded { border: none; padding: 0; }
.ac-choiceSetInput-multiSelect { border: none; }
"""

SCRIPT = """
({card, host}) => {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = window.markdownit().render(text); result.didProcess = true; };
  const shown = new AdaptiveCards.AdaptiveCard();
  shown.hostConfig = new AdaptiveCards.HostConfig(host);
  const context = new AdaptiveCards.SerializationContext();
  shown.parse(card, context);
  const root = document.getElementById('card');
  root.replaceChildren(shown.render());
  return Array.from({length: context.eventCount}, (_, i) => context.getEventAt(i).message);
}
"""


def prepare(page: Page, modules: Path) -> None:
    """Load the renderer into an empty page."""
    page.set_content(f"<style>{STYLE}</style><div id='card'></div>")
    page.add_script_tag(path=modules / "adaptivecards/dist/adaptivecards.min.js")
    page.add_script_tag(path=modules / "markdown-it/dist/browser/markdown-it.umd.min.js")


def draw(page: Page, source: Path, out: Path) -> list[str]:
    """Write one PNG per width; return what the renderer did not understand."""
    card = json.loads(source.read_text(encoding="utf-8"))
    name = source.stem.removeprefix("test_it_looks_as_before").strip("[]")
    said: list[str] = []
    for label, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 400})
        said = page.evaluate(SCRIPT, {"card": card, "host": HOST})
        page.locator("#card").screenshot(path=out / f"{name}.{label}.png")
    return [f"{name}: {message}" for message in said]


def main(modules: Path, out: Path, sources: list[Path]) -> None:
    """Draw all ``sources`` into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(device_scale_factor=1.5)
        prepare(page, modules)
        for source in sources:
            sys.stdout.writelines(f"{line}\n" for line in draw(page, source, out))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(each) for each in sys.argv[3:]])
