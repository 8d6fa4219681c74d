"""How Teams paints a card: its colours in light and dark, for pictures and for contrast."""

from typing import Any, Literal

Theme = Literal["light", "dark"]

PALETTES: dict[Theme, dict[str, str]] = {
    "light": {
        "page": "#EBEBEB",
        "border": "#D1D1D1",
        "control": "#FFFFFF",
        "accent": "#5B5FC7",
        "on_accent": "#FFFFFF",
        "text": "#242424",
        "subtle": "#616161",
        "default": "#FFFFFF",
        "emphasis": "#F5F5F5",
        "good": "#E7F2DA",
        "warning": "#FBF6D9",
        "attention": "#FCF4F6",
    },
    "dark": {
        "page": "#1F1F1F",
        "border": "#525252",
        "control": "#292929",
        "accent": "#5B5FC7",
        "on_accent": "#FFFFFF",
        "text": "#FFFFFF",
        "subtle": "#ADADAD",
        "default": "#292929",
        "emphasis": "#333333",
        "good": "#1E3310",
        "warning": "#3D3200",
        "attention": "#3F1011",
    },
}
"""Colours by what they are for; the last five are the backgrounds of containers."""

GROUNDS = ("default", "emphasis", "good", "warning", "attention")
FONT = "Segoe UI, Open Sans, Liberation Sans, DejaVu Sans, sans-serif"


def host(theme: Theme) -> dict[str, Any]:
    """Return the renderer's host config for ``theme``."""
    colours = PALETTES[theme]
    shades = {"default": colours["text"], "subtle": colours["subtle"]}
    return {
        "supportsInteractivity": True,
        "fontFamily": FONT,
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
            ground: {
                "backgroundColor": colours[ground],
                "foregroundColors": {"default": shades},
            }
            for ground in GROUNDS
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


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2: from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
